"""Fits how evidence for a reason becomes the belief that it is material, on seeds of their own.

p = sigmoid(shift + slope · sum of terms), by maximum likelihood; prints what `ResistanceSettings` holds.
Four reasons together on the first family of populations, and each in either; value misalignment on as many of either family, those
alone in which the cases that touch values are marked: elsewhere the same evidence goes with no cost in
the one and with a quarter of the gap in the other. Three more families are the second one with answers that are not what
people hold: agreeing to everything, silent where the reason is largest, as is wanted. docs/calibration.md is measured
on other seeds.
"""

from __future__ import annotations

import json
import os
import warnings
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from scipy.optimize import minimize
from scipy.special import expit

from takeup.record.questionnaire import TYPES

SEEDS = range(10_000, 10_900)
MARKED = range(10_905, 12_405, 6)
"""Seeds of the first family whose cases are marked (the population PH2)."""
SECOND = range(10_900, 11_275)
"""Seeds of the second family; two in three have marked cases."""
DISTORTED = ("strangers-reasons-yes", "strangers-reasons-silent", "strangers-reasons-wanted")
"""Its jobs in which people do not answer what they hold."""
RECORDS = Path("build/calibration/fit-reasons.json")


def _records(given: tuple[str, list[int]]) -> list[dict[str, Any]]:
    from calibration.jobs import JOBS
    from takeup.log import Engine

    warnings.filterwarnings("ignore")
    engine = Engine(threads=1)
    job, seeds = given
    return [{"job": job, **JOBS[job](seed, engine)} for seed in seeds]


def fit(total: NDArray[np.float64], material: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Shift and slope of the logistic curve through evidence and truth."""
    sign = np.where(material, 1.0, -1.0)
    found = minimize(
        lambda b: float(np.logaddexp(0, -sign * (b[0] + b[1] * total)).mean()), np.array([0.0, 1.0])
    )
    return np.asarray(found.x)


def main() -> None:
    """Simulate, fit, print."""
    RECORDS.parent.mkdir(parents=True, exist_ok=True)
    wanted = (
        ("reasons", SEEDS),
        ("reasons", MARKED),
        ("strangers-reasons", SECOND),
        *((job, SECOND) for job in DISTORTED),
    )
    chunks = [
        (job, list(seeds[i : i + 25])) for job, seeds in wanted for i in range(0, len(seeds), 25)
    ]
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        done = track(pool.imap(_records, chunks), "populations", total=len(chunks))
        records = [r for chunk in done for r in chunk]
    RECORDS.write_text(json.dumps(records), encoding="utf-8")
    first = [r for r in records if r["job"] == "reasons"]
    seen = [[r for r in records if r["job"] == job and "VM" in r["p"]] for job, _ in wanted[1:3]]
    second = [r for r in records if r["job"] == "strangers-reasons"]
    few = min(map(len, seen))
    others = [t for t in TYPES if t != "VM"]
    first = first[: len(SEEDS)]
    _print("JS, CA, TD, WD", [(r, t) for r in first for t in others])
    _print("VM", [(r, "VM") for part in seen for r in part[-few:]])
    families = dict.fromkeys(others, (first, second)) | {"VM": (seen[0], seen[1])}
    for t, of in families.items():
        for name, part in zip(("first", "second"), of, strict=True):
            _print(f"{t}, {name} family", [(r, t) for r in part])
    for job in DISTORTED:
        own = [r for r in records if r["job"] == job]
        for t in TYPES:
            _print(f"{t}, {job}", [(r, t) for r in own if t in r["p"]])


def _print(name: str, pairs: list[tuple[dict[str, Any], str]]) -> None:
    total = np.array([sum(v or 0.0 for v in r["terms"][t]) for r, t in pairs])
    material = np.array([r["truth"][t] >= 0.25 for r, t in pairs])
    shift, slope = fit(total, material)
    print(
        f"{name}: shift {shift:.2f}, slope {slope:.2f} ({len(pairs)}: believed "
        f"{expit(shift + slope * total).mean():.3f}, realised {material.mean():.3f})"
    )


if __name__ == "__main__":
    main()
