"""Counts of people without cells of one or two."""

from __future__ import annotations

from dataclasses import replace

from takeup.questions.people.measure import People, PeopleOf
from takeup.questions.shared.hidden_in_use import untold_keys
from takeup.questions.shown import Shown
from takeup.stats.answer import CannotSay


def disclose(found: People | CannotSay, shown: Shown) -> People | CannotSay:
    """Counts of people without cells of one or two, and without hidden populations."""
    adoption, audience = shown.adoption, shown.audience
    if isinstance(found, CannotSay):
        return found
    hidden = untold_keys(adoption, "population")
    return replace(
        found,
        populations=tuple(
            _without_small(p) if audience == "share" else p
            for p in found.populations
            if p.population not in hidden
        ),
    )


def _without_small(p: PeopleOf) -> PeopleOf:
    small = any(n is not None and 0 < n < 3 for n in (p.better, p.worse, p.unknown))
    return replace(p, better=None, worse=None, unknown=None) if small else p
