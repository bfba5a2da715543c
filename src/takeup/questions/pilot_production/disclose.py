"""The pilot, where enough people were in it."""

from __future__ import annotations

from takeup.disclosure.group_size import few
from takeup.questions.pilot_production.measure import PilotProduction
from takeup.questions.shared.hidden_in_use import untold_keys
from takeup.questions.shown import Shown
from takeup.stats.answer import CannotSay, suppressed


def disclose(found: PilotProduction | CannotSay, shown: Shown) -> PilotProduction | CannotSay:
    """The pilot, where enough people were in it."""
    audience, settings = shown.audience, shown.settings
    if isinstance(found, CannotSay):
        return found
    hidden = few(found.pilot_people, audience, settings.disclosure)
    hidden = hidden or bool(untold_keys(shown.adoption, "phase"))
    return suppressed() if hidden else found
