"""Recommendations into the inbox before anybody decided: what was advised is known whatever
becomes of the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from takeup.record.clock import now
from takeup.record.events import delivered_of
from takeup.record.incoming import Refusal
from takeup.server.organization.services import modes
from takeup.server.record_api.models import ApiKey
from takeup.server.record_api.receive import RowResult, count_results, quarantined_row
from takeup.server.record_api.receive_events import receive_events

RECOMMENDATIONS = "recommendations"


def receive_recommendations(given: Sequence[Any], key: ApiKey) -> list[RowResult]:
    """Keep recommendations (canonical columns with a `decision_id`) as delivered and say what
    became of each, and whether people may see it: by the use case's mode, unless the row names
    one. Durable when it returns."""
    moment = now()
    known = modes()
    told = [delivered_of(_with_mode(one, known), moment) for one in given]
    with transaction.atomic():
        sound = [(i, one) for i, one in enumerate(told) if not isinstance(one, Refusal)]
        kept = receive_events([one for _, one in sound], key) if sound else []
        results = [
            replace(result, index=i, key=one["subject"], show=one["data"].get("mode") == "assist")
            for (i, one), result in zip(sound, kept, strict=True)
        ]
        bad = [
            _refused(i, given[i], one, key, moment)
            for i, one in enumerate(told)
            if isinstance(one, Refusal)
        ]
        count_results(key, bad, moment)
    return sorted([*results, *bad], key=lambda r: r.index)


def _with_mode(given: Any, known: dict[str, str]) -> Any:
    if not isinstance(given, dict) or given.get("mode") is not None:
        return given
    name = given.get("use_case")
    return given | {"mode": known.get(name, "shadow") if isinstance(name, str) else "shadow"}


def _refused(index: int, given: Any, refusal: Refusal, key: ApiKey, moment: Any) -> RowResult:
    row = quarantined_row(RECOMMENDATIONS, given, refusal, key, moment)
    row.save()
    return RowResult(index, "quarantined", reasons=tuple(row.reasons), quarantine_id=row.pk)
