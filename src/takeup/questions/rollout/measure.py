"""What does having the advice change, where it was given at random?

Intention to treat: every row as recorded, in the arm it was drawn into, whether or not the
advice was looked at. Errors by what was drawn: as recorded, or as the arms show (no person in both).
Refuses without a known probability of assignment, where few units were drawn, and for what is known
of one arm more often than of the other. Grade: randomised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import ibis
import ibis.expr.types as ir
import numpy as np
from scipy.special import chdtrc

from takeup.log import fetch, stage
from takeup.questions.inquiry import Inquiry
from takeup.questions.shared.calendar import local_clock
from takeup.questions.shared.known_truth import truth_weight, uneven_truth
from takeup.questions.shared.looks import interval_of
from takeup.questions.shared.outcome_unit import unit_of_outcome
from takeup.questions.shared.same_cases import Ratio, crossed
from takeup.record.columns import CASE
from takeup.record.settings import Settings
from takeup.record.use_case import Better, UseCase
from takeup.stats.answer import Answer, CannotSay, Estimate, not_instrumented, refused
from takeup.stats.interval import Interval
from takeup.stats.linear import (
    ArmFit,
    ArmMoments,
    Difference,
    arm_fits,
    difference_in_means,
    lin_difference,
)
from takeup.stats.linear import balance_p as balance_of_arms
from takeup.stats.quantiles import normal_tail
from takeup.stats.two_way import Crossed

MOST_LEVELS = 20
_NAMED_BY = {"team": "team", "unit": "randomised_unit_id", "person": "person_id"}
"""What may be drawn, coarsest first, and the column that names it besides `randomised_unit_id`."""
FEWEST_UNITS = 2.5
"""How many equal units the smaller arm's must be worth (1 / Σ share²): with fewer, errors by unit are
too small (coverage in docs/calibration.md)."""
UNITS_A_COVARIATE = 10
"""Units of the smaller arm for each column that is adjusted for, in the declared order."""
CHANCE = 1e-6
"""So improbable must it be that a draw by case put every unit wholly into one arm."""
_KEPT_TO = (("person_id", "people"), ("team", "teams"))
"""What single draws of cases have no reason to keep to."""
_ASSUMPTION = (
    "the advice was given at random with the recorded probability, and one case's advice does "
    "not change another case"
)


@dataclass(frozen=True, slots=True)
class Effect:
    """Assist minus no assist on one quantity, in its own unit (`points` for shares). `better`: which way is
    good, where that is known."""

    name: str
    label: str
    unadjusted: Answer
    adjusted: Answer
    mean_with: float = float("nan")
    mean_without: float = float("nan")
    better: Better | None = None

    @property
    def for_the_worse(self) -> bool:
        """Whether the advice moves it the way that is not good."""
        if self.better is None or not isinstance(self.unadjusted, Estimate):
            return False
        return (self.unadjusted.value > 0) == (self.better == "lower")


@dataclass(frozen=True, slots=True)
class Rollout:
    """Effects of having the advice, and the checks of the randomisation. `arms`: how many people's cases are in each, and
    the largest part of one of them; in no document."""

    effects: tuple[Effect, ...]
    with_advice: int
    without_advice: int
    sample_ratio_p: float
    balance_p: float | None
    alerts: tuple[str, ...]
    arms: tuple[tuple[int, float], ...] = field(default=(), compare=False, repr=False)


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
    units = _units_of_smaller_arm(t, unit)
    if units < 2:
        return _few_units(units, unit, treated + control)
    z = (treated - totals["expected"]) / np.sqrt(totals["spread"])
    ratio_p = 2 * normal_tail(abs(z))
    design, columns = _design(t, covariates, units // UNITS_A_COVARIATE)
    effects = []
    balance_p = None
    known = {name: _known_in_arms(t, name) for name in outcomes if f"y_{name}" in t.columns}
    quantities = _quantities(design, use_case, known, settings)
    for quantity in quantities:
        if quantity.refusal is not None:
            effects.append(_refused(quantity, quantity.refusal))
            continue
        rows = _rows_of(design, quantity)
        names = [c for own in columns.values() for c in own]
        arms = _moments(rows, names, unit)
        if arms is None:
            continue
        plain = difference_in_means(*arms)
        seen = _seen_cases(rows, names, arms, unit)
        few = _few_units(units, unit, treated + control) if plain.units < FEWEST_UNITS else None
        few = few or _few_cases(seen, plain)
        if few is not None:
            if not effects:
                # Agreement comes first and is known of every case: too few for it, too few for all.
                return few
            effects.append(_refused(quantity, few))
            continue
        adjusted = _adjusts(covariates, columns, units)
        effects.append(_effect(quantity, arms, seen, adjusted, unit, interval_of(settings)))
        if balance_p is None and columns:
            balance_p = balance_of_arms(*arms)
    alerts = _alerts(ratio_p, balance_p, settings)
    return Rollout(tuple(effects), treated, control, ratio_p, balance_p, alerts, _people_of_arms(t))


def _people_of_arms(t: ir.Table) -> tuple[tuple[int, float], ...]:
    """Of each arm how many people decided its cases, and the largest part of one of them; none where persons are unknown."""
    if "person_id" not in t.columns:
        return ()
    each = (
        t.filter(t.person_id.notnull()).group_by("arm__", "person_id").aggregate(n=ibis._.count())
    )
    arms = each.group_by("arm__").aggregate(people=each.count(), most=each.n.max(), n=each.n.sum())
    rows = fetch(arms.order_by("arm__")).to_pylist()
    return tuple((int(row["people"]), row["most"] / row["n"]) for row in rows)


def _few_units(units: int, unit: str | None, n: int) -> CannotSay:
    return refused(
        f"of what was drawn ({unit or 'cases'}) {units} are in the smaller arm, or few have most of its "
        "cases: their differences cannot be told from the advice",
        "a draw of more units: twelve of about one size, or single persons or cases", n,
    )  # fmt: skip


def _few_cases(seen: Mapping[str, Crossed], plain: Difference) -> CannotSay | None:
    """Why nothing is said where the same few cases were decided many times: others may show another difference."""
    if not seen or seen[_PLAIN].cases >= FEWEST_UNITS:
        return None
    return refused(
        f"the same cases were decided many times, and are worth {seen[_PLAIN].cases:.1f} different ones (difference "
        f"{plain.value:+.3g}): what the advice changes on others is not known from them",
        "more different cases, at least twelve",
    )


def _units_of_smaller_arm(t: ir.Table, unit: str | None) -> int:
    of_arm = t.group_by("arm__").aggregate(n=t.count() if unit is None else t[unit].nunique())
    counts = [int(row["n"]) for row in fetch(of_arm).to_pylist()]
    return min(counts) if len(counts) == 2 else 0


def _known_in_arms(t: ir.Table, outcome: str) -> tuple[float, float]:
    """The shares of the two arms whose outcome is known."""
    value = t[f"y_{outcome}"]
    found = fetch(t.group_by("arm__").aggregate(known=value.notnull().cast("float64").mean()))
    shares = {row["arm__"]: float(row["known"]) for row in found.to_pylist()}
    return shares.get(True, 0.0), shares.get(False, 0.0)


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
    else as declared, or as a mapped `randomised_unit_id` names it. Refuses where nothing names what
    was drawn, and where the arms keep to people or teams as no draw by case would: errors by case
    would be too small.
    """
    drawn = {use_case.randomised_unit}
    if "randomised_unit" in t.columns:
        recorded = set(fetch(t.select("randomised_unit").distinct())["randomised_unit"].to_pylist())
        drawn = (recorded - {None}) or drawn
    kind = next(unit for unit in (*_NAMED_BY, "case") if unit in drawn)
    if kind == "case":
        if _names_groups(t, "randomised_unit_id"):
            return "randomised_unit_id"
        whole = next((name for name in ("team", "person_id", CASE) if _whole_units(t, name)), None)
        return whole or _drawn_above_cases(t)
    own = ["randomised_unit_id"] if len(drawn) == 1 else []
    for name in (*own, _NAMED_BY[kind]):
        if name in t.columns and fetch(t.aggregate(n=t[name].count()))["n"][0].as_py():
            return name
    return not_instrumented(
        f"each {kind} was drawn, and no column names it",
        " or ".join(dict.fromkeys(("randomised_unit_id", _NAMED_BY[kind]))),
    )


