"""Figures of all people together, where enough people are behind them."""

from __future__ import annotations

from dataclasses import fields, replace

from takeup.disclosure.group_size import few
from takeup.questions.shown import Shown
from takeup.questions.team.measure import Complementarity, Effort, Team
from takeup.stats.answer import CannotSay, Estimate, suppressed


def disclose(found: Team | CannotSay, shown: Shown) -> Team | CannotSay:
    """Without what few people did alone, or timed."""
    if isinstance(found, CannotSay):
        return found
    together, effort = found.complementarity, found.effort
    return replace(
        found,
        complementarity=suppressed() if _of_few(together, shown) else together,
        effort=suppressed() if _of_few(effort, shown) else effort,
    )


def _of_few(found: Complementarity | Effort | CannotSay, shown: Shown) -> bool:
    if isinstance(found, CannotSay):
        return False
    answers = (getattr(found, f.name) for f in fields(found))
    return any(
        isinstance(a, Estimate) and few(a.people, shown.audience, shown.rules) for a in answers
    )
