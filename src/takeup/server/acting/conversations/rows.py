"""Notes of conversations go after their time, and sealed names with a person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from takeup.server.acting.conversations.services import let_go


def erased(handle: str) -> Collection[str]:
    """Sealed names that may hold theirs: only the facilitator opens those, who sees the active alone."""
    return ()


def aged(today: date) -> None:
    """What was said goes after its time; codes stay."""
    let_go(today)
