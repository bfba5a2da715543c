"""Comparisons with rounded means where there are few people."""

from __future__ import annotations

from dataclasses import replace

from takeup.disclosure.rounding import rounded
from takeup.questions.comparison.measure import Comparison
from takeup.questions.shared.hidden_in_use import coarse
from takeup.questions.shown import Shown
from takeup.stats.answer import CannotSay


def disclose(found: Comparison | CannotSay, shown: Shown) -> Comparison | CannotSay:
    """Comparisons with rounded means where there are few people; what is shared has no table of balance."""
    adoption, audience, settings = shown.adoption, shown.audience, shown.rules
    if isinstance(found, CannotSay):
        return found
    if audience == "share":
        # How each level of each covariate lies on both sides tells of hidden ones, too.
        found = Comparison(tuple(replace(one, cells=None, balance=None) for one in found.outcomes))
    if not coarse(adoption, audience, settings):
        return found
    return Comparison(
        tuple(
            replace(
                one,
                mean_followed=rounded(one.mean_followed),
                mean_overridden=rounded(one.mean_overridden),
            )
            for one in found.outcomes
        )
    )
