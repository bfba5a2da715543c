"""Runs the jobs in parallel, resumable: a record a line in build/calibration/JOB.jsonl."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

FOLDER = Path("build/calibration")
CHUNK = 25
FEWER = 400
"""Programmes of a job of whole reports, which take seconds each; 400 tell 2 % from 10 %."""
WHOLE_REPORTS = ("strangers-nothing", "strangers-claims-")


def main() -> None:
    """Run what is missing, then write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programmes", type=int, default=2_000, help="programmes of each job")
    parser.add_argument("--jobs", nargs="*", help="only these jobs")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument(
        "--only-write", action="store_true", help="write the page from what is there"
    )
    given = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not given.only_write:
        run(given.programmes, given.jobs, given.workers)
    from calibration.page import write_page
    from calibration.strangers.page import write_strangers

    write_page(FOLDER, Path("docs"))
    write_strangers(FOLDER, Path("docs"))


def run(programmes: int, jobs: list[str] | None, workers: int) -> None:
    """Every seed of every job that has no record yet."""
    from calibration.jobs import JOBS

    wanted = jobs or list(JOBS)
    todo = [
        (job, chunk)
        for job in wanted
        for chunk in _missing(
            job, min(programmes, FEWER if job.startswith(WHOLE_REPORTS) else programmes)
        )
    ]
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    # A Pool, not an executor: executors that renew their workers can wait for ever.
    with (
        Progress(*columns) as progress,
        get_context("spawn").Pool(workers, maxtasksperchild=20) as pool,
    ):
        task = progress.add_task("programmes", total=sum(len(c) for _, c in todo))
        for job, count, lines in pool.imap_unordered(_chunk, todo):
            with (FOLDER / f"{job}.jsonl").open("a", encoding="utf-8") as file:
                file.writelines(lines)
            progress.update(task, advance=count, description=job)


def _missing(job: str, programmes: int) -> Iterator[list[int]]:
    path = FOLDER / f"{job}.jsonl"
    done = set()
    if path.exists():
        done = {json.loads(line)["seed"] for line in path.read_text().splitlines() if line}
    seeds = [s for s in range(programmes) if s not in done]
    for start in range(0, len(seeds), CHUNK):
        yield seeds[start : start + CHUNK]


def _chunk(what: tuple[str, list[int]]) -> tuple[str, int, list[str]]:
    """The records of some seeds of a job, as lines."""
    import warnings

    from calibration.jobs import JOBS
    from takeup.log import Engine

    job, seeds = what
    warnings.filterwarnings("ignore")
    lines = []
    for seed in seeds:
        # An engine each: tables are numbered anew, so that what was compiled for one serves the next.
        engine = Engine(threads=1)
        record = JOBS[job](seed, engine)
        lines.append(json.dumps({"seed": seed, **record}) + "\n")
        engine.close()
    return job, len(seeds), lines


if __name__ == "__main__":
    main()
