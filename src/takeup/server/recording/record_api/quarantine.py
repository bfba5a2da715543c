"""Rows that could not be kept: seen, corrected, sent again."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction
from django.db.models import Max

from takeup.record.clock import now
from takeup.record.incoming import RecordKind
from takeup.server.deployment.problems import Problem
from takeup.server.recording.record_api.models import ApiKey, Quarantined
from takeup.server.recording.record_api.receive import RowResult, receive
from takeup.server.recording.record_api.receive_cds import (
    CARDS,
    FEEDBACK,
    receive_cards,
    receive_feedback,
)
from takeup.server.recording.record_api.receive_events import EVENTS, receive_events
from takeup.server.recording.record_api.receive_recommendations import (
    RECOMMENDATIONS,
    receive_recommendations,
)

MOST_SHOWN = 1_000
KEPT = ("stored", "revised", "unchanged")


def waiting(key: ApiKey, most: int = 100) -> list[dict[str, Any]]:
    """The sender's rows that wait for a correction, the oldest first, with their reasons."""
    rows = Quarantined.objects.filter(sender_id=key.sender_id, resolved_at=None).order_by("id")
    return [
        {
            "quarantine_id": row.pk, "kind": row.kind, "row": _parsed(row.body),
            "reasons": row.reasons, "received_at": row.received_at.isoformat(),
        }
        for row in rows[: min(most, MOST_SHOWN)]
    ]  # fmt: skip


def replay(number: int, corrected: Any, key: ApiKey) -> RowResult:
    """Keep `corrected` in place of the quarantined row; where it cannot be kept either, the new
    reasons take the place of the old ones, or, where the same waits already, that one goes on alone.

    Raises Problem where this sender has no such row waiting.
    """
    with transaction.atomic():
        held = (
            Quarantined.objects.select_for_update(of=("self",))
            .filter(pk=number, sender_id=key.sender_id, resolved_at=None)
            .first()
        )
        if held is None:
            raise Problem(
                404, "Not in quarantine", f"row {number} does not wait for a correction by this key"
            )
        newest = Quarantined.objects.aggregate(newest=Max("pk"))["newest"]
        (result,) = _received(held.kind, corrected, key)
        # A correction that is the same as another row that waits goes on as that one.
        waits_as = result.quarantine_id or held.pk
        as_another = waits_as != held.pk and waits_as <= newest
        if result.status in KEPT or as_another:
            held.resolved_at = now()
            held.save(update_fields=["resolved_at"])
        elif result.quarantine_id is not None:
            result = _still_waits(held, Quarantined.objects.get(pk=result.quarantine_id))
    return result


def _still_waits(held: Quarantined, newer: Quarantined) -> RowResult:
    """The correction in place of what waited, under the number that it has."""
    held.body, held.content, held.reasons = newer.body, newer.content, newer.reasons
    held.save(update_fields=["body", "content", "reasons"])
    if newer.pk != held.pk:
        newer.delete()
    return RowResult(0, "quarantined", reasons=tuple(held.reasons), quarantine_id=held.pk)


def replay_as_sender(held: Quarantined, corrected: Any) -> RowResult:
    """`replay` by a person in the sender's stead. Raises Problem as it does."""
    return replay(held.pk, corrected, ApiKey(sender=held.sender))


def _received(kind: str, corrected: Any, key: ApiKey) -> list[RowResult]:
    if kind == EVENTS:
        return receive_events([corrected], key)
    if kind == RECOMMENDATIONS:
        return receive_recommendations([corrected], key)
    if kind in (CARDS, FEEDBACK):
        if not isinstance(corrected, dict) or not isinstance(corrected.get("service"), str):
            raise Problem(
                409, "Not what waits here", "send the row as quarantined: service and item"
            )
        take = receive_cards if kind == CARDS else receive_feedback
        return take(corrected["service"], [corrected.get("item")], key)
    record: RecordKind = kind  # type: ignore[assignment]
    return receive(record, [corrected], key)


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body
