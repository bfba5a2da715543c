"""What decisions themselves say of indicators: sums by population, window and person in the engine, shares here.

Windows of 28 days back from the last decision; what needs an end to be known, back from the last decision whose
end is due. Descriptive. A column that is not there leaves its indicator unknown, never zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.special import ndtr

from takeup.log import fetch
from takeup.questions.conditions.indicators import indicators
from takeup.questions.shared.known_truth import seen_rows, truth_weight, uneven_truth
from takeup.questions.shared.whose import person_of, population_of
from takeup.record.canonical import OUTCOME_PREFIX
from takeup.record.columns import COVARIATE_PREFIX
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.record.vocabulary import CONSULTED_ACTIONS, ELIGIBLE_ACTIONS
from takeup.stats.answer import Answer, CannotSay, Estimate, insufficient, not_instrumented
from takeup.stats.quantiles import median_of_counts, normal_quantile
from takeup.stats.rates import (
    Posterior,
    clustered_posterior,
    share,
    weighted_posterior,
    weighted_share,
)

_SEEN = [a.value for a in CONSULTED_ACTIONS]
_ELIGIBLE = [a.value for a in ELIGIBLE_ACTIONS]
_OTHER = "other"
BUCKETS: tuple[tuple[float, float], ...] = (
    (30, 15.0),
    (120, 60.0),
    (600, 270.0),
    (float("inf"), 1200.0),
)
"""Seconds up to which, and what stands for them: near the geometric middle. Finer times are not looked at."""


@dataclass(frozen=True, slots=True)
class Told:
    """What decisions say of one indicator of one population: the figure now and a window `before` (None: no
    earlier one), the second figure `beside` it, and the chance that the figure is lower now than before.
    `did`, `did_not`: people with and without what is counted, where it is something that people did."""

    now: Answer
    before: Answer | None = None
    beside: float | None = None
    posteriors: tuple[Posterior, Posterior] | None = field(default=None, compare=False)
    did: int | None = None
    did_not: int | None = None


By = dict[str, dict[str, Told]]
"""By population, by indicator."""


def tell(decisions: ir.Table, use_case: UseCase, own_view: bool | None, settings: Settings) -> By:
    """Every indicator that canonical columns allow."""
    found: By = {}
    last = _last(decisions)
    for part in (
        _delivery(decisions, last, use_case, settings),
        _ends(decisions, last, use_case, own_view, settings),
        _effort(decisions, last, settings),
        _moved(decisions, last, use_case, settings),
    ):
        for population, told in part.items():
            found.setdefault(population, {}).update(told)
    return found


def _last(decisions: ir.Table) -> datetime | None:
    """The last decision's moment; None where the table is undated."""
    if "decided_at" not in decisions.columns:
        return None
    found = fetch(decisions.aggregate(last=decisions.decided_at.max()))["last"][0].as_py()
    return None if found is None else found.replace(tzinfo=None)


_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - decided_at is UTC without a zone


def _age(t: ir.Table, end: datetime | None, days: int) -> ir.IntegerValue:
    """How many windows back from `end` a row lies; 0 for all where undated, negative beyond the end."""
    if end is None:
        return ibis.ifelse(t.action.notnull(), 0, 0).cast("int64")
    at = int(np.floor((end - _EPOCH).total_seconds()))
    back = (ibis.literal(at) - t.decided_at.truncate("s").epoch_seconds()) / (86_400 * days)
    return back.floor().cast("int64")


def _sums(
    t: ir.Table, window: ir.IntegerValue, flags: Mapping[str, ir.Value], most: int = 1
) -> pd.DataFrame:
    """Sums of flags by population, window (0 now, 1 before) and person."""
    rows = t.mutate(name__=population_of(t).cast("string"), person__=person_of(t), window__=window)
    rows = rows.filter(rows.window__.between(0, most) & rows.name__.notnull())
    flagged = {name: _number(flag) for name, flag in flags.items()}
    sums = rows.mutate(**{f"{name}__f": value for name, value in flagged.items()})
    frame: pd.DataFrame = fetch(
        sums.group_by("name__", "window__", "person__").aggregate(
            rows=sums.count(), **{name: sums[f"{name}__f"].sum() for name in flags}
        )
    ).to_pandas()
    counts = ["rows", *flags]
    frame[counts] = frame[counts].astype(float).fillna(0.0)
    return frame


