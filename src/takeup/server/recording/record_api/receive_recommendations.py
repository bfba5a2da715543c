"""Recommendations into the inbox before anybody decided: what was advised is known whatever
becomes of the case."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from takeup.record.clock import now
from takeup.record.events import delivered_of
from takeup.record.incoming import Refusal
from takeup.server.acting.rollout.services import Assigning
from takeup.server.recording.record_api.models import ApiKey, InboxRow
from takeup.server.recording.record_api.receive import (
    RowResult,
    Unreadable,
    count_results,
    put_aside,
    quarantined_row,
)
from takeup.server.recording.record_api.receive_events import EVENTS, receive_events

RECOMMENDATIONS = "recommendations"


def receive_recommendations(given: Sequence[Any], key: ApiKey) -> list[RowResult]:
    """Keep recommendations (canonical columns with a `decision_id`) as delivered and say what
    became of each, and whether people may see it: by the use case's rollout, unless the row names
    a mode. Durable when it returns."""
    moment = now()
    tidy = [_tidy(one) if isinstance(one, dict) else one for one in given]
    rollout = Assigning([one for one in tidy if isinstance(one, dict)])
    told = [_delivered(one, rollout, moment) for one in tidy]
    with transaction.atomic():
        sound = [(i, one) for i, one in enumerate(told) if not isinstance(one, Refusal)]
        as_sent = [json.dumps(given[i], sort_keys=True) for i, _ in sound]
        kept = receive_events([one for _, one in sound], key, as_sent=as_sent) if sound else []
        results = [
            replace(result, index=i, key=one["subject"], show=show)
            for (i, one), result, show in zip(sound, kept, _shown(sound, kept), strict=True)
        ]
        bad = [
            _refused(i, given[i], one, key, moment)
            for i, one in enumerate(told)
            if isinstance(one, Refusal)
        ]
        count_results(key, bad, moment)
    return sorted([*results, *bad], key=lambda r: r.index)


def _tidy(given: dict[str, Any]) -> dict[str, Any]:
    """Texts as they are kept, so that who sees advice follows from what is recorded."""
    return {k: v.strip() if isinstance(v, str) else v for k, v in given.items()}


def _delivered(given: Any, rollout: Assigning, moment: datetime) -> dict[str, Any] | Refusal:
    if isinstance(given, Unreadable):
        return Refusal((given.reason,))
    return delivered_of(_with_mode(given, rollout), moment)


def _shown(
    sound: Sequence[tuple[int, dict[str, Any]]], kept: Sequence[RowResult]
) -> Iterator[bool]:
    """Whether people may see each: what was kept of it before says so too, so that what was told
    once as hidden stays hidden."""
    before: dict[str, set[str]] = {}
    for (_, event), result in zip(sound, kept, strict=True):
        if result.status == "unchanged" and result.key:
            before.setdefault(event["data"]["use_case"].strip(), set()).add(result.key)
    hidden = {
        (use_case, key)
        for use_case, keys in before.items()
        for key, body in InboxRow.objects.filter(kind=EVENTS, use_case=use_case, key__in=keys)
        .exclude(body="")
        .values_list("key", "body")
        if json.loads(body)["data"].get("mode") != "assist"
    }
    for (_, event), result in zip(sound, kept, strict=True):
        named = (str(event["data"].get("use_case")).strip(), result.key)
        yield event["data"].get("mode") == "assist" and named not in hidden


def _with_mode(given: Any, rollout: Assigning) -> Any:
    if not isinstance(given, dict) or given.get("mode") is not None:
        return given
    held, cohort = rollout.of(given)
    drawn = {"assist_probability": held.probability, "randomised_unit": held.unit, "cohort": cohort}
    return given | {"mode": held.mode} | {k: v for k, v in drawn.items() if v is not None}


def _refused(index: int, given: Any, refusal: Refusal, key: ApiKey, moment: Any) -> RowResult:
    row = quarantined_row(RECOMMENDATIONS, given, refusal, key, moment)
    (row,) = put_aside([row])
    return RowResult(index, "quarantined", reasons=tuple(row.reasons), quarantine_id=row.pk)