def _names_groups(t: ir.Table, name: str) -> bool:
    """Whether a column is known and several cases share its values."""
    if name not in t.columns:
        return False
    found = fetch(t.aggregate(n=t[name].count(), groups=t[name].nunique())).to_pylist()[0]
    return bool(found["n"]) and found["groups"] < found["n"]


def _drawn_above_cases(t: ir.Table) -> CannotSay | None:
    """Why a draw by case is not believed: of people, their days, or teams, the cases with the advice differ
    from what their probabilities say by far more than single draws would (Pearson's χ², of a scaled χ² with its
    mean and variance). None where it may have been by case."""
    kinds = [(name, what, {name: t[name]}) for name, what in _KEPT_TO if name in t.columns]
    if {"person_id", "decided_at"} <= set(t.columns):
        day = local_clock(t).truncate("D")
        kinds.append(("person_id", "people's days", {"person_id": t.person_id, "day": day}))
    for name, what, by in kinds:
        p, q = t.p__, 1 - t.p__
        groups = t.group_by(**by).aggregate(
            n=t.count(),
            off=(t.arm__.cast("float64") - p).sum(),
            v=(p * q).sum(),
            fourth=(p * q * (1 - 6 * p * q)).sum(),
        )
        groups = groups.filter((groups.n > 1) & groups[name].notnull())
        (found,) = fetch(
            groups.aggregate(
                g=groups.count(),
                squares=(groups.off**2 / groups.v).sum(),
                spread=(2 + groups.fourth / groups.v**2).sum(),
            )
        ).to_pylist()
        if not found["g"]:
            continue
        over = found["squares"] / found["g"]
        scale = max(found["spread"], 1e-9) / (2 * found["g"])
        if chdtrc(found["g"] / scale, found["squares"] / scale) < CHANCE:
            return not_instrumented(
                f"a draw by case is declared, but the arms keep to {what}: they differ {over:.1f} times as much "
                "as single cases drawn by chance would, as where whole units of them were drawn (days, weeks, "
                "lists)",
                "randomised_unit_id: the column that names what was drawn, so that errors go by it",
            )
    return None


