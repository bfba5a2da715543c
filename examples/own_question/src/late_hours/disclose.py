"""The hours of enough people."""

from __future__ import annotations

from late_hours.measure import LateHours
from takeup.disclosure.group_size import few
from takeup.questions.shown import Shown
from takeup.stats.answer import CannotSay, suppressed


def disclose(found: LateHours | CannotSay, shown: Shown) -> LateHours | CannotSay:
    """All of it, or nothing where too few people decided at both times."""
    if isinstance(found, CannotSay) or not few(found.people, shown.audience, shown.rules):
        return found
    return suppressed()
