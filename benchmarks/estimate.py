"""The adjusted comparison twice: on cells in the engine, and on rows with statsmodels."""

from __future__ import annotations

from pathlib import Path

COVARIATES = ["x_difficulty", "x_segment", "x_region"]


def on_cells(decisions: Path, outcomes: Path) -> float:
    """From the two files to the estimate, through takeup's comparison."""
    import takeup

    result = takeup.diagnose(
        str(decisions),
        outcomes=str(outcomes),
        use_case=Path(__file__).parent / "use_case.toml",
        only=("comparison",),
    )
    return float(result.measures().comparison.first.adjusted.value)


def on_rows(decisions: Path, outcomes: Path) -> float:
    """From the two files to the estimate, as an analyst would write it."""
    import numpy as np
    import pandas as pd
    import statsmodels.api as sm

    frame = pd.read_parquet(decisions).merge(
        pd.read_parquet(outcomes)[["decision_id", "outcome"]], on="decision_id", how="left"
    )
    frame = frame[frame["consulted"] & frame["outcome"].notna()]
    a = (frame["recommendation"] == frame["choice"]).to_numpy(float)
    y = frame["outcome"].to_numpy(float)
    mains = [pd.get_dummies(frame[c], drop_first=True, dtype=float) for c in COVARIATES]
    columns = [np.ones((len(frame), 1)), *(m.to_numpy() for m in mains)]
    for i in range(len(mains)):
        for j in range(i + 1, len(mains)):
            one, two = mains[i].to_numpy(), mains[j].to_numpy()
            columns.append((one[:, :, None] * two[:, None, :]).reshape(len(frame), -1))
    x = np.hstack(columns)
    e = sm.GLM(a, x, family=sm.families.Binomial()).fit().predict(x)
    mu1 = sm.OLS(y[a == 1], x[a == 1]).fit().predict(x)
    mu0 = sm.OLS(y[a == 0], x[a == 0]).fit().predict(x)
    h = e * (1 - e)
    part = a * (y - mu1) * (1 - e) - (1 - a) * (y - mu0) * e + h * (mu1 - mu0)
    tau = float(part.sum() / h.sum())
    sums = pd.DataFrame({"p": frame["person_id"], "u": part - tau * h}).groupby("p")["u"].sum()
    assert np.isfinite(float((sums**2).sum()))
    return tau