def _whole_units(t: ir.Table, name: str) -> bool:
    """Whether all cases of each of these units fell into one arm, which chance would not do: it was
    they who were drawn, whatever is declared."""
    if name not in t.columns:
        return False
    units = t.group_by(unit__=t[name]).aggregate(
        n=t.count(), treated=t.arm__.cast("int64").sum(), p=t.p__.mean()
    )
    alone = units.p**units.n + (1 - units.p) ** units.n
    (found,) = fetch(
        units.aggregate(
            mixed=((units.treated > 0) & (units.treated < units.n)).cast("int64").sum(),
            chance=ibis.greatest(alone, 1e-300).log().sum(),
        )
    ).to_pylist()
    return not found["mixed"] and (found["chance"] or 0.0) < np.log(CHANCE)


def _design(
    t: ir.Table, covariates: Sequence[str], most: int
) -> tuple[ir.Table, dict[str, list[str]]]:
    """The first covariates that take no more than `most` columns, as numbers: numerics (blanks at the
    mean, with a mark), names as dummies. The table, and the columns of each."""
    found: dict[str, list[str]] = {}
    columns: dict[str, ir.Value] = {}
    for name in covariates:
        own = _columns_of(t, name, len(columns))
        if len(columns) + len(own) > most:
            break
        columns |= own
        found[name] = list(own)
    # Staged, what is asked of it names no level: the next programme's text is compiled already.
    return stage(t.mutate(**columns)), found


def _columns_of(t: ir.Table, name: str, at: int) -> dict[str, ir.Value]:
    """One covariate as columns `cN__`, N from `at`."""
    column = t[name]
    if column.type().is_numeric():
        mean = fetch(t.aggregate(m=column.mean(), blank=column.isnull().cast("int64").sum()))
        row = mean.to_pylist()[0]
        values = [column.fill_null(row["m"] or 0.0) - (row["m"] or 0.0)]
        if row["blank"]:
            values.append(column.isnull().cast("float64"))
    else:
        text = column.cast("string").fill_null("(blank)")
        counted = t.group_by(level=text).aggregate(n=ibis._.count())
        levels = fetch(counted.order_by(ibis.desc("n"), "level"))["level"].to_pylist()
        values = [(text == level).cast("float64") for level in levels[1:MOST_LEVELS]]
    return {f"c{at + i}__": value for i, value in enumerate(values)}


