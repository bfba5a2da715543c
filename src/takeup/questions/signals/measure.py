"""Signals of non-adoption: what changed, when, and what to ask first.

Weeks of each population against its own past. Looked for: use drops (RR1), a high rate with
low quality (RR3), override surges (RR4), over-reliance (RR8), lagging on high stakes (RR11),
harm in outcomes (RR12); a slow start (RR2), going back to the old way (RR5), silence (RR6), flags that cluster (RR7). Thresholds are simulated so that all signals together raise at most
one false alarm a population-year; a new model or client version is named before behaviour.
Descriptive: a signal asks, it does not explain.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import ibis.expr.types as ir

from takeup.questions.expert_benchmark import QUESTION as EXPERT_BENCHMARK
from takeup.questions.expert_benchmark import with_benchmarks
from takeup.questions.inquiry import Inquiry
from takeup.questions.shared.known_truth import without_uneven_truth
from takeup.questions.signals.states import (
    SLOW,
    TIMES_USUAL,
    flag_cluster,
    slow_start,
    states_at,
)
from takeup.questions.signals.week_figures import About, WeekFigure, week_figures
from takeup.questions.signals.weekly_sums import WINDOW, WeeklySums, weekly_sums
from takeup.record.population import Population, population_facts
from takeup.record.settings import Settings
from takeup.stats.answer import CannotSay, Estimate, insufficient, not_instrumented
from takeup.stats.quantiles import normal_quantile
from takeup.stats.shifts import Shift, level_shifts

WORDS = {
    "RR1": "use dropped",
    "RR2": "a slow start",
    "RR3": "high rate, low quality",
    "RR4": "overrides surged",
    "RR5": "cases go back to the old way",
    "RR6": "little is looked at, and nobody says why",
    "RR7": "flags cluster",
    "RR8": "wrong advice is followed too",
    "RR11": "looking lags where stakes are high",
    "RR12": "outcomes got worse",
}
FIRST_RESPONSE = {
    "RR1": "check the tool and late delivery within a working day, then talk with three users",
    "RR2": "talk with five to eight people who seldom look, and walk through the steps with them, within seven working days",
    "RR3": "test the model where it is refused, and read twenty overrides, within five working days",
    "RR4": "check the model for drift within a working day, then read the reasons",
    "RR5": "check load and steps within three working days",
    "RR6": "talk with five to eight people who seldom look, within ten working days",
    "RR7": "read the flags with the model team within a working day; hold the advice there if it is wrong",
    "RR8": "drill with known-wrong advice, and have experts judge thirty cases, within five working days",
    "RR11": "talk about high-stakes cases with those who decide them, within seven working days",
    "RR12": "risk review within a working day, with the choice to pause",
}
OWNER = {
    "RR1": "product owner",
    "RR2": "change lead",
    "RR3": "model owner",
    "RR4": "model owner",
    "RR5": "product owner",
    "RR6": "change lead",
    "RR7": "model owner",
    "RR8": "risk and change lead",
    "RR11": "change lead",
    "RR12": "risk",
}


@dataclass(frozen=True, slots=True)
class SignalSeen:
    """One signal of one population, first seen in `week` (its Monday). `before` and `after`
    are the figures it compares, `change` their difference with its interval where there is
    one; `named_first`: a new version that came within the weeks compared. `about`: the figure by which it is told
    afterwards whether it moved back (None: by none); in no document."""

    id: str
    population: str
    week: str
    words: str
    before: float
    after: float
    unit: str
    change: Estimate | None
    named_first: str | None
    open: bool
    about: About | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Signals:
    """Signals in the order of weeks. `weeks` were looked at in each of `populations`;
    `changes` are the weeks in which a version appeared, as (week, what). `looked_at`: the weekly sums and
    facts of each population that signals are found in, and what signals are `about`, week by week; both in no document."""

    seen: tuple[SignalSeen, ...]
    populations: tuple[str, ...]
    weeks: int
    changes: tuple[tuple[str, str], ...]
    not_looked_for: tuple[str, ...]
    looked_at: tuple[tuple[WeeklySums, Population], ...] = field(
        default=(), compare=False, repr=False
    )
    figures: tuple[WeekFigure, ...] = field(default=(), compare=False, repr=False)


def measure_signals(
    decisions: ir.Table,
    populations: Mapping[str, Population],
    settings: Settings,
    segments: Sequence[str] = (),
) -> Signals | CannotSay:
    """Signals of all weeks of the table, and which of them are open in its last weeks. `segments`: columns of kinds of
    case, in which flags may cluster."""
    if "decided_at" not in decisions.columns:
        return not_instrumented("weeks are unknown", "decided_at")
    rules = settings.signals
    decisions = without_uneven_truth(decisions, settings)
    found = weekly_sums(decisions, segments)
    if not found:
        return insufficient(
            "no week in which it is known who looked", "weeks of decisions with consulted", 0
        )
    longest = max(len(w.mondays) for w in found)
    if longest < rules.fewest_weeks:
        return insufficient(f"{longest} weeks", f"{rules.fewest_weeks} weeks", longest)
    looked_at = tuple((w, population_facts(dict(populations), w.population)) for w in found)
    changes = {(w.mondays[i].isoformat(), what) for w in found for i, what in w.versions}
    return Signals(
        _in_order(looked_at, settings),
        tuple(w.population for w in found),
        longest,
        tuple(sorted(changes)),
        _not_looked_for(decisions, populations),
        looked_at,
        _figures(looked_at),
    )


def without_weeks(
    found: Signals, hidden: Mapping[str, Collection[str]], settings: Settings
) -> Signals:
    """The signals that are there without some weeks (Mondays by population), as if nothing were known of
    them. Populations that `hidden` does not name have no signal."""
    kept = tuple(
        (_without(w, hidden[w.population]), facts)
        for w, facts in found.looked_at
        if w.population in hidden
    )
    return replace(found, seen=_in_order(kept, settings), looked_at=(), figures=_figures(kept))


def _figures(looked_at: Sequence[tuple[WeeklySums, Population]]) -> tuple[WeekFigure, ...]:
    return tuple(figure for w, _ in looked_at for figure in week_figures(w))


def _without(w: WeeklySums, hidden: Collection[str]) -> WeeklySums:
    kept = [i for i, day in enumerate(w.mondays) if day.isoformat() not in hidden]
    if len(kept) == len(w.mondays):
        return w
    versions = [(sum(i < at for i in kept), what) for at, what in w.versions]
    return WeeklySums(
        w.population,
        [w.mondays[i] for i in kept],
        {name: sums[kept] for name, sums in w.sums.items()},
        w.spread,
        versions,
        None if w.began is None else kept.index(w.began) if w.began in kept else None,
        {kind: weekly[kept] for kind, weekly in w.flags.items()},
    )


def _in_order(
    looked_at: Sequence[tuple[WeeklySums, Population]], settings: Settings
) -> tuple[SignalSeen, ...]:
    seen = [signal for w, facts in looked_at for signal in signals_of(w, facts, settings)]
    return tuple(sorted(seen, key=lambda s: (s.week, s.population, s.id)))


def _not_looked_for(decisions: ir.Table, populations: Mapping[str, Population]) -> tuple[str, ...]:
    columns = set(decisions.columns)
    missing = []
    if "path" not in columns:
        missing += ["RR3 needs path", "RR5 needs path"]
    if "flagged" not in columns:
        missing += ["RR6 needs flagged", "RR7 needs flagged"]
    if "stakes" not in columns:
        missing.append("RR11 needs stakes")
    if "loss_final" not in columns:
        missing.append("RR12 needs losses or the right answer")
    if "advice_right" not in columns and not any(p.expert_benchmark for p in populations.values()):
        missing.append("RR8 needs an expert benchmark or the right answer")
    return tuple(missing)


SHIFTS = (("RR1", "looked", "n", -1), ("RR4", "over", "looked", 1), ("RR5", "legacy", "pathed", 1))
"""Signals of a share that shifts: of what, of how many, and in which direction."""
OPEN_FOUR_WEEKS = frozenset({"RR1", "RR2", "RR4", "RR5", "RR7"})
"""What happened in a week; the others are open while they hold."""


def signals_of(w: WeeklySums, facts: Population, settings: Settings) -> list[SignalSeen]:
    """The signals of one population's weeks."""
    rules = settings.signals
    found: list[SignalSeen] = []
    for identity, k, n, sign in SHIFTS:
        if n not in w.sums:
            continue
        shifts = level_shifts(
            w.sums[k], w.sums[n], trailing=rules.trailing_weeks, fewest=rules.fewest_weeks,
            least=rules.smallest_week, smallest=rules.smallest_change, threshold=rules.threshold,
            sign=sign,
        )  # fmt: skip
        found += [_shifted(identity, s, w, settings) for s in shifts]
    if (slow := slow_start(w, rules)) is not None:
        found.append(_state("RR2", slow[0], SLOW, slow[1], "share", None, w, About("looked", SLOW)))
    found += _clusters(w)
    last: dict[str, int] = {}
    for at in range(WINDOW - 1, len(w.mondays)):
        held = {i for i, week in last.items() if week == at - 1}
        for identity, before, after, unit, change, about in states_at(w, at, facts, settings, held):
            if at - last.get(identity, -99) > 1:
                found.append(_state(identity, at, before, after, unit, change, w, about))
            last[identity] = at
    still = {i for i, at in last.items() if at == len(w.mondays) - 1}
    return [_open(s, w, still) for s in found]


