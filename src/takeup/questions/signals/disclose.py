"""Signals of the populations and weeks that may be shown."""

from __future__ import annotations

from dataclasses import replace

from takeup.questions.shared.hidden_in_use import hidden_keys
from takeup.questions.shown import Shown
from takeup.questions.signals.measure import Signals, without_weeks
from takeup.stats.answer import CannotSay


def disclose(found: Signals | CannotSay, shown: Shown) -> Signals | CannotSay:
    """Signals of the populations that may be shown; those to be shared are found without the weeks that may
    not."""
    adoption, audience, settings = shown.adoption, shown.audience, shown.settings
    if isinstance(found, CannotSay):
        return found
    hidden = hidden_keys(adoption, "population")
    told = replace(
        found,
        seen=tuple(s for s in found.seen if s.population not in hidden),
        populations=tuple(p for p in found.populations if p not in hidden),
        figures=tuple(f for f in found.figures if f.population not in hidden),
    )
    if audience != "share":
        return told
    weeks = {p: w for p, w in adoption.weeks_hidden.items() if p not in hidden}
    return without_weeks(told, weeks, settings)
