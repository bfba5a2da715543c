"""The adjusted difference: overlap weighting, doubly robust, from two grouped passes.

τ = Σ h [ A(Y−μ₁)/e − (1−A)(Y−μ₀)/(1−e) + μ₁ − μ₀ ] / Σ h with h = e(1 − e) (Li, Morgan &
Zaslavsky 2018). e is logistic in dummies of the covariates and the pairs that the cells
support; μ₁, μ₀ are linear in the same and one slope per bin of each number.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from takeup.log import fetch
from takeup.log.compress import Factor, beside, codes_of_cells
from takeup.questions.shared.same_cases import Ratio, crossed
from takeup.record.settings import ComparisonSettings
from takeup.stats.cells import (
    Design,
    LinearFit,
    LinearSystem,
    SlopeSums,
    build_design,
    fit_linear,
    fit_logistic,
    linear_system,
    robustness_value,
)
from takeup.stats.clusters import Clustered, arms_ratio
from takeup.stats.two_way import Crossed

ASSUMPTION = (
    "an association: it would be an effect only if what is recorded before the decision "
    "decided who overrides"
)


@dataclass(frozen=True, slots=True)
class Specification:
    """What the adjusted estimate was adjusted for, enough to fit it again on rows; `left_out` is recorded
    too, and there were too few decisions for it."""

    factors: tuple[Factor, ...]
    terms: int
    pairs: tuple[tuple[str, str], ...]
    cells: int
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overlap:
    """Where people really do both. `share`: decisions with propensity between .1 and .9;
    `effective_n`: (Σh)²/Σh²; `left`: how much of the chance of either action what is recorded leaves open,
    Σh over n p(1 − p); `effective_people`: 1/Σ share² of the action
    that fewer people take; imbalance: the largest
    standardised difference of a covariate's level before and after weighting."""

    share: float
    effective_n: float
    left: float
    effective_people: float
    imbalance_before: float
    imbalance_after: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """The adjusted difference (errors by person) and everything beside it. `readiness` is each person's own
    tendency Σ(A − e)/Σh; `persons` has it as r and s, beside counts and sums of each arm. `cases`: what cases
    that many people saw add to the error of the `effect`, of the `raw` difference and of the means of both
    arms; empty where none repeat."""

    effect: Clustered
    means: tuple[float, float]
    overlap: Overlap
    robustness: float
    specification: Specification
    cells: pd.DataFrame
    balance: pd.DataFrame
    persons: pd.DataFrame
    cases: dict[str, Crossed]


def fit_adjusted(
    table: ir.Table,
    factors: tuple[Factor, ...],
    settings: ComparisonSettings,
) -> Fitted:
    """Overlap-weighted doubly robust difference of `y` between `a` = 1 and `a` = 0.

    `table` has person, a, y, perhaps w (weights) and CASE, `cell` (of `factors`) and, for numbers,
    their bins f… and standardised values z0 …. Two grouped passes: rows → cells, then fitted
    cells → persons; and one by case, where they repeat.
    """
    sizes = [len(f.levels) for f in factors]
    frame = _cell_sums(table, factors, sizes)
    codes = codes_of_cells(frame["cell"].to_numpy(), sizes)
    n, n1 = frame["n"].to_numpy(float), frame["n1"].to_numpy(float)
    y, y1 = frame["y"].to_numpy(float), frame["y1"].to_numpy(float)
    order = _pair_order(factors)
    design = build_design(
        codes, sizes, np.stack([n1, n - n1], 1),
        support=settings.pair_support, most=_most_terms(frame, settings), pairs_first=order,
    )  # fmt: skip
    e = fit_logistic(design, n, n1)
    factor_of = tuple(i for i, f in enumerate(factors) if f.numeric)
    systems = _systems(table, frame, factors, codes, sizes, design, factor_of)
    fits = [fit_linear(design, codes, system, factor_of) for system in systems]
    rows_fitted = _beside_fits(table, frame["cell"].to_numpy(np.int64), e, fits, len(factor_of))
    persons = _person_pass(rows_fitted)
    s = persons["s"].to_numpy(float)
    p1, p0 = persons["p1"].to_numpy(float), persons["p0"].to_numpy(float)
    arms = persons["w1"].to_numpy(float), persons["w0"].to_numpy(float)
    effect = arms_ratio(p1 - p0, s, arms)
    squares = float(frame["yy"].sum())
    rows = int(frame["rows"].sum())
    h = e * (1 - e)
    balance = _balance(factors, codes, sizes, n, n1, e)
    overlap = Overlap(
        share=float(n[(e > 0.1) & (e < 0.9)].sum() / n.sum()),
        effective_n=float((n * h).sum() ** 2 / max((n * h**2).sum(), 1e-300)),
        left=float((n * h).sum() * n.sum() / max(n1.sum() * (n.sum() - n1.sum()), 1e-300)),
        effective_people=effect.effective,
        imbalance_before=float(balance["before"].abs().max()) if len(balance) else 0.0,
        imbalance_after=float(balance["after"].abs().max()) if len(balance) else 0.0,
    )
    pairs = tuple(
        dict.fromkeys(
            (factors[t.factors[0]].name, factors[t.factors[1]].name)
            for t in design.terms
            if len(t.factors) == 2
        )
    )
    shown = pd.DataFrame(
        {f.name: np.array(f.levels, object)[codes[:, i]] for i, f in enumerate(factors)}
    ).assign(n=n, followed=n1, outcome_sum=y, outcome_sum_followed=y1, propensity=e, weight=h)
    return Fitted(
        effect,
        (float(p1.sum() / s.sum()), float(p0.sum() / s.sum())),
        overlap,
        robustness_value(systems[0], systems[1], squares, rows, float(n1.sum())),
        Specification(factors, len(design.terms), pairs, len(frame)),
        shown,
        balance,
        persons,
        _case_pass(rows_fitted, persons),
    )


