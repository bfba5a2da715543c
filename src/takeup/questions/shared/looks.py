"""How often a report is looked at decides how wide its differences are."""

from __future__ import annotations

from takeup.record.settings import Settings
from takeup.stats.interval import Interval


def interval_of(settings: Settings) -> Interval:
    """The interval of every difference of a report: of one look, or of all looks together."""
    looks = settings.looks
    return Interval(settings.confidence, looks.expected if looks.again else None)
