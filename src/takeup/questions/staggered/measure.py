"""What did having the advice change, where cohorts got it on different dates?

Each cohort that has begun is compared with those that have not yet, week by week (Callaway &
Sant'Anna 2021, J. Econometrics 225, by the library diff-diff), on every case as recorded: intention
to treat. It rests on cohorts changing alike had none begun, which weeks before the start can speak
against and never prove. Cohorts that always had the advice tell nothing and are left out; one that
lost it again counts until then. Refuses where fewer than five cohorts began, or fewer than five had
not.
Grade: staggered.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from takeup.log import fetch
from takeup.questions.inquiry import Inquiry
from takeup.questions.shared.calendar import week_of
from takeup.questions.shared.known_truth import truth_weight, uneven_truth
from takeup.questions.shared.looks import interval_of
from takeup.questions.shared.outcome_unit import unit_of_outcome
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.stats.answer import Answer, CannotSay, Estimate, not_instrumented, refused
from takeup.stats.event_week import EventWeek
from takeup.stats.interval import Interval

FEWEST = 5
"""Cohorts that began, and cohorts that had not yet when the first did."""
_ASSUMPTION = (
    "without the advice, cohorts that began early and those that began later would have changed "
    "alike from week to week"
)
_BANDS = 999
FEWEST_CASES = 3
FEWEST_SHARE = 0.1
"""Of a cohort's cases in a week: fewer with the advice are tests, and begin nothing."""
CHANCE = 0.001
"""How improbable weeks without the advice must be, by the cohort's share before, to be its end."""
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StaggeredEffect:
    """Having the advice against not yet, on one quantity: over all weeks since the start, and by
    week since it, in `unit`."""

    name: str
    label: str
    overall: Answer
    weeks: tuple[EventWeek, ...]
    unit: str = "points"


@dataclass(frozen=True, slots=True)
class Staggered:
    """Effects of starting; `started` cohorts on `dates` different weeks, `waiting` never within the
    table. `always`: cohorts with the advice from their first week on, left out; `withdrawn`: cohorts
    that lost it again, which count until then. `fewest_people`: of the smallest cohort (None: persons unknown); in no
    document."""

    effects: tuple[StaggeredEffect, ...]
    started: int
    dates: int
    waiting: int
    weeks: int
    always: int = 0
    withdrawn: int = 0
    fewest_people: int | None = field(default=None, compare=False, repr=False)


def measure_staggered(
    decisions: ir.Table, use_case: UseCase, outcomes: Sequence[str], settings: Settings
) -> Staggered | CannotSay:
    """Effects of starts by cohort on agreement, correctness and each outcome.

    `decisions` has `cohort`, `decided_at`, `mode`, `agrees`; outcomes stand in `y_NAME`, rightness in
    `choice_right`.
    """
    if not {"cohort", "decided_at"} <= set(decisions.columns):
        return not_instrumented(
            "which cohort a case belongs to is unknown",
            "cohort and decided_at: those who began together, and when",
        )
    rows = decisions.filter(decisions.cohort.notnull() & decisions.decided_at.notnull())
    cohorts = _cohorts(rows)
    if refusal := _why_not(cohorts):
        return refusal
    starts = cohorts.starts
    effects = []
    for quantity in _quantities(rows, use_case, outcomes, settings):
        panel = _panel(rows, quantity.value, quantity.weight, cohorts)
        found = _effect(quantity, panel, len(starts), interval_of(settings))
        if found is not None:
            effects.append(found)
    if not effects:
        return refused("no quantity is known of every cohort", "outcomes, or the right answer")
    began = {start for start in starts.values() if start}
    waiting = sum(start == 0 for start in starts.values())
    return Staggered(
        tuple(effects), len(starts) - waiting, len(began), waiting, cohorts.weeks,
        always=cohorts.always, withdrawn=len(cohorts.stops), fewest_people=_fewest_people(rows),
    )  # fmt: skip


def _fewest_people(rows: ir.Table) -> int | None:
    """How many people decided the cases of the cohort in which they were fewest."""
    if "person_id" not in rows.columns:
        return None
    people = rows.group_by("cohort").aggregate(n=rows.person_id.nunique())
    return int(fetch(people.aggregate(n=people.n.min()))["n"][0].as_py() or 0)


@dataclass(frozen=True, slots=True)
class _Cohorts:
    """`starts`: week (1, 2, … of the table) in which each cohort began, 0 where it did not.
    `stops`: week from which it no longer had the advice. `always`: cohorts that never were without
    it; nothing can be told from them."""

    starts: dict[str, int]
    stops: dict[str, int]
    always: int
    weeks: int


