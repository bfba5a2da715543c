"""The benchmark's programmes: `recorded`, and the bank with everything a measure may read; each
with its outcomes in a file of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from takeup.simulate import simulate, simulate_recorded

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


BANK_CHUNK = 10_000_000


def write_bank(folder: Path, rows: int, seed: int = 1) -> tuple[Path, Path, Path]:
    """About `rows` decisions of the bank over eight weeks as Parquet folders, its truth once per
    judged decision, and the folder of its declarations; made once."""
    home = folder / f"bank-{rows}"
    decisions, outcomes = home / "decisions", home / "outcomes"
    if (home / "done").exists():
        return decisions, outcomes, home
    for path in (decisions, outcomes):
        path.mkdir(parents=True, exist_ok=True)
    per_person, left, part = 162.3, rows, 0
    while left > 0:
        some = min(left, BANK_CHUNK)
        programme = simulate("bank", max(int(some / per_person), 84), 8, seed + part)
        assert programme.outcomes is not None
        known = programme.outcomes.filter(pc.is_valid(programme.outcomes["truth_probability"]))
        names = {"person_id": f"{part}-", "team": f"{part}-"}
        for table, path in (
            (_renamed_words(programme.decisions, names), decisions),
            (known.drop_columns(["outcome"]), outcomes),
        ):
            pq.write_table(
                table, path / f"{part}.parquet", compression="zstd", compression_level=1,
                store_schema=False,
            )  # fmt: skip
        for name, text in (("use_case", programme.use_case), ("population", programme.population)):
            (home / f"{name}.toml").write_text(text, encoding="utf-8")
        left -= some
        part += 1
    (home / "done").touch()
    return decisions, outcomes, home


def _renamed_words(table: pa.Table, prefixes: dict[str, str]) -> pa.Table:
    """People and teams of one chunk are not those of another."""
    for name, prefix in prefixes.items():
        column = table[name].cast(pa.string())
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, pc.binary_join_element_wise(prefix, column, ""))
    return table


def write_wide(folder: Path, rows: int = 1_000_000, seed: int = 1) -> Path:
    """One table of 500 segments, 10,000 people and 200 populations, with truth; made once."""
    path = folder / f"wide-{rows}.parquet"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    people, populations, segments = 10_000, 200, 500
    person = rng.integers(0, people, rows)
    segment = rng.integers(0, segments, rows)
    advice, wrong = rng.random(rows) < 0.5, rng.random(rows) < 0.15 + 0.3 * (segment % 10 == 0)
    consulted = rng.random(rows) < 0.5
    overrides = consulted & (rng.random(rows) < np.where(wrong, 0.7, 0.1))
    words = np.array(["no", "yes"])
    day = np.timedelta64(1, "D").astype("timedelta64[us]")
    table = pa.table(
        {
            "decision_id": np.char.add("d", np.arange(rows).astype(str)),
            "person_id": np.char.add("p", person.astype(str)),
            "population": np.char.add("pop", (person % populations).astype(str)),
            "decided_at": np.datetime64("2025-01-06T08:00", "us")
            + (rng.random(rows) * 84 * 86_400e6).astype("timedelta64[us]") // day * day,
            "mode": np.repeat("assist", rows),
            "consulted": consulted,
            "path": np.where(consulted, "ai", "legacy"),
            "recommendation": words[advice.astype(int)],
            "choice": words[(advice ^ overrides).astype(int)],
            "correct_choice": words[(advice ^ wrong).astype(int)],
            "confidence": rng.random(rows),
            "stakes": np.where(rng.random(rows) < 0.3, "high", "low"),
            "x_segment": np.char.add("s", segment.astype(str)),
        }
    )
    pq.write_table(table, path, compression="zstd")
    return path
