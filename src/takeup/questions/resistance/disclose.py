"""Reasons of the populations that may be shown."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, floor

from scipy.special import expit

from takeup.disclosure.group_size import few, named_by_some
from takeup.questions.resistance.measure import PopulationReasons, Resistance, without_figures
from takeup.questions.resistance.reason_score import (
    InterviewResult,
    Scored,
    Share,
    SurveyResult,
    Terms,
    between,
    of_behaviour,
    of_talks,
    probability,
)
from takeup.questions.resistance.signatures import OF_CASES, OF_TRUTH, Signature, log_odds
from takeup.questions.shared.hidden_in_use import untold_keys
from takeup.questions.shown import Shown
from takeup.record.settings import ResistanceSettings, Settings
from takeup.record.truth import TRUTH
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
        interviews = _enough_interviews(one.interviews, settings)
        scored = _talks_told(_in_tenths(one.scored), interviews, settings.resistance)
        return replace(
            one,
            scored=_roughly(scored, settings.resistance, _judged_by_few(one, shown)),
            survey=_enough_answers(one.survey, settings),
            interviews=interviews,
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


_STEPS = (0.05, 0.1, 0.2, 0.5, 1.0)
_FEWEST_IN_A_STEP, _COUNTED_IN = 8, 50
"""Cases that lie between two ends of a step, so that no count of a few follows; in what the others are counted."""


def _judged_by_few(one: PopulationReasons, shown: Shown) -> bool:
    own = ("population", one.population, None)
    return shown.known_of_few(TRUTH) or shown.known_of_few(TRUTH, own)


def _roughly(
    scored: Scored | CannotSay, rules: ResistanceSettings, judged_by_few: bool
) -> Scored | CannotSay:
    """Signs in behaviour in steps, and what is made of them from those: an exact share of a known number of
    overrides would count who gave one reason, whatever the figures of use hide."""
    if isinstance(scored, CannotSay):
        return scored
    terms = {t: _terms_in_steps(of, rules, judged_by_few) for t, of in scored.terms.items()}
    material = {t: probability(t, terms[t].total, rules) for t in scored.probability}
    return replace(
        scored,
        terms=terms,
        evidence={t: float(expit(of.total)) for t, of in terms.items()},
        probability=material,
        between={t: between(t, terms[t].total, p, rules) for t, p in material.items()},
    )


def _terms_in_steps(terms: Terms, rules: ResistanceSettings, judged_by_few: bool) -> Terms:
    own = tuple(
        _not_told(s) if judged_by_few and s.rule.id in OF_TRUTH else _in_steps(s)
        for s in terms.signatures
    )
    told = terms.behaviour if terms.behaviour is None else of_behaviour(own, rules)
    return replace(terms, signatures=own, behaviour=told)


def _not_told(sign: Signature) -> Signature:
    """Nothing of the cases of too few people, whose right answer is known."""
    return replace(sign, value=None, n=0, log_odds=0.0, why="too few people's cases are judged")


def _in_steps(sign: Signature) -> Signature:
    """The middle of the step it lies in, over about so many cases."""
    rule = sign.rule
    if rule.id not in OF_CASES:
        return sign
    if sign.value is None:
        why = f"fewer than {rule.fewest:.0f} cases" if sign.n else sign.why
        return replace(sign, n=0, why=why)
    wide = next((s for s in _STEPS if s * sign.n >= _FEWEST_IN_A_STEP), _STEPS[-1])
    value = (floor(sign.value / wide + 1e-9) + 0.5) * wide
    n = max(round(sign.n / _COUNTED_IN), 1) * _COUNTED_IN
    told = f"in steps of {100 * wide:.0f} points"
    return replace(sign, value=value, n=n, log_odds=log_odds(rule, value, n), why=told)


def _enough_answers(found: SurveyResult | None, settings: Settings) -> SurveyResult | None:
    """Without how many have which reason highest, which may be one or two."""
    enough = settings.resistance.smallest_respondents
    return None if found is None or found.respondents < enough else replace(found, highest={})


def _talks_told(
    scored: Scored | CannotSay, talks: InterviewResult | None, rules: ResistanceSettings
) -> Scored | CannotSay:
    """What interviews add, as from the shares that are told; of reasons that one or two named, or nobody, nothing."""
    if isinstance(scored, CannotSay) or talks is None:
        return scored
    terms = {
        t: of
        if of.interviews is None
        else replace(
            of,
            interviews=of_talks(talks.shares[t], talks.interviews, rules)
            if t in talks.shares
            else 0.0,
        )
        for t, of in scored.terms.items()
    }
    return replace(scored, terms=terms)


def _enough_interviews(found: InterviewResult | None, settings: Settings) -> InterviewResult | None:
    """Without what one or two said."""
    if found is None:
        return None
    if found.interviews < settings.resistance.smallest_interviews:
        return replace(found, shares={}, primary={})
    named, counts = named_by_some(found.primary)
    shares = {t: round(found.shares[t], 1) for t in named}
    return replace(found, shares=shares, primary=counts)
