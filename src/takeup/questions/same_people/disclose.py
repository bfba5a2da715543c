"""Sums over people stay with who holds the rows."""

from __future__ import annotations

from takeup.questions.same_people.measure import SamePeople
from takeup.questions.shown import Shown
from takeup.stats.answer import CannotSay, suppressed


def disclose(found: SamePeople | CannotSay, shown: Shown) -> SamePeople | CannotSay:
    """Nothing of them to share."""
    return suppressed() if shown.audience == "share" else found
