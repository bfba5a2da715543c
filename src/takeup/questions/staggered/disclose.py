"""Figures of all people together; week by week where every cohort is of enough people."""

from __future__ import annotations

from dataclasses import replace

from takeup.disclosure.group_size import few
from takeup.questions.shown import Shown
from takeup.questions.staggered.measure import Staggered
from takeup.stats.answer import CannotSay


def disclose(found: Staggered | CannotSay, shown: Shown) -> Staggered | CannotSay:
    """Without single weeks since the start where a cohort is of too few people: one of them may be that cohort alone, held
    against the others."""
    if isinstance(found, CannotSay) or not few(found.fewest_people, shown.audience, shown.rules):
        return found
    return replace(found, effects=tuple(replace(one, weeks=()) for one in found.effects))
