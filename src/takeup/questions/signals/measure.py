"""Signals of non-adoption: what changed, when, and what to ask first.

Weeks of each population against its own past. Looked for: use drops (RR1), a high rate with
low quality (RR3), override surges (RR4), over-reliance (RR8), lagging on high stakes (RR11),
harm in outcomes (RR12). Thresholds are simulated so that all signals together raise at most
one false alarm a population-year; a new model or client version is named before behaviour.
Descriptive: a signal asks, it does not explain.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from takeup.log import fetch
from takeup.questions.expert_benchmark import QUESTION as EXPERT_BENCHMARK
from takeup.questions.expert_benchmark import with_benchmarks
from takeup.questions.inquiry import Inquiry
from takeup.questions.shared.calendar import week_of
from takeup.questions.shared.versions_seen import versions_seen
from takeup.questions.shared.whose import population_of
from takeup.record.population import Population, population_facts
from takeup.record.settings import Settings, SignalSettings
from takeup.record.vocabulary import CONSULTED_ACTIONS
from takeup.stats.answer import CannotSay, Estimate, insufficient, not_instrumented
from takeup.stats.quantiles import normal_quantile
from takeup.stats.shifts import Shift, level_shifts, mean_change

Array = NDArray[np.float64]
WINDOW = 4
"""Weeks of the rules that look at 28 days."""

LEAST_CAUGHT, FEWEST_WRONG = 0.30, 20
"""Of wrong advice that was looked at: the share that is to be caught, and the cases that tell."""

SURELY = 0.99
"""Probability of a share below LEAST_CAUGHT at which it is told. Asked anew every week, a point estimate below it
alone would be told several times a year where more are caught (calibration/strangers/caught.py)."""

WORDS = {
    "RR1": "use dropped",
    "RR3": "high rate, low quality",
    "RR4": "overrides surged",
    "RR8": "wrong advice is followed too",
    "RR11": "looking lags where stakes are high",
    "RR12": "outcomes got worse",
}
FIRST_RESPONSE = {
    "RR1": "check the tool and late delivery within a working day, then talk with three users",
    "RR3": "test the model where it is refused, and read twenty overrides, within five working days",
    "RR4": "check the model for drift within a working day, then read the reasons",
    "RR8": "drill with known-wrong advice, and have experts judge thirty cases, within five working days",
    "RR11": "talk about high-stakes cases with those who decide them, within seven working days",
    "RR12": "risk review within a working day, with the choice to pause",
}
OWNER = {
    "RR1": "product owner",
    "RR3": "model owner",
    "RR4": "model owner",
    "RR8": "risk and change lead",
    "RR11": "change lead",
    "RR12": "risk",
}


@dataclass(frozen=True, slots=True)
class SignalSeen:
    """One signal of one population, first seen in `week` (its Monday). `before` and `after`
    are the figures it compares, `change` their difference with its interval where there is
    one; `named_first`: a new version that came within the weeks compared."""

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


@dataclass(frozen=True, slots=True)
class Signals:
    """Signals in the order of weeks. `weeks` were looked at in each of `populations`;
    `changes` are the weeks in which a version appeared, as (week, what). `looked_at`: the weekly sums and
    facts of each population that signals are found in; in no document."""

    seen: tuple[SignalSeen, ...]
    populations: tuple[str, ...]
    weeks: int
    changes: tuple[tuple[str, str], ...]
    not_looked_for: tuple[str, ...]
    looked_at: tuple[tuple[WeeklySums, Population], ...] = field(
        default=(), compare=False, repr=False
    )


@dataclass(frozen=True, slots=True)
class WeeklySums:
    """One population's weekly sums by name (as `_weeks` counts them); `spread` inflates the variance of a share over people."""

    population: str
    mondays: list[date]
    sums: Mapping[str, Array]
    spread: float
    versions: list[tuple[int, str]]

    def over(self, name: str, at: int, weeks: int = WINDOW) -> float:
        """The sum of the `weeks` up to `at`."""
        return float(self.sums[name][max(at - weeks + 1, 0) : at + 1].sum())