def _number(flag: ir.Value) -> ir.Value:
    if isinstance(flag, ir.BooleanValue):
        return flag.fill_null(False).cast("float64")
    return flag.fill_null(0.0)


@dataclass(frozen=True, slots=True)
class _Windows:
    """One population's sums: now, and before."""

    now: pd.DataFrame
    before: pd.DataFrame
    persons: bool
    confidence: float

    def share(self, id_: str, k: str, n: str, **more: Any) -> Told:
        """An indicator that is k of n."""
        people = {} if not self.persons else _did(self.now, k, n)
        answers = [_enough(id_, self._share(part, k, n)) for part in (self.now, self.before)]
        known = not any(isinstance(a, CannotSay) for a in answers)
        posteriors = (_posterior(self.before, k, n), _posterior(self.now, k, n)) if known else None
        before = answers[1] if len(self.before) else None
        return Told(answers[0], before, posteriors=posteriors, **{**people, **more})

    def _share(self, part: pd.DataFrame, k: str, n: str) -> Answer:
        if not len(part):
            return insufficient("no decision in these days", "decisions", 0)
        return share(
            part[k].to_numpy(float),
            part[n].to_numpy(float),
            self.confidence,
            clustered=self.persons,
        )


def _did(part: pd.DataFrame, k: str, n: str) -> dict[str, Any]:
    some = part[part[n] > 0]
    return {"did": int((some[k] > 0).sum()), "did_not": int((some[k] < some[n]).sum())}


def _posterior(part: pd.DataFrame, k: str, n: str) -> Posterior:
    return clustered_posterior(part[k].to_numpy(float), part[n].to_numpy(float))


def _enough(id_: str, answer: Answer, n: int | None = None) -> Answer:
    """The answer, or that it rests on too few."""
    rule = indicators()[id_]
    if isinstance(answer, CannotSay):
        return insufficient("no case of this kind", f"{rule.least} such cases", 0)
    n = answer.n if n is None else n
    if n < rule.least:
        return insufficient(f"{n:,} cases, {rule.least} needed", f"{rule.least} such cases", n)
    return answer


def _windows(frame: pd.DataFrame, persons: bool, settings: Settings) -> dict[str, _Windows]:
    return {
        str(name): _Windows(
            part[part["window__"] == 0], part[part["window__"] == 1], persons, settings.confidence
        )
        for name, part in frame.groupby("name__")
    }


def _some(t: ir.Table, *columns: str) -> set[str]:
    """Those of the columns that are there and hold anything at all."""
    there = [c for c in columns if c in t.columns]
    if not there:
        return set()
    counts = fetch(t.aggregate(**{c: t[c].count() for c in there})).to_pylist()[0]
    return {c for c in there if counts[c]}


_DELIVERED = ("surface", "late", "explanation_opened", "evidence_opened", "override_reason", "override_needed_approval", "flagged")  # fmt: skip


