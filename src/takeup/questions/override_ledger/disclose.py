"""Lines of enough people."""

from __future__ import annotations

from dataclasses import replace

from takeup.disclosure.group_size import few
from takeup.questions.override_ledger.lines import lines_hidden
from takeup.questions.override_ledger.measure import (
    Ledger,
    LedgerLine,
    told_by_few,
    without_judgement,
)
from takeup.questions.shown import Shown
from takeup.record.truth import TRUTH
from takeup.stats.answer import CannotSay


def _of_few(line: LedgerLine, shown: Shown) -> bool:
    """Whether too few people overrode, or too few of their overrides tell who was right."""
    return few(line.people, "share", shown.rules) or told_by_few(line, shown.rules)


def disclose(found: Ledger | CannotSay, shown: Shown) -> Ledger | CannotSay:
    """Lines of enough people; those left out, which the total and the figures of use give away together, are of
    enough people too."""
    if isinstance(found, CannotSay) or shown.audience != "share":
        return found
    if told_by_few(found.total, shown.rules) or shown.known_of_few(TRUTH):
        found = replace(
            found,
            total=without_judgement(found.total),
            lines=tuple(map(without_judgement, found.lines)),
        )
    few_lines = [i for i, one in enumerate(found.lines) if _of_few(one, shown)]
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
