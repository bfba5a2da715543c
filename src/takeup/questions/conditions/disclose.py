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

_OF_PEOPLE = frozenset({"C2.2", "C2.3", "C3.1", "C3.2", "C4.2", "C4.3", "C4.5", "C8.3"})
"""What counts something that people did: it can be subtracted from the figures of use."""


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
    if i.source != "telemetry" or i.id not in _OF_PEOPLE:
        return i
    counts = (i.did, i.did_not)
    if any(n is not None and n < rules.minimum_group for n in counts):
        return hidden_figure(i)
    return replace(i, figure=_coarse(i.figure), before=None, beside=None)


def _coarse(answer: Answer) -> Answer:
    """To five points, without counts; of how many cases to the ten below."""
    told = rounded(answer)
    return replace(told, n=told.n // 10 * 10) if isinstance(told, Estimate) else told