def _delivery(
    decisions: ir.Table, last: datetime | None, use_case: UseCase, settings: Settings
) -> By:
    """What was delivered, opened, given as a reason, approved, flagged."""
    t = decisions.filter(decisions.action.isin(_ELIGIBLE))
    has = _some(t, *_DELIVERED)
    over, changed = t.action == "overridden", t.action.isin(["overridden", "modified"])
    flags: dict[str, ir.Value] = {
        "over": over,
        "looked": t.action.isin(_SEEN),
        "known": t.action.isin([*_SEEN, "not_consulted"]),
    }
    if "surface" in has:
        flags |= {"placed": t.surface.notnull(), "in_tool": t.surface == "in_tool"}
    if "late" in has:
        flags |= {"timed": t.late.cast("int8").notnull(), "in_time": ~t.late}
    opened = [t[c] for c in ("explanation_opened", "evidence_opened") if c in has]
    if opened:
        any_known = ibis.or_(*(c.cast("int8").notnull() for c in opened))
        any_open = ibis.or_(*(c.fill_null(False) for c in opened))
        flags |= {"contested": changed & any_known, "checked": changed & any_open}
    if "override_reason" in has:
        valid = t.override_reason.isin(list(use_case.override_reasons))
        flags |= {"reasoned": over & valid, "other": over & (t.override_reason == _OTHER)}
    if "override_needed_approval" in has:
        asked = t.override_needed_approval
        flags |= {"approvable": over & asked.cast("int8").notnull(), "approved": over & asked}
    if "flagged" in has:
        flags["flags"] = t.flagged.notnull()
    frame = _sums(t, _age(t, last, settings.conditions.window_days), flags)
    persons = "person_id" in t.columns
    return {
        name: _of_delivery(w, flags, persons)
        for name, w in _windows(frame, persons, settings).items()
    }


def _of_delivery(w: _Windows, flags: Mapping[str, Any], persons: bool) -> dict[str, Told]:
    found: dict[str, Told] = {}
    if "placed" in flags:
        found["C1.1"] = _plain(w.share("C1.1", "in_tool", "placed"))
    if "timed" in flags:
        found["C1.3"] = _plain(w.share("C1.3", "in_time", "timed"))
    if "contested" in flags:
        found["C2.2"] = w.share("C2.2", "checked", "contested")
    if "reasoned" in flags:
        other = _ratio(w.now, "other", "over")
        found["C3.2"] = w.share("C3.2", "reasoned", "over", beside=other)
    if "approvable" in flags:
        # Kept for C3.1, whose steps are counted elsewhere.
        found["approval"] = Told(
            insufficient("", ""), beside=_ratio(w.now, "approved", "approvable")
        )
    if "flags" in flags and persons:
        found["C8.3"] = _flags_per_100(w)
    return found


def _plain(told: Told) -> Told:
    """Of what was delivered: nothing that a person did."""
    return replace(told, did=None, did_not=None)


def _ratio(part: pd.DataFrame, k: str, n: str) -> float | None:
    total = float(part[n].sum()) if len(part) else 0.0
    return float(part[k].sum()) / total if total else None


def _flags_per_100(w: _Windows) -> Told:
    def of(part: pd.DataFrame) -> Answer:
        people = int((part["rows"] > 0).sum())
        if people < indicators()["C8.3"].least:
            return insufficient(f"{people} people", "more people", people)
        each = part["flags"].to_numpy(float)
        value = 100 * float(each.mean())
        half = normal_quantile(0.5 + w.confidence / 2) * 100 * float(each.std(ddof=1)) / people**0.5
        return Estimate(
            value, max(value - half, 0.0), value + half, w.confidence, people,
            "mean by person, normal interval", "descriptive", unit="per 100 people",
            people=people,
        )  # fmt: skip

    return Told(
        of(w.now), of(w.before) if len(w.before) else None, beside=_ratio(w.now, "looked", "known"),
        did=int((w.now["flags"] > 0).sum()), did_not=int((w.now["flags"] == 0).sum()),
    )  # fmt: skip


def _lag(decisions: ir.Table, use_case: UseCase) -> float:
    """Days until an end is due: the longest of the outcomes that are there."""
    names = [
        c.removeprefix(OUTCOME_PREFIX) for c in decisions.columns if c.startswith(OUTCOME_PREFIX)
    ]
    rules = [use_case.rule_for(name) for name in names] or [use_case.outcome]
    return max(rule.maturation_days for rule in rules)


