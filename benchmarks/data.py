"""The benchmark's programme: `recorded`, its outcomes in a file of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from takeup.simulate import simulate_recorded

CHUNK_PEOPLE = 1_000


def write(folder: Path, rows: int, seed: int = 1) -> tuple[Path, Path]:
    """About `rows` decisions as two Parquet files, made once; their paths."""
    decisions, outcomes = folder / f"decisions-{rows}.parquet", folder / f"outcomes-{rows}.parquet"
    if decisions.exists() and outcomes.exists():
        return decisions, outcomes
    folder.mkdir(parents=True, exist_ok=True)
    weeks = 50 if rows >= 1_000_000 else 8
    people = max(rows // (20 * weeks), 40)
    writers: list[pq.ParquetWriter] = []
    done = 0
    while done < people:
        some = min(CHUNK_PEOPLE, people - done)
        table = simulate_recorded(some, weeks, seed + done).decisions
        table = _renamed(table, done)
        parts = (
            table.drop_columns(["outcome"]),
            table.select(["decision_id", "decided_at", "outcome"]).rename_columns(
                ["decision_id", "observed_at", "outcome"]
            ),
        )
        if not writers:
            writers = [
                pq.ParquetWriter(path, part.schema, compression="zstd")
                for path, part in zip((decisions, outcomes), parts, strict=True)
            ]
        for writer, part in zip(writers, parts, strict=True):
            writer.write_table(part)
        done += some
    for writer in writers:
        writer.close()
    return decisions, outcomes


def _renamed(table: pa.Table, done: int) -> pa.Table:
    """People of one chunk are not those of another."""
    people = table["person_id"].to_numpy(zero_copy_only=False)
    names = np.char.add(f"{done}-", people.astype(str))
    at = table.schema.get_field_index("person_id")
    return table.set_column(at, "person_id", pa.array(names))
