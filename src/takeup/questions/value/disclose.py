"""Values of the populations that may be shown."""

from __future__ import annotations

from dataclasses import replace

from takeup.questions.shared.hidden_in_use import untold_keys
from takeup.questions.shown import Shown
from takeup.questions.value.measure import Value
from takeup.stats.answer import CannotSay


def disclose(found: Value | CannotSay, shown: Shown) -> Value | CannotSay:
    """Values of the populations that may be shown."""
    adoption = shown.adoption
    if isinstance(found, CannotSay):
        return found
    hidden = untold_keys(adoption, "population")
    return replace(
        found, populations=tuple(v for v in found.populations if v.population not in hidden)
    )