def _ends(
    decisions: ir.Table,
    last: datetime | None,
    use_case: UseCase,
    own_view: bool | None,
    settings: Settings,
) -> By:
    """What needs the ends of cases: whether they are joined, who can compare, how advice is told apart."""
    t = decisions.filter(decisions.action.isin(_ELIGIBLE))
    ends = [c for c in t.columns if c.startswith(OUTCOME_PREFIX)]
    has = _some(t, *ends, "advice_right", "flagged")
    if not has - {"flagged"}:
        return {}
    persons = "person_id" in t.columns
    due = None if last is None else last - timedelta(days=_lag(t, use_case))
    known = ibis.or_(*(t[c].cast("float64").notnull() for c in sorted(has - {"flagged"})))
    drawn = not _some(t, *ends) and _is_sample(t)
    over, followed = t.action == "overridden", t.action.isin(["followed", "modified"])
    flags: dict[str, ir.Value] = {
        "due": _observable(t, use_case, has),
        "linked": known & _observable(t, use_case, has),
        "own_over": over & known,
        "own_followed": followed & known,
    }
    refusal = None
    if "advice_right" in has:
        refusal = uneven_truth(seen_rows(decisions), settings)
        flags |= _of_truth(t, "flagged" in has)
    frame = _sums(t, _age(t, due, settings.conditions.window_days), flags)
    found: By = {}
    comparable = _comparable(frame, settings) if own_view and persons else {}
    for name, w in _windows(frame, persons, settings).items():
        linked = Told(_DRAWN) if drawn else _plain(w.share("C4.1", "linked", "due"))
        found[name] = told = {"C4.1": linked}
        if name in comparable:
            told["C4.2"] = comparable[name]
        if "advice_right" in has:
            if "flagged" in has:
                told["C2.3"] = Told(refusal) if refusal else _caught(w, "C2.3", "flag", "wrong")
            told["C4.5"] = Told(refusal) if refusal else _discrimination(w)
    return found


_DRAWN = not_instrumented(
    "right answers are known of a drawn sample, which says nothing of ends that come by themselves",
    "outcomes, joined to the decisions",
)


def _is_sample(t: ir.Table) -> bool:
    """Whether right answers are of cases that were drawn to be judged."""
    if "truth_probability" not in t.columns:
        return False
    least = fetch(t.aggregate(least=t.truth_probability.min()))["least"][0].as_py()
    return least is not None and least < 1


def _observable(t: ir.Table, use_case: UseCase, has: set[str]) -> ir.BooleanValue:
    """Rows whose end can be known at all: under one-sided outcomes alone, those of the choices that show it."""
    names = [c.removeprefix(OUTCOME_PREFIX) for c in has if c.startswith(OUTCOME_PREFIX)]
    rules = [use_case.rule_for(name) for name in names]
    one_sided = [rule for rule in rules if rule.one_sided]
    if "advice_right" in has or len(one_sided) < len(rules) or "choice" not in t.columns:
        return t.action.notnull()
    choices = [c for rule in one_sided for c in rule.observed_when]
    return t.choice.isin(choices)


def _of_truth(t: ir.Table, flagged: bool) -> dict[str, ir.Value]:
    """Weighted sums of right and wrong advice that was looked at; `n_` the same unweighted."""
    seen, over = t.action.isin(_SEEN), t.action == "overridden"
    right, wrong = seen & t.advice_right, seen & ~t.advice_right
    weight = truth_weight(t)

    def weighed(flag: ir.BooleanValue) -> ir.Value:
        return ibis.ifelse(flag.fill_null(False), weight, 0.0)

    flags: dict[str, ir.Value] = {
        "right": weighed(right), "right_kept": weighed(right & ~over), "n_right": right,
        "wrong": weighed(wrong), "wrong_caught": weighed(wrong & over), "n_wrong": wrong,
    }  # fmt: skip
    if flagged:
        flags["flag"] = weighed(wrong & t.flagged.notnull())
    return flags


