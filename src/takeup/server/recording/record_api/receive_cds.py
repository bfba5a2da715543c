"""CDS Hooks: the card log of a service, and the feedback on its cards."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from takeup.record.cds_hooks import card_events, eligible_row, feedback_events
from takeup.record.clock import now
from takeup.record.incoming import Refusal
from takeup.server.recording.record_api.models import ApiKey, InboxRow
from takeup.server.recording.record_api.receive import (
    RowResult,
    count_results,
    put_aside,
    quarantined_row,
    receive,
)
from takeup.server.recording.record_api.receive_events import EVENTS, receive_events

CARDS, FEEDBACK = "cds-cards", "cds-feedback"
"""Kinds of what waits in quarantine; a corrected row has `service` and `item`."""


def receive_cards(service: str, given: Sequence[Any], key: ApiKey) -> list[RowResult]:
    """Keep entries of a card log: an eligible case each, and the advice of each card."""
    with transaction.atomic():
        return [_card(service, one, index, key) for index, one in enumerate(given)]


def receive_feedback(service: str, given: Sequence[Any], key: ApiKey) -> list[RowResult]:
    """Keep items of feedback: what they say becomes the decision on the card."""
    with transaction.atomic():
        return [_feedback(service, one, index, key) for index, one in enumerate(given)]


def _card(service: str, given: Any, index: int, key: ApiKey) -> RowResult:
    events, row = card_events(service, given), eligible_row(service, given)
    if isinstance(events, Refusal) or isinstance(row, Refusal):
        refusal = events if isinstance(events, Refusal) else row
        assert isinstance(refusal, Refusal)
        return _refused(CARDS, service, given, refusal, index, key)
    (kept,) = receive("eligible", [row], key)
    told = receive_events(events, key) if events else []
    return replace(_worst([kept, *told]), index=index)


def _feedback(service: str, given: Any, index: int, key: ApiKey) -> RowResult:
    card = given.get("card") if isinstance(given, dict) else None
    delivered = InboxRow.objects.filter(
        kind=EVENTS, use_case=service, subject=card if isinstance(card, str) else "", revision=1
    ).exclude(body="")
    offered = {
        told["decision_id"]: told["data"]["suggestions"]
        for told in map(json.loads, delivered.values_list("body", flat=True))
        if told["name"] == "delivered" and "suggestions" in told["data"]
    }
    events = feedback_events(service, given, offered)
    if isinstance(events, Refusal):
        return _refused(FEEDBACK, service, given, events, index, key)
    return replace(_worst(receive_events(events, key)), index=index, key=card)


def _worst(results: Sequence[RowResult]) -> RowResult:
    """The result that needs attention most; of good ones the last."""
    order = ("quarantined", "conflict")
    return next((r for status in order for r in results if r.status == status), results[-1])


def _refused(
    kind: str, service: str, given: Any, refusal: Refusal, index: int, key: ApiKey
) -> RowResult:
    moment = now()
    row = quarantined_row(kind, {"service": service, "item": given}, refusal, key, moment)
    (row,) = put_aside([row])
    result = RowResult(index, "quarantined", reasons=tuple(row.reasons), quarantine_id=row.pk)
    count_results(key, [result], moment)
    return result
