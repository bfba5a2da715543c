"""What the daily snapshot takes, in time and in memory, beside an older tree's: `make bench`.

    python benchmarks/night.py --decisions 10000000 --people 10000 --populations 200 [--tree ../older]

Each tree fills a home of its own with the same decisions and measures it in a fresh process; memory is the
process' peak. `--days 2` also measures a second day, with a thousandth of the decisions come since.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
_WINGS = ("deployment", "foundation", "acting", "recording", "showing", "running")


def room(name: str) -> Any:
    """A module of the server, by the room it stands in; older trees have no wings."""
    for path in (f"takeup.server.{wing}.{name}" for wing in _WINGS):
        try:
            if find_spec(path) is not None:
                return import_module(path)
        except ModuleNotFoundError:
            continue
    return import_module(f"takeup.server.{name}")


def opened() -> Any:
    """The log of this home, its server started."""
    settings = room("start").start()
    try:
        return room("connect").log_of(settings)
    except ModuleNotFoundError:
        return room("start").log_of(settings)


def fill(decisions: int, people: int, populations: int) -> None:
    """An organization, and its decisions in the log as the drain writes them."""
    log = opened()
    organization = room("organization.services")
    rows = [
        {"person_id": f"p{i}", "name": f"Person {i}", "population": f"branch-{i % populations:03d}",
         "team": f"t{i % (populations * 4)}"}
        for i in range(people)
    ]  # fmt: skip
    organization.import_people(organization.read_people(rows, "benchmark"), actor="benchmark")
    organization.declare_use_case("credit", 'segment = ["x_segment"]\n', "benchmark")
    add(log, 0, decisions, decisions, people, populations, 1)


def add(log: Any, first: int, n: int, of: int, people: int, populations: int, batch: int) -> None:
    """`n` decisions more, a million a batch."""
    import numpy as np
    from pages import BATCH, table

    rng = np.random.default_rng(batch)
    for start in range(0, n, BATCH):
        rows = table(rng, first + start, min(BATCH, n - start), of, people, populations, batch)
        log.append("decisions", rows, batch)
        batch += 1


def snapshot() -> dict[str, float]:
    """Today's figures; seconds and GB."""
    opened()
    services = room("overview.services")
    began = time.perf_counter()
    found = services.take_snapshots()
    seconds = time.perf_counter() - began
    assert found == {"credit": "taken"}, found
    return {"seconds": seconds, "gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}


def second_day(decisions: int, people: int, populations: int) -> None:
    """What came since; what was measured is of yesterday then."""
    log = opened()
    add(log, decisions, max(decisions // 1000, 1_000), decisions, people, populations,
        (log.last_batch("decisions") or 0) + 1)  # fmt: skip
    from datetime import timedelta

    from takeup.record.clock import now

    room("overview.models").Snapshot.objects.update(day=(now() - timedelta(days=1)).date())


def run(tree: Path, home: str, part: str, *size: int) -> dict[str, float]:
    """One part in a process of its own, with the code of `tree`."""
    done = subprocess.run(
        [sys.executable, __file__, "--part", part, *map(str, size)],
        check=True, capture_output=True, text=True,
        env={**os.environ, "TAKEUP_HOME": home, "PYTHONPATH": f"{tree / 'src'}{os.pathsep}{HERE}"},
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=10_000_000)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--populations", type=int, default=200)
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--tree", type=Path, action="append", default=[])
    parser.add_argument("--part")
    parser.add_argument("size", nargs="*", type=int)
    given = parser.parse_args()
    if given.part:
        print(json.dumps(globals()[given.part](*given.size)))
        return
    size = (given.decisions, given.people, given.populations)
    for tree in (HERE.parent, *given.tree):
        with tempfile.TemporaryDirectory() as home:
            run(tree, home, "fill", *size)
            for day in range(1, given.days + 1):
                if day > 1:
                    run(tree, home, "second_day", *size)
                found = run(tree, home, "snapshot")
                print(
                    f"{tree}: snapshot of {given.decisions:,} decisions, day {day}: {found['seconds']:.1f} s, "
                    f"peak {found['gb']:.2f} GB",
                    flush=True,
                )


if __name__ == "__main__":
    main()
