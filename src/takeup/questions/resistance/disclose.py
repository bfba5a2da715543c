"""Reasons of the populations that may be shown."""

from __future__ import annotations

from dataclasses import replace

from takeup.disclosure.group_size import few
from takeup.questions.resistance.measure import PopulationReasons, Resistance, without_figures
from takeup.questions.resistance.reason_score import InterviewResult, SurveyResult
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
            survey=_enough_answers(one.survey, settings),
            interviews=_enough_interviews(one.interviews, settings),
        )

    return replace(found, populations=tuple(told(p) for p in found.populations))


def _enough_answers(found: SurveyResult | None, settings: Settings) -> SurveyResult | None:
    enough = settings.resistance.smallest_respondents
    return None if found is None or found.respondents < enough else found


def _enough_interviews(found: InterviewResult | None, settings: Settings) -> InterviewResult | None:
    if found is None or found.interviews >= settings.resistance.smallest_interviews:
        return found
    return replace(found, shares={}, primary={})
