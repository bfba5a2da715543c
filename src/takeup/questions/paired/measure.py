"""On the same cases, who is right more often: the person or the model?

Needs the right answer whichever choice was made. Where only some cases were judged, each
counts by one over its probability of being judged; without those probabilities the answer
is refused when truth is known more often for some pairs of advice and choice than for
others, because such a sample can turn the sign. Grade: paired.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from takeup.log import fetch
from takeup.questions.inquiry import Inquiry
from takeup.questions.shared.known_truth import (
    PANEL,
    answered_rows,
    seen_rows,
    truth_weight,
    uneven_truth,
)
from takeup.questions.shared.looks import interval_of
from takeup.questions.shared.same_cases import crossed
from takeup.questions.shared.whose import EVERYONE, person_of, population_of
from takeup.record.settings import Settings
from takeup.stats.answer import Answer, CannotSay, Estimate, insufficient, not_instrumented
from takeup.stats.clusters import Clustered, stratified_ratio
from takeup.stats.two_way import Crossed

_ASSUMPTION = "the right answer does not depend on which choice was made or on who judged it"


@dataclass(frozen=True, slots=True)
class PairedGroup:
    """Person against model on the judged cases of one group. `person_only` and
    `model_only` count the cases that only one of them got right; `people` decided them."""

    key: str
    person_minus_model: Answer
    person_right: Answer
    model_right: Answer
    judged: int
    person_only: int | None
    model_only: int | None
    people: int | None = None


@dataclass(frozen=True, slots=True)
class Paired:
    """`scope` says which decisions: with the advice in view, or all. `loss_difference` is
    person minus model in the use case's unit of loss, where losses are known. `by_person`: weighted right
    answers of person (`wp`) and model (`wm`) by person and population; in no document."""

    scope: str
    overall: PairedGroup
    groups: dict[str, tuple[PairedGroup, ...]]
    loss_difference: Answer
    by_person: pd.DataFrame | None = field(default=None, compare=False, repr=False)


def measure_paired(
    decisions: ir.Table, dimensions: tuple[str, ...], settings: Settings
) -> Paired | CannotSay:
    """Person with the advice against the model alone, overall and by `dimensions`.

    `decisions` has `advice_right`, `choice_right` (null where truth is unknown) and, where
    truth is a sample, `truth_probability`.
    """
    if not {"advice_right", "choice_right"} <= set(decisions.columns):
        return not_instrumented("the table does not hold the right answer", PANEL)
    scope, rows = _scope(decisions)
    if refusal := uneven_truth(rows, settings):
        return refusal
    judged = rows.filter(rows.advice_right.notnull() & rows.choice_right.notnull())
    people = _sums(judged, None)
    overall = _group("all", people, settings, _crossed(judged).get(()))
    if overall.judged < settings.paired.smallest_sample:
        return insufficient(
            f"only {overall.judged} cases with a known right answer", PANEL, overall.judged
        )
    groups = {
        dimension: _groups(judged, dimension, settings)
        for dimension in dimensions
        if dimension in judged.columns
    }
    return Paired(scope, overall, groups, _losses(rows, settings), people)


def _scope(decisions: ir.Table) -> tuple[str, ir.Table]:
    consulted = seen_rows(decisions)
    if fetch(consulted.count().as_table())[0][0].as_py():
        return "decided with the advice in view", consulted
    return "all decisions, whether or not the advice was seen", answered_rows(decisions)


def _groups(judged: ir.Table, dimension: str, settings: Settings) -> tuple[PairedGroup, ...]:
    sums = _sums(judged, dimension).dropna(subset=["level"])
    seen = _crossed(judged, {"level": judged[dimension].cast("string")})
    return tuple(
        _group(str(level), part, settings, seen.get((str(level),)))
        for level, part in sums.groupby("level")
    )


def _crossed(
    judged: ir.Table, by: dict[str, ir.Value] | None = None
) -> dict[tuple[str, ...], dict[str, Crossed]]:
    """What cases add that many people saw, for each of the three figures of a group."""
    w = truth_weight(judged)
    p, m = judged.choice_right.cast("float64"), judged.advice_right.cast("float64")
    return crossed(
        judged, {"both": (w * (p - m), w), "person": (w * p, w), "model": (w * m, w)}, by
    )


def _sums(judged: ir.Table, dimension: str | None) -> pd.DataFrame:
    weight = truth_weight(judged)
    p, m = judged.choice_right.cast("float64"), judged.advice_right.cast("float64")
    by = {"person": person_of(judged), "population": population_of(judged)}
    if dimension:
        by["level"] = judged[dimension].cast("string")
    frame: pd.DataFrame = fetch(
        judged.group_by(**by).aggregate(
            n=judged.count(),
            w=weight.sum(),
            wp=(weight * p).sum(),
            wm=(weight * m).sum(),
            w2=(weight**2).sum(),
            w2d=(weight**2 * (p - m)).sum(),
            w2dd=(weight**2 * (p - m) ** 2).sum(),
            w2p=(weight**2 * p).sum(),
            w2m=(weight**2 * m).sum(),
            person_only=((p - m) > 0).cast("int64").sum(),
            model_only=((p - m) < 0).cast("int64").sum(),
        )
    ).to_pandas()
    return frame


def person_against_model(
    sums: pd.DataFrame, settings: Settings, cases: Crossed | None = None
) -> Answer:
    """Person minus model from sums by person: `n` cases, weights `w`, weighted right answers `wp` and `wm`,
    Σw² of the cases, of their difference and its square (`w2`, `w2d`, `w2dd`), and how many cases only one
    got right (`person_only`, `model_only`). `cases`: what cases add that many people saw."""
    n = int(sums["n"].sum())
    d = sums["wp"] - sums["wm"]
    return _mean(sums, d, sums["w2dd"], sums["w2d"], n, settings, "points", cases)


def _group(
    key: str, sums: pd.DataFrame, settings: Settings, cases: dict[str, Crossed] | None
) -> PairedGroup:
    n = int(sums["n"].sum())
    seen = cases or {}
    return PairedGroup(
        key,
        person_against_model(sums, settings, seen.get("both")),
        _mean(
            sums,
            sums["wp"],
            sums["w2p"],
            sums["w2p"],
            n,
            settings,
            "share",
            seen.get("person"),
            once_a_case=False,
        ),
        _mean(sums, sums["wm"], sums["w2m"], sums["w2m"], n, settings, "share", seen.get("model")),
        n,
        int(sums["person_only"].sum()),
        int(sums["model_only"].sum()),
        None if set(sums["person"]) == {EVERYONE} else len(set(sums["person"])),
    )


def _mean(
    sums: pd.DataFrame,
    total: pd.Series,
    squares: pd.Series,
    cross: pd.Series,
    n: int,
    settings: Settings,
    unit: str,
    cases: Crossed | None = None,
    *,
    once_a_case: bool = True,
) -> Answer:
    """Weighted mean with errors clustered by person (and by case where many saw the same ones), or by case
    where persons are unknown. `once_a_case`: the model has its part in it, which is right or wrong once for
    all who saw a case; people may be either of one case, which tells something by itself."""
    if n < 2:
        return insufficient(f"{n} judged cases", "more judged cases", n)
    people = sums["person"].nunique()
    if people > 1:
        population = sums["population"].astype("string").fillna("").to_numpy(str)
        found = stratified_ratio(total.to_numpy(float), sums["w"].to_numpy(float), population)
        by = "errors by person within populations"
        if cases is not None:
            found, by = cases.widened(found), "errors by person and by case, which many people saw"
    else:
        w = float(sums["w"].sum())
        value = float(total.sum()) / w
        spread = float(squares.sum() - 2 * value * cross.sum() + value**2 * sums["w2"].sum())
        se = float(np.sqrt(max(spread, 0) * n / (n - 1))) / w
        found, by = Clustered(value, se, n - 1, n), "errors by case"
    if unit != "loss":
        once = cases if once_a_case else None
        found = replace(found, se=max(found.se, _least_error(sums, found.value, n, unit, once)))
    interval = interval_of(settings)
    low, high = interval.around(found.value, found.se, found.df, n)
    if unit == "share":
        low, high = max(low, 0.0), min(high, 1.0)
    return Estimate(
        found.value,
        low,
        high,
        settings.confidence,
        n,
        interval.named(f"weighted mean over judged cases, {by}"),
        "paired",
        unit=unit,
        people=people if people > 1 else None,
        se=found.se,
        assumption=_ASSUMPTION,
        p=None if unit == "share" else interval.chance(found.value, found.se, found.df, n),
    )


def _least_error(
    sums: pd.DataFrame, value: float, n: int, unit: str, cases: Crossed | None
) -> float:
    """The error of a few more differences (or wrong answers) than were seen: of forty cases without one it
    is not known that there is none. One more on either side of two for a difference (Agresti & Min 2005,
    Stat. Med. 24, §3), two of four for a share (Agresti & Coull 1998, Am. Stat. 52). Differences count by
    their weight: a sample that takes them more often than others holds more of them than there are."""
    w2 = float(sums["w2"].sum())
    if unit == "points":
        often = (n * float(sums["w2dd"].sum()) / w2 + 1) / (n + 2)
        spread = often - 2 * value * float(sums["w2d"].sum()) / w2 + value**2
    else:
        wrong = (n * min(value, 1 - value) + 2) / (n + 4)
        spread = wrong * (1 - wrong)
    effective = float(sums["w"].sum()) ** 2 / w2
    if cases is not None:
        once = min(cases.cases, n)
        spread = (once * min(abs(value), 1 - abs(value)) + 2) / (once + 4)
        spread, effective = spread * (1 - spread), min(effective, once)
    return float(np.sqrt(max(spread, 0.0) / effective))


def _losses(rows: ir.Table, settings: Settings) -> Answer:
    if not {"loss_recommended", "loss_final"} <= set(rows.columns):
        return not_instrumented(
            "losses of advice and choice are not both known",
            "the losses of advice and choice (`loss_recommended`, `loss_final`), or the right number (`correct_value`)",
        )
    known = rows.filter(rows.loss_recommended.notnull() & rows.loss_final.notnull())
    d = known.loss_final - known.loss_recommended
    w = truth_weight(known)
    seen = crossed(known, {"loss": (w * d, w)}).get((), {})
    sums = fetch(
        known.group_by(person=person_of(known), population=population_of(known)).aggregate(
            n=known.count(),
            w=w.sum(),
            w2=(w**2).sum(),
            wd=(w * d).sum(),
            w2d=(w**2 * d).sum(),
            w2dd=(w**2 * d**2).sum(),
        )
    ).to_pandas()
    return _mean(
        sums, sums["wd"], sums["w2dd"], sums["w2d"], int(sums["n"].sum()), settings, "loss", seen.get("loss"),
    )  # fmt: skip


def ask(inquiry: Inquiry) -> Paired | CannotSay:
    """The question, of one use case."""
    return measure_paired(inquiry.decisions, ("population", *inquiry.segments), inquiry.settings)
