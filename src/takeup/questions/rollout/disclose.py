"""Figures of both arms, where enough people's cases are in each."""

from __future__ import annotations

from takeup.disclosure.group_size import few
from takeup.questions.rollout.measure import Rollout
from takeup.questions.shown import Shown
from takeup.stats.answer import CannotSay, suppressed


def disclose(found: Rollout | CannotSay, shown: Shown) -> Rollout | CannotSay:
    """As it is, or nothing: the mean of an arm of three people is what those three did, and the difference less the
    other arm's mean is, too."""
    if isinstance(found, CannotSay) or shown.audience == "public":
        return found
    of_few = any(few(people, shown.audience, shown.rules) for people, _ in found.arms)
    of_one = any(most > shown.rules.largest_share_of_decisions for _, most in found.arms)
    return suppressed() if of_few or (shown.audience == "share" and of_one) else found
