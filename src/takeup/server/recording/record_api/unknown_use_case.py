"""A use case that nobody declared is a sender's mistake: what it sent goes, or becomes a declared one's.

First the inbox, in one transaction, then the log. Whoever dies in between leaves rows in the log that the
inbox does not know; the same asked again takes them away. Rows that become another's wait in the inbox
again, and the next drain writes them as if they had been sent so.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import F

from takeup.log.delta import DecisionLog
from takeup.record.errors import InputError
from takeup.record.events import event_of, hash_of_body
from takeup.record.incoming import RECORD_KINDS, Refusal, Row, read_row
from takeup.server.acting.feedback.services import worked_on
from takeup.server.acting.rollout.services import has_rollout
from takeup.server.deployment.capability import of_every
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization.services import is_declared, use_case_names
from takeup.server.recording.record_api.admission import admission
from takeup.server.recording.record_api.covariates import with_known_types
from takeup.server.recording.record_api.manifests import count, keep_digests
from takeup.server.recording.record_api.models import Batch, InboxRow, Sender
from takeup.server.recording.record_api.receive_events import EVENTS

_AT_ONCE = 1_000
_SHOWN = 3
"""How many of the rows that are in the way are told."""


def rows_of(name: str) -> int:
    """How many rows are kept under a use case, drained or not."""
    return InboxRow.objects.filter(use_case=name).count()


def take_out(log: DecisionLog, name: str, actor: str, into: str = "") -> int:
    """Take every row of an undeclared use case out of inbox and log, or put it under the declared `into`;
    how many rows there were. What was sealed for oversight stays as it was sealed. No drain may run
    beside it.

    Raises InputError where it is declared or people work with it, and where a row cannot become
    `into`'s: nothing was changed then. DamagedLogError, before anything is changed, where a file of the
    log is not as it was written.
    """
    _need_nobodys(name)
    if into:
        _need_declared(name, into)
    for kind in RECORD_KINDS:
        log.read(kind, name)
    with transaction.atomic():
        mine = InboxRow.objects.filter(use_case=name)
        batches = sorted({one for one in mine.values_list("batch", flat=True) if one is not None})
        decisions = set(mine.filter(kind="decisions").values_list("key", flat=True))
        for taken_out in of_every("rows", "taken_out"):
            taken_out(name, decisions)
        rows = mine.count()
        if into:
            _become(name, into)
        else:
            _uncount(mine.filter(folded=False).values_list("sender", flat=True))
            mine.delete()
        for batch in batches:
            count(batch)
        Batch.objects.filter(pk__in=batches).update(digest="")
        if into:
            audit.record("use_case.merged", actor=actor, use_case=name, rows=rows, into=into)
        else:
            audit.record("use_case.removed", actor=actor, use_case=name, rows=rows)
    for kind in RECORD_KINDS:
        log.remove(kind, name)
    keep_digests(log)
    return rows


def _need_nobodys(name: str) -> None:
    if name not in use_case_names() and not rows_of(name):
        raise InputError(
            f"there is no use case {name!r}; `takeup use-case list` names those there are"
        )
    if is_declared(name):
        raise InputError(
            f"{name} is declared: what is recorded of it stays. Only a use case that nobody declared is "
            "merged or removed"
        )
    if has_rollout(name) or worked_on(name):
        raise InputError(
            f"people here work with {name} (its rollout, or topics that were answered): declare it; it is "
            "nobody's mistake"
        )


def _need_declared(name: str, into: str) -> None:
    if name == into or not is_declared(into):
        known = ", ".join(one for one in use_case_names() if is_declared(one)) or "none yet"
        raise InputError(f"{into!r} is not declared, so nothing becomes its; declared are: {known}")


def _become(name: str, into: str) -> None:
    """Every row as if it had been sent under `into`; one that is there already goes. Raises InputError
    naming what cannot be."""
    wrong: list[str] = []
    twice: Counter[int] = Counter()
    moved: set[tuple[str, str]] = set()
    for held in _chunks(name):
        there = _there(into, held)
        for row, became in zip(held, _renamed(held, into), strict=True):
            known = there.get((row.kind, row.key))
            if isinstance(became, str):
                wrong.append(f"{row.key}: {became}")
            elif known is None or (row.kind, row.key) in moved:
                moved.add((row.kind, row.key))
                row.body, row.hash = became
                row.use_case, row.batch = into, None
                row.save(update_fields=["body", "hash", "use_case", "batch"])
            elif row.kind == EVENTS or became[1] in known:
                twice[row.sender_id] += not row.folded
                row.delete()
            else:
                wrong.append(f"{row.key}: {into} has another of this id")
    if wrong:
        raise InputError(
            f"{len(wrong):,} rows of {name} cannot become {into}'s: {'; '.join(wrong[:_SHOWN])}"
            f"{' …' if len(wrong) > _SHOWN else ''}. Nothing was changed. Remove them, and let their sender "
            "send them right"
        )
    for sender, n in twice.items():
        Sender.objects.filter(pk=sender).update(
            stored=F("stored") - n, unchanged=F("unchanged") + n
        )


def _chunks(name: str) -> Iterator[list[InboxRow]]:
    """In the order they came, so that of several revisions the first becomes another's first."""
    last = 0
    rows = InboxRow.objects.filter(use_case=name).order_by("id")
    while held := list(rows.filter(id__gt=last)[:_AT_ONCE]):
        last = held[-1].pk
        yield held


def _there(into: str, rows: Sequence[InboxRow]) -> dict[tuple[str, str], set[str]]:
    """By kind and key: the hashes of what `into` has of these."""
    held = InboxRow.objects.filter(use_case=into, key__in={row.key for row in rows})
    found: dict[tuple[str, str], set[str]] = {}
    for kind, key, content in held.values_list("kind", "key", "hash"):
        found.setdefault((kind, key), set()).add(content)
    return found


def _renamed(rows: Sequence[InboxRow], into: str) -> list[tuple[str, str] | str]:
    """Body and hash of each under `into`, or why it cannot be there."""
    read = [_read(row, into) for row in rows]
    typed = [one for one in read if isinstance(one, Row | Refusal)]
    checked = iter(with_known_types(admission.of(typed)))
    found: list[tuple[str, str] | str] = []
    for row, one in zip(rows, read, strict=True):
        if isinstance(one, Row | Refusal):
            one = next(checked)
        if isinstance(one, Row):
            found.append((one.body(row.revision), one.hash))
        elif isinstance(one, Refusal):
            found.append("; ".join(one.reasons))
        else:
            found.append((one, hash_of_body(one)))
    return found


def _read(row: InboxRow, into: str) -> Row | Refusal | str:
    """A row under `into`; of an event its body."""
    if not row.body:
        return Refusal(("it is no longer kept as received (TAKEUP_INBOX_DAYS)",))
    if row.kind == EVENTS:
        event = event_of(row.body)
        return replace(event, use_case=into, data={**event.data, "use_case": into}).body()
    return read_row(row.kind, {**json.loads(row.body), "use_case": into})  # type: ignore[arg-type]


def _uncount(senders: Iterable[int]) -> None:
    """What is taken out was, for its sender's counters, never sent."""
    for sender, n in Counter(senders).items():
        Sender.objects.filter(pk=sender).update(sent=F("sent") - n, stored=F("stored") - n)
