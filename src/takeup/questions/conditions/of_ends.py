"""What cases came to: linked to their decisions, comparable by the person, wrong advice caught, judgement no worse than before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.special import ndtr

from takeup.log import fetch
from takeup.questions.conditions.windows import (
    ELIGIBLE,
    SEEN,
    By,
    Told,
    Windows,
    columns_that_hold,
    enough,
    people_who_did,
    sums_by_person,
    windows_back,
    windows_of,
)
from takeup.questions.shared.known_truth import seen_rows, truth_weight, uneven_truth
from takeup.record.canonical import OUTCOME_PREFIX
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.stats.answer import Answer, Estimate, insufficient, not_instrumented
from takeup.stats.rates import (
    share,
    weighted_posterior,
    weighted_share,
)


def _lag(decisions: ir.Table, use_case: UseCase) -> float:
    """Days until an end is due: the longest of the outcomes that are there."""
    names = [
        c.removeprefix(OUTCOME_PREFIX) for c in decisions.columns if c.startswith(OUTCOME_PREFIX)
    ]
    rules = [use_case.rule_for(name) for name in names] or [use_case.outcome]
    return max(rule.maturation_days for rule in rules)


def of_ends(
    decisions: ir.Table,
    last: datetime | None,
    use_case: UseCase,
    own_view: bool | None,
    settings: Settings,
) -> By:
    """What needs the ends of cases: whether they are joined, who can compare, how advice is told apart."""
    t = decisions.filter(decisions.action.isin(ELIGIBLE))
    ends = [c for c in t.columns if c.startswith(OUTCOME_PREFIX)]
    has = columns_that_hold(t, *ends, "advice_right", "flagged")
    if not has - {"flagged"}:
        return {}
    persons = "person_id" in t.columns
    due = None if last is None else last - timedelta(days=_lag(t, use_case))
    known = ibis.or_(*(t[c].cast("float64").notnull() for c in sorted(has - {"flagged"})))
    drawn = not columns_that_hold(t, *ends) and _is_sample(t)
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
    frame = sums_by_person(t, windows_back(t, due, settings.conditions.window_days), flags)
    found: By = {}
    comparable = _comparable(frame, settings) if own_view and persons else {}
    for name, w in windows_of(frame, persons, settings).items():
        linked = Told(_DRAWN) if drawn else w.share("C4.1", "linked", "due")
        found[name] = told = {"C4.1": linked}
        if name in comparable:
            told["C4.2"] = comparable[name]
        if "advice_right" in has:
            if "flagged" in has:
                told["C2.3"] = Told(refusal) if refusal else _caught(w, "C2.3", "flag", "wrong")
            told["C4.5"] = Told(refusal) if refusal else _discrimination(w, persons)
    return found


_DRAWN = not_instrumented(
    "right answers are known of a drawn sample, or of a part that may be one, which says nothing of ends that come by "
    "themselves",
    "outcomes, joined to the decisions",
)


_NEARLY_ALL = 0.7
"""From so many right answers on that are known, they may have come by themselves."""


def _is_sample(t: ir.Table) -> bool:
    """Whether right answers are of cases that were drawn to be judged, or may be: few of all are known."""
    if "advice_right" not in t.columns:
        return False
    if "truth_probability" not in t.columns:
        known = fetch(t.aggregate(known=t.advice_right.notnull().cast("float64").mean()))["known"]
        return (known[0].as_py() or 0.0) < _NEARLY_ALL
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
    seen, over = t.action.isin(SEEN), t.action == "overridden"
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
        found[str(name)] = Told(enough("C4.2", answer), did=did, did_not=people - did)
    return found


def _caught(w: Windows, id_: str, k: str, n: str) -> Told:
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
        return enough(id_, answer, round(rows))

    before = of(w.before) if len(w.before) else None
    return replace(Told(of(w.now), before), **people_who_did(w.now, k, n))


LEAST_WRONG, LEAST_RIGHT = 10, 30
NO_WORSE = -0.05


def _discrimination(w: Windows, persons: bool) -> Told:
    """The chance that J = R_c + R_w − 1 did not fall by more than five points since the window before."""
    judged = [_judged(part) for part in (w.now, w.before) if len(part)] if persons else []
    return replace(_not_fallen(w), did=min((n for n in judged if n), default=None))


def _judged(part: pd.DataFrame) -> int:
    """Of how many people cases are judged."""
    return int((part[["n_wrong", "n_right"]].sum(axis=1) > 0).sum())


def _not_fallen(w: Windows) -> Told:
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
