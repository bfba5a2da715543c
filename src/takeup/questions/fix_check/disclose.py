"""The check of a fix, where enough people's cases are behind it."""

from __future__ import annotations

from takeup.disclosure.group_size import Audience, few
from takeup.questions.fix_check.measure import FixCheck
from takeup.record.settings import DisclosureSettings
from takeup.stats.answer import CannotSay, suppressed


def disclose_fix(
    found: FixCheck | CannotSay, audience: Audience, settings: DisclosureSettings
) -> FixCheck | CannotSay:
    """As it is, or nothing: how many cases of a rare kind were judged is how many its one specialist decided."""
    if isinstance(found, FixCheck) and few(found.people or None, audience, settings):
        return suppressed()
    return found