def _clusters(w: WeeklySums) -> list[SignalSeen]:
    """Weeks in which flags cluster in a kind of case. How many there were is told to nobody: they may be of few people."""
    found: list[SignalSeen] = []
    quiet_until = -1
    for at in range(len(w.mondays)):
        if at < quiet_until or (kind := flag_cluster(w, at)) is None:
            continue
        seen = _state("RR7", at, 1.0, TIMES_USUAL, "times the usual flags or more", None, w)
        found.append(replace(seen, words=f"{seen.words} on “{kind.replace('_', ' ')}”"))
        quiet_until = at + WINDOW
    return found


def _open(s: SignalSeen, w: WeeklySums, still: set[str]) -> SignalSeen:
    """A shift is open for four weeks, a state while it holds."""
    recent = s.week >= w.mondays[max(len(w.mondays) - WINDOW, 0)].isoformat()
    shift = s.id in OPEN_FOUR_WEEKS
    is_open = recent if shift else s.id in still
    return replace(s, open=is_open)


def _named(w: WeeklySums, first: int, last: int) -> str | None:
    """Versions that appeared in these weeks, which stand before any talk of behaviour."""
    appeared = [what for at, what in w.versions if first <= at <= last]
    return " and ".join(dict.fromkeys(appeared)) or None


