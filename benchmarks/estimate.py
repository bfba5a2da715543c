"""The adjusted comparison on cells in the engine, and the same on rows with statsmodels.

Both start from a table in memory and use the same specification: dummies of categories and
quantile bins, the pairs that cells support, one slope per bin of each number.
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pyarrow as pa

from takeup.log import Engine, keep
from takeup.questions.comparison.measure import OutcomeComparison, measure_comparison
from takeup.record.action import with_action
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase

CATEGORIES = ["x_segment", "x_region", "x_channel"]
WITH_A_NUMBER = ["x_segment", "x_region", "x_amount"]
TRUTH = 0.5


def programme(rows: int, seed: int = 1, people: int = 2_000) -> pd.DataFrame:
    """Overrides and outcome depend on three categories and a number; following adds 0.5."""
    rng = np.random.default_rng(seed)
    person = rng.integers(0, people, rows)
    segment, region = rng.integers(0, 3, rows), rng.integers(0, 4, rows)
    channel = rng.integers(0, 4, rows)
    size = rng.normal(0, 1, rows)
    logit = 0.6 + 0.7 * size + 0.4 * (segment == 1) - 0.3 * region * (segment == 2)
    logit = logit + 0.2 * channel * (region == 1)
    followed = rng.random(rows) < 1 / (1 + np.exp(-logit))
    y = (
        2 * size
        + segment
        + 0.5 * region
        - 0.4 * channel
        + TRUTH * followed
        + rng.normal(0, 1, rows)
    )
    return pd.DataFrame(
        {
            "person_id": np.char.add("p", person.astype(str)),
            "mode": "assist",
            "consulted": True,
            "recommendation": "yes",
            "choice": np.where(followed, "yes", "no"),
            "x_segment": np.array(["a", "b", "c"])[segment],
            "x_region": np.array(["n", "e", "s", "w"])[region],
            "x_channel": np.array(["desk", "phone", "app", "mail"])[channel],
            "x_amount": np.exp(10 + size),
            "y_outcome": y,
        }
    )


def on_cells(frame: pd.DataFrame, names: list[str]) -> tuple[float, OutcomeComparison]:
    """Seconds from the table in the engine to raw, standardised and both adjusted answers."""
    engine = Engine()
    table = keep(with_action(engine.load(pa.Table.from_pandas(frame)), UseCase()))
    start = time.perf_counter()
    found = measure_comparison(table, UseCase(), names, ["outcome"], Settings())
    return time.perf_counter() - start, found.first  # type: ignore[union-attr]


def on_rows(frame: pd.DataFrame, one: OutcomeComparison) -> tuple[float, float]:
    """Seconds, and the adjusted difference alone, with statsmodels on rows."""
    import statsmodels.api as sm

    start = time.perf_counter()
    a = (frame["choice"] == "yes").to_numpy(float)
    y = frame["y_outcome"].to_numpy()
    dummies, slopes = _design(frame, one, a)
    e = sm.GLM(a, dummies, family=sm.families.Binomial()).fit().predict(dummies)
    x = np.hstack([dummies, slopes])
    mu1 = sm.OLS(y[a == 1], x[a == 1]).fit().predict(x)
    mu0 = sm.OLS(y[a == 0], x[a == 0]).fit().predict(x)
    h = e * (1 - e)
    part = a * (y - mu1) * (1 - e) - (1 - a) * (y - mu0) * e + h * (mu1 - mu0)
    tau = float(part.sum() / h.sum())
    sums = pd.DataFrame({"p": frame["person_id"], "u": part - tau * h}).groupby("p")["u"].sum()
    assert np.isfinite(float((sums**2).sum()))
    return time.perf_counter() - start, tau


def _design(
    frame: pd.DataFrame, one: OutcomeComparison, a: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    assert one.specification is not None
    factors = one.specification.factors
    codes, slopes = [], []
    for factor in factors:
        value = frame[factor.name]
        if factor.numeric:
            code = np.searchsorted(np.array(factor.edges), value.to_numpy(), side="left") + 1
            z = ((value - factor.centre) / factor.scale).to_numpy()
            slopes += [z * (code == b) for b in range(1, len(factor.levels))]
        else:
            code = pd.Categorical(value, categories=list(factor.levels)).codes
        codes.append(np.asarray(code))
    columns = [np.ones(len(frame))]
    for code, factor in zip(codes, factors, strict=True):
        columns += [(code == k) * 1.0 for k in range(1, len(factor.levels)) if (code == k).any()]
    names = [f.name for f in factors]
    for first, second in one.specification.pairs:
        i, j = names.index(first), names.index(second)
        for k in range(1, len(factors[i].levels)):
            for m in range(1, len(factors[j].levels)):
                here = (codes[i] == k) & (codes[j] == m)
                if min((here * a).sum(), (here * (1 - a)).sum()) >= 20:
                    columns.append(here * 1.0)
    return np.stack(columns, 1), np.stack([*slopes, np.zeros(len(frame))], 1)
