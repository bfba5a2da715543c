"""Lines of enough people."""

from __future__ import annotations

from dataclasses import replace

from takeup.disclosure.of_enough import of_enough
from takeup.questions.override_ledger.measure import Ledger
from takeup.questions.shown import Shown
from takeup.stats.answer import CannotSay


def disclose(found: Ledger | CannotSay, shown: Shown) -> Ledger | CannotSay:
    """Lines of enough people; those left out, which the total gives away together, are of enough people too."""
    audience, settings = shown.audience, shown.settings
    if isinstance(found, CannotSay) or audience != "share":
        return found
    kept = of_enough(
        found.lines, [line.people for line in found.lines], settings, whole=not found.more
    )
    return replace(found, lines=kept, more=found.more + len(found.lines) - len(kept))