def _shifted(identity: str, s: Shift, w: WeeklySums, settings: Settings) -> SignalSeen:
    half = normal_quantile(0.5 + settings.confidence / 2) * s.sd
    cases = int(w.sums[next(n for name, _, n, _ in SHIFTS if name == identity)].sum())
    change = Estimate(
        s.change, s.change - half, s.change + half, settings.confidence, cases,
        f"last {s.weeks} week{'s' * (s.weeks > 1)} against the trailing weeks, over-dispersed",
        "descriptive", unit="points", se=s.sd,
    )  # fmt: skip
    named = _named(w, s.at - s.weeks, s.at)
    week = w.mondays[s.at].isoformat()
    return SignalSeen(
        identity, w.population, week, WORDS[identity], s.before, s.after, "share", change, named,
        False, About(next(k for name, k, _, _ in SHIFTS if name == identity), s.before),
    )  # fmt: skip


def _state(
    identity: str,
    at: int,
    before: float,
    after: float,
    unit: str,
    change: Estimate | None,
    w: WeeklySums,
    about: About | None = None,
) -> SignalSeen:
    named = _named(w, at - WINDOW, at) if identity == "RR12" else None
    week = w.mondays[at].isoformat()
    return SignalSeen(
        identity,
        w.population,
        week,
        WORDS[identity],
        before,
        after,
        unit,
        change,
        named,
        False,
        about,
    )


def ask(inquiry: Inquiry) -> Signals | CannotSay:
    """The question, of one use case."""
    return measure_signals(
        inquiry.decisions,
        with_benchmarks(inquiry.populations, inquiry.measures[EXPERT_BENCHMARK]),
        inquiry.settings,
        inquiry.use_case.segment,
    )
