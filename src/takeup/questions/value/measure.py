"""What is lost, and where: by not looking, by overriding, by following wrong advice?

Only where outcomes carry money or loss; nothing is made up where they do not. Every judged
case has the loss of the advice and the loss of what was decided, so both sides are the same
cases: paired. Money: what hangs on a case (`value`) is lost where the decision is wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir
import pandas as pd

from takeup.log import fetch
from takeup.questions.inquiry import Inquiry
from takeup.questions.shared.known_truth import PANEL, truth_weight, uneven_truth
from takeup.questions.shared.looks import interval_of
from takeup.questions.shared.same_cases import Ratio, crossed
from takeup.questions.shared.whose import ALL, person_of, population_of
from takeup.questions.value_per_case import UNNAMED_VALUE
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.stats.answer import Answer, CannotSay, Estimate, insufficient, not_instrumented
from takeup.stats.clusters import Sample, stratified_ratio
from takeup.stats.two_way import Crossed

AGAINST_ADVICE = ("not looking", "overriding")
"""Ways in which something may be lost that following the advice every time would not have lost."""
WAYS = (*AGAINST_ADVICE, "following wrong advice")


@dataclass(frozen=True, slots=True)
class ValueOf:
    """One population, per eligible decision in the unit of value. `decided`: lost by what was
    decided; `advice_alone`: what the advice alone would have lost. Of what was lost beyond the advice
    alone: `not_consulting` in cases nobody looked at, `overriding` in those overridden (below zero, people
    saved something): what `wrong_overrides` lost less what right ones saved (`gained_by_overrides`), as
    neither alone tells whether overriding pays. `wrong_following`: lost where wrong advice was followed.
    `lost`: what was decided lost over all `eligible` decisions; `beyond_advice`: how much of it following the advice
    every time would not have lost (below zero, it would have lost more)."""

    population: str
    people: int | None
    eligible: int
    judged: int
    decided: Answer
    advice_alone: Answer
    not_consulting: Answer
    overriding: Answer
    wrong_overrides: Answer
    wrong_following: Answer
    gained_by_overrides: Answer
    lost: Answer
    beyond_advice: Answer

    def ways(self) -> dict[str, Estimate]:
        """The ways in which something may be lost, in the words of report and findings."""
        parts = (self.not_consulting, self.overriding, self.wrong_following)
        return {n: e for n, e in zip(WAYS, parts, strict=True) if isinstance(e, Estimate)}

    def surely_lost(self, among: Collection[str] = WAYS) -> dict[str, Estimate]:
        """Where something is lost beyond chance."""
        return {n: e for n, e in self.ways().items() if n in among and e.low > 0}


@dataclass(frozen=True, slots=True)
class Value:
    """`unit` of every figure; all decisions first, then populations by size."""

    unit: str
    populations: tuple[ValueOf, ...]

    def of(self, population: str) -> ValueOf:
        """The figures of one population, or of all (`ALL`)."""
        return next(v for v in self.populations if v.population == population)


def measure_value(decisions: ir.Table, use_case: UseCase, settings: Settings) -> Value | CannotSay:
    """Losses by population, over decisions in assist of which it is known who looked."""
    columns = set(decisions.columns)
    money = "value" in columns and {"advice_right", "choice_right"} <= columns
    losses = {"loss_recommended", "loss_final"} <= columns
    declared = (
        use_case.value_per_outcome is not None and {"advice_right", "choice_right"} <= columns
    )
    own_losses = losses and (use_case.loss_unit is not None or use_case.choice_kind == "numeric")
    if not (money or own_losses or declared):
        if "value" in columns or use_case.value_per_outcome is not None:
            return not_instrumented("the table does not hold the right answer", PANEL)
        return not_instrumented(
            "outcomes carry neither money nor loss",
            "what hangs on each case in money (`value`), the losses of advice and choice (`loss_recommended`, "
            "`loss_final`), or what one outcome is worth (`value_per_outcome`)",
        )
    known = decisions.filter(
        decisions.action.isin(["followed", "modified", "overridden", "not_consulted"])
    )
    if refusal := uneven_truth(known, settings):
        return refusal
    advice, decided = _losses(known, use_case, money=money, own=own_losses)
    unit = (use_case.value_unit if money or declared else use_case.loss_unit) or (
        UNNAMED_VALUE if money or declared else "units"
    )
    frame = _sums(known, advice, decided)
    if frame["judged"].sum() < settings.paired.smallest_sample:
        n = int(frame["judged"].sum())
        return insufficient(f"{n} cases with known losses", PANEL, n)
    persons = "person_id" in columns
    several = frame["population"].nunique() > 1
    ratios = _ratios(known, advice, decided)
    seen = crossed(known, ratios).get((), {})
    found = [_of(ALL, frame, unit, persons, settings, seen)]
    if several:
        parts = sorted(frame.groupby("population"), key=lambda p: -p[1]["eligible"].sum())
        of = crossed(known, ratios, {"population": population_of(known).cast("string")})
        found += [
            _of(str(name), part, unit, persons, settings, of.get((str(name),), {}))
            for name, part in parts
        ]
    return Value(unit, tuple(found))


def _losses(
    t: ir.Table, use_case: UseCase, *, money: bool, own: bool
) -> tuple[ir.FloatingValue, ir.FloatingValue]:
    """Loss of the advice and of what was decided; null where unknown."""
    if money:
        return (
            t.value.abs() * (~t.advice_right).cast("float64"),
            t.value.abs() * (~t.choice_right).cast("float64"),
        )
    if own:
        return t.loss_recommended.cast("float64"), t.loss_final.cast("float64")
    each = float(use_case.value_per_outcome or 0.0)
    return each * (~t.advice_right).cast("float64"), each * (~t.choice_right).cast("float64")


def _sums(t: ir.Table, advice: ir.FloatingValue, decided: ir.FloatingValue) -> pd.DataFrame:
    """Weighted losses by population and person."""
    sums = {name: k.sum() for name, (k, _) in _ratios(t, advice, decided).items()}
    known = advice.notnull() & decided.notnull()
    frame: pd.DataFrame = fetch(
        t.group_by(
            population=population_of(t).cast("string"),
            person=person_of(t).cast("string"),
        ).aggregate(
            eligible=t.count(),
            judged=known.cast("int64").sum(),
            w=ibis.ifelse(known, truth_weight(t), 0.0).sum(),
            **sums,
        )
    ).to_pandas()
    return frame


def _ratios(t: ir.Table, advice: ir.FloatingValue, decided: ir.FloatingValue) -> dict[str, Ratio]:
    """Of each row, what it adds to each weighted loss and to the weight of what is judged."""
    known = advice.notnull() & decided.notnull()
    w = ibis.ifelse(known, truth_weight(t), 0.0)
    worse = decided - advice
    over, used = t.action == "overridden", t.action.isin(["followed", "modified"])
    wrong = (~t.advice_right).fill_null(False) if "advice_right" in t.columns else advice > 0

    def total(value: ir.FloatingValue, where: ir.BooleanValue | None = None) -> ir.FloatingValue:
        here = known if where is None else known & where
        return ibis.ifelse(here, w * value, 0.0)

    sums = {
        "decided": total(decided),
        "advice": total(advice),
        "not_consulting": total(worse, t.action == "not_consulted"),
        "overriding": total(worse, over),
        "wrong_following": total(decided, used & wrong),
        "wrong_overrides": total(worse, over & (worse > 0)),
        "gained": total(-worse, over & (worse < 0)),
        "beyond": total(worse),
    }
    return {name: (value, w) for name, value in sums.items()}


def _of(
    name: str,
    part: pd.DataFrame,
    unit: str,
    persons: bool,
    settings: Settings,
    seen: Mapping[str, Crossed],
) -> ValueOf:
    eligible, judged = int(part["eligible"].sum()), int(part["judged"].sum())
    w = part["w"].to_numpy(float)
    population = part["population"].fillna("").to_numpy(str)

    def mean(column: str, method: str, times: float = 1.0) -> Answer:
        if not persons or len(part) < 3 or judged < settings.paired.smallest_sample:
            return insufficient(
                f"{judged} judged cases of {len(part) if persons else 'unknown'} people",
                "30 judged cases of at least three people", judged,
            )  # fmt: skip
        found = stratified_ratio(part[column].to_numpy(float), w, population)
        if column in seen:
            found = seen[column].widened(found)
        told = Sample(judged, unit, True, interval_of(settings)).estimate(
            found, method, "paired",
            "the right answer does not depend on what was decided",
        )  # fmt: skip
        return _scaled(told, times)

    per, whole = "mean per eligible decision", f"mean per decision times {eligible:,} decisions"
    return ValueOf(
        name,
        len(part) if persons else None,
        eligible,
        judged,
        mean("decided", per),
        mean("advice", per),
        mean("not_consulting", per),
        mean("overriding", per),
        mean("wrong_overrides", per),
        mean("wrong_following", per),
        mean("gained", per),
        mean("decided", whole, eligible),
        mean("beyond", whole, eligible),
    )


def _scaled(e: Estimate, times: float) -> Estimate:
    return replace(
        e,
        value=e.value * times,
        low=e.low * times,
        high=e.high * times,
        se=None if e.se is None else e.se * times,
    )


def ask(inquiry: Inquiry) -> Value | CannotSay:
    """The question, of one use case."""
    return measure_value(inquiry.decisions, inquiry.use_case, inquiry.settings)
