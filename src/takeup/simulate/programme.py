"""A simulated programme: the files a company would have, and the truth it would not."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

_PARQUET = ("decisions", "eligible", "outcomes")
_CSV = ("survey", "interviews", "organization", "panel")


@dataclass(frozen=True, slots=True)
class Programme:
    """Tables as Arrow; `use_case` and `population` as TOML text; `truth` by measure.

    `survey` and `interviews` tell why people do as they do, `organization` who was in which
    team when, `panel` what blinded reviewers would have overridden.
    """

    scenario: str
    seed: int
    decisions: pa.Table
    use_case: str
    population: str
    truth: dict[str, Any]
    eligible: pa.Table | None = None
    outcomes: pa.Table | None = None
    survey: pa.Table | None = None
    interviews: pa.Table | None = None
    organization: pa.Table | None = None
    panel: pa.Table | None = None


def write_programme(programme: Programme, folder: Path) -> dict[str, Path]:
    """Write the programme's files into `folder`; their paths by what they hold."""
    folder.mkdir(parents=True, exist_ok=True)
    paths: dict[str, Path] = {}
    with ThreadPoolExecutor(len(_PARQUET)) as pool:
        for name in _PARQUET:
            table = getattr(programme, name)
            if table is not None:
                paths[name] = folder / f"{name}.parquet"
                pool.submit(_parquet, table, paths[name])
    for name in _CSV:
        table = getattr(programme, name)
        if table is not None:
            paths[name] = folder / f"{name}.csv"
            pcsv.write_csv(table, paths[name])
    for name, text in (("use_case", programme.use_case), ("population", programme.population)):
        paths[name] = folder / f"{name}.toml"
        paths[name].write_text(text, encoding="utf-8")
    paths["truth"] = folder / "truth.json"
    truth = {"scenario": programme.scenario, "seed": programme.seed, **programme.truth}
    paths["truth"].write_text(json.dumps(truth, indent=2) + "\n", encoding="utf-8")
    return paths


def _parquet(table: pa.Table, path: Path) -> None:
    # Texts held as numbers are written as plain texts: readers need know nothing of it.
    pq.write_table(table, path, compression="zstd", compression_level=1, store_schema=False)
