"""What waits, and whose clock is off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from takeup.record.clock import now
from takeup.record.events import CLOCKS_APART, Event, clock_difference, event_of
from takeup.record.incoming import RECORD_KINDS
from takeup.server.deployment.examined import Check, Finding
from takeup.server.deployment.settings import ServerSettings
from takeup.server.recording.record_api.models import Batch, InboxRow, Quarantined
from takeup.server.recording.record_api.receive_events import EVENTS
from takeup.server.recording.record_api.services import implausible

_SLOW_DRAIN = 10
"""Drains that may be missed before it counts as stuck."""
_EVENTS_LOOKED_AT = 5_000


def _inbox(settings: ServerSettings) -> Iterator[Finding]:
    oldest = InboxRow.objects.filter(kind__in=RECORD_KINDS, batch=None).order_by("id").first()
    unwritten = Batch.objects.filter(written_at=None).order_by("number").first()
    since = min((x for x in (oldest and oldest.received_at, unwritten and unwritten.made_at) if x),
                default=None)  # fmt: skip
    late = since is not None and now() - since > timedelta(
        seconds=_SLOW_DRAIN * settings.drain_seconds + 30
    )
    yield Finding(
        "drain", "mend" if late else "well",
        f"rows wait since {since:%-d %b %Y, %H:%M} UTC" if late and since else "nothing waits for long",
        "is takeup serve running? takeup log drain says what is wrong" if late else "",
    )  # fmt: skip
    waiting = Quarantined.objects.filter(resolved_at=None).count()
    if waiting:
        yield Finding(
            "quarantine", "look", f"{waiting:,} rows wait for a correction",
            "correct them on the page Quarantine, or at their sender",
        )  # fmt: skip


def _clocks(settings: ServerSettings) -> Iterator[Finding]:
    """Sources whose events tell of views after the decision, a few seconds of another's clock."""
    if problem := implausible():
        yield Finding(
            "clock", "mend", f"{problem}: what takes away by time waits",
            "set the clock, or say `takeup log retain --clock-is-right`",
        )  # fmt: skip
    told: dict[str, list[Event]] = {}
    newest = InboxRow.objects.filter(kind=EVENTS).exclude(body="").order_by("-id")
    for body in newest.values_list("body", flat=True)[:_EVENTS_LOOKED_AT]:
        event = event_of(body)
        told.setdefault(f"{event.use_case}/{event.decision_id}", []).append(event)
    seen: dict[tuple[str, str], list[timedelta]] = {}
    for events in told.values():
        if apart := clock_difference(events):
            seen.setdefault(apart[:2], []).append(apart[2])
    for (viewed, made), late in sorted(seen.items()):
        yield Finding(
            "clocks", "look",
            f"{len(late):,} of the newest decisions made at {made} were viewed, by the clock of "
            f"{viewed}, up to {max(late).total_seconds():.0f} s after they were made; they count as "
            f"viewed before (sources may be {CLOCKS_APART.total_seconds():.0f} s apart)",
            f"set the clocks of {viewed} and {made} by NTP",
        )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    _inbox,
    _clocks,
)
