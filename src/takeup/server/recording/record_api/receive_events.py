"""Events into the inbox as received, and the decisions they tell of beside them, in one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from takeup.record.clock import now
from takeup.record.events import Event, event_of, fold, hash_of_body, made_of, read_event
from takeup.record.incoming import Refusal, read_row, short_key
from takeup.server.deployment.locks import hold_to_commit
from takeup.server.recording.record_api.admission import admission
from takeup.server.recording.record_api.covariates import with_known_types
from takeup.server.recording.record_api.models import ApiKey, InboxRow
from takeup.server.recording.record_api.receive import (
    NewRow,
    RowResult,
    Unreadable,
    count_results,
    in_scope,
    insert_rows,
    put_aside,
    quarantined_row,
)

EVENTS = "events"
_TOO_LATE = Refusal(
    (
        "an event came for a decision whose other parts are no longer kept as received; send the "
        "whole decision with its next revision",
    )
)


def receive_events(
    given: Sequence[Any],
    key: ApiKey,
    within: str | None = None,
    as_sent: Sequence[str] | None = None,
) -> list[RowResult]:
    """Keep events (parsed CloudEvents) and say what became of each; durable when it returns.

    An event sent again changes nothing (CloudEvents: source and id identify it, here within its use
    case, and `within` the decision of a page). `as_sent`: what the sender said, where we added to
    it; the same said again is the same event. A decision is the fold of all its events; when that changed,
    it is kept as its next revision.
    """
    read = [
        Refusal((one.reason,)) if isinstance(one, Unreadable) else read_event(one, within)
        for one in given
    ]
    for attempt in range(3):
        try:
            with transaction.atomic():
                return _keep(given, read, key, as_sent)
        except IntegrityError:
            if attempt == 2:
                raise
    return []


def _keep(
    given: Sequence[Any],
    read: Sequence[Event | Refusal],
    key: ApiKey,
    as_sent: Sequence[str] | None,
) -> list[RowResult]:
    moment = now()
    held = _held([event for event in read if isinstance(event, Event)])
    results: list[RowResult] = []
    fresh: list[tuple[Event, NewRow]] = []
    for index, event in enumerate(read):
        refusal = event if isinstance(event, Refusal) else in_scope(event.use_case, key)
        if isinstance(event, Refusal) or refusal is not None:
            reasons = refusal or event
            row = quarantined_row(EVENTS, given[index], reasons, key, moment)  # type: ignore[arg-type]
            (row,) = put_aside([row])
            results.append(
                RowResult(index, "quarantined", reasons=tuple(row.reasons), quarantine_id=row.pk)
            )
            continue
        name, body = short_key(event.key), event.body()
        known = held.get((event.use_case, name))
        mine = hash_of_body(as_sent[index] if as_sent else body)
        if known is None:
            held[event.use_case, name] = mine
            new = (EVENTS, event.use_case, name, 1, mine, body, event.decision_id, False)
            fresh.append((event, new))
            results.append(RowResult(index, "stored", name, 1))
        elif known in (mine, hash_of_body(body)):
            results.append(RowResult(index, "unchanged", name, 1))
        else:
            reason = f"an event {name} with other content is kept; give the new one its own id"
            results.append(RowResult(index, "conflict", name, 1, (reason,)))
    insert_rows([row for _, row in fresh], key, moment)
    _fold({(e.use_case, e.decision_id) for e, _ in fresh}, key, moment)
    count_results(key, results, moment)
    return results


def _held(events: Sequence[Event]) -> dict[tuple[str, str], str]:
    """Of the events that are there already, by use case and key: the hash."""
    by_case: dict[str, list[str]] = {}
    for event in events:
        by_case.setdefault(event.use_case, []).append(short_key(event.key))
    return {
        (use_case, name): content
        for use_case, names in by_case.items()
        for name, content in InboxRow.objects.filter(
            kind=EVENTS, use_case=use_case, key__in=names
        ).values_list("key", "hash")
    }


def _fold(touched: set[tuple[str, str]], key: ApiKey, moment: Any) -> None:
    """The decisions that new events tell of, where they changed: whole batches at a time."""
    by_case: dict[str, list[str]] = {}
    for use_case, decision_id in sorted(touched):
        # Two senders of events of one decision fold one after the other, so that the second
        # sees what the first kept.
        hold_to_commit(f"fold {use_case} {decision_id}")
        by_case.setdefault(use_case, []).append(decision_id)
    rows: list[NewRow] = []
    for use_case, ids in by_case.items():
        told = _told(use_case, ids)
        for name in [name for name, events in told.items() if events is None]:
            told.pop(name)
            given = {"use_case": use_case, "decision_id": name}
            put_aside([quarantined_row("decisions", given, _TOO_LATE, key, moment)])
        newest = _newest(use_case, ids)
        made = [row for row in map(fold, filter(None, told.values())) if row is not None]
        for given, row in zip(
            made,
            with_known_types(admission.of([read_row("decisions", one) for one in made])),
            strict=True,
        ):
            if isinstance(row, Refusal):
                put_aside([quarantined_row("decisions", given, row, key, moment)])
                continue
            last = newest.get(row.key)
            if last is None or last.hash != row.hash:
                revision = last.revision + 1 if last else 1
                body = row.body(revision)
                rows.append((row.kind, row.use_case, row.key, revision, row.hash, body, None, True))
    insert_rows(rows, key, moment)


def _told(use_case: str, ids: Sequence[str]) -> dict[str, list[Event] | None]:
    """By decision, all that was received of it: its events, and its newest whole row; None where
    a part of it is no longer kept as received."""
    told: dict[str, list[Event] | None] = {one: [] for one in ids}
    events = InboxRow.objects.filter(kind=EVENTS, use_case=use_case, subject__in=ids)
    whole = InboxRow.objects.filter(
        kind="decisions", use_case=use_case, key__in=ids, folded=False
    ).order_by("revision")
    received = [(name, body, event_of) for name, body in events.values_list("subject", "body")]
    newest = dict(whole.values_list("key", "body"))
    received += [(name, body, made_of) for name, body in newest.items()]
    for name, body, read in received:
        held = told[str(name)]
        if not body:
            told[str(name)] = None
        elif held is not None:
            held.append(read(body))
    return told


def _newest(use_case: str, ids: Sequence[str]) -> dict[str, InboxRow]:
    held = InboxRow.objects.filter(kind="decisions", use_case=use_case, key__in=ids)
    return {row.key: row for row in held.defer("body").order_by("revision")}