def _comparable(frame: pd.DataFrame, settings: Settings) -> dict[str, Told]:
    """By population: people whose own cases, over both windows, have known ends on both sides."""
    both = frame.groupby(["name__", "person__"])[["own_over", "own_followed"]].sum()
    ready = (both >= settings.conditions.smallest_own).all(axis=1)
    found = {}
    for name, own in ready.groupby(level=0):
        did, people = int(own.sum()), len(own)
        answer = share(
            np.asarray(own, np.float64), np.ones(people), settings.confidence, clustered=False,
            method="observed share of people, Jeffreys interval",
        )  # fmt: skip
        found[str(name)] = Told(_enough("C4.2", answer), did=did, did_not=people - did)
    return found


def _caught(w: _Windows, id_: str, k: str, n: str) -> Told:
    """A weighted share of judged cases."""

    def of(part: pd.DataFrame) -> Answer:
        rows = float(part[f"n_{n}"].sum()) if len(part) else 0.0
        answer = weighted_share(
            part[k].to_numpy(float),
            part[n].to_numpy(float),
            rows,
            w.confidence,
            clustered=w.persons,
        )
        return _enough(id_, answer, round(rows))

    before = of(w.before) if len(w.before) else None
    return replace(Told(of(w.now), before), **_did(w.now, k, n))


LEAST_WRONG, LEAST_RIGHT = 10, 30
NO_WORSE = -0.05


def _discrimination(w: _Windows) -> Told:
    """The chance that J = R_c + R_w − 1 did not fall by more than five points since the window before."""
    for part, when in ((w.now, "now"), (w.before, "in the window before")):
        wrong, right = (int(part[c].sum()) if len(part) else 0 for c in ("n_wrong", "n_right"))
        if wrong < LEAST_WRONG or right < LEAST_RIGHT:
            return Told(
                insufficient(
                    f"{wrong} wrong and {right} right judged cases {when}, {LEAST_WRONG} and "
                    f"{LEAST_RIGHT} needed",
                    "judged cases in two windows",
                    wrong + right,
                )
            )
    now, before = _j(w.now), _j(w.before)
    spread = (now[1] + before[1]) ** 0.5
    chance = float(ndtr((now[0] - before[0] - NO_WORSE) / spread))
    n = int(w.now[["n_wrong", "n_right"]].sum().sum())
    return Told(
        Estimate(
            chance, chance, chance, w.confidence, n,
            "chance that J fell by no more than 5 points, normal approximation, clustered by person",
            "descriptive", unit="probability",
        )
    )  # fmt: skip


def _j(part: pd.DataFrame) -> tuple[float, float]:
    """J and its variance."""
    two = [
        weighted_posterior(
            part[k].to_numpy(float), part[n].to_numpy(float), float(part[f"n_{n}"].sum())
        )
        for k, n in (("right_kept", "right"), ("wrong_caught", "wrong"))
    ]
    return two[0].mean + two[1].mean - 1, two[0].variance + two[1].variance


def _effort(decisions: ir.Table, last: datetime | None, settings: Settings) -> By:
    """Steps by path and by what was done; time by path, like with like."""
    t = decisions.filter(decisions.action.isin([*_SEEN, "not_consulted"]))
    has = _some(t, "steps", "duration_s", "path")
    if not has & {"steps", "duration_s"}:
        return {}
    path = t.path if "path" in has else ibis.ifelse(t.action == "not_consulted", "legacy", "ai")
    t = t.mutate(
        name__=population_of(t).cast("string"),
        window__=_age(t, last, settings.conditions.window_days),
        path__=path,
        done__=t.action,
        stakes__=t.stakes.cast("string") if "stakes" in t.columns else ibis.literal(""),
    )
    t = t.filter(t.window__.between(0, 1) & t.name__.notnull())
    found: By = {}
    if "steps" in has:
        rows = t.mutate(steps__=t.steps.cast("float64"))
        for name, part in _counted(rows, "steps__", "path__", "done__"):
            told = found.setdefault(name, {})
            told["C1.2"] = _of_windows(part, lambda p: _steps(p, "C1.2", "path__", "ai", "legacy", settings))  # fmt: skip
            told["C3.1"] = _of_windows(part, lambda p: _steps(p, "C3.1", "done__", "overridden", "followed", settings))  # fmt: skip
    if "duration_s" in has:
        *ends, rest = BUCKETS
        middle = ibis.cases(*((t.duration_s < end, value) for end, value in ends), else_=rest[1])
        rows = t.mutate(bucket__=ibis.ifelse(t.duration_s.isnull(), None, middle))
        for name, part in _counted(rows, "bucket__", "path__", "stakes__"):
            found.setdefault(name, {})["C1.5"] = _of_windows(part, lambda p: _times(p, settings))
    return found


