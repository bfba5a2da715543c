"""Kinds of case in which enough people overrode."""

from __future__ import annotations

from dataclasses import replace

from takeup.disclosure.group_size import few
from takeup.questions.blind_spots.measure import BlindSpots
from takeup.questions.shared.hidden_in_use import untold_keys
from takeup.questions.shown import Shown
from takeup.stats.answer import CannotSay


def disclose(found: BlindSpots | CannotSay, shown: Shown) -> BlindSpots | CannotSay:
    """Kinds of case in which enough people overrode, of levels whose overrides may be shown."""
    audience, settings = shown.audience, shown.settings
    if isinstance(found, CannotSay):
        return found
    untold = {cut: untold_keys(shown.adoption, cut) for cut in shown.adoption.groups}
    return replace(
        found,
        found=tuple(
            s
            for s in found.found
            if not few(s.people, audience, settings.disclosure)
            and not any(level in untold.get(cut, ()) for cut, level in s.kind)
        ),
    )
