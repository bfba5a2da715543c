"""Levels of the populations that may be shown."""

from __future__ import annotations

from dataclasses import replace

from takeup.disclosure.group_size import without_small_cells
from takeup.questions.ladder.measure import Ladder, PopulationLevel
from takeup.questions.shared.hidden_in_use import hidden_keys
from takeup.questions.shown import Shown
from takeup.stats.answer import CannotSay, suppressed


def disclose(ladder: Ladder | CannotSay, shown: Shown) -> Ladder | CannotSay:
    """Levels of the populations that may be shown; no cell of one or two people."""
    adoption, audience = shown.adoption, shown.audience
    if isinstance(ladder, CannotSay) or audience == "public":
        return ladder
    hidden = hidden_keys(adoption, "population")
    return replace(
        ladder,
        populations=tuple(
            _level_hidden(p)
            if p.population in hidden
            else replace(p, distribution=without_small_cells(p.distribution))
            for p in ladder.populations
        ),
    )


def _level_hidden(level: PopulationLevel) -> PopulationLevel:
    return replace(
        level,
        people=0,
        graded=0,
        level=suppressed(),
        distribution=(),
        gaps=(),
        markers=(),
        headline=None,
        nominal_rate=None,
        consult_rate=float("nan"),
        override_rate=None,
        effective_reliance=float("nan"),
        hidden=True,
    )