def _cohorts(rows: ir.Table) -> _Cohorts:
    week = week_of(rows)
    frame = fetch(
        rows.group_by(cohort=rows.cohort.cast("string"), week=week).aggregate(
            n=ibis._.count(), assist=(rows["mode"] == "assist").cast("int64").sum()
        )
    ).to_pandas()
    weeks = sorted(frame["week"].unique())
    number = {w: i for i, w in enumerate(weeks, 1)}
    starts, stops, always = {}, {}, 0
    for cohort, part in frame.sort_values("week").groupby("cohort"):
        at = part["week"].map(number).to_numpy(int)
        first, stop = _span(part["assist"].to_numpy(float), part["n"].to_numpy(float))
        if first == 0:
            always += 1
            continue
        starts[str(cohort)] = 0 if first is None else int(at[first])
        if stop is not None:
            stops[str(cohort)] = int(at[stop])
    return _Cohorts(starts, stops, always, len(weeks))


def _span(assist: Array, n: Array) -> tuple[int | None, int | None]:
    """Which of a cohort's weeks is the first with the advice, and which the first after it was
    withdrawn; None where there is none. A few test cases are no start, a week of chance no stop."""
    share = assist / n
    usual = max(share.max() / 2, FEWEST_SHARE)
    begun = np.flatnonzero(share >= usual)
    if not len(begun) or assist[begun].sum() < FEWEST_CASES:
        return None, None
    first = int(begun[0])
    # The week in which it began part of the way through.
    if first and share[first - 1] >= FEWEST_SHARE:
        first -= 1
    without = 0.0
    for week in range(first + 1, len(n)):
        without = without + n[week] if share[week] < FEWEST_SHARE else 0.0
        run = int(np.flatnonzero(share[:week] >= FEWEST_SHARE)[-1]) + 1
        had = assist[first:run].sum() / n[first:run].sum()
        if without and (1 - had) ** without < CHANCE:
            return first, run
    return first, None


def _why_not(cohorts: _Cohorts) -> CannotSay | None:
    began = [start for start in cohorts.starts.values() if start]
    first = min(began, default=0)
    later = sum(start == 0 or start > first for start in cohorts.starts.values())
    needs = (
        f"{FEWEST} cohorts that began and {FEWEST} that began later or not at all; or a draw by "
        "person, which answers with far fewer"
    )
    if not began and cohorts.always:
        return refused("every cohort that has the advice had it from the first week on", needs)
    if not began:
        return not_instrumented("no cohort began within the table", needs)
    if len(began) < FEWEST or later < FEWEST:
        always = f"; {cohorts.always} had the advice from their first week on and tell nothing"
        return refused(
            f"{len(began)} cohort{'s' * (len(began) != 1)} began, {later} had not when the first did"
            f"{always if cohorts.always else ''}: a change of the time cannot be told from the advice",
            needs, len(cohorts.starts),
        )  # fmt: skip
    if cohorts.weeks < 4:
        return refused(f"{cohorts.weeks} weeks", "four weeks, of which some before the first start")
    return None


@dataclass(frozen=True, slots=True)
class _Quantity:
    name: str
    label: str
    value: ir.Value
    unit: str = "points"
    weight: ir.Value | None = None


def _quantities(
    rows: ir.Table, use_case: UseCase, outcomes: Sequence[str], settings: Settings
) -> list[_Quantity]:
    found = [_Quantity("agreement", "agreement with the advice", rows.agrees.cast("float64"))]
    for name in outcomes:
        if f"y_{name}" in rows.columns:
            unit = unit_of_outcome(rows, use_case, name)
            label = use_case.label_of(name)
            found.append(_Quantity(f"outcome:{name}", label, rows[f"y_{name}"], unit))
    if "choice_right" in rows.columns and uneven_truth(rows, settings) is None:
        right = rows.choice_right.cast("float64")
        found.append(_Quantity("correctness", "right decisions", right, weight=truth_weight(rows)))
    return found


