"""A simulated programme: the files a company would have, and the truth it would not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


@dataclass(frozen=True, slots=True)
class Programme:
    """Tables as Arrow; `use_case` and `population` as TOML text; `truth` by measure."""

    scenario: str
    seed: int
    decisions: pa.Table
    use_case: str
    population: str
    truth: dict[str, Any]
    eligible: pa.Table | None = None
    outcomes: pa.Table | None = None


def write_programme(programme: Programme, folder: Path) -> dict[str, Path]:
    """Write the programme's files into `folder`; their paths by what they hold."""
    folder.mkdir(parents=True, exist_ok=True)
    paths: dict[str, Path] = {}
    for name in ("decisions", "eligible", "outcomes"):
        table = getattr(programme, name)
        if table is not None:
            paths[name] = folder / f"{name}.parquet"
            pq.write_table(table, paths[name], compression="zstd")
    for name, text in (("use_case", programme.use_case), ("population", programme.population)):
        paths[name] = folder / f"{name}.toml"
        paths[name].write_text(text, encoding="utf-8")
    paths["truth"] = folder / "truth.json"
    truth = {"scenario": programme.scenario, "seed": programme.seed, **programme.truth}
    paths["truth"].write_text(json.dumps(truth, indent=2) + "\n", encoding="utf-8")
    return paths
