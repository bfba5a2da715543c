"""What changed in groups that were treated on different dates, against groups not yet treated.

Knows nothing of adoption: a panel of groups by weeks, and events. Groups are often picked because they were
worst, so the weeks by which a group was picked, and those until its treatment should show, stand on no side of a
comparison: *before* is the mean of the weeks that end before the picking began, *after* each week from which it
should show; the same weeks of those it is compared with. What is left is the difference in differences of
Callaway & Sant'Anna (2021, J. Econometrics 225) with a long base in place of the last week before the start, which
would be the worst one: the rolling demeaning of Lee & Wooldridge (2026), stacked over dates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from takeup.stats.event_week import EventWeek
from takeup.stats.interval import Interval
from takeup.stats.quantiles import normal_quantile

Array = NDArray[np.float64]
LONGEST_BEFORE = 26
"""Weeks of the base: what was more than half a year ago is another time."""
FEWEST_BEFORE, FEWEST_AFTER = 4, 2
"""Weeks with figures on each side of a comparison."""
_DRAWS, _SEED = 1_999, 1


@dataclass(frozen=True, slots=True)
class Event:
    """The group `unit` was picked by the weeks from `picked` on, is treated from `starts` on, should show it
    from `shows` on, and is looked at up to and with `last`; numbers of weeks. `against`: the groups it may be
    compared with (None: every other)."""

    unit: str
    picked: int
    starts: int
    shows: int
    last: int
    against: frozenset[str] | None = None

    def before(self) -> range:
        """Weeks of the base."""
        return range(max(self.picked - LONGEST_BEFORE, 0), max(self.picked, 0))

    def after(self) -> range:
        """Weeks in which it should show."""
        return range(self.shows, self.last + 1)


Panel = Mapping[str, Array]
"""A figure by group and week, NaN where there is none."""


@dataclass(frozen=True, slots=True)
class Changed:
    """`value` with its standard error, degrees of freedom and interval; `treated` groups, and `others` that they
    were compared with; the same by week since it should show, and before the picking."""

    value: float
    se: float
    df: float
    low: float
    high: float
    treated: int
    others: int
    weeks: tuple[EventWeek, ...]


@dataclass(frozen=True, slots=True)
class _Apart:
    """How far one event's group is from those not yet treated in each week, each from its own base (`own`), and
    what each of those adds to its error (`shares`)."""

    unit: str
    weeks: NDArray[np.int64]
    own: Array
    shares: Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class _Mean:
    """A mean over events, and what each group adds to its error: as a treated one, as one compared with."""

    value: float
    treated: Mapping[str, float]
    others: Mapping[str, float]

    def error(self) -> tuple[float, float]:
        """Its standard error, and degrees of freedom after Satterthwaite (1946)."""
        parts = [
            (len(p) - 1, len(p) / (len(p) - 1) * sum(v * v for v in p.values()))
            for p in (self.treated, self.others)
            if len(p) > 1
        ]
        total = sum(v for _, v in parts)
        if total <= 0:
            return 0.0, 1.0
        return float(np.sqrt(total)), float(total**2 / sum(v * v / df for df, v in parts))


def untreated(event: Event, events: Sequence[Event], panel: Panel) -> dict[str, int]:
    """Groups that an event may be compared with, and the week from which each is treated itself."""
    allowed = set(panel) if event.against is None else event.against & set(panel)
    found = {}
    for unit in sorted(allowed - {event.unit}):
        begins = min((e.starts for e in events if e.unit == unit), default=event.last + 1)
        if begins > event.shows and not np.isnan(_base(panel[unit], event)):
            found[unit] = begins
    return found


def against_untreated(
    panel: Panel,
    events: Sequence[Event],
    interval: Interval,
    n: float,
    every: Sequence[Event] | None = None,
) -> Changed | None:
    """The mean change of treated groups less that of groups not yet treated, in the same weeks; None where no
    event can be compared. Every group counts alike. `every`: all events after which a group is no longer untreated
    (None: these).

    The error is summed over groups, as one may stand against several others; t with Satterthwaite's degrees of
    freedom. `n`: cases, for intervals that hold at every look.
    """
    apart = [found for e in events if (found := _apart(e, every or events, panel)) is not None]
    if not apart:
        return None
    whole = _mean(apart, lambda weeks: weeks >= 0)
    se, df = whole.error()
    low, high = interval.around(whole.value, se, df, n)
    return Changed(
        whole.value, se, df, low, high, len(whole.treated), len(whole.others),
        _by_week(apart, interval, df, n),
    )  # fmt: skip


def _base(values: Array, event: Event) -> float:
    before = values[event.before().start : event.before().stop]
    known = before[~np.isnan(before)]
    return float(known.mean()) if len(known) >= FEWEST_BEFORE else float("nan")


def _apart(event: Event, events: Sequence[Event], panel: Panel) -> _Apart | None:
    others = untreated(event, events, panel)
    values = panel[event.unit]
    base = _base(values, event)
    if not others or np.isnan(base):
        return None
    at = np.array([*event.before(), *event.after()], dtype=int)
    at = at[at < len(values)]
    rest = np.array([panel[unit][at] - _base(panel[unit], event) for unit in others])
    rest[at >= np.array(list(others.values()))[:, None]] = np.nan
    told = ~np.isnan(values[at]) & ~np.isnan(rest).all(axis=0)
    at, rest = at[told], rest[:, told]
    if (at >= event.shows).sum() < FEWEST_AFTER:
        return None
    known = (~np.isnan(rest)).sum(axis=0)
    mean = np.nansum(rest, axis=0) / known
    shares = np.nan_to_num(rest - mean) / known
    since = np.where(at >= event.shows, at - event.shows, at - event.picked)
    return _Apart(
        event.unit, since, values[at] - base - mean, dict(zip(others, shares, strict=True))
    )


def _mean(apart: Sequence[_Apart], wanted: Callable[[NDArray[np.int64]], NDArray[np.bool_]]) -> _Mean:  # fmt: skip
    """The mean over events of each one's mean over the weeks `wanted`."""
    told = [(one, at) for one in apart if (at := wanted(one.weeks)).any()]
    effects = [float(one.own[at].mean()) for one, at in told]
    value = float(np.mean(effects))
    treated: dict[str, float] = {}
    others: dict[str, float] = {}
    for effect, (one, at) in zip(effects, told, strict=True):
        treated[one.unit] = treated.get(one.unit, 0.0) + (effect - value) / len(told)
        for unit, share in one.shares.items():
            others[unit] = others.get(unit, 0.0) - float(share[at].mean()) / len(told)
    return _Mean(value, treated, others)