ROWS_A_PAIR = 10
"""Decisions of the rarer action for each term of the model that has pairs."""


def _most_terms(frame: pd.DataFrame, settings: ComparisonSettings) -> int:
    """How many terms the rarer action carries: more would fit its chance, not its kinds."""
    followed = float(frame["rows1"].sum())
    rarer = min(followed, float(frame["rows"].sum()) - followed)
    return min(settings.most_parameters, int(rarer / ROWS_A_PAIR))


def _pair_order(factors: tuple[Factor, ...]) -> list[tuple[int, int]]:
    """Pairs of factors, those with few levels first."""
    pairs = [(i, j) for i in range(len(factors)) for j in range(i + 1, len(factors))]
    return sorted(pairs, key=lambda p: len(factors[p[0]].levels) * len(factors[p[1]].levels))


def _cell_sums(table: ir.Table, factors: tuple[Factor, ...], sizes: list[int]) -> pd.DataFrame:
    """n, n₁, Σy, Σy₁ and for each number Σz, Σz₁, by cell."""
    a, y = table.a, table.y
    sums: dict[str, ir.Value] = {
        "n": table.w.sum() if "w" in table.columns else table.count().cast("float64"),
        "n1": weighted(table, a).sum(),
        "rows": table.count(),
        "rows1": table.a.sum(),
        "y": weighted(table, y).sum(),
        "yy": weighted(table, y * y).sum(),
        "y1": weighted(table, a * y).sum(),
    }
    for j in range(sum(f.numeric for f in factors)):
        sums[f"z{j}"] = weighted(table, table[f"z{j}"]).sum()
        sums[f"z{j}_1"] = weighted(table, a * table[f"z{j}"]).sum()
    frame: pd.DataFrame = fetch(table.group_by("cell").aggregate(**sums)).to_pandas()
    return frame.sort_values("cell", ignore_index=True)


def _systems(
    table: ir.Table,
    frame: pd.DataFrame,
    factors: tuple[Factor, ...],
    codes: np.ndarray,
    sizes: list[int],
    design: Design,
    factor_of: tuple[int, ...],
) -> list[LinearSystem]:
    """Normal equations of the followed and of the overridden, from cells and margins."""
    margins = [_margins(table, factor_of, sizes, arm) for arm in (1.0, 0.0)]
    systems = []
    for arm, (zz, zy) in zip((1, 0), margins, strict=True):
        part = {
            c: (frame[f"{c}1"] if arm else frame[c] - frame[f"{c}1"]).to_numpy(float)
            for c in ("n", "y")
        }
        z = np.zeros((len(frame), len(factor_of)))
        for j in range(len(factor_of)):
            treated = frame[f"z{j}_1"]
            z[:, j] = (treated if arm else frame[f"z{j}"] - treated).to_numpy(float)
        sums = SlopeSums(factor_of, z, zz, zy)
        systems.append(linear_system(design, codes, sizes, part["n"], part["y"], sums))
    return systems


def _margins(
    table: ir.Table, factor_of: tuple[int, ...], sizes: list[int], arm: float
) -> tuple[dict[tuple[int, int], np.ndarray], tuple[np.ndarray, ...]]:
    """Σzz' by pair of bins and Σzy by bin, of one arm."""
    rows = table.filter(table.a == arm)
    zz: dict[tuple[int, int], np.ndarray] = {}
    zy = []
    for j, f in enumerate(factor_of):
        own = fetch(
            rows.group_by(b=rows[f"f{f}"]).aggregate(
                zz=weighted(rows, rows[f"z{j}"] ** 2).sum(),
                zy=weighted(rows, rows[f"z{j}"] * rows.y).sum(),
            )
        ).to_pandas()
        square, moment = np.zeros((sizes[f], sizes[f])), np.zeros(sizes[f])
        square[own["b"], own["b"]] = own["zz"]
        moment[own["b"]] = own["zy"]
        zz[j, j] = square
        zy.append(moment)
        for k in range(j + 1, len(factor_of)):
            g = factor_of[k]
            crossed = fetch(
                rows.group_by(b=rows[f"f{f}"], d=rows[f"f{g}"]).aggregate(
                    zz=weighted(rows, rows[f"z{j}"] * rows[f"z{k}"]).sum()
                )
            ).to_pandas()
            both = np.zeros((sizes[f], sizes[g]))
            both[crossed["b"], crossed["d"]] = crossed["zz"]
            zz[j, k] = both
    return zz, tuple(zy)


