"""What changed, and the responses it asks for."""

from __future__ import annotations

from takeup.server.acting.signals.services import take_signals
from takeup.server.deployment.day import Day


def take(day: Day) -> None:
    """What changed, and the responses it asks for."""
    for one in day.shared:
        take_signals(day.use_case, one.measures.signals, day.titles)
