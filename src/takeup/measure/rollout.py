"""What does having the advice change, where it was given at random?

Intention to treat: every row as recorded, in the arm it was drawn into, whether or not the
advice was looked at. Refuses without a known probability of assignment. Grade: randomised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np

from takeup.log import fetch
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.stats.answer import Answer, CannotSay, Estimate, not_instrumented, refused
from takeup.stats.linear import (
    ArmMoments,
    Difference,
    difference_in_means,
    lin_difference,
)
from takeup.stats.linear import balance_p as balance_of_arms
from takeup.stats.quantiles import normal_tail, t_half_width

MOST_LEVELS = 20
_NAMED_BY = {"team": "team", "unit": "randomised_unit_id", "person": "person_id"}
"""What may be drawn, coarsest first, and the column that names it besides `randomised_unit_id`."""
_ASSUMPTION = (
    "the advice was given at random with the recorded probability, and one case's advice does "
    "not change another case"
)


@dataclass(frozen=True, slots=True)
class Effect:
    """Assist minus no assist on one quantity, in its own unit (`points` for shares)."""

    name: str
    label: str
    unadjusted: Answer
    adjusted: Answer
    mean_with: float
    mean_without: float


@dataclass(frozen=True, slots=True)
class Rollout:
    """Effects of having the advice, and the checks of the randomisation."""

    effects: tuple[Effect, ...]
    with_advice: int
    without_advice: int
    sample_ratio_p: float
    balance_p: float | None
    alerts: tuple[str, ...]


def measure_rollout(
    decisions: ir.Table,
    use_case: UseCase,
    covariates: Sequence[str],
    outcomes: Sequence[str],
    settings: Settings,
) -> Rollout | CannotSay:
    """Effects on agreement, each choice, each outcome, correctness and misclassification risk.

    `decisions` has `mode` and `assist_probability`; outcomes stand in `y_NAME`.
    """
    if "assist_probability" not in decisions.columns:
        return not_instrumented(
            "no advice was withheld at random",
            "assist_probability: with what probability each case (or person) had the advice",
        )
    p = decisions.assist_probability.cast("float64")
    t = decisions.mutate(p__=p).filter((p > 0) & (p < 1))
    t = t.mutate(arm__=(t["mode"] == "assist"))
    t = t.mutate(w__=ibis.ifelse(t.arm__, 1 / t.p__, 1 / (1 - t.p__)))
    unit = _unit(use_case, t)
    if isinstance(unit, CannotSay):
        return unit
    totals = fetch(_arm_sizes(t, unit)).to_pylist()[0]
    treated = int(totals["treated"] or 0)
    control = int(totals["n"] or 0) - treated
    if min(treated, control) < settings.rollout.smallest_arm:
        return refused(
            f"only {min(treated, control)} decisions in the smaller arm",
            f"at least {settings.rollout.smallest_arm} decisions in each arm",
            treated + control,
        )
    z = (treated - totals["expected"]) / np.sqrt(totals["spread"])
    ratio_p = 2 * normal_tail(abs(z))
    design, columns = _design(t, covariates)
    effects = []
    balance_p = None
    for name, label, value in _quantities(design, use_case, outcomes):
        arms = _moments(design, columns, value, unit)
        if arms is None:
            continue
        effects.append(_effect(name, label, arms, bool(columns), unit, settings.confidence))
        if balance_p is None and columns:
            balance_p = balance_of_arms(*arms)
    return Rollout(
        tuple(effects), treated, control, ratio_p, balance_p, _alerts(ratio_p, balance_p, settings)
    )


def _arm_sizes(t: ir.Table, unit: str | None) -> ir.Table:
    """Rows, rows with the advice, how many were to be expected, and the variance of that:
    whole units are drawn, so all rows of one fall together."""
    treated = t.arm__.cast("int64")
    if unit is None:
        return t.aggregate(
            n=t.count(),
            treated=treated.sum(),
            expected=t.p__.sum(),
            spread=(t.p__ * (1 - t.p__)).sum(),
        )
    units = t.group_by(unit__=t[unit]).aggregate(n=t.count(), treated=treated.sum(), p=t.p__.mean())
    return units.aggregate(
        n=units.n.sum(),
        treated=units.treated.sum(),
        expected=(units.n * units.p).sum(),
        spread=(units.n.cast("float64") ** 2 * units.p * (1 - units.p)).sum(),
    )


def _alerts(ratio_p: float, balance_p: float | None, settings: Settings) -> tuple[str, ...]:
    alerts = []
    if ratio_p < settings.rollout.sample_ratio_alert:
        alerts.append(
            "the arms are not of the size the probabilities say: look for lost rows "
            "before reading any effect"
        )
    if balance_p is not None and balance_p < settings.rollout.balance_alert:
        alerts.append(
            "the arms differ in what was known before the decision: the draw may not "
            "have been random"
        )
    return tuple(alerts)


def _unit(use_case: UseCase, t: ir.Table) -> str | CannotSay | None:
    """The column of what was drawn; None for cases: as recorded with the decisions, the coarsest
    where it changed on the way (errors by person hold for cases too, not the other way round);
    else as declared. Refuses where nothing names what was drawn: errors by case would be too small.
    """
    drawn = {use_case.randomised_unit}
    if "randomised_unit" in t.columns:
        recorded = set(fetch(t.select("randomised_unit").distinct())["randomised_unit"].to_pylist())
        drawn = (recorded - {None}) or drawn
    kind = next(unit for unit in (*_NAMED_BY, "case") if unit in drawn)
    if kind == "case":
        return None
    own = ["randomised_unit_id"] if len(drawn) == 1 else []
    for name in (*own, _NAMED_BY[kind]):
        if name in t.columns and fetch(t.aggregate(n=t[name].count()))["n"][0].as_py():
            return name
    return not_instrumented(
        f"each {kind} was drawn, and no column names it",
        " or ".join(dict.fromkeys(("randomised_unit_id", _NAMED_BY[kind]))),
    )


def _design(t: ir.Table, covariates: Sequence[str]) -> tuple[ir.Table, list[str]]:
    """Covariates as numbers: numerics (blanks at the mean, with a mark), names as dummies."""
    columns: dict[str, ir.Value] = {}
    for name in covariates:
        column = t[name]
        if column.type().is_numeric():
            mean = fetch(t.aggregate(m=column.mean(), blank=column.isnull().cast("int64").sum()))
            row = mean.to_pylist()[0]
            columns[f"c{len(columns)}__"] = column.fill_null(row["m"] or 0.0) - (row["m"] or 0.0)
            if row["blank"]:
                columns[f"c{len(columns)}__"] = column.isnull().cast("float64")
            continue
        levels = fetch(
            t.group_by(level=column.cast("string").fill_null("(blank)"))
            .aggregate(n=ibis._.count())
            .order_by(ibis.desc("n"), "level")
        )
        for level in levels["level"].to_pylist()[1:MOST_LEVELS]:
            columns[f"c{len(columns)}__"] = (
                column.cast("string").fill_null("(blank)") == level
            ).cast("float64")
    return t.mutate(**columns), list(columns)


def _quantities(
    t: ir.Table, use_case: UseCase, outcomes: Sequence[str]
) -> list[tuple[str, str, ir.Value]]:
    found: list[tuple[str, str, ir.Value]] = [
        ("agreement", "agreement with the advice", t.agrees.cast("float64"))
    ]
    if "choice" in t.columns:
        choices = use_case.choices or sorted(
            c for c in fetch(t.select("choice").distinct())["choice"].to_pylist() if c
        )
        for choice in choices if len(choices) > 2 else choices[:1]:
            found.append(
                (
                    f"choice:{choice}",
                    f"decisions for {choice}",
                    (t.choice == choice).cast("float64"),
                )
            )
    for name in outcomes:
        if f"y_{name}" in t.columns:
            found.append((f"outcome:{name}", name.replace("_", " "), t[f"y_{name}"]))
    if "choice_right" in t.columns:
        found.append(("correctness", "right decisions", t.choice_right.cast("float64")))
    for name in outcomes:
        risk = _misclassification(t, use_case, name)
        if risk is not None:
            found.append(
                (
                    f"misclassification:{name}",
                    f"misclassification risk, {name.replace('_', ' ')}",
                    risk,
                )
            )
    return found


def _misclassification(t: ir.Table, use_case: UseCase, name: str) -> ir.Value | None:
    """(1+l)·1{bad, seen} − l·1{seen}: its difference between arms is the difference in
    misclassification risk with false-positive loss l (Ben-Michael et al. 2024)."""
    rule = use_case.rule_for(name)
    if not rule.one_sided or rule.better is None or "choice" not in t.columns:
        return None
    outcome = t[f"y_{name}"]
    bad = outcome if rule.better == "lower" else 1 - outcome
    seen = t.choice.isin(list(rule.observed_when)).cast("float64")
    loss = rule.false_positive_loss
    return (1 + loss) * bad.fill_null(0) * seen - loss * seen


def _moments(
    t: ir.Table, columns: Sequence[str], value: ir.Value, unit: str | None
) -> tuple[ArmMoments, ArmMoments] | None:
    rows = t.mutate(y__=value)
    rows = rows.filter(rows.y__.notnull())
    names = [*columns, "y__"]
    z = [ibis.literal(1.0), *[rows[name] for name in names]]
    sums: dict[str, ir.Value] = {"n": rows.count(), "squares": (rows.w__**2).sum()}
    for i in range(len(z)):
        for j in range(i, len(z)):
            sums[f"m{i}_{j}"] = (rows.w__ * z[i] * z[j]).sum()
    found = {
        row["arm__"]: row for row in fetch(rows.group_by("arm__").aggregate(**sums)).to_pylist()
    }
    if len(found) < 2:
        return None
    units = _unit_sums(rows, z, unit) if unit else {}

    def arm(which: bool) -> ArmMoments:
        row = found[which]
        cross = np.zeros((len(z), len(z)))
        for i in range(len(z)):
            for j in range(i, len(z)):
                cross[i, j] = cross[j, i] = float(row[f"m{i}_{j}"])
        return ArmMoments(cross, float(row["squares"]), int(row["n"]), units.get(which))

    return arm(True), arm(False)


def _unit_sums(rows: ir.Table, z: list[ir.Value], unit: str) -> dict[bool, np.ndarray]:
    sums = {f"s{i}": (rows.w__ * value).sum() for i, value in enumerate(z)}
    frame = fetch(rows.group_by(arm=rows.arm__, unit=rows[unit]).aggregate(**sums)).to_pandas()
    names = [f"s{i}" for i in range(len(z))]
    return {bool(arm): part[names].to_numpy(float) for arm, part in frame.groupby("arm")}


def _effect(
    name: str,
    label: str,
    arms: tuple[ArmMoments, ArmMoments],
    has_covariates: bool,
    unit: str | None,
    confidence: float,
) -> Effect:
    treated, control = arms
    by = f"errors by {unit}" if unit else "errors by case"
    n = treated.n + control.n

    def estimate(difference: Difference, method: str) -> Estimate:
        half = t_half_width(confidence, difference.df) * difference.se
        return Estimate(
            difference.value,
            difference.value - half,
            difference.value + half,
            confidence,
            n,
            f"{method}, {by}",
            "randomised",
            unit="points",
            se=difference.se,
            assumption=_ASSUMPTION,
        )

    unadjusted = estimate(
        difference_in_means(treated, control),
        "difference in means (Hájek weights, Neyman variance)",
    )
    adjusted: Answer = not_instrumented(
        "no covariates are declared", "columns x_… known before the decision"
    )
    if has_covariates:
        adjusted = estimate(
            lin_difference(treated, control), "regression adjustment with interactions (Lin 2013)"
        )
    return Effect(
        name,
        label,
        unadjusted,
        adjusted,
        float(treated.cross[0, -1] / treated.cross[0, 0]),
        float(control.cross[0, -1] / control.cross[0, 0]),
    )
