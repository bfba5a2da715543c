"""Comparisons with rounded means where there are few people."""

from __future__ import annotations

from dataclasses import replace

from takeup.disclosure.rounding import rounded
from takeup.questions.comparison.measure import Comparison
from takeup.questions.shared.hidden_in_use import coarse
from takeup.questions.shown import Shown
from takeup.stats.answer import CannotSay


def disclose(found: Comparison | CannotSay, shown: Shown) -> Comparison | CannotSay:
    """Comparisons with rounded means where there are few people."""
    adoption, audience, settings = shown.adoption, shown.audience, shown.rules
    if isinstance(found, CannotSay) or not coarse(adoption, audience, settings):
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
