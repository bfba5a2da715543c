"""Fits how evidence for a reason becomes the belief that it is material, on seeds of their own.

p = sigmoid(shift + slope · sum of terms), by maximum likelihood, once for value misalignment and
once for the other four; prints what `ResistanceSettings` holds. `reasons` in docs/calibration.md
is measured on other seeds.
"""

from __future__ import annotations

import json
import os
import warnings
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from scipy.optimize import minimize
from scipy.special import expit

from takeup.record.questionnaire import TYPES

SEEDS = range(10_000, 10_900)
RECORDS = Path("build/calibration/fit-reasons.json")


def _records(seeds: list[int]) -> list[dict[str, object]]:
    from calibration.jobs import JOBS
    from takeup.log import Engine

    warnings.filterwarnings("ignore")
    engine = Engine(threads=1)
    return [JOBS["reasons"](seed, engine) for seed in seeds]


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
    chunks = [list(SEEDS[i : i + 25]) for i in range(0, len(SEEDS), 25)]
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        done = track(pool.imap(_records, chunks), "populations", total=len(chunks))
        records = [r for chunk in done for r in chunk]
    RECORDS.write_text(json.dumps(records), encoding="utf-8")
    total = np.array([[sum(v or 0.0 for v in r["terms"][t]) for t in TYPES] for r in records])
    material = np.array([[r["truth"][t] >= 0.25 for t in TYPES] for r in records])
    values = np.array(TYPES) == "VM"
    for name, where in (("JS, CA, TD, WD", ~values), ("VM", values)):
        shift, slope = fit(total[:, where].ravel(), material[:, where].ravel())
        right = expit(shift + slope * total[:, where])
        print(
            f"{name}: shift {shift:.2f}, slope {slope:.2f} "
            f"(believed {right.mean():.3f}, realised {material[:, where].mean():.3f})"
        )


if __name__ == "__main__":
    main()
