"""Comparisons with rounded means where there are few people."""

from __future__ import annotations

from dataclasses import replace

from takeup.disclosure.rounding import rounded
from takeup.questions.comparison.measure import CORRECTNESS, LOSS, Comparison, OutcomeComparison
from takeup.questions.shared.hidden_in_use import coarse
from takeup.questions.shared.known_truth import OUTCOME
from takeup.questions.shown import Shown
from takeup.record.truth import TRUTH
from takeup.stats.answer import CannotSay, suppressed


def _of_few(one: OutcomeComparison, shown: Shown) -> bool:
    """Whether too few people's decisions have the outcome."""
    judged = one.outcome in (CORRECTNESS, LOSS)
    return shown.known_of_few(TRUTH if judged else OUTCOME + one.outcome)


def disclose(found: Comparison | CannotSay, shown: Shown) -> Comparison | CannotSay:
    """Comparisons with rounded means where there are few people; what is shared has no table of balance."""
    adoption, audience, settings = shown.adoption, shown.audience, shown.rules
    if isinstance(found, CannotSay):
        return found
    if audience == "share":
        kept = tuple(one for one in found.outcomes if not _of_few(one, shown))
        if not kept:
            return suppressed()
        found = Comparison(kept)
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
