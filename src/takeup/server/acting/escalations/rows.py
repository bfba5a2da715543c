"""What a person raised goes with them; what was written goes after its time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from takeup.server.acting.escalations.services import forget_writer, let_go


def erased(handle: str) -> Collection[str]:
    """What they wrote goes, and that it was they; what was decided of it stays. No notice quotes them."""
    forget_writer(handle)
    return ()


def aged(today: date) -> None:
    """Texts of what ended long ago."""
    let_go(today)
