"""Did an action on populations move what it was declared to move?

Populations are picked when they are worst, and what is worst gets better by itself: a plain before and after is
never shown. Runs of one action on one indicator are taken together: where five populations had it and five had not
yet, each is compared with those not yet treated in the same weeks (stats/staggered_change.py), without the four
weeks by which it was picked and those until it should show. With fewer, each run is an interrupted time series of
its own course (less that of its comparison where there is one), and says so. Runs that were withdrawn after they
began count: who stayed is no sample. Every run is judged once, on the day declared before it began, so intervals are
for one look.

Refuses before the day of the check, where the table does not reach it, and where too few weeks lie on either side.
Grade: staggered, else descriptive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from takeup.log import fetch
from takeup.questions.inquiry import Inquiry
from takeup.questions.intervention_effect.verdict import Verdict, verdict_of
from takeup.questions.knowledge import what_to_do
from takeup.questions.shared.calendar import week_of
from takeup.questions.shared.versions_seen import versions_seen
from takeup.questions.shared.weekly_shares import WeeklyShare, counts, missing, share_called
from takeup.record.interventions import Direction, Run, delivered
from takeup.record.settings import Settings
from takeup.stats.answer import (
    Answer,
    CannotSay,
    Estimate,
    insufficient,
    not_instrumented,
    refused,
)
from takeup.stats.event_week import EventWeek
from takeup.stats.interrupted import FEWEST_AFTER as _SERIES_AFTER
from takeup.stats.interrupted import FEWEST_BEFORE as _SERIES_BEFORE
from takeup.stats.interrupted import interrupted
from takeup.stats.interval import Interval
from takeup.stats.staggered_change import Event, against_untreated, untreated

Array = NDArray[np.float64]
FEWEST = 5
"""Populations that had the action, and that had it not yet, for a comparison between them."""
PICKED_BY = timedelta(days=28)
"""The window of the figures by which a population is picked: it stands on no side of a comparison."""
FEWEST_CASES = 5
"""Of a population's week: fewer are no figure."""
_ASSUMPTION = (
    "without the action, populations that had it and those that had it not yet would have changed alike since before "
    "they were picked"
)
_ALONE = (
    "its own course would have gone on as a straight line, and nothing else happened in these weeks; an association "
    "in time, no comparison with others"
)
_BESIDE = (
    "its course beside the others' would have gone on as a straight line, and nothing else happened to it alone in these "
    "weeks; an association in time"
)