def _by_week(
    apart: Sequence[_Apart], interval: Interval, df: float, n: float
) -> tuple[EventWeek, ...]:
    """The weeks of which half of the events tell, and two, with one band for all of them."""
    told = {w: sum(bool((one.weeks == w).any()) for one in apart) for one in apart for w in map(int, one.weeks)}  # fmt: skip
    weeks = sorted(w for w, events in told.items() if events >= max(2, len(apart) / 2))
    found = [_mean(apart, lambda weeks, w=w: weeks == w) for w in weeks]  # type: ignore[misc]
    if not found:
        return ()
    errors = _errors(found, np.array([told[w] for w in weeks], dtype=float))
    wide = _critical(found, errors, interval, df, n) * errors
    return tuple(
        EventWeek(w, one.value, one.value - half, one.value + half)
        for w, one, half in zip(weeks, found, wide.tolist(), strict=True)
    )


def _errors(found: Sequence[_Mean], events: Array) -> Array:
    """The error of each week: of weeks as a whole, by how many events tell of it. That of one week alone is of a
    handful of groups, and hardly known."""
    variances = np.array([one.error()[0] ** 2 for one in found])
    return np.asarray(np.sqrt((variances * events).mean() / events))


def _critical(
    found: Sequence[_Mean], errors: Array, interval: Interval, df: float, n: float
) -> float:
    """How many errors wide a band is that holds in all weeks together: the largest of all weeks under signs drawn
    by group (Callaway & Sant'Anna 2021, algorithm 1), as much wider as t is than the normal and as looks ask; never
    less than the interval of one week."""
    units = sorted({unit for one in found for unit in (*one.treated, *one.others)})
    parts = np.array(
        [[one.treated.get(u, 0.0) + one.others.get(u, 0.0) for one in found] for u in units]
    )
    one_week = interval.half(1.0, max(df, 1.0), n)
    if not (errors > 0).all():
        return one_week
    signs = np.random.default_rng(_SEED).choice((-1.0, 1.0), (_DRAWS, len(units)))
    largest = np.abs(signs @ (parts / errors)).max(axis=1)
    wider = one_week / normal_quantile(0.5 + interval.confidence / 2)
    return max(float(np.quantile(largest, interval.confidence)) * wider, one_week)
