"""How many rows wait for a correction, as going live asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from takeup.record.milestones import MilestoneRecord
from takeup.server.recording.record_api.services import watched


def tell(use_case: str, today: date) -> Iterable[MilestoneRecord]:
    """Of all senders together: a row that cannot be read is of no known use case."""
    found = watched()
    if sent := found.rows["sent"]:
        yield MilestoneRecord(
            "recording.quarantined", k=min(found.in_quarantine, sent), n=sent, words="rows that wait for a correction, of all senders"
        )  # fmt: skip