def _panel(
    rows: ir.Table, value: ir.Value, weight: ir.Value | None, cohorts: _Cohorts
) -> pd.DataFrame:
    """Mean of the quantity by cohort and week, with the week in which the cohort began; without the
    weeks after the advice was withdrawn, and the cohorts that always had it."""
    t = rows.mutate(
        v__=value, w__=ibis.ifelse(value.isnull(), 0.0, 1.0 if weight is None else weight)
    )
    week = week_of(t)
    frame: pd.DataFrame = fetch(
        t.group_by(cohort=t.cohort.cast("string"), week=week).aggregate(
            w=t.w__.sum(), wv=(t.w__ * t.v__.fill_null(0.0)).sum(), n=t.v__.count()
        )
    ).to_pandas()
    weeks = {w: i for i, w in enumerate(sorted(frame["week"].unique()), 1)}
    # In one order whatever the engine: the bands are drawn by resampling.
    frame = frame[frame["w"] > 0].sort_values(["cohort", "week"])
    frame["time"] = frame["week"].map(weeks).astype(int)
    frame = frame[frame["cohort"].isin(cohorts.starts)]
    stop = frame["cohort"].map(cohorts.stops).fillna(len(weeks) + 1)
    frame = frame[frame["time"] < stop]
    return pd.DataFrame(
        {
            "unit": frame["cohort"].astype("category").cat.codes,
            "time": frame["time"],
            "start": frame["cohort"].map(cohorts.starts).astype(int),
            "y": frame["wv"] / frame["w"],
            "n": frame["n"],
        }
    )


def _effect(
    quantity: _Quantity, panel: pd.DataFrame, cohorts: int, interval: Interval
) -> StaggeredEffect | None:
    from diff_diff import CallawaySantAnna

    counts = panel.groupby("unit")["time"].nunique()
    if panel.empty or counts.min() < 2 or panel["unit"].nunique() < cohorts:
        return None

    # A cohort-week without a case is left out of the pairs of weeks that it is part of. (The
    # library's `allow_unbalanced_panel` would compare levels instead of changes.)
    def fitted(resamples: int) -> Any:
        model = CallawaySantAnna(
            control_group="not_yet_treated", alpha=1 - interval.confidence, n_bootstrap=resamples, seed=1
        )  # fmt: skip
        return model.fit(panel, outcome="y", unit="unit", time="time", first_treat="start")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            whole = fitted(0).aggregate("simple")
            events = fitted(_BANDS).aggregate("event_study")
        except ValueError as error:
            why = refused(
                f"the comparison cannot be made ({error})", "weeks before and after a start"
            )
            return StaggeredEffect(quantity.name, quantity.label, why, (), quantity.unit)
    overall = _overall(whole, panel, cohorts, interval, quantity.unit)
    # The library's bands hold for all weeks together, at one look.
    n = int(panel["n"].sum())
    wider = interval.half(1.0, np.inf, n) / Interval(interval.confidence).half(1.0, np.inf, n)
    return StaggeredEffect(
        quantity.name, quantity.label, overall, _weeks(events, wider), quantity.unit
    )


def _overall(
    whole: Any, panel: pd.DataFrame, cohorts: int, interval: Interval, unit: str
) -> Answer:
    """The effect over all weeks since the start. The library's error is for many cohorts; with few,
    one degree of freedom goes with each date of starting: the error is widened by √(G/(G − K)) and t
    with G − K degrees taken, G cohorts on K dates (held to simulation in docs/calibration.md)."""
    value, se = float(np.ravel(whole.att)[0]), float(np.ravel(whole.se)[0])
    df = cohorts - int(panel["start"].nunique())
    if not np.isfinite(value) or not np.isfinite(se) or df < 1:
        return refused(
            "too few cohorts on each date", "more cohorts than dates on which they began"
        )
    se *= float(np.sqrt(cohorts / df))
    n = int(panel["n"].sum())
    low, high = interval.around(value, se, df, n)
    method = "Callaway and Sant'Anna against cohorts not yet begun, cohort-weeks, errors by cohort"
    return Estimate(
        value, low, high, interval.confidence, n, interval.named(method),
        "staggered", unit=unit, se=se, assumption=_ASSUMPTION,
        p=interval.chance(value, se, df, n),
    )  # fmt: skip


def _weeks(events: Any, wider: float) -> tuple[EventWeek, ...]:
    frame = pd.DataFrame(
        {
            "week": np.ravel(events.event_time), "value": np.ravel(events.att),
            "low": np.ravel(events.cband_lower), "high": np.ravel(events.cband_upper),
        }
    ).dropna()  # fmt: skip
    rows = frame.sort_values("week").to_numpy(float)
    return tuple(
        EventWeek(int(w), value, value - wider * (value - low), value + wider * (high - value))
        for w, value, low, high in rows.tolist()
    )


def ask(inquiry: Inquiry) -> Staggered | CannotSay:
    """The question, of one use case."""
    return measure_staggered(
        inquiry.decisions, inquiry.use_case, inquiry.outcomes, inquiry.settings
    )
