"""How old the figures are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from takeup.record.clock import now
from takeup.server.deployment.examined import Check, Finding
from takeup.server.deployment.settings import ServerSettings
from takeup.server.foundation.organization.services import use_case_names
from takeup.server.showing.overview.models import Snapshot


def _measured(settings: ServerSettings) -> Iterator[Finding]:
    newest = Snapshot.objects.order_by("-day").first()
    if use_case_names():
        old = newest is None or now().date() - newest.day > timedelta(days=2)
        words = "none yet" if newest is None else f"the newest is of {newest.day:%-d %b %Y}"
        yield Finding(
            "snapshots", "look" if old else "well", words, "takeup snapshot" if old else ""
        )


CHECKS: tuple[Check, ...] = (_measured,)
