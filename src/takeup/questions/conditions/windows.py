"""Sums of decisions by population, person and window of 28 days, and shares of them: what every indicator is counted by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from takeup.log import fetch
from takeup.questions.conditions.indicators import indicators
from takeup.questions.shared.whose import person_of, population_of
from takeup.record.settings import Settings
from takeup.record.vocabulary import CONSULTED_ACTIONS, ELIGIBLE_ACTIONS
from takeup.stats.answer import Answer, CannotSay, insufficient
from takeup.stats.rates import (
    Posterior,
    clustered_posterior,
    share,
)

SEEN = [a.value for a in CONSULTED_ACTIONS]
ELIGIBLE = [a.value for a in ELIGIBLE_ACTIONS]


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


def last_decision(decisions: ir.Table) -> datetime | None:
    """The last decision's moment; None where the table is undated."""
    if "decided_at" not in decisions.columns:
        return None
    found = fetch(decisions.aggregate(last=decisions.decided_at.max()))["last"][0].as_py()
    return None if found is None else found.replace(tzinfo=None)


_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - decided_at is UTC without a zone


def windows_back(t: ir.Table, end: datetime | None, days: int) -> ir.IntegerValue:
    """How many windows back from `end` a row lies; 0 for all where undated, negative beyond the end."""
    if end is None:
        return ibis.ifelse(t.action.notnull(), 0, 0).cast("int64")
    at = int(np.floor((end - _EPOCH).total_seconds()))
    back = (ibis.literal(at) - t.decided_at.truncate("s").epoch_seconds()) / (86_400 * days)
    return back.floor().cast("int64")


def sums_by_person(
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
class Windows:
    """One population's sums: now, and before."""

    now: pd.DataFrame
    before: pd.DataFrame
    persons: bool
    confidence: float

    def share(self, id_: str, k: str, n: str, **more: Any) -> Told:
        """An indicator that is k of n."""
        people = {} if not self.persons else people_who_did(self.now, k, n)
        answers = [enough(id_, self._share(part, k, n)) for part in (self.now, self.before)]
        known = not any(isinstance(a, CannotSay) for a in answers)
        posteriors = (
            (posterior_of(self.before, k, n), posterior_of(self.now, k, n)) if known else None
        )
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


def people_who_did(part: pd.DataFrame, k: str, n: str) -> dict[str, Any]:
    """People with some of what is counted, and people with some that is not."""
    some = part[part[n] > 0]
    return {"did": int((some[k] > 0).sum()), "did_not": int((some[k] < some[n]).sum())}


def posterior_of(part: pd.DataFrame, k: str, n: str) -> Posterior:
    """The belief about a share, clustered by person."""
    return clustered_posterior(part[k].to_numpy(float), part[n].to_numpy(float))


def enough(id_: str, answer: Answer, n: int | None = None) -> Answer:
    """The answer, or that it rests on too few."""
    rule = indicators()[id_]
    if isinstance(answer, CannotSay):
        return insufficient("no case of this kind", f"{rule.least} such cases", 0)
    n = answer.n if n is None else n
    if n < rule.least:
        return insufficient(f"{n:,} cases, {rule.least} needed", f"{rule.least} such cases", n)
    return answer


def windows_of(frame: pd.DataFrame, persons: bool, settings: Settings) -> dict[str, Windows]:
    """Sums by person as the windows of each population."""
    return {
        str(name): Windows(
            part[part["window__"] == 0], part[part["window__"] == 1], persons, settings.confidence
        )
        for name, part in frame.groupby("name__")
    }


def columns_that_hold(t: ir.Table, *columns: str) -> set[str]:
    """Those of the columns that are there and hold anything at all."""
    there = [c for c in columns if c in t.columns]
    if not there:
        return set()
    counts = fetch(t.aggregate(**{c: t[c].count() for c in there})).to_pylist()[0]
    return {c for c in there if counts[c]}


def without_people(told: Told) -> Told:
    """Of what was delivered: nothing that a person did."""
    return replace(told, did=None, did_not=None)
