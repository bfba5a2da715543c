"""Lines of enough people."""

from __future__ import annotations

from dataclasses import replace

from takeup.disclosure.group_size import few
from takeup.questions.override_ledger.lines import lines_hidden
from takeup.questions.override_ledger.measure import Ledger
from takeup.questions.shown import Shown
from takeup.stats.answer import CannotSay


def disclose(found: Ledger | CannotSay, shown: Shown) -> Ledger | CannotSay:
    """Lines of enough people; those left out, which the total and the figures of use give away together, are of
    enough people too."""
    if isinstance(found, CannotSay) or shown.audience != "share":
        return found
    few_lines = [i for i, one in enumerate(found.lines) if few(one.people, "share", shown.rules)]
    hidden = lines_hidden(
        found.lines,
        few_lines,
        found.total.overrides,
        shown.adoption,
        found.dimension,
        shown.rules.minimum_group,
    )
    kept = tuple(line for i, line in enumerate(found.lines) if i not in hidden)
    return replace(found, lines=kept, more=found.more + len(found.lines) - len(kept))
