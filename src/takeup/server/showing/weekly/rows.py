"""What is kept of a manager goes with them, and with its time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from takeup.server.showing.weekly.looking import age_opened, forget_opened


def erased(handle: str) -> Collection[str]:
    """That they opened the dashboard. Nobody was told anything of it."""
    forget_opened(handle)
    return ()


def aged(today: date) -> None:
    """Openings of weeks that are never counted again."""
    age_opened(today)