@dataclass(frozen=True, slots=True)
class RunEffect:
    """One run: `effect` of its own (a staggered comparison is of all runs together and stands there), the
    `verdict` and why; `delivered`: whether its steps were done (None: nobody wrote it down); `named_first`: new versions
    that came since it was picked. Days as ISO text."""

    run: str
    population: str
    starts_on: str
    check_on: str
    delivered: bool | None
    effect: Answer
    verdict: Verdict
    why: str
    named_first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionEffect:
    """All checked runs of one action (`did`: in words) on one `indicator`, which is to go `direction` by `smallest` (a
    share).

    `effect`: against populations not yet treated, over all runs (why not, where these are too few); `weeks` since
    it should show, with bands for all of them together (negative: before the population was picked)."""

    action: str
    did: str
    indicator: str
    words: str
    direction: Direction
    smallest: float
    treated: int
    untreated: int
    effect: Answer
    weeks: tuple[EventWeek, ...]
    verdict: Verdict
    why: str
    runs: tuple[RunEffect, ...]


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run that is not judged, and why; `waits`: it will be, once its day has come."""

    run: str
    why: str
    waits: bool


@dataclass(frozen=True, slots=True)
class InterventionEffect:
    """Actions in the order of their first start; `open`: runs that are not judged."""

    actions: tuple[ActionEffect, ...]
    open: tuple[OpenRun, ...]


def measure_intervention_effect(
    decisions: ir.Table, runs: Mapping[str, Run], settings: Settings
) -> InterventionEffect | CannotSay:
    """Effects of `runs` (by name) on `decisions`, which has `population`, `decided_at` and what the indicators
    need."""
    if not runs:
        return not_instrumented(
            "no action on a population was declared", "an interventions file: what was done for whom, and when"
        )  # fmt: skip
    if not {"population", "decided_at"} <= set(decisions.columns):
        return not_instrumented("populations or dates are unknown", "population and decided_at")
    waiting, judged = _judged(decisions, runs)
    found = []
    for (action, indicator, direction), several in _alike(judged).items():
        share = share_called(indicator)
        if share is None or missing(share, decisions.columns):
            why = _unmeasured(indicator, share, decisions)
            waiting += [OpenRun(name, why, waits=False) for name in several]
            continue
        panel = _panel(decisions, share, versions_seen(decisions))
        found.append(_action(action, share, direction, several, runs, panel, settings))
    return InterventionEffect(tuple(found), tuple(sorted(waiting, key=lambda one: one.run)))


def _judged(decisions: ir.Table, runs: Mapping[str, Run]) -> tuple[list[OpenRun], dict[str, Run]]:
    """Runs that wait, with the reason, and those whose check the table reaches."""
    last = fetch(decisions.aggregate(last=week_of(decisions).max()))["last"][0].as_py()
    reached = date.min if last is None else last + timedelta(days=7)
    waiting = [
        OpenRun(
            name, f"it is checked on {run.check_on.isoformat()}, and the table ends before", True
        )
        for name, run in runs.items()
        if run.check_on > reached
    ]
    return waiting, {name: run for name, run in runs.items() if run.check_on <= reached}


def _alike(runs: Mapping[str, Run]) -> dict[tuple[str, str, Direction], dict[str, Run]]:
    found: dict[tuple[str, str, Direction], dict[str, Run]] = {}
    for name, run in sorted(runs.items(), key=lambda item: (item[1].starts_on, item[0])):
        found.setdefault((run.action, run.indicator, run.direction), {})[name] = run
    return found


def _unmeasured(indicator: str, share: WeeklyShare | None, decisions: ir.Table) -> str:
    if share is None:
        return f"{indicator} is no figure that takeup measures by week: somebody attests it"
    return f"{share.words}: not recorded ({', '.join(missing(share, decisions.columns))})"


@dataclass(frozen=True, slots=True)
class _Panel:
    """Shares and cases by population and week; `first`: the Monday of week 0; `versions`: weeks in which new ones
    came."""

    shares: dict[str, Array]
    cases: dict[str, Array]
    first: date
    versions: Mapping[str, Sequence[tuple[date, str]]]

    def week(self, day: date) -> int:
        """The week that a day lies in."""
        return (day - self.first).days // 7

    def week_after(self, day: date) -> int:
        """The first whole week from a day on."""
        return -((self.first - day).days // 7)


def _panel(
    decisions: ir.Table, share: WeeklyShare, versions: Mapping[str, Sequence[tuple[date, str]]]
) -> _Panel:
    rows = decisions.filter(decisions.population.notnull() & decisions.decided_at.notnull())
    k, n = counts(share, rows)
    frame: pd.DataFrame = fetch(
        rows.group_by(population=rows.population.cast("string"), week=week_of(rows)).aggregate(k=k, n=n)
    ).to_pandas()  # fmt: skip
    monday = pd.to_datetime(frame["week"])
    frame["at"] = (monday - monday.min()).dt.days // 7
    shape = int(frame["at"].max()) + 1
    shares, cases = {}, {}
    for population, part in frame.sort_values(["population", "at"]).groupby("population"):
        told = part[part["n"] >= FEWEST_CASES]
        own, of = np.full(shape, np.nan), np.zeros(shape)
        own[told["at"]] = told["k"] / told["n"]
        of[part["at"]] = part["n"]
        shares[str(population)], cases[str(population)] = own, of
    return _Panel(shares, cases, monday.min().date(), versions)


def _event(run: Run, panel: _Panel) -> Event:
    return Event(
        run.population,
        picked=panel.week(run.picked_on - PICKED_BY),
        starts=panel.week(run.starts_on),
        shows=panel.week_after(run.shown_from),
        last=panel.week(run.check_on) - 1,
        against=frozenset(run.comparison) or None,
    )


def _action(
    action: str,
    share: WeeklyShare,
    direction: Direction,
    judged: Mapping[str, Run],
    runs: Mapping[str, Run],
    panel: _Panel,
    settings: Settings,
) -> ActionEffect:
    interval = Interval(settings.confidence)
    there = {k: r for k, r in judged.items() if r.population in panel.shares}
    # Whoever has any action by then is no longer untreated.
    every = [_event(r, panel) for r in runs.values() if r.population in panel.shares]
    events = {name: _event(run, panel) for name, run in there.items()}
    treated = {r.population for r in there.values()}
    others = {u for e in events.values() for u in untreated(e, every, panel.shares)}
    effect, weeks = _staggered(panel, list(events.values()), every, treated, others, interval)
    smallest = max(r.smallest for r in judged.values())
    together = isinstance(effect, Estimate)
    verdict, why = verdict_of(effect, direction, smallest, delivered(list(judged.values())))
    each = [
        _run(
            name,
            run,
            effect if together else _series(panel, events.get(name), every, interval),
            panel,
        )
        for name, run in judged.items()
    ]
    did = next((r.title for r in judged.values() if r.title), what_to_do(action))
    return ActionEffect(
        action, did, share.name, share.words, direction, smallest, len(treated), len(others), effect,
        weeks, verdict, why, tuple(each),
    )  # fmt: skip


def _run(name: str, run: Run, effect: Answer, panel: _Panel) -> RunEffect:
    done = delivered([run])
    verdict, why = verdict_of(effect, run.direction, run.smallest, done)
    came = _came(run, panel)
    if came and verdict != "cannot_tell" and _of_itself(effect):
        verdict, why = "cannot_tell", f"{', '.join(came)} came in these weeks: look there first"
    return RunEffect(
        name, run.population, run.starts_on.isoformat(), run.check_on.isoformat(), done, effect,
        verdict, why, came,
    )  # fmt: skip


def _of_itself(effect: Answer) -> bool:
    """Whether a change is a population's own, with no comparison from which a new version would cancel."""
    return isinstance(effect, Estimate) and effect.assumption == _ALONE


