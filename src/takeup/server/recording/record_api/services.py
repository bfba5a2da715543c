"""What other capabilities may ask of the record API: the log as one table, its drain, and what waits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import ibis.expr.types as ir
from django.db.models import Min, Sum
from django.db.models.functions import TruncDate

from takeup.log import Engine
from takeup.record.errors import InputError
from takeup.record.incoming import RECORD_KINDS
from takeup.server.deployment.connect import log_of
from takeup.server.deployment.settings import read_server_settings
from takeup.server.foundation.organization.services import active_handles, use_case_names
from takeup.server.recording.record_api.beside_no_drain import drain_now, drain_once
from takeup.server.recording.record_api.keys import signing_key
from takeup.server.recording.record_api.models import ApiKey as SenderKey
from takeup.server.recording.record_api.models import InboxRow, Night, Quarantined, Sender
from takeup.server.recording.record_api.night import implausible
from takeup.server.recording.record_api.pseudonyms import people_behind
from takeup.server.recording.record_api.reading import NOT_DRAINED, Recorded, recorded

_USUAL_DAYS = 10
"""Working days of four weeks on which a sender must have sent before its silence says anything."""


def in_quarantine() -> int:
    """How many rows wait for a correction."""
    return Quarantined.objects.filter(resolved_at=None).count()


def handles_behind(pseudonyms: Collection[str]) -> dict[str, str]:
    """Handles of active people by the pseudonyms under which the log has them: to tell them
    something, never to show who they are."""
    handles, wanted = dict(active_handles()), set(pseudonyms)
    return {
        pseudonym: handles[person_id]
        for pseudonym, person_id in people_behind(handles).items()
        if pseudonym in wanted
    }


def decisions_in(engine: Engine, use_case: str) -> ir.Table | None:
    """The decisions of one use case in `engine`, where they lie, drained or not; None where there is none.
    For a page that counts: the night looks at every byte of the log."""
    there = Recorded(log_of(read_server_settings()), ["decisions"], deep=False)
    return there.tables(engine, use_case).get("decisions")


def need_use_case(name: str) -> None:
    """Raises InputError where nothing was ever recorded, declared or decided under this name."""
    names = use_case_names()
    # Rows that came just now have none before the next drain.
    if name not in names and not InboxRow.objects.filter(use_case=name).exists():
        there = f"there is: {', '.join(names)}" if names else "there is none yet"
        raise InputError(f"there is no use case {name!r}; {there}")


@dataclass(frozen=True, slots=True)
class Watched:
    """Rows by what became of them; rows that are not in the log yet and since when the oldest waits; rows
    that wait for a correction; when the nightly work was done last, where it never was when it could first
    have been."""

    rows: Mapping[str, int]
    undrained: int
    oldest: datetime | None
    in_quarantine: int
    last_night: datetime | None


def watched() -> Watched:
    """What an operator watches of the record API."""
    names = ("sent", "stored", "unchanged", "conflict", "quarantined")
    found = Sender.objects.aggregate(**{name: Sum(name) for name in names})
    undrained = InboxRow.objects.filter(batch=None, kind__in=RECORD_KINDS)
    return Watched(
        {name: found[name] or 0 for name in names},
        undrained.count(),
        undrained.aggregate(at=Min("received_at"))["at"],
        in_quarantine(),
        Night.objects.aggregate(at=Min("at"))["at"]
        or Sender.objects.aggregate(at=Min("created_at"))["at"],
    )


def sender_count() -> int:
    """How many applications send."""
    return Sender.objects.count()


def silent_senders(today: date) -> dict[str, date]:
    """Senders that sent on most working days of the four weeks before and on none of the last two:
    their last day, by name."""
    since = today - timedelta(days=30)
    days: dict[str, set[date]] = {}
    found = (
        InboxRow.objects.filter(received_at__gte=datetime.combine(since, time(), UTC))
        .annotate(day=TruncDate("received_at"))
        .values_list("sender__name", "day")
        .distinct()
    )
    for name, day in found:
        days.setdefault(name, set()).add(day)
    quiet = [today - timedelta(days=n) for n in range(1, 6)]
    last_two = [day for day in quiet if day.weekday() < 5][:2]
    silent = {}
    for name, seen in days.items():
        before = {day for day in seen if day.weekday() < 5 and day < last_two[-1]}
        if len(before) >= _USUAL_DAYS and not seen & {*last_two, today}:
            silent[name] = max(seen)
    return silent


__all__ = [
    "NOT_DRAINED",
    "Recorded",
    "SenderKey",
    "Watched",
    "decisions_in",
    "drain_now",
    "drain_once",
    "handles_behind",
    "implausible",
    "in_quarantine",
    "recorded",
    "sender_count",
    "signing_key",
    "silent_senders",
    "watched",
]