def _adjusts(
    covariates: Sequence[str], columns: dict[str, list[str]], units: int
) -> str | CannotSay:
    """What the adjusted row adjusts for, or why there is none."""
    if not covariates:
        return not_instrumented(
            "no covariates are declared", "columns x_… known before the decision"
        )
    if not columns:
        return refused(
            f"{units} units in the smaller arm carry no covariate",
            f"{UNITS_A_COVARIATE} units of the smaller arm for each column of a covariate",
        )
    left = len(covariates) - len(columns)
    return ", ".join(columns) + (
        f"; {left} more would need {UNITS_A_COVARIATE} units each" if left else ""
    )


@dataclass(frozen=True, slots=True)
class _Quantity:
    """One quantity of a case; `weight`: 1 over the probability that it is known, where it is a
    sample; `refusal`: why nothing is said of it."""

    name: str
    label: str
    value: ir.Value
    unit: str = "points"
    weight: ir.Value | None = None
    refusal: CannotSay | None = None
    better: Better | None = None


def _quantities(
    t: ir.Table, use_case: UseCase, known: dict[str, tuple[float, float]], settings: Settings
) -> list[_Quantity]:
    """`known`: of each outcome, the shares of the two arms in which it is."""
    found = [_Quantity("agreement", "agreement with the advice", t.agrees.cast("float64"))]
    if "choice" in t.columns:
        choices = use_case.choices or sorted(
            c for c in fetch(t.select("choice").distinct())["choice"].to_pylist() if c
        )
        for choice in choices if len(choices) > 2 else choices[:1]:
            value = (t.choice == choice).cast("float64")
            found.append(_Quantity(f"choice:{choice}", f"decisions for {choice}", value))
    for name, shares in known.items():
        why = _seen_by_choice(t, use_case, name, settings) or _seen_unalike(shares, settings)
        found.append(
            _Quantity(
                f"outcome:{name}", use_case.label_of(name), t[f"y_{name}"],
                unit_of_outcome(t, use_case, name), None, why,
                use_case.rule_for(name).better,
            )
        )  # fmt: skip
    if "choice_right" in t.columns:
        found.append(
            _Quantity(
                "correctness", "right decisions", t.choice_right.cast("float64"), "points",
                truth_weight(t), uneven_truth(t, settings), "higher",
            )
        )  # fmt: skip
    for name in known:
        risk = _misclassification(t, use_case, name)
        if risk is not None:
            label = f"misclassification risk, {use_case.label_of(name)}"
            found.append(_Quantity(f"misclassification:{name}", label, risk, better="lower"))
    return found


def _seen_by_choice(
    t: ir.Table, use_case: UseCase, name: str, settings: Settings
) -> CannotSay | None:
    """Why an outcome that is seen under some choices cannot be compared: who has one is not left to
    the draw. None where it is recorded whatever was chosen."""
    rule = use_case.rule_for(name)
    if not rule.one_sided or "choice" not in t.columns:
        return None
    others = t.filter(~t.choice.isin(list(rule.observed_when)))
    known = fetch(others.aggregate(k=others[f"y_{name}"].notnull().cast("float64").mean()))["k"][0]
    missing = 1 - (known.as_py() if known.as_py() is not None else 1.0)
    if missing <= settings.comparison.largest_maturity_gap:
        return None
    return refused(
        "it is seen under some choices only, and having the advice changes the choices",
        "an outcome that is seen whatever is chosen; the misclassification risk is a difference that is "
        "identified",
    )


def _seen_unalike(shares: tuple[float, float], settings: Settings) -> CannotSay | None:
    """Why an outcome that is known more often in one arm cannot be compared."""
    apart = abs(shares[0] - shares[1])
    if apart <= settings.comparison.largest_maturity_gap:
        return None
    return refused(
        f"it is known for {shares[0]:.0%} of the cases with the advice and {shares[1]:.0%} of those without",
        "outcomes that are known alike often in both arms: the same time to mature, nothing lost",
    )


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


