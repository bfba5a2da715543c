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
from takeup.server.record_api.models import ApiKey
from takeup.server.record_api.receive import RowResult, count_results, quarantined_row
from takeup.server.record_api.receive_events import receive_events
from takeup.server.rollout.services import Assigning

RECOMMENDATIONS = "recommendations"


def receive_recommendations(given: Sequence[Any], key: ApiKey) -> list[RowResult]:
    """Keep recommendations (canonical columns with a `decision_id`) as delivered and say what
    became of each, and whether people may see it: by the use case's rollout, unless the row names
    a mode. Durable when it returns."""
    moment = now()
    rollout = Assigning([one for one in given if isinstance(one, dict)])
    told = [delivered_of(_with_mode(one, rollout), moment) for one in given]
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


def _with_mode(given: Any, rollout: Assigning) -> Any:
    if not isinstance(given, dict) or given.get("mode") is not None:
        return given
    held, cohort = rollout.of(given)
    drawn = {"assist_probability": held.probability, "randomised_unit": held.unit, "cohort": cohort}
    return given | {"mode": held.mode} | {k: v for k, v in drawn.items() if v is not None}


def _refused(index: int, given: Any, refusal: Refusal, key: ApiKey, moment: Any) -> RowResult:
    row = quarantined_row(RECOMMENDATIONS, given, refusal, key, moment)
    row.save()
    return RowResult(index, "quarantined", reasons=tuple(row.reasons), quarantine_id=row.pk)
