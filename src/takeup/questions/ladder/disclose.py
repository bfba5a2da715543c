"""Levels of the populations that may be shown."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from takeup.disclosure.group_size import without_small_cells
from takeup.questions.ladder.measure import Ladder, PopulationLevel
from takeup.questions.ladder.pooled import PEOPLE_AT, Clause
from takeup.questions.shared.hidden_in_use import untold_keys
from takeup.questions.shown import Shown
from takeup.record.truth import TRUTH
from takeup.stats.answer import CannotSay, suppressed


def disclose(ladder: Ladder | CannotSay, shown: Shown) -> Ladder | CannotSay:
    """Levels of the populations that may be shown; no cell of one or two people."""
    adoption, audience = shown.adoption, shown.audience
    if isinstance(ladder, CannotSay) or audience == "public":
        return ladder
    hidden = untold_keys(adoption, "population")
    pathless = untold_keys(adoption, "population", ("nominal_rate",))
    told = in_fives if audience == "share" else _level_merged
    unjudged = {
        p.population
        for p in ladder.populations
        if shown.known_of_few(TRUTH)
        or shown.known_of_few(TRUTH, ("population", p.population, None))
    }
    return replace(
        ladder,
        populations=tuple(
            _level_hidden(p)
            if p.population in hidden
            else told(_without(p, p.population in pathless, p.population in unjudged))
            for p in ladder.populations
        ),
    )


def _without(level: PopulationLevel, path: bool, benchmark: bool) -> PopulationLevel:
    """Without the way cases go, and what is known of too few people's decisions."""
    level = replace(level, nominal_rate=None) if path else level
    return replace(level, benchmark=None) if benchmark else level


def _level_merged(level: PopulationLevel) -> PopulationLevel:
    return replace(level, distribution=without_small_cells(level.distribution))


def in_fives(level: PopulationLevel) -> PopulationLevel:
    """A level to be shared. Its last weeks are no table of their own, so exact figures would tell what the weeks
    shown beside them hide: rates are between multiples of five points, and counts are left out."""
    level = _level_merged(level).coarsened()
    reason = level.level
    if isinstance(reason, CannotSay) and reason.status == "insufficient":
        reason = replace(
            reason, reason="too few people with enough cases, or too few cases", n=None
        )
    gaps = tuple(replace(gap, now=_now_in_fives(gap, level)) for gap in level.gaps)
    return replace(level, level=reason, gaps=gaps)


_PERCENT = re.compile(r"(?:(\d+) to )?(\d+)\u00a0%")


def _now_in_fives(gap: Clause, level: PopulationLevel) -> str:
    if gap.now.isdecimal():
        return "too few"
    least = 3 / level.graded if gap.text.startswith(PEOPLE_AT) and level.graded else 0.0

    def between(found: re.Match[str]) -> str:
        low, high = (int(found[i] or found[2]) / 100 for i in (1, 2))
        # One or two people on either side are nobody's business.
        low, high = (low if low >= least else 0.0), (high if 1 - high >= least else 1.0)
        ends = (5 * math.floor(20 * low + 1e-9), 5 * math.ceil(20 * high - 1e-9))
        return f"{' to '.join(str(end) for end in dict.fromkeys(ends))}\u00a0%"

    return _PERCENT.sub(between, gap.now, count=1)


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
        benchmark=None,
        nominal_rate=None,
        consult_rate=float("nan"),
        override_rate=None,
        effective_reliance=float("nan"),
        hidden=True,
    )
