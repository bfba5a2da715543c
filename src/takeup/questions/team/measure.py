"""Is a person with the advice better than the better of the two alone, and what does it cost?

Complementarity: right decisions with the advice, minus those of the person alone or of the
model alone, whichever is better. The person alone is known from a first answer before the
advice, or from the same cases decided alone as well (both paired), or from shadow mode (other
cases of the same people, put on the same mix of kinds: adjusted). Unaided cases in assist are no
such thing, because people chose them, and are never used. Effort: steps, seconds of the same person
on the same case, and four coarse classes of time, with and without.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from takeup.log import fetch, keep
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
from takeup.questions.shared.whose import person_of
from takeup.questions.team.alone_and_with import blind, decided_twice, side_by_side
from takeup.record.columns import CASE
from takeup.record.settings import Settings
from takeup.record.vocabulary import CONSULTED_ACTIONS
from takeup.stats.answer import Answer, CannotSay, Estimate, Grade, insufficient, not_instrumented
from takeup.stats.clusters import Sample, clustered_difference, clustered_ratio
from takeup.stats.interval import Interval
from takeup.stats.quantiles import median_of_counts
from takeup.stats.two_way import Crossed

Array = NDArray[np.float64]
Source = Literal["first answers", "the same cases alone", "shadow mode"]
TIME_CLASSES = ("under 30 s", "30 to 120 s", "2 to 10 min", "over 10 min")
_TIME_ENDS = (30.0, 120.0, 600.0)
FEWEST_EFFORT = 20


@dataclass(frozen=True, slots=True)
class Complementarity:
    """Shares right of the person alone, the model alone and both together; `joint_minus_best` and
    `joint_minus_alone` in points. `source`: how the person alone is known."""

    source: Source
    alone: Estimate
    model: Estimate
    joint: Estimate
    joint_minus_best: Estimate
    joint_minus_alone: Estimate


@dataclass(frozen=True, slots=True)
class Effort:
    """Of deciding with the advice in view, and without: mean difference in `steps`, median
    difference (as conditions count it), and cases by class of time. `seconds`: mean difference of the same
    person on the same case."""

    steps: Answer
    seconds: Answer
    median_steps: float | None
    with_advice: int
    without: int
    time_with: dict[str, float]
    time_without: dict[str, float]


@dataclass(frozen=True, slots=True)
class Team:
    """Whether both together beat the better of the two, and the effort of using against
    ignoring."""

    complementarity: Complementarity | CannotSay
    effort: Effort | CannotSay


def measure_team(
    decisions: ir.Table, segments: Sequence[str], settings: Settings
) -> Team | CannotSay:
    """Complementarity and effort of the decisions."""
    twice = decided_twice(decisions)
    found = Team(
        _complementarity(decisions, twice, segments, settings), _effort(decisions, twice, settings)
    )
    if isinstance(found.complementarity, CannotSay) and isinstance(found.effort, CannotSay):
        return found.complementarity
    return found


def _complementarity(
    decisions: ir.Table, twice: ir.Table | None, segments: Sequence[str], settings: Settings
) -> Complementarity | CannotSay:
    if not {"advice_right", "choice_right"} <= set(decisions.columns):
        return not_instrumented("the table does not hold the right answer", PANEL)
    if refusal := uneven_truth(answered_rows(decisions), settings):
        return refusal
    if "initial_right" in decisions.columns:
        rows = seen_rows(decisions)
        known = rows.filter(
            rows.initial_right.notnull() & rows.advice_right.notnull() & rows.choice_right.notnull()
        )
        right = {
            "alone": known.initial_right,
            "model": known.advice_right,
            "joint": known.choice_right,
        }
        frame = _by_person(known, right, ())
        seen = _seen_cases(known, right, truth_weight(known))
        return _compared(frame, frame, "first answers", "paired", settings, seen)
    if twice is not None:
        values = {"right": twice.choice_right.cast("float64")}
        whole = {"w": truth_weight(twice), "model": twice.advice_right.cast("float64")}
        pairs = keep(side_by_side(twice, values, whole))
        right = {"alone": pairs.right_alone, "model": pairs.model, "joint": pairs.right_with}
        frame = _by_person(pairs, right, (), pairs.w)
        seen = _seen_cases(pairs, right, pairs.w)
        return _compared(frame, frame, "the same cases alone", "paired", settings, seen)
    names = [c for c in ("population", *segments) if c in decisions.columns]
    shadow, aided = (
        t.filter(t.advice_right.notnull() & t.choice_right.notnull())
        for t in (blind(decisions.filter(decisions.action == "shadow")), seen_rows(decisions))
    )
    alone = _by_person(shadow, {"alone": shadow.choice_right, "model": shadow.advice_right}, names)
    joint = _by_person(aided, {"joint": aided.choice_right}, names)
    if alone.empty:
        return not_instrumented(
            "nobody knows what people would have decided without the advice",
            "initial_choice (a first answer before the advice), or a time in shadow mode, the advice unseen",
        )
    seen = _cases_of_both_sides(shadow, aided, names)
    return _compared(alone, joint, "shadow mode", "adjusted", settings, seen)


def _seen_cases(
    rows: ir.Table, right: dict[str, ir.Value], w: ir.FloatingValue
) -> dict[str, Crossed]:
    """What cases add that many people saw, to each share and to how far both together are ahead of either."""
    known = {name: value.cast("float64") for name, value in right.items()}
    ahead = {f"joint-{name}": known["joint"] - known[name] for name in ("alone", "model")}
    return crossed(rows, {n: (w * v, w) for n, v in (known | ahead).items()}).get((), {})


def _cases_of_both_sides(
    shadow: ir.Table, aided: ir.Table, names: Sequence[str]
) -> dict[str, Crossed]:
    """The same of decisions alone and with the advice that are not pairs, put on the mix of kinds of the latter: an
    answer counts by how far it is from the share right of its kind and side."""
    if CASE not in shadow.columns:
        return {}
    t = _answers(shadow, names, with_advice=False).union(_answers(aided, names, with_advice=True))
    kind, side = ibis.window(group_by="kind"), ibis.window(group_by=["kind", "aided"])
    far = {
        name: t[name] - (t.w * t[name]).sum().over(side) / t.w.sum().over(side)
        for name in ("right", "model")
    }
    t = t.mutate(
        all_alone=ibis.ifelse(t.aided, 0.0, t.w).sum().over(kind),
        all_joint=ibis.ifelse(t.aided, t.w, 0.0).sum().over(kind),
        **far,
    )
    t = keep(t.filter((t.all_alone > 0) & (t.all_joint > 0)))
    joint = ibis.ifelse(t.aided, t.w, 0.0)
    alone = ibis.ifelse(t.aided, 0.0, t.w * t.all_joint / t.all_alone)
    ratios = {
        "alone": (alone * t.right, alone),
        "model": (alone * t.model, alone),
        "joint": (joint * t.right, joint),
        "joint-alone": ((joint - alone) * t.right, (joint + alone) / 2),
        "joint-model": (joint * t.right - alone * t.model, (joint + alone) / 2),
    }
    return crossed(t, ratios).get((), {})


def _answers(rows: ir.Table, names: Sequence[str], *, with_advice: bool) -> ir.Table:
    """Whose answer, to which case of which kind, and whether it and the advice were right."""
    return rows.select(
        CASE,
        person_id=person_of(rows).cast("string"),
        kind=_kind(rows, names),
        aided=ibis.literal(with_advice),
        w=truth_weight(rows),
        right=rows.choice_right.cast("float64"),
        model=rows.advice_right.cast("float64"),
    )


def _kind(rows: ir.Table, names: Sequence[str]) -> ir.StringValue:
    kind: ir.StringValue = ibis.literal("")
    for name in names:
        kind = kind + rows[name].cast("string").fill_null("?") + "|"
    return kind


def _by_person(
    rows: ir.Table,
    right: dict[str, ir.Value],
    names: Sequence[str],
    w: ir.FloatingValue | None = None,
) -> pd.DataFrame:
    """Weighted counts of right answers by person and kind of case."""
    weight = truth_weight(rows) if w is None else w
    sums = {name: (weight * value.cast("float64")).sum() for name, value in right.items()}
    person = person_of(rows).cast("string")
    frame: pd.DataFrame = fetch(
        rows.group_by(person=person, kind=_kind(rows, names)).aggregate(
            n=rows.count(), w=weight.sum(), **sums
        )
    ).to_pandas()
    return frame


def _compared(
    alone: pd.DataFrame,
    joint: pd.DataFrame,
    source: Source,
    grade: Grade,
    settings: Settings,
    seen: Mapping[str, Crossed] = MappingProxyType({}),
) -> Complementarity | CannotSay:
    least = settings.paired.smallest_sample
    n = int(min(alone["n"].sum(), joint["n"].sum()))
    persons = sorted({*alone["person"], *joint["person"]})
    if n < least or len(persons) < 3:
        return insufficient(
            f"{n} judged cases of {len(persons)} people", f"{least} judged cases", n
        )
    kinds = sorted(set(alone["kind"]) & set(joint["kind"]))
    mix = joint[joint["kind"].isin(kinds)].groupby("kind")["w"].sum().reindex(kinds)
    weight = (mix / mix.sum()).to_numpy(float)
    who = {p: i for i, p in enumerate(persons)}
    at = {k: i for i, k in enumerate(kinds)}

    def sums(frame: pd.DataFrame, column: str) -> Array:
        out = np.zeros((len(persons), len(kinds)))
        own = frame[frame["kind"].isin(kinds)]
        places = own["person"].map(who), own["kind"].map(at)
        np.add.at(
            out, (places[0].to_numpy(int), places[1].to_numpy(int)), own[column].to_numpy(float)
        )
        return out

    tables = {
        "alone": (sums(alone, "alone"), sums(alone, "w")),
        "model": (sums(alone, "model"), sums(alone, "w")),
        "joint": (sums(joint, "joint"), sums(joint, "w")),
    }
    # The whole, and each person left out (delete-one jackknife; Shao & Tu 1995, §2.3).
    rates = {
        name: _standardised(
            np.vstack([k.sum(0), k.sum(0) - k]), np.vstack([w.sum(0), w.sum(0) - w]), weight
        )
        for name, (k, w) in tables.items()
    }
    share = tables["joint"][1].sum(1) + tables["alone"][1].sum(1)
    share = share / share.sum()
    df = max(1 / float((share**2).sum()) - 1, 1.0)
    interval = interval_of(settings)
    ahead = [rates["joint"] - rates[name] for name in ("alone", "model")]
    by_case = ", errors by case too, which many people saw" if seen else ""

    def error(name: str, values: Array) -> tuple[float, float]:
        """The standard error and its degrees of freedom."""
        se = _jackknife_error(values)
        if name not in seen:
            return se, df
        return seen[name].variance(se**2) ** 0.5, min(df, max(seen[name].cases - 1, 1.0))

    def estimate(
        name: str, values: Array, unit: str, ends: tuple[float, float] | None = None
    ) -> Estimate:
        value, (se, own_df) = float(values[0]), error(name, values)
        low, high = ends or interval.around(value, se, own_df, n)
        if unit == "share":
            low, high = max(low, 0.0), min(high, 1.0)
        return Estimate(
            value, low, high, settings.confidence, n,
            interval.named(f"{source}, people left out one at a time{by_case}"), grade, unit=unit, people=len(persons), se=se,
            assumption="same cases on both sides"
            if grade == "paired"
            else "cases of one kind are alike in shadow mode and in assist",
        )  # fmt: skip

    sides = [
        (float(d[0]), *error(f"joint-{name}", d))
        for name, d in zip(("alone", "model"), ahead, strict=True)
    ]
    return Complementarity(
        source,
        estimate("alone", rates["alone"], "share"),
        estimate("model", rates["model"], "share"),
        estimate("joint", rates["joint"], "share"),
        estimate(
            "joint-alone" if ahead[0][0] <= ahead[1][0] else "joint-model", np.minimum(*ahead),
            "points", _ends_of_smaller(sides, interval, n),
        ),
        estimate("joint-alone", ahead[0], "points"),
    )  # fmt: skip


def _standardised(right: Array, judged: Array, weight: Array) -> Array:
    """Shares right on one mix of kinds, of each row of sums; a kind nobody judged leaves the mix."""
    known = judged > 0
    share = np.where(known, right / np.where(known, judged, 1.0), 0.0)
    return np.asarray((share * weight).sum(1) / np.maximum((known * weight).sum(1), 1e-12))


def _jackknife_error(values: Array) -> float:
    """The standard error of the first value from those without one person each."""
    without = values[1:]
    people = len(without)
    return float(np.sqrt((people - 1) / people * ((without - without.mean()) ** 2).sum()))


def _ends_of_smaller(
    sides: Sequence[tuple[float, float, float]], interval: Interval, n: int
) -> tuple[float, float]:
    """The interval of the smaller of two differences. It is below a figure where one of them is, and
    above one where both are: the lower end is the smaller of their lower ends; the upper end the smaller
    of their upper ends, each for half of the error, as either may be the one that errs. `sides`: value,
    standard error and degrees of freedom of each."""
    low = min(value - interval.half(se, df, n) for value, se, df in sides)
    high = min(value + interval.of(2).half(se, df, n) for value, se, df in sides)
    return low, max(high, min(value for value, *_ in sides))


def _effort(decisions: ir.Table, twice: ir.Table | None, settings: Settings) -> Effort | CannotSay:
    columns = [c for c in ("steps", "duration_s") if c in decisions.columns]
    if not columns:
        return not_instrumented("steps and time are not recorded", "steps, or duration_s")
    seen = [a.value for a in CONSULTED_ACTIONS]
    if twice is None:
        rows = decisions.filter(decisions.action.isin([*seen, "not_consulted"]))
        looked = rows.action != "not_consulted"
    else:
        rows, looked = twice, ~twice.alone__
    person = person_of(rows).cast("string")
    by = {"person": person, "looked": looked}
    if "steps" in columns:
        by["steps"] = rows.steps
    if "duration_s" in columns:
        at = rows.duration_s
        first, second, third = _TIME_ENDS
        by["time"] = ibis.cases(
            (at < first, 0), (at < second, 1), (at < third, 2), (at.notnull(), 3)
        )
    frame = fetch(rows.group_by(**by).aggregate(n=rows.count())).to_pandas()
    sides = [frame[frame["looked"] == side] for side in (True, False)]
    sizes = [int(s["n"].sum()) for s in sides]
    if min(sizes) < FEWEST_EFFORT:
        return insufficient(
            f"{sizes[0]} decisions with the advice in view and {sizes[1]} without",
            f"{FEWEST_EFFORT} of each", min(sizes),
        )  # fmt: skip
    steps: Answer = not_instrumented("steps are not recorded", "steps")
    median = None
    if "steps" in columns:
        steps, median = _steps(frame, settings)
    times = [_time_shares(s) if "time" in s else {} for s in sides]
    seconds = _seconds(twice, settings) if "duration_s" in columns else _NO_SECONDS
    return Effort(steps, seconds, median, sizes[0], sizes[1], times[0], times[1])


_NO_SECONDS = not_instrumented(
    "nobody decided the same case alone and with the advice, with the time of both",
    "case_id, duration_s and both decisions of a person on a case",
)


def _seconds(twice: ir.Table | None, settings: Settings) -> Answer:
    """Seconds with the advice minus alone, of the same person on the same case."""
    if twice is None:
        return _NO_SECONDS
    pairs = keep(side_by_side(twice, {"s": twice.duration_s.cast("float64")}))
    more = pairs.s_with - pairs.s_alone
    one = more.notnull().cast("float64")
    frame = fetch(
        pairs.group_by("person_id").aggregate(n=pairs.count(), total=more.sum())
    ).to_pandas()
    n = int(frame["n"].sum())
    if n < FEWEST_EFFORT or len(frame) < 3:
        return insufficient(
            f"{n} cases of {len(frame)} people timed both ways", f"{FEWEST_EFFORT} cases", n
        )
    found = clustered_ratio(frame["total"].to_numpy(float), frame["n"].to_numpy(float))
    for cases in crossed(pairs, {"s": (more, one)}).get((), {}).values():
        found = cases.widened(found)
    return Sample(n, "seconds", True, interval_of(settings)).estimate(
        found, "mean with the advice minus alone, same person and case", "paired"
    )


def _steps(frame: pd.DataFrame, settings: Settings) -> tuple[Answer, float | None]:
    known = frame.dropna(subset=["steps"])
    known = known.assign(total=known["steps"].astype(float) * known["n"])
    sums = known.groupby(["person", "looked"])[["total", "n"]].sum().unstack(fill_value=0.0)
    n = int(known["n"].sum())
    if (
        len(sums) < 3
        or sums["n"].shape[1] < 2
        or sums["n"].to_numpy(float).sum(0).min() < FEWEST_EFFORT
    ):
        return insufficient(f"{n} decisions with steps", f"{FEWEST_EFFORT} of each", n), None
    found = clustered_difference(
        sums["total"][True].to_numpy(float), sums["n"][True].to_numpy(float),
        sums["total"][False].to_numpy(float), sums["n"][False].to_numpy(float),
    )  # fmt: skip
    sides = [known[known["looked"] == side] for side in (True, False)]
    medians = [median_of_counts(s["steps"].to_numpy(float), s["n"].to_numpy(float)) for s in sides]
    answer = Sample(n, "steps", True, interval_of(settings)).estimate(
        found, "mean with the advice in view minus without", "descriptive"
    )
    return answer, medians[0] - medians[1]


def _time_shares(part: pd.DataFrame) -> dict[str, float]:
    known = part.dropna(subset=["time"])
    total = known["n"].sum()
    if not total:
        return {}
    return {
        name: float(known.loc[known["time"] == i, "n"].sum() / total)
        for i, name in enumerate(TIME_CLASSES)
    }


def ask(inquiry: Inquiry) -> Team | CannotSay:
    """The question, of one use case."""
    return measure_team(inquiry.decisions, inquiry.segments, inquiry.settings)