def _beside_fits(
    table: ir.Table,
    cell: np.ndarray,
    e: np.ndarray,
    fits: list[LinearFit],
    numbers: int,
) -> ir.Table:
    """`table` with the fitted cells joined back: e, h = e(1 − e) and of each row what it adds to p₁ and to p₀, the
    weighted sums whose difference over Σh is τ."""
    columns: dict[str, np.ndarray] = {
        "cell": cell, "e": e, "m1": fits[0].level, "m0": fits[1].level,
    }  # fmt: skip
    for j in range(numbers):
        columns[f"s1_{j}"] = fits[0].slope[:, j]
        columns[f"s0_{j}"] = fits[1].slope[:, j]
    fitted = beside(table, pa.table(columns))
    t = table.join(fitted, "cell")
    one = ibis.literal(1.0)
    mu1, mu0 = t.m1, t.m0
    for j in range(numbers):
        mu1 = mu1 + t[f"s1_{j}"] * t[f"z{j}"]
        mu0 = mu0 + t[f"s0_{j}"] * t[f"z{j}"]
    h = t.e * (one - t.e)
    return t.mutate(
        h=h,
        p1=t.a * (t.y - mu1) * (one - t.e) + h * mu1,
        p0=(one - t.a) * (t.y - mu0) * t.e + h * mu0,
    )


def _person_pass(t: ir.Table) -> pd.DataFrame:
    """The fitted rows summed by person: s = Σh, p₁ and p₀, r = Σ(A − e), w₁ and w₀ what each arm weighs."""
    one = ibis.literal(1.0)
    persons: pd.DataFrame = fetch(
        t.group_by("person").aggregate(
            s=weighted(t, t.h).sum(),
            p1=weighted(t, t.p1).sum(),
            p0=weighted(t, t.p0).sum(),
            r=weighted(t, t.a - t.e).sum(),
            w1=weighted(t, t.a * (one - t.e)).sum(),
            w0=weighted(t, (one - t.a) * t.e).sum(),
            n1=weighted(t, t.a).sum(),
            y1=weighted(t, t.a * t.y).sum(),
            n0=weighted(t, 1 - t.a).sum(),
            y0=weighted(t, (1 - t.a) * t.y).sum(),
        )
    ).to_pandas()
    return persons


def _case_pass(t: ir.Table, persons: pd.DataFrame) -> dict[str, Crossed]:
    """What cases that many people saw add to the errors; the raw difference by how far a row is from its arm's mean."""
    n1, y1, n0, y0 = (float(persons[c].sum()) for c in ("n1", "y1", "n0", "y0"))
    followed, overridden = weighted(t, t.a), weighted(t, 1 - t.a)
    ratios: dict[str, Ratio] = {
        "effect": (weighted(t, t.p1 - t.p0), weighted(t, t.h)),
        "raw": (
            followed * (t.y - y1 / n1) / n1 - overridden * (t.y - y0 / n0) / n0,
            (followed / n1 + overridden / n0) / 2,
        ),
        "followed": (followed * t.y, followed),
        "overridden": (overridden * t.y, overridden),
    }
    return crossed(t.mutate(person_id=t.person), ratios, kept=False).get((), {})


def _balance(
    factors: tuple[Factor, ...],
    codes: np.ndarray,
    sizes: list[int],
    n: np.ndarray,
    n1: np.ndarray,
    e: np.ndarray,
) -> pd.DataFrame:
    """Standardised differences of every level, before and after overlap weighting."""
    rows = []
    n0 = n - n1
    w1, w0 = n1 * (1 - e), n0 * e
    for i, factor in enumerate(factors):
        for level in range(sizes[i]):
            here = codes[:, i] == level
            p1, p0 = n1[here].sum() / n1.sum(), n0[here].sum() / n0.sum()
            q1, q0 = w1[here].sum() / w1.sum(), w0[here].sum() / w0.sum()
            spread = np.sqrt(max((p1 * (1 - p1) + p0 * (1 - p0)) / 2, 1e-12))
            if p1 or p0:
                rows.append(
                    (factor.name, factor.levels[level], (p1 - p0) / spread, (q1 - q0) / spread)
                )
    return pd.DataFrame(rows, columns=["covariate", "level", "before", "after"])


def weighted(table: ir.Table, value: ir.NumericValue) -> ir.NumericValue:
    """`value` times the row's weight, where rows have one."""
    return value * table.w if "w" in table.columns else value
