"""Reasons of the populations that may be shown."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, floor

from takeup.disclosure.group_size import few
from takeup.questions.resistance.measure import PopulationReasons, Resistance, without_figures
from takeup.questions.resistance.reason_score import InterviewResult, Scored, Share, SurveyResult
from takeup.questions.shared.hidden_in_use import untold_keys
from takeup.questions.shown import Shown
from takeup.record.settings import Settings
from takeup.stats.answer import CannotSay


def disclose(found: Resistance | CannotSay, shown: Shown) -> Resistance | CannotSay:
    """Reasons of the populations that may be shown; surveys under ten respondents and
    interviews under five keep their counts to themselves."""
    adoption, audience, settings = shown.adoption, shown.audience, shown.settings
    if isinstance(found, CannotSay):
        return found
    hidden = untold_keys(adoption, "population")

    def told(one: PopulationReasons) -> PopulationReasons:
        if one.population in hidden or few(one.people or None, audience, settings.disclosure):
            return without_figures(one)
        if audience != "share":
            return one
        return replace(
            one,
            scored=_in_tenths(one.scored),
            survey=_enough_answers(one.survey, settings),
            interviews=_enough_interviews(one.interviews, settings),
        )

    return replace(found, populations=tuple(told(p) for p in found.populations))


def _in_tenths(scored: Scored | CannotSay) -> Scored | CannotSay:
    """How many people have which reason, in tenths: nearer, it would count one or two of them."""
    if isinstance(scored, CannotSay):
        return scored
    rough = {
        t: Share(round(m.mean, 1), floor(10 * m.low) / 10, ceil(10 * m.high) / 10)
        for t, m in scored.mix.items()
    }
    return replace(scored, mix=rough)


def _enough_answers(found: SurveyResult | None, settings: Settings) -> SurveyResult | None:
    """Without how many have which reason highest, which may be one or two."""
    enough = settings.resistance.smallest_respondents
    return None if found is None or found.respondents < enough else replace(found, highest={})


def _enough_interviews(found: InterviewResult | None, settings: Settings) -> InterviewResult | None:
    if found is None or found.interviews >= settings.resistance.smallest_interviews:
        return found
    return replace(found, shares={}, primary={})
