"""An erased person is invited no more; what they answered was nobody's from the start."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from takeup.server.acting.survey.services import forget_invited, let_go


def erased(handle: str) -> Collection[str]:
    """Their invitations go."""
    forget_invited(handle)
    return ()


def aged(today: date) -> None:
    """Single answers go after their time."""
    let_go(today)