def measure_signals(
    decisions: ir.Table, populations: Mapping[str, Population], settings: Settings
) -> Signals | CannotSay:
    """Signals of all weeks of the table, and which of them are open in its last weeks."""
    if "decided_at" not in decisions.columns:
        return not_instrumented("weeks are unknown", "decided_at")
    rules = settings.signals
    found = _weeks(decisions)
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
    return replace(found, seen=_in_order(kept, settings), looked_at=())


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
        missing.append("RR3 needs path")
    if "stakes" not in columns:
        missing.append("RR11 needs stakes")
    if "loss_final" not in columns:
        missing.append("RR12 needs losses or the right answer")
    if "advice_right" not in columns and not any(p.expert_benchmark for p in populations.values()):
        missing.append("RR8 needs an expert benchmark or the right answer")
    return tuple(missing)


def _weeks(decisions: ir.Table) -> list[WeeklySums]:
    seen = [a.value for a in CONSULTED_ACTIONS]
    t = decisions.filter(
        decisions.action.isin([*seen, "not_consulted"]) & decisions.decided_at.notnull()
    )
    columns = set(t.columns)
    looked, over = t.action != "not_consulted", t.action == "overridden"
    used = looked & ~over
    flags: dict[str, ir.BooleanValue] = {
        "n": t.action.notnull(), "looked": looked, "over": over, "used": used
    }  # fmt: skip
    if "path" in columns:
        flags["nominal"] = t.path == "ai"
    if "stakes" in columns:
        for level in ("high", "low"):
            here = t.stakes == level
            flags |= {f"{level}_n": here, f"{level}_looked": here & looked}
    if "advice_right" in columns:
        wrong = ~t.advice_right
        flags |= {"wrong_seen": wrong & looked, "caught": wrong & over}
    sums: dict[str, ir.Value] = {
        k: v.fill_null(False).cast("int64").sum() for k, v in flags.items()
    }
    if {"loss_recommended", "loss_final"} <= columns:
        for name, value in (
            ("harm", ibis.ifelse(over, t.loss_final - t.loss_recommended, None)),
            ("followed_loss", ibis.ifelse(used, t.loss_final, None)),
        ):
            sums |= {
                f"{name}_n": value.count(), f"{name}_s": value.sum(), f"{name}_ss": (value**2).sum()
            }  # fmt: skip
    by = {
        "population": population_of(t).cast("string"),
        "week": week_of(t),
    }
    frame = fetch(t.group_by(**by).aggregate(**sums)).to_pandas().dropna(subset=["population"])
    spread = _spread(t)
    versions = versions_seen(t)
    found = []
    for name, part in frame.groupby("population"):
        part = part.sort_values("week")
        mondays = [pd.Timestamp(w).date() for w in part["week"]]
        arrays = {c: part[c].fillna(0).to_numpy(float) for c in sums}
        appeared = [(mondays.index(d), what) for d, what in versions.get(str(name), ())]
        found.append(WeeklySums(str(name), mondays, arrays, spread.get(str(name), 1.0), appeared))
    return sorted(found, key=lambda w: -float(w.sums["n"].sum()))


def _spread(t: ir.Table) -> dict[str, float]:
    """How much people's differences inflate the variance of a population's consult rate."""
    if "person_id" not in t.columns:
        return {}
    population = population_of(t).cast("string")
    looked = (t.action != "not_consulted").cast("float64")
    each = t.group_by(population=population, person=t.person_id).aggregate(
        n=t.count().cast("float64"), k=looked.sum()
    )
    rows = fetch(
        each.group_by("population").aggregate(
            g=each.count(),
            n=each.n.sum(),
            k=each.k.sum(),
            kk=(each.k**2).sum(),
            kn=(each.k * each.n).sum(),
            nn=(each.n**2).sum(),
        )
    ).to_pylist()
    found = {}
    for r in rows:
        p = r["k"] / r["n"]
        if r["population"] is None or r["g"] < 2 or p in (0.0, 1.0):
            continue
        variance = (
            r["g"] / (r["g"] - 1) * (r["kk"] - 2 * p * r["kn"] + p**2 * r["nn"]) / r["n"] ** 2
        )
        found[r["population"]] = max(1.0, variance / (p * (1 - p) / r["n"]))
    return found


