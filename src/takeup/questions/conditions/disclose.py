"""Conditions of the populations that may be shown; figures of what people did without counts."""

from __future__ import annotations

from dataclasses import replace

from takeup.disclosure.group_size import few
from takeup.disclosure.rounding import rounded
from takeup.questions.conditions.measure import (
    ConditionFound,
    Conditions,
    IndicatorFound,
    PopulationConditions,
    hidden_figure,
    without_figures,
)
from takeup.questions.conditions.rules import worst_of
from takeup.questions.shared.hidden_in_use import untold_keys
from takeup.questions.shown import Shown
from takeup.record.settings import DisclosureSettings
from takeup.stats.answer import Answer, CannotSay, Estimate

_OF_DECISIONS = frozenset({"C2.2", "C2.3", "C3.1", "C3.2", "C4.5", "C8.3"})
"""What people did with advice: it can be subtracted from the figures of use."""
_OF_ENDS = "C4.1"
"""Decisions whose end is known: how many those of a few people are, or all but those, follows from it."""
_OF_PEOPLE = frozenset({"C2.4", "C4.2", "C4.3", "C5.3"})
"""What counts people by something that each of them did."""
_OF_MANAGERS = frozenset({"C6.1", "C6.2", "C6.3"})
_FEWEST_MANAGERS = 5


def disclose(found: Conditions | CannotSay, shown: Shown) -> Conditions | CannotSay:
    """Populations under the minimum group, or hidden in use, are not told. To share, figures of what people did
    are rounded, without counts, and only where those who did and those who did not are enough people; grades
    stay."""
    if isinstance(found, CannotSay):
        return found
    hidden = untold_keys(shown.adoption, "population")
    populations = tuple(_population(p, hidden, shown) for p in found.populations)
    risks = [p.risk for p in populations if p.risk is not None]
    return replace(found, populations=populations, risk=worst_of(risks))


def _population(p: PopulationConditions, hidden: set[str], shown: Shown) -> PopulationConditions:
    if p.population in hidden or (p.eligible and few(p.people, shown.audience, shown.rules)):
        return without_figures(p)
    if shown.audience != "share":
        return p
    if p.eligible and p.people is None:
        return without_figures(p)
    return replace(p, conditions=tuple(_condition(c, shown.rules) for c in p.conditions))


def _condition(c: ConditionFound, rules: DisclosureSettings) -> ConditionFound:
    return replace(c, indicators=tuple(_indicator(i, rules) for i in c.indicators))


def _indicator(i: IndicatorFound, rules: DisclosureSettings) -> IndicatorFound:
    if i.id in _OF_MANAGERS:
        managers = None if i.did is None or i.did_not is None else i.did + i.did_not
        return hidden_figure(i) if managers is not None and managers < _FEWEST_MANAGERS else i
    by_few = any(0 < (n or 0) < rules.minimum_group for n in (i.did, i.did_not))
    if i.id == _OF_ENDS or isinstance(i.figure, CannotSay):
        return hidden_figure(i) if by_few else i
    if not (i.id in _OF_PEOPLE or (i.id in _OF_DECISIONS and i.source == "telemetry")):
        return i
    if by_few or 0 in (i.did, i.did_not):
        return hidden_figure(i)
    return replace(i, figure=_coarse(i.figure), before=None, beside=None)


def _coarse(answer: Answer) -> Answer:
    """To five points, without counts; of how many cases to the ten below."""
    told = rounded(answer)
    return replace(told, n=told.n // 10 * 10) if isinstance(told, Estimate) else told
