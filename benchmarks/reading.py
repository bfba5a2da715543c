"""How long it takes to look at a stranger's table: `make bench`, or side by side with another tree.

`takeup check` with and without a time zone, `takeup map`, and what it costs that all rows are looked at.
Each command runs in a process of its own, in turn, best of `--times`; tables are made once.

    python benchmarks/reading.py                       # this tree
    python benchmarks/reading.py --tree ../older       # beside the source of another, same environment
    python benchmarks/reading.py --rows 4000 1000000 10000000
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / "build" / "bench-reading"
_COLUMNS = {"person_id": "person", "decided_at": "decided", "recommendation": "advice",
            "choice": "choice", "x_region": "region", "x_amount": "amount"}  # fmt: skip
_TABLE = """
COPY (
    SELECT 'p' || (i * 7919 % 400) AS person,
        strftime(TIMESTAMP '2026-01-05 08:00:00' + to_seconds(i * 61 % 7000000), '%d.%m.%Y %H:%M') AS decided,
        CASE WHEN hash(i) % 3 = 0 THEN 'approve' ELSE 'decline' END AS advice,
        CASE WHEN (hash(i) % 3 = 0) <> (hash(i + 1) % 5 = 0) THEN 'approve' ELSE 'decline' END AS choice,
        ['north', 'south', 'east', 'west'][1 + i % 4] AS region,
        replace(round(1000 + hash(i) % 100000 / 7.0, 2)::VARCHAR, '.', ',') AS amount
    FROM range({rows}) AS r(i)
) TO '{path}' (HEADER, DELIMITER ';')
"""


def made(rows: int) -> Path:
    """A German export of so many decisions, and its mappings without and with a time zone."""
    path = FOLDER / f"decisions-{rows}.csv"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        duckdb.sql(_TABLE.format(rows=rows, path=path))
    columns = "".join(f'{name} = "{column}"\n' for name, column in _COLUMNS.items())
    rest = f'[columns]\n{columns}[constants]\nmode = "assist"\nconsulted = true\n'
    # Older trees do not find these two out.
    file = '[file]\ndate_order = "dmy"\ndecimal = ","\n'
    (FOLDER / "plain.toml").write_text(f"{file}{rest}")
    (FOLDER / "zone.toml").write_text(f'{file}time_zone = "Europe/Berlin"\n{rest}')
    return path


_RUN = "from takeup.cli import main; main()"
_OF_5000 = f"""
from takeup.sources.held import Held
whole = Held.__init__
Held.__init__ = lambda held, table: whole(held, table.limit(5_000))
{_RUN}
"""
"""The same code, but only the first 5,000 rows tell how columns are written."""


def seconds(tree: Path, *command: str, times: int, code: str = _RUN) -> float:
    """The best wall time of a command of `tree`; its exit code must be 0."""
    best = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", code, *command],
            env={**os.environ, "PYTHONPATH": str(tree / "src")}, capture_output=True, text=True,
            cwd=FOLDER, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(
                f"{tree}: {' '.join(command)} ended with {done.returncode}\n{done.stdout}"
            )
        best = min(best, time.perf_counter() - begun)
    return best


def measured(tree: Path, rows: int, times: int) -> dict[str, float]:
    """Seconds of each command on a table of so many rows."""
    table = str(made(rows))
    found = {
        "check": seconds(tree, "check", table, "--map", "plain.toml", times=times),
        "check with time_zone": seconds(tree, "check", table, "--map", "zone.toml", times=times),
        "map": seconds(tree, "map", table, "--out", "m.toml", times=times),
    }
    return {name: round(value, 2) for name, value in found.items()}


def main() -> None:
    """Print the table; with --json, the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[4_000, 1_000_000])
    parser.add_argument("--tree", type=Path, nargs="*", default=[])
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found = {}
    for rows in given.rows:
        for tree in (HERE.parent, *given.tree):
            figures = measured(tree.resolve(), rows, given.times)
            if tree == HERE.parent:
                check = ("check", str(made(rows)), "--map", "plain.toml")
                few = seconds(tree, *check, times=given.times, code=_OF_5000)
                figures["check looking at 5,000 rows"] = round(few, 2)
            found[f"{rows} rows, {tree.resolve().name}"] = figures
            told = "   ".join(f"{name} {value:.2f} s" for name, value in figures.items())
            print(f"{rows:>12,} rows  {tree.resolve().name:<12} {told}", flush=True)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