def signals_of(w: WeeklySums, facts: Population, settings: Settings) -> list[SignalSeen]:
    """The signals of one population's weeks."""
    rules = settings.signals
    found: list[SignalSeen] = []
    for identity, k, n, sign in (("RR1", "looked", "n", -1), ("RR4", "over", "looked", 1)):
        shifts = level_shifts(
            w.sums[k], w.sums[n], trailing=rules.trailing_weeks, fewest=rules.fewest_weeks,
            least=rules.smallest_week, smallest=rules.smallest_change, threshold=rules.threshold,
            sign=sign,
        )  # fmt: skip
        found += [_shifted(identity, s, w, settings) for s in shifts]
    last: dict[str, int] = {}
    for at in range(WINDOW - 1, len(w.mondays)):
        held = {i for i, week in last.items() if week == at - 1}
        for identity, before, after, unit, change in _states(w, at, facts, settings, held):
            if at - last.get(identity, -99) > 1:
                found.append(_state(identity, at, before, after, unit, change, w))
            last[identity] = at
    still = {i for i, at in last.items() if at == len(w.mondays) - 1}
    return [_open(s, w, still) for s in found]


def _open(s: SignalSeen, w: WeeklySums, still: set[str]) -> SignalSeen:
    """A shift is open for four weeks, a state while it holds."""
    recent = s.week >= w.mondays[max(len(w.mondays) - WINDOW, 0)].isoformat()
    shift = s.id in ("RR1", "RR4")
    is_open = recent if shift else s.id in still
    return replace(s, open=is_open)


def _named(w: WeeklySums, first: int, last: int) -> str | None:
    """Versions that appeared in these weeks, which stand before any talk of behaviour."""
    appeared = [what for at, what in w.versions if first <= at <= last]
    return " and ".join(dict.fromkeys(appeared)) or None


def _shifted(identity: str, s: Shift, w: WeeklySums, settings: Settings) -> SignalSeen:
    half = normal_quantile(0.5 + settings.confidence / 2) * s.sd
    cases = int(w.sums["n" if identity == "RR1" else "looked"].sum())
    change = Estimate(
        s.change, s.change - half, s.change + half, settings.confidence, cases,
        f"last {s.weeks} week{'s' * (s.weeks > 1)} against the trailing weeks, over-dispersed",
        "descriptive", unit="points", se=s.sd,
    )  # fmt: skip
    named = _named(w, s.at - s.weeks, s.at)
    week = w.mondays[s.at].isoformat()
    return SignalSeen(
        identity, w.population, week, WORDS[identity], s.before, s.after, "share", change, named,
        False,
    )  # fmt: skip


def _state(
    identity: str,
    at: int,
    before: float,
    after: float,
    unit: str,
    change: Estimate | None,
    w: WeeklySums,
) -> SignalSeen:
    named = _named(w, at - WINDOW, at) if identity == "RR12" else None
    week = w.mondays[at].isoformat()
    return SignalSeen(
        identity, w.population, week, WORDS[identity], before, after, unit, change, named, False
    )


_State = tuple[str, float, float, str, Estimate | None]


