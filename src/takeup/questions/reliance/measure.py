"""Do people rely on the advice where it is right, and not where it is wrong?

With a first answer before the advice: RAIR and RSR (Schemmer et al. 2023). Without: R_c, R_w
and J from what was consulted and is judged. Over-reliance counts as much as under-reliance.
Descriptive shares of judged cases; never computed from one-sided outcomes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from takeup.log import fetch
from takeup.questions.inquiry import Inquiry
from takeup.questions.shared.known_truth import (
    answered_rows,
    truth_weight,
    uneven_truth,
    uneven_truth_by,
)
from takeup.questions.shared.same_cases import Ratio, crossed
from takeup.questions.shared.whose import person_of
from takeup.record.settings import Settings
from takeup.record.vocabulary import CONSULTED_ACTIONS
from takeup.stats.answer import Answer, CannotSay, Estimate, insufficient, not_instrumented
from takeup.stats.rates import sum_of_shares, weighted_share
from takeup.stats.two_way import Crossed

Hit = tuple[ir.BooleanValue, ir.BooleanValue]
"""What counts, of which decisions."""


@dataclass(frozen=True, slots=True)
class Discriminated:
    """J of one group: `people` gave the judged decisions it rests on, one of them at most `largest_share` of these."""

    discrimination: Answer
    people: int
    largest_share: float


@dataclass(frozen=True, slots=True)
class Reliance:
    """`rair`: took right advice after a wrong first answer. `rsr`: kept a right first answer
    against wrong advice. `keeps_right` (R_c), `catches_wrong` (R_w), `discrimination` (J),
    `model_error` (q), `override_accuracy` (OA): always read OA beside q."""

    rair: Answer
    rsr: Answer
    over_reliance: Answer
    under_reliance: Answer
    keeps_right: Answer
    catches_wrong: Answer
    discrimination: Answer
    model_error: Answer
    override_accuracy: Answer


def measure_reliance(decisions: ir.Table, settings: Settings) -> Reliance | CannotSay:
    """Reliance over the judged decisions of the table."""
    if "advice_right" not in decisions.columns:
        return not_instrumented(
            "the table does not hold the right answer",
            "correct_choice, correct_value or both losses",
        )
    if refusal := uneven_truth(answered_rows(decisions), settings):
        return refusal
    t = decisions.mutate(person__=person_of(decisions))
    over, right = t.action == "overridden", t.advice_right
    hits = {"q": (~right, right.notnull())} | _of_advice(t)
    if "choice_better" in t.columns:
        hits["oa"] = t.choice_better, over & right.notnull()
    if "initial_right" in t.columns and "choice_right" in t.columns:
        hits["rair"] = t.choice_right, right & ~t.initial_right
        hits["rsr"] = t.choice_right, ~right & t.initial_right
    ratios, counts = _pairs(t, hits)
    frame = fetch(t.group_by("person__").aggregate(**counts)).to_pandas()
    level = settings.confidence
    seen = crossed(t, ratios).get((), {})

    def answer(name: str, needs: str) -> Answer:
        if f"{name}_n" not in frame:
            return not_instrumented("the first answer before the advice is not recorded", needs)
        return _share(frame, name, level, seen.get(name))

    first = "initial_choice: what the person chose before seeing the advice"
    rair, rsr = answer("rair", first), answer("rsr", first)
    return Reliance(
        rair,
        rsr,
        _complement(rsr),
        _complement(rair),
        answer("rc", ""),
        answer("rw", ""),
        _discrimination(frame, level, seen),
        answer("q", ""),
        answer("oa", "the right answer for overrides"),
    )


def _share(frame: pd.DataFrame, name: str, level: float, cases: Crossed | None) -> Answer:
    return weighted_share(
        frame[f"{name}_k"].to_numpy(float),
        frame[f"{name}_n"].to_numpy(float),
        float(frame[f"{name}_rows"].sum()),
        level,
        clustered=len(frame) > 1,
        crossed=cases,
    )


def _complement(answer: Answer) -> Answer:
    if isinstance(answer, CannotSay):
        return answer
    fields = {name: getattr(answer, name) for name in answer.__slots__}
    k = None if answer.k is None else answer.n - answer.k
    fields.update(value=1 - answer.value, low=1 - answer.high, high=1 - answer.low, k=k)
    return Estimate(**fields)


def discrimination_by(
    decisions: ir.Table, dimension: str, settings: Settings
) -> dict[str, Discriminated]:
    """J of each level of a column, as of its rows alone: refused where its truth is known unevenly."""
    if not {"advice_right", dimension} <= set(decisions.columns):
        return {}
    uneven = uneven_truth_by(answered_rows(decisions), dimension, settings)
    t = decisions.mutate(person__=person_of(decisions))
    ratios, counts = _pairs(t, _of_advice(t))
    frame = fetch(t.group_by(dimension, "person__").aggregate(**counts)).to_pandas()
    frame["judged"] = frame["rc_rows"] + frame["rw_rows"]
    seen = crossed(t, ratios, {"level": t[dimension].cast("string")})
    return {
        str(level): Discriminated(
            uneven.get(str(level))
            or _discrimination(part, settings.confidence, seen.get((str(level),), {})),
            len(part),
            float(part["judged"].max() / part["judged"].sum()),
        )
        for level, part in frame[frame["judged"] > 0].groupby(dimension)
    }


def _of_advice(t: ir.Table) -> dict[str, Hit]:
    """Right advice that was followed, and wrong advice that was not, of what was looked at."""
    consulted = t.action.isin([a.value for a in CONSULTED_ACTIONS])
    over, right = t.action == "overridden", t.advice_right
    return {"rc": (~over, consulted & right), "rw": (over, consulted & ~right)}


def _pairs(t: ir.Table, hits: Mapping[str, Hit]) -> tuple[dict[str, Ratio], dict[str, ir.Value]]:
    """Of each hit its weighted ratio, and the sums of a group: hits, of how much, of how many rows."""
    weight = truth_weight(t)
    ratios: dict[str, Ratio] = {}
    counts: dict[str, ir.Value] = {}
    for name, (hit, of) in hits.items():
        # A cast, because `NOT x IS NOT NULL` binds the wrong way in the compiled text.
        known = of & hit.cast("int8").notnull()
        ratios[name] = ibis.ifelse(known & hit, weight, 0.0), ibis.ifelse(known, weight, 0.0)
        counts[f"{name}_k"] = ratios[name][0].sum()
        counts[f"{name}_n"] = ratios[name][1].sum()
        counts[f"{name}_rows"] = known.fill_null(False).cast("int64").sum()
    return ratios, counts


def _discrimination(frame: pd.DataFrame, level: float, cases: dict[str, Crossed]) -> Answer:
    """J = R_c + R_w − 1, its interval from those of the two shares (which have the errors of cases too, where
    many saw the same ones)."""
    shares = []
    for name in ("rc", "rw"):
        rows = int(frame[f"{name}_rows"].sum())
        share = _share(frame, name, level, cases.get(name))
        if rows < 10 or isinstance(share, CannotSay):
            return insufficient(
                "too few judged cases with right and with wrong advice",
                "at least 10 judged cases of each",
                rows,
            )
        shares.append(share)
    k, n = (
        (frame[f"rc_{of}"].to_numpy(float), frame[f"rw_{of}"].to_numpy(float)) for of in ("k", "n")
    )
    low, high = sum_of_shares(shares[0], shares[1], k, n)
    return Estimate(
        shares[0].value + shares[1].value - 1,
        max(low - 1, -1.0),
        min(high - 1, 1.0),
        level,
        shares[0].n + shares[1].n,
        f"R_c + R_w − 1, from the intervals of both (MOVER), by person{' and case' if cases else ''}",
        "descriptive",
        unit="points",
        people=len(frame) if len(frame) > 1 else None,
    )


def ask(inquiry: Inquiry) -> Reliance | CannotSay:
    """The question, of one use case."""
    return measure_reliance(inquiry.decisions, inquiry.settings)
