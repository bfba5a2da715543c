"""What of the levels is not known yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from takeup.drawing.words import Titles, name_of
from takeup.questions.ladder.measure import LEVELS, Ladder, LevelRange
from takeup.questions.shared.whose import ALL
from takeup.stats.answer import CannotSay


def left_open(found: Ladder, titles: Titles) -> Iterable[tuple[str, Any]]:
    """Questions, and what is known of each."""
    for p in found.populations:
        where = (
            "" if p.population == ALL else f" ({titles.get(p.population, name_of(p.population))})"
        )
        if isinstance(p.level, CannotSay):
            yield f"Which level of adoption quality{where}?", p.level
        elif p.level.why:
            needs = CannotSay(
                "not_instrumented",
                f"not in a table of decisions: {'; '.join(p.level.why)}",
                "a population file that states them (`takeup template` lists it)",
            )
            yield f"Which level of adoption quality: {_either(p.level)}{where}?", needs


def _either(level: LevelRange) -> str:
    """`aware or trial`; `unreached to trial` where more than two are possible."""
    names = LEVELS[level.certain : level.possible + 1]
    return f"{names[0]} {'or' if len(names) == 2 else 'to'} {names[-1]}"
