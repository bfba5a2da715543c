"""What decisions themselves say of indicators: sums by population, window and person in the engine, shares here.

Windows of 28 days back from the last decision; what needs an end to be known, back from the last decision whose
end is due. Descriptive. A column that is not there leaves its indicator unknown, never zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from takeup.log import fetch
from takeup.questions.conditions.of_delivery import of_delivery
from takeup.questions.conditions.of_effort import of_effort
from takeup.questions.conditions.of_ends import of_ends
from takeup.questions.conditions.windows import (
    ELIGIBLE,
    By,
    Told,
    Windows,
    last_decision,
    sums_by_person,
    windows_back,
    windows_of,
)
from takeup.questions.shared.whose import population_of
from takeup.record.columns import COVARIATE_PREFIX
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.stats.answer import CannotSay, not_instrumented


def tell(decisions: ir.Table, use_case: UseCase, own_view: bool | None, settings: Settings) -> By:
    """Every indicator that canonical columns allow."""
    found: By = {}
    last = last_decision(decisions)
    for part in (
        of_delivery(decisions, last, use_case, settings),
        of_ends(decisions, last, use_case, own_view, settings),
        of_effort(decisions, last, settings),
        _moved(decisions, last, use_case, settings),
    ):
        for population, told in part.items():
            found.setdefault(population, {}).update(told)
    return found


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
    age = windows_back(t, last, days)
    early = t.decided_at < ibis.literal(first + timedelta(days=days))
    window = ibis.cases((age == 0, 0), (early, 1), else_=2).cast("int64")
    frame = sums_by_person(t, window, {"kept": kept, "all": t.action.notnull()})
    persons = "person_id" in t.columns
    return {
        name: {"C5.5": _difference(w)} for name, w in windows_of(frame, persons, settings).items()
    }


def _column(t: ir.Table, name: str) -> str:
    return next((c for c in (name, f"{COVARIATE_PREFIX}{name}") if c in t.columns), "")


def _difference(w: Windows) -> Told:
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
    t = decisions.filter(decisions.action.isin(ELIGIBLE))
    rows = t.mutate(name__=population_of(t).cast("string"))
    rows = rows.filter(rows.name__.notnull())
    counts: dict[str, Any] = {"n": rows.count()}
    if "person_id" in t.columns:
        counts["people"] = rows.person_id.nunique()
    found: Sequence[dict[str, Any]] = fetch(rows.group_by("name__").aggregate(**counts)).to_pylist()
    return {r["name__"]: (r.get("people"), r["n"]) for r in found}