def _came(run: Run, panel: _Panel) -> tuple[str, ...]:
    since = run.picked_on - PICKED_BY
    there = panel.versions.get(run.population, ())
    return tuple(what for day, what in there if since <= day <= run.check_on)


def _staggered(
    panel: _Panel,
    events: Sequence[Event],
    every: Sequence[Event],
    treated: set[str],
    others: set[str],
    interval: Interval,
) -> tuple[Answer, tuple[EventWeek, ...]]:
    needs = f"{FEWEST} populations that had it and {FEWEST} that had it not yet when the first did"
    if len(treated) < FEWEST or len(others) < FEWEST:
        return refused(
            f"{len(treated)} had it, {len(others)} can be compared with", needs, len(treated)
        ), ()
    n = sum(float(panel.cases[u].sum()) for u in {*treated, *others})
    found = against_untreated(panel.shares, events, interval, n, every)
    if found is None or found.treated < FEWEST:
        return insufficient("too few weeks on either side of the picking", needs, len(treated)), ()
    return Estimate(
        found.value, found.low, found.high, interval.confidence, round(n),
        "change since before the picking, less that of populations not yet treated, errors by population",
        "staggered", unit="points", se=found.se, assumption=_ASSUMPTION,
        p=interval.chance(found.value, found.se, found.df, n),
    ), found.weeks  # fmt: skip


def _series(
    panel: _Panel, event: Event | None, every: Sequence[Event], interval: Interval
) -> Answer:
    """One run's own course, less the mean of its comparison where there is one."""
    if event is None:
        return insufficient("the population is not in the table", "decisions of it", 0)
    others = untreated(event, every, panel.shares)
    values = panel.shares[event.unit] - _course_of(panel, event, others)
    n = float(panel.cases[event.unit][[*event.before(), *event.after()]].sum()) if event.last < len(values) else 0  # fmt: skip
    found = interrupted(values, event.before(), event.after(), interval, n)
    if found is None:
        return insufficient(
            "too few weeks on either side of the picking",
            f"{_SERIES_BEFORE} weeks that end 28 days before it was declared, {_SERIES_AFTER} after",
        )
    beside = f", less {len(others)} others" if others else ""
    return Estimate(
        found.value, found.low, found.high, interval.confidence, round(n),
        f"interrupted time series of the population{beside}: a line with a step, neighbouring weeks alike",
        "descriptive", unit="points", se=found.se, assumption=_BESIDE if others else _ALONE,
        p=interval.chance(found.value, found.se, found.df, n),
    )  # fmt: skip


def _course_of(panel: _Panel, event: Event, others: Mapping[str, int]) -> Array | float:
    """How those compared with went from their own base, by week; of who began later too, until then."""
    if not others:
        return 0.0
    rows = np.array([panel.shares[u] for u in others])
    rows -= np.nanmean(rows[:, event.before().start : event.before().stop], axis=1, keepdims=True)
    rows[np.arange(rows.shape[1]) >= np.array(list(others.values()))[:, None]] = np.nan
    return np.asarray(pd.DataFrame(rows).mean(axis=0), dtype=float)


def ask(inquiry: Inquiry) -> InterventionEffect | CannotSay:
    """The question, of one use case."""
    return measure_intervention_effect(inquiry.decisions, inquiry.runs, inquiry.settings)
