"""How good the advice has been: taken with the daily snapshot, told case by case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from takeup.questions.advice_record.disclose import disclose_advice_record
from takeup.questions.advice_record.measure import AdviceRecord, certainty_of, measure_advice_record
from takeup.questions.model_issue.measure import SegmentError
from takeup.record.use_case import UseCase
from takeup.server.foundation.agreement.services import measuring
from takeup.server.recording.component.models import TrackRecord
from takeup.stats.answer import CannotSay, Estimate

_PLACE = "population"
_LATELY, _AFTER_OUTCOME = 91, 28
"""Days of the record of late: at least these, and the outcome's lag and these."""


def take_track_record(name: str, decisions: ir.Table, use_case: UseCase, day: date) -> None:
    """Keep the advice's record of a use case, by kind of case and by population, in place of the last: over
    everything that was recorded, and of late."""
    document = _document(_record(decisions, use_case))
    if "decided_at" in decisions.columns:
        days = max(_LATELY, round(use_case.outcome.maturation_days) + _AFTER_OUTCOME)
        since = datetime.combine(day, time()) - timedelta(days=days)
        lately = decisions.filter(decisions.decided_at >= ibis.literal(since))
        document["lately"] = {"days": days} | _document(_record(lately, use_case))
    TrackRecord.objects.update_or_create(use_case=name, defaults={"day": day, "document": document})


def _record(decisions: ir.Table, use_case: UseCase) -> AdviceRecord | CannotSay:
    settings = measuring()
    segments = [s for s in (*use_case.segment, _PLACE) if s in decisions.columns]
    return disclose_advice_record(
        measure_advice_record(decisions, segments, settings), "share", settings.disclosure
    )


def record_of(name: str) -> dict[str, Any] | None:
    """The newest record of the advice of a use case, and its day."""
    held = TrackRecord.objects.filter(use_case=name).first()
    return None if held is None else {"day": held.day.isoformat(), "document": held.document}


def forget_use_case(name: str) -> None:
    """Nothing is kept of it any more."""
    TrackRecord.objects.filter(use_case=name).delete()


def told_of(name: str, known: Mapping[str, Any], confidence: float | None) -> dict[str, Any]:
    """What the page of one case is told: the record at this certainty, and on this kind of case
    against all others of its dimension."""
    held = TrackRecord.objects.filter(use_case=name).first()
    if held is None:
        return {"judged": 0}
    told: dict[str, Any] = {"judged": held.document["judged"], "day": held.day.isoformat()}
    if confidence is not None:
        told["confidence"] = held.document["certainty"].get(certainty_of(confidence))
    for dimension, levels in held.document["kinds"].items():
        level = known.get(dimension.removeprefix("x_"), known.get(dimension))
        own = levels.get(str(level)) if level is not None else None
        if own is not None:
            rest = own["elsewhere"]
            others = [rest | {"label": "other cases"}] if rest else []
            told["kinds"] = [{**own, "label": str(level), "elsewhere": None}, *others]
            told["weaker"] = bool(rest) and own["high"] < rest["low"]
            break
    return told


def _document(found: AdviceRecord | CannotSay) -> dict[str, Any]:
    if isinstance(found, CannotSay):
        return {"judged": found.n or 0, "certainty": {}, "kinds": {}, "populations": {}}
    kinds: dict[str, dict[str, Any]] = {}
    for one in found.kinds:
        if (right := _right(one)) is not None:
            kinds.setdefault(one.dimension, {})[one.segment] = right
    certainty = {one.segment: right for one in found.certainty if (right := _right(one))}
    return {
        "judged": found.judged, "certainty": certainty, "populations": kinds.pop(_PLACE, {}), "kinds": kinds,
    }  # fmt: skip


def _right(one: SegmentError) -> dict[str, Any] | None:
    if not isinstance(one.error, Estimate):
        return None
    elsewhere = one.error_elsewhere
    return {
        **_turned(one.error), "judged": one.judged,
        "right": round(one.judged * (1 - one.error.value)),
        "elsewhere": _turned(elsewhere) if isinstance(elsewhere, Estimate) else None,
    }  # fmt: skip


def _turned(error: Estimate) -> dict[str, Any]:
    """A share wrong as the share right."""
    return {
        "value": 1 - error.value, "low": 1 - error.high, "high": 1 - error.low, "judged": error.n
    }  # fmt: skip