def _rows_of(t: ir.Table, quantity: _Quantity) -> ir.Table:
    """The rows of which the quantity is known, it as `y__` and their weights as `w__`."""
    weight = t.w__ if quantity.weight is None else t.w__ * quantity.weight
    rows = t.mutate(y__=quantity.value, w__=weight)
    return rows.filter(rows.y__.notnull())


def _moments(
    rows: ir.Table, names: Sequence[str], unit: str | None
) -> tuple[ArmMoments, ArmMoments] | None:
    z = [ibis.literal(1.0), *[rows[name] for name in (*names, "y__")]]
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


_PLAIN, _ADJUSTED = "plain", "adjusted"


def _seen_cases(
    rows: ir.Table, names: Sequence[str], arms: tuple[ArmMoments, ArmMoments], unit: str | None
) -> dict[str, Crossed]:
    """What cases that many people saw add to the errors by what was drawn, from the residuals of each arm; nothing
    where cases do not repeat, or where they were drawn."""
    if CASE not in rows.columns or unit == CASE:
        return {}
    ratios = {
        way: _apart(rows, names, arms, arm_fits(*arms, adjust=adjust))
        for way, adjust in ((_PLAIN, False), (_ADJUSTED, True))
    }
    if unit is not None:
        rows = rows.mutate(person_id=rows[unit])
    return crossed(rows, ratios).get((), {})


def _apart(
    rows: ir.Table,
    names: Sequence[str],
    arms: tuple[ArmMoments, ArmMoments],
    fits: tuple[ArmFit, ArmFit],
) -> Ratio:
    """What each row's distance from the fit of its arm adds to the difference, and its share of both arms."""
    sides = []
    for arm, fit in zip(arms, fits, strict=True):
        told = sum(
            (slope * rows[x] for x, slope in zip(names, fit.slopes.tolist(), strict=True)),
            ibis.literal(fit.level),
        )
        share = rows.w__ / float(arm.cross[0, 0])
        sides.append((share * (rows.y__ - told), share / 2))
    (far1, share1), (far0, share0) = sides
    return ibis.ifelse(rows.arm__, far1, -far0), ibis.ifelse(rows.arm__, share1, share0)


def _refused(quantity: _Quantity, why: CannotSay) -> Effect:
    return Effect(quantity.name, quantity.label, why, why)


def _effect(
    quantity: _Quantity,
    arms: tuple[ArmMoments, ArmMoments],
    seen: Mapping[str, Crossed],
    adjusts: str | CannotSay,
    unit: str | None,
    interval: Interval,
) -> Effect:
    treated, control = arms
    by = f"errors by {unit}" if unit else "errors by case"
    if seen:
        by = f"errors by {unit or 'decision'} and by case, which many people saw"
    n = treated.n + control.n

    def estimate(difference: Difference, way: str, method: str) -> Estimate:
        if way in seen:
            difference = _by_case_too(difference, seen[way])
        low, high = interval.around(difference.value, difference.se, difference.df, n)
        return Estimate(
            difference.value,
            low,
            high,
            interval.confidence,
            n,
            interval.named(f"{method}, {by}"),
            "randomised",
            unit=quantity.unit,
            se=difference.se,
            assumption=_ASSUMPTION,
            p=interval.chance(difference.value, difference.se, difference.df, n),
        )

    adjusted: Answer = adjusts if isinstance(adjusts, CannotSay) else estimate(
        lin_difference(treated, control),
        _ADJUSTED,
        f"regression adjustment with interactions (Lin 2013) for {adjusts}",
    )  # fmt: skip
    return Effect(
        quantity.name,
        quantity.label,
        estimate(
            difference_in_means(treated, control),
            _PLAIN,
            "difference in means (Hájek weights, Neyman variance)",
        ),
        adjusted,
        float(treated.cross[0, -1] / treated.cross[0, 0]),
        float(control.cross[0, -1] / control.cross[0, 0]),
        quantity.better,
    )


def _by_case_too(found: Difference, seen: Crossed) -> Difference:
    return replace(
        found, se=seen.variance(found.se**2) ** 0.5, df=min(found.df, max(seen.cases - 1, 1.0))
    )


def ask(inquiry: Inquiry) -> Rollout | CannotSay:
    """The question, of one use case."""
    return measure_rollout(
        inquiry.decisions,
        inquiry.use_case,
        inquiry.covariates,
        inquiry.outcomes,
        inquiry.settings,
    )