def _counted(rows: ir.Table, value: str, *by: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """By population: how often each value is there, by window and what else."""
    known = rows.filter(rows[value].notnull())
    counts = known.group_by("name__", "window__", value, *by).aggregate(n=known.count())
    for name, part in fetch(counts).to_pandas().groupby("name__"):
        yield str(name), part


def _of_windows(part: pd.DataFrame, of: Callable[[pd.DataFrame], Answer]) -> Told:
    before = part[part["window__"] == 1]
    return Told(of(part[part["window__"] == 0]), of(before) if len(before) else None)


def _steps(
    part: pd.DataFrame, id_: str, column: str, one: str, other: str, settings: Settings
) -> Answer:
    """The difference of two medians, each with the interval of its order statistics, joined by MOVER."""
    arms = [part[part[column] == name] for name in (one, other)]
    n = int(min(arm["n"].sum() for arm in arms))
    if n < indicators()[id_].least:
        least = indicators()[id_].least
        return insufficient(f"{n:,} cases on one side, {least} needed", f"{least} cases a side", n)
    (a, a_low, a_high), (b, b_low, b_high) = (_median(arm, settings.confidence) for arm in arms)
    value = a - b
    return Estimate(
        value,
        value - float(np.hypot(a - a_low, b_high - b)),
        value + float(np.hypot(a_high - a, b - b_low)),
        settings.confidence,
        int(sum(arm["n"].sum() for arm in arms)),
        "difference of medians, order statistics and MOVER, decisions taken as independent",
        "descriptive",
        unit="steps",
    )


def _median(arm: pd.DataFrame, confidence: float) -> tuple[float, float, float]:
    """The median of counted values, and the order statistics that hold it (Conover 1999, §3.2)."""
    each = arm.groupby("steps__")["n"].sum()
    values, counts = each.index.to_numpy(float), each.to_numpy(float)
    total, upto = counts.sum(), np.cumsum(counts)
    half = normal_quantile(0.5 + confidence / 2) * total**0.5 / 2
    ends = [
        float(values[min(int(np.searchsorted(upto, max(total / 2 + side * half, 1e-9))), len(values) - 1)])
        for side in (-1, 1)
    ]  # fmt: skip
    middle = median_of_counts(values, counts)
    return middle, min(ends[0], middle), max(ends[1], middle)


def _times(part: pd.DataFrame, settings: Settings) -> Answer:
    """Geometric mean of coarse times with the advice ÷ without, over cells of stakes that have both."""
    known = part.assign(log=np.log(part["bucket__"]))
    means, variances, weights, least = [], [], [], [0.0, 0.0]
    for _, cell in known.groupby("stakes__", dropna=False):
        arms = [cell[cell["path__"] == name] for name in ("ai", "legacy")]
        counts = [float(arm["n"].sum()) for arm in arms]
        if min(counts) < 2:
            continue
        two = [_weighted(arm) for arm in arms]
        means.append(two[0][0] - two[1][0])
        variances.append(sum(v / n for (_, v), n in zip(two, counts, strict=True)))
        weights.append(counts[0])
        least = [a + b for a, b in zip(least, counts, strict=True)]
    n, needed = int(min(least)), indicators()["C1.5"].least
    if n < needed:
        return insufficient(
            f"{n:,} cases on one side, {needed} needed", f"{needed} cases a side", n
        )
    w = np.array(weights) / sum(weights)
    log = float(w @ np.array(means))
    half = normal_quantile(0.5 + settings.confidence / 2) * float(w**2 @ np.array(variances)) ** 0.5
    return Estimate(
        float(np.exp(log)), float(np.exp(log - half)), float(np.exp(log + half)),
        settings.confidence, int(sum(least)),
        "ratio of geometric means of four coarse times, within stakes, decisions taken as independent",
        "descriptive", unit="ratio",
    )  # fmt: skip


def _weighted(arm: pd.DataFrame) -> tuple[float, float]:
    n, log = arm["n"].to_numpy(float), arm["log"].to_numpy(float)
    mean = float((n * log).sum() / n.sum())
    return mean, float((n * (log - mean) ** 2).sum() / max(n.sum() - 1, 1))


def _moved(decisions: ir.Table, last: datetime | None, use_case: UseCase, settings: Settings) -> By:
    """How much more of the work is of kinds reserved for people now than in the first window."""
    t, days = decisions, settings.conditions.window_days
    kinds = [k for k in use_case.reserved_kinds if all(_column(t, name) for name in k)]
    if not kinds or last is None:
        return {}
    first = fetch(t.aggregate(first=t.decided_at.min()))["first"][0].as_py().replace(tzinfo=None)
    if last - first < timedelta(days=2 * days):
        return {}
    kept = ibis.or_(
        *(
            ibis.and_(
                *(t[_column(t, name)].cast("string") == value for name, value in kind.items())
            )
            for kind in kinds
        )
    )
    age = _age(t, last, days)
    early = t.decided_at < ibis.literal(first + timedelta(days=days))
    window = ibis.cases((age == 0, 0), (early, 1), else_=2).cast("int64")
    frame = _sums(t, window, {"kept": kept, "all": t.action.notnull()})
    persons = "person_id" in t.columns
    return {
        name: {"C5.5": _difference(w)} for name, w in _windows(frame, persons, settings).items()
    }


def _column(t: ir.Table, name: str) -> str:
    return next((c for c in (name, f"{COVARIATE_PREFIX}{name}") if c in t.columns), "")


def _difference(w: _Windows) -> Told:
    now, then = (w.share("C5.5", "kept", "all").now, None)
    then = w.share("C5.5", "kept", "all").before
    if isinstance(now, CannotSay) or then is None or isinstance(then, CannotSay):
        missing = now if isinstance(now, CannotSay) else then
        return Told(missing if isinstance(missing, CannotSay) else not_instrumented("no first weeks", "earlier decisions"))  # fmt: skip
    value = now.value - then.value
    return Told(
        replace(
            now, value=value, unit="points", k=None, note=None,
            low=value - float(np.hypot(now.value - now.low, then.high - then.value)),
            high=value + float(np.hypot(now.high - now.value, then.value - then.low)),
            n=now.n + then.n, method="difference of shares by MOVER, each clustered by person",
        )
    )  # fmt: skip


def people_of(decisions: ir.Table) -> dict[str, tuple[int | None, int]]:
    """People with eligible cases, and these, by population."""
    t = decisions.filter(decisions.action.isin(_ELIGIBLE))
    rows = t.mutate(name__=population_of(t).cast("string"))
    rows = rows.filter(rows.name__.notnull())
    counts: dict[str, Any] = {"n": rows.count()}
    if "person_id" in t.columns:
        counts["people"] = rows.person_id.nunique()
    found: Sequence[dict[str, Any]] = fetch(rows.group_by("name__").aggregate(**counts)).to_pylist()
    return {r["name__"]: (r.get("people"), r["n"]) for r in found}
