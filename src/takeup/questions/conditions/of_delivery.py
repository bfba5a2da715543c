"""How advice is delivered, and what people do with it: where, in time, with reasons, flagged, refused with or without one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from takeup.questions.conditions.indicators import indicators
from takeup.questions.conditions.windows import (
    ELIGIBLE,
    SEEN,
    By,
    Told,
    Windows,
    columns_that_hold,
    sums_by_person,
    windows_back,
    windows_of,
    without_people,
)
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.stats.answer import Answer, Estimate, insufficient
from takeup.stats.quantiles import normal_quantile

_OTHER = "other"
_DELIVERED = ("surface", "late", "explanation_opened", "evidence_opened", "override_reason", "override_needed_approval", "flagged")  # fmt: skip


def of_delivery(
    decisions: ir.Table, last: datetime | None, use_case: UseCase, settings: Settings
) -> By:
    """What was delivered, opened, given as a reason, approved, flagged."""
    t = decisions.filter(decisions.action.isin(ELIGIBLE))
    has = columns_that_hold(t, *_DELIVERED)
    over, changed = t.action == "overridden", t.action.isin(["overridden", "modified"])
    flags: dict[str, ir.Value] = {
        "over": over,
        "looked": t.action.isin(SEEN),
        "known": t.action.isin([*SEEN, "not_consulted"]),
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
    frame = sums_by_person(t, windows_back(t, last, settings.conditions.window_days), flags)
    persons = "person_id" in t.columns
    return {
        name: _of_delivery(w, flags, persons)
        for name, w in windows_of(frame, persons, settings).items()
    }


def _of_delivery(w: Windows, flags: Mapping[str, Any], persons: bool) -> dict[str, Told]:
    found: dict[str, Told] = {}
    if "placed" in flags:
        found["C1.1"] = without_people(w.share("C1.1", "in_tool", "placed"))
    if "timed" in flags:
        found["C1.3"] = without_people(w.share("C1.3", "in_time", "timed"))
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


def _ratio(part: pd.DataFrame, k: str, n: str) -> float | None:
    total = float(part[n].sum()) if len(part) else 0.0
    return float(part[k].sum()) / total if total else None


def _flags_per_100(w: Windows) -> Told:
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