def _states(
    w: WeeklySums, at: int, facts: Population, settings: Settings, held: Collection[str] = ()
) -> list[_State]:
    """The rules of 28 days that hold at the end of week `at`; `held` did the week before."""
    rules = settings.signals
    n, looked, used = (w.over(c, at) for c in ("n", "looked", "used"))
    found: list[_State] = []
    if not n:
        return found

    def surely_below(k: float, of: float, limit: float) -> bool:
        p = (k + 0.5) / (of + 1)
        sd = np.sqrt(p * (1 - p) * w.spread / (of + 1))
        return bool(ndtr((limit - p) / sd) >= rules.probability)

    if "nominal" in w.sums and looked >= rules.smallest_consulted:
        nominal = w.over("nominal", at) / n
        if nominal >= settings.high_nominal_rate and surely_below(
            used, n, settings.low_effective_reliance
        ):
            found.append(("RR3", nominal, used / n, "share", None))
    if "high_n" in w.sums:
        high, low = w.over("high_n", at), w.over("low_n", at)
        if high >= rules.smallest_high_stakes and low >= rules.smallest_high_stakes:
            rate = w.over("low_looked", at) / low
            if rate > 0 and surely_below(
                w.over("high_looked", at), high, rules.high_stakes_ratio * rate
            ):
                found.append(("RR11", rate, w.over("high_looked", at) / high, "share", None))
    found += _over_reliance(w, at, looked, facts, settings, "RR8" in held)
    found += _harm(w, at, rules, settings)
    return found


def _over_reliance(
    w: WeeklySums, at: int, looked: float, facts: Population, settings: Settings, held: bool
) -> list[_State]:
    """RR8: fewer overrides than experts would make, or wrong advice let through."""
    ladder = settings.ladder
    benchmark = facts.expert_benchmark
    over = w.over("over", at)
    if benchmark is not None and looked >= ladder.population_consulted:
        p = (over + 0.5) / (looked + 1)
        sd = np.sqrt(p * (1 - p) * w.spread / (looked + 2) + benchmark.sd**2)
        if ndtr((benchmark.rate - ladder.expert_band - p) / sd) >= ladder.probability_of_decline:
            return [("RR8", benchmark.rate, over / looked, "share", None)]
    if "wrong_seen" not in w.sums:
        return []
    wrong, caught = w.over("wrong_seen", at), w.over("caught", at)
    if wrong < FEWEST_WRONG:
        return []
    p = (caught + 0.5) / (wrong + 1)
    sd = np.sqrt(p * (1 - p) * w.spread / (wrong + 2))
    # Once told it holds until as many are caught as are asked for, not told again every other week.
    if ndtr((LEAST_CAUGHT - p) / sd) >= (0.5 if held else SURELY):
        return [("RR8", LEAST_CAUGHT, caught / wrong, "share", None)]
    return []


def _harm(w: WeeklySums, at: int, rules: SignalSettings, settings: Settings) -> list[_State]:
    """RR12: overrides, or followed cases, lose more than in the four weeks before."""
    for name in ("harm", "followed_loss"):
        if f"{name}_n" not in w.sums:
            continue
        found = mean_change(
            w.sums[f"{name}_s"], w.sums[f"{name}_ss"], w.sums[f"{name}_n"], at, WINDOW
        )
        if found is None:
            continue
        change, se, before = found
        tolerance = rules.loss_tolerance * abs(before)
        if se > 0 and (change - tolerance) / se >= rules.harm_threshold:
            half = normal_quantile(0.5 + settings.confidence / 2) * se
            estimate = Estimate(
                change, change - half, change + half, settings.confidence,
                int(w.over(f"{name}_n", at, 2 * WINDOW)),
                "mean loss of four weeks against the four before", "descriptive",
                unit="loss", se=se,
            )  # fmt: skip
            return [("RR12", before, before + change, "loss", estimate)]
    return []


def ask(inquiry: Inquiry) -> Signals | CannotSay:
    """The question, of one use case."""
    return measure_signals(
        inquiry.decisions,
        with_benchmarks(inquiry.populations, inquiry.measures[EXPERT_BENCHMARK]),
        inquiry.settings,
    )
