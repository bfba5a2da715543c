"""How long a full diagnosis takes beside queries written by hand: `make bench`.

Each part runs in a process of its own, in turn, on the same files; times are wall seconds,
memory the process' peak. Prints one table and, with --json, the figures.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

LIMIT = "12GB"
"""For the queries by hand at any size; with what Arrow and Python hold that stays under 16 GiB."""

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))


def bare(decisions: Path, outcomes: Path) -> None:
    """The hand-written queries, results fetched."""
    import duckdb

    connection = duckdb.connect()
    text = (HERE / "bare.sql").read_text(encoding="utf-8")
    text = text.replace("$decisions", str(decisions)).replace("$outcomes", str(outcomes))
    for statement in text.split(";"):
        if statement.strip():
            connection.execute(statement).fetchall()


def full(decisions: Path, outcomes: Path) -> None:
    """The full diagnosis: every measure, findings, report and JSON."""
    import takeup

    result = takeup.diagnose(
        str(decisions), outcomes=str(outcomes), use_case=HERE / "use_case.toml"
    )
    print(f"  measured {result.seconds:.1f} s", file=sys.stderr)
    result.to_html()
    result.to_json()


def bare_bank(decisions: Path, outcomes: Path, _home: Path) -> None:
    """The hand-written queries of the bank, results fetched."""
    import duckdb

    connection = duckdb.connect(
        config={"memory_limit": LIMIT, "temp_directory": "build/bench/spill"}
    )
    text = (HERE / "bare_bank.sql").read_text(encoding="utf-8")
    text = text.replace("$decisions", f"{decisions}/*.parquet")
    for statement in text.replace("$outcomes", f"{outcomes}/*.parquet").split(";"):
        if statement.strip():
            connection.execute(statement).to_arrow_table()


def full_bank(decisions: Path, outcomes: Path, home: Path) -> None:
    """The full diagnosis of the bank: every measure, findings, report and JSON."""
    import takeup

    result = takeup.diagnose(
        str(decisions), outcomes=str(outcomes), use_case=home / "use_case.toml",
        population=home / "population.toml",
    )  # fmt: skip
    result.to_html()
    result.to_json()


def wide(table: Path) -> None:
    """500 segments, 10,000 people and 200 populations in one table."""
    import takeup
    from takeup.record.use_case import UseCase

    use_case = UseCase(segment=["x_segment"], covariates=["x_segment", "stakes"])
    result = takeup.diagnose(str(table), use_case=use_case)
    result.to_html()
    result.to_json()


def bank(folder: Path, rows: int, runs: int) -> dict[str, object]:
    """The bank at one size: queries by hand and the full diagnosis, in turn."""
    import data

    files = data.write_bank(folder, rows)
    found: dict[str, object] = {}
    for part in ("bare_bank", "full_bank"):
        found[part] = _line(
            f"{part}, {rows:,} decisions", [timed(part, *files) for _ in range(runs)]
        )
    ratio = found["full_bank"]["seconds"] / found["bare_bank"]["seconds"]  # type: ignore[index]
    print(f"bank, {rows:,}: full ÷ by hand {ratio:.2f} (bar: 1.5)", flush=True)
    return found | {"ratio": ratio}


def estimate(rows: int, names: str) -> dict[str, float]:
    """The adjusted comparison on cells (raw, standardised, both adjusted) and on rows (the
    adjusted difference alone), same specification; the two must agree."""
    import estimate as both

    covariates = both.CATEGORIES if names == "categories" else both.WITH_A_NUMBER
    frame = both.programme(rows)
    both.on_cells(frame[: rows // 10], covariates)
    cells, one = both.on_cells(frame, covariates)
    on_rows, tau = both.on_rows(frame, one)
    assert abs(one.adjusted.value - tau) < 1e-3 * abs(tau)  # type: ignore[union-attr]
    return {
        "cells": cells,
        "rows": on_rows,
        "terms": one.specification.terms,  # type: ignore[union-attr]
    }


def timed(part: str, *files: Path) -> tuple[float, float]:
    """Wall seconds and peak GiB of one part in a fresh process."""
    command = [sys.executable, __file__, "--part", part, *map(str, files)]
    start = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    own = json.loads(done.stdout.splitlines()[-1])
    return own.get("seconds", seconds), own["gib"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--small", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("build/bench"))
    parser.add_argument("--bank", type=int, nargs="*", help="only the bank, at these sizes")
    parser.add_argument("--wide", action="store_true", help="only the widest table")
    parser.add_argument("--json", type=Path)
    parser.add_argument("files", nargs="*", type=Path)
    given = parser.parse_args()
    if given.part == "estimate":
        rows, names = given.files
        print(json.dumps(estimate(int(str(rows)), str(names))))
        return
    if given.part:
        start = time.perf_counter()
        globals()[given.part](*given.files)
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(json.dumps({"seconds": seconds, "gib": peak}))
        return
    import data

    if given.wide:
        _line("wide, 1,000,000 decisions", [timed("wide", data.write_wide(given.folder))])
        return
    if given.bank is not None:
        sizes = given.bank or [1_000_000, 10_000_000]
        banks = {f"bank, {n:,}": bank(given.folder, n, given.runs) for n in sizes}
        if given.json:
            given.json.write_text(json.dumps(banks, indent=1) + "\n", encoding="utf-8")
        return
    found: dict[str, object] = {}
    large = data.write(given.folder, given.rows)
    for part in ("bare", "full"):
        runs = [timed(part, *large) for _ in range(given.runs)]
        found[part] = _line(f"{part}, {given.rows:,} decisions", runs)
    ratio = found["full"]["seconds"] / found["bare"]["seconds"]  # type: ignore[index]
    print(f"full diagnosis ÷ bare queries: {ratio:.2f} (bar: 1.5)")
    found["full_over_bare"] = ratio
    for rows, names in ((given.small, "categories"), (given.small // 5, "with a number")):
        command = [sys.executable, __file__, "--part", "estimate", str(rows), names]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        own = json.loads(done.stdout.splitlines()[-1])
        faster = own["rows"] / own["cells"]
        print(
            f"adjusted estimate, {rows:,} rows, {own['terms']} terms ({names}): cells "
            f"{own['cells']:.2f} s, statsmodels on rows {own['rows']:.1f} s, {faster:.0f} times "
            "(bar: 20 at 1 M)",
            flush=True,
        )
        found[f"estimate, {names}"] = own | {"times": faster}
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _line(name: str, runs: list[tuple[float, float]]) -> dict[str, float]:
    seconds = statistics.median(s for s, _ in runs)
    peak = max(g for _, g in runs)
    spread = f"{min(s for s, _ in runs):.1f} to {max(s for s, _ in runs):.1f}"
    print(f"{name:<40} {seconds:6.1f} s ({spread})  {peak:5.2f} GiB", flush=True)
    return {"seconds": seconds, "gib": peak}


if __name__ == "__main__":
    main()
