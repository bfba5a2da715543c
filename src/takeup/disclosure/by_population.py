"""What may be shown of measures that speak of populations, kinds of case and reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from takeup.disclosure.one_table import (
    Audience,
    few,
    hidden_keys,
    parts_hidden,
    untold_keys,
)
from takeup.disclosure.release.lines import lines_hidden
from takeup.measure.adoption import Adoption
from takeup.measure.after_error import AfterError
from takeup.measure.blind_spots import BlindSpots
from takeup.measure.expert_benchmark import BenchmarkOf
from takeup.measure.not_consulted import Circumstance, NotConsulted
from takeup.measure.override_clusters import OverrideCluster, OverrideClusters
from takeup.measure.override_ledger import Ledger
from takeup.measure.people import People, PeopleOf
from takeup.measure.pilot_production import PilotProduction
from takeup.measure.reason_score import InterviewResult, SurveyResult
from takeup.measure.resistance import PopulationReasons, Resistance, without_figures
from takeup.measure.signals import Signals, without_weeks
from takeup.measure.value import Value
from takeup.record.settings import Settings
from takeup.stats.answer import CannotSay, suppressed

_Group = TypeVar("_Group")


def disclose_benchmark(
    found: tuple[BenchmarkOf, ...] | CannotSay, adoption: Adoption
) -> tuple[BenchmarkOf, ...] | CannotSay:
    """Benchmarks of the populations that may be shown."""
    if isinstance(found, CannotSay):
        return found
    hidden = hidden_keys(adoption, "population")
    return tuple(b for b in found if b.population not in hidden)


def disclose_blind_spots(
    found: BlindSpots | CannotSay, adoption: Adoption, audience: Audience, settings: Settings
) -> BlindSpots | CannotSay:
    """Kinds of case in which enough people overrode, of levels whose overrides may be shown."""
    if isinstance(found, CannotSay):
        return found
    untold = {cut: untold_keys(adoption, cut) for cut in adoption.groups}
    return replace(
        found,
        found=tuple(
            s
            for s in found.found
            if not few(s.people, audience, settings.disclosure)
            and not any(level in untold.get(cut, ()) for cut, level in s.kind)
        ),
    )


def disclose_people(
    found: People | CannotSay, adoption: Adoption, audience: Audience
) -> People | CannotSay:
    """Counts of people without cells of one or two, and without hidden populations."""
    if isinstance(found, CannotSay):
        return found
    hidden = untold_keys(adoption, "population")
    return replace(
        found,
        populations=tuple(
            _without_small(p) if audience == "share" else p
            for p in found.populations
            if p.population not in hidden
        ),
    )


def _without_small(p: PeopleOf) -> PeopleOf:
    small = any(n is not None and 0 < n < 3 for n in (p.better, p.worse, p.unknown))
    return replace(p, better=None, worse=None, unknown=None) if small else p


def disclose_not_consulted(
    found: NotConsulted | CannotSay, adoption: Adoption, audience: Audience, settings: Settings
) -> NotConsulted | CannotSay:
    """What goes with looking, of levels of enough people; what wrong advice does to it, of the populations
    that may be shown."""
    if isinstance(found, CannotSay):
        return found
    told = _of_enough_people(found, adoption, audience, settings)
    found = replace(found, circumstances=told)
    if isinstance(found.after_error, CannotSay):
        return found
    hidden = untold_keys(adoption, "population")
    kept: Mapping[str, AfterError] = {
        name: one
        for name, one in found.after_error.items()
        if name not in hidden and not few(one.people, audience, settings.disclosure)
    }
    return replace(found, after_error=kept)


def _of_enough_people(
    found: NotConsulted, adoption: Adoption, audience: Audience, settings: Settings
) -> tuple[Circumstance, ...]:
    hidden = {(cut, level) for cut in adoption.groups for level in untold_keys(adoption, cut)}
    for name in {one.name for one in found.circumstances}:
        sizes = {one.level: one.people for one in found.circumstances if one.name == name}
        gone = parts_hidden(sizes, audience, settings.disclosure)
        hidden |= {(name, level) for level in gone}
    return tuple(c for c in found.circumstances if (c.name, c.level) not in hidden)


def disclose_pilot(
    found: PilotProduction | CannotSay, adoption: Adoption, audience: Audience, settings: Settings
) -> PilotProduction | CannotSay:
    """The pilot, where enough people were in it."""
    if isinstance(found, CannotSay):
        return found
    hidden = few(found.pilot_people, audience, settings.disclosure)
    hidden = hidden or bool(untold_keys(adoption, "phase"))
    return suppressed() if hidden else found


def disclose_resistance(
    found: Resistance | CannotSay, adoption: Adoption, audience: Audience, settings: Settings
) -> Resistance | CannotSay:
    """Reasons of the populations that may be shown; surveys under ten respondents and
    interviews under five keep their counts to themselves."""
    if isinstance(found, CannotSay):
        return found
    hidden = untold_keys(adoption, "population")

    def shown(one: PopulationReasons) -> PopulationReasons:
        if one.population in hidden or few(one.people or None, audience, settings.disclosure):
            return without_figures(one)
        if audience != "share":
            return one
        return replace(
            one,
            survey=_enough_answers(one.survey, settings),
            interviews=_enough_interviews(one.interviews, settings),
        )

    return replace(found, populations=tuple(shown(p) for p in found.populations))


def _enough_answers(found: SurveyResult | None, settings: Settings) -> SurveyResult | None:
    enough = settings.resistance.smallest_respondents
    return None if found is None or found.respondents < enough else found


def _enough_interviews(found: InterviewResult | None, settings: Settings) -> InterviewResult | None:
    if found is None or found.interviews >= settings.resistance.smallest_interviews:
        return found
    return replace(found, shares={}, primary={})


def disclose_signals(
    found: Signals | CannotSay, adoption: Adoption, audience: Audience, settings: Settings
) -> Signals | CannotSay:
    """Signals of the populations that may be shown; those to be shared are found without the weeks that may
    not."""
    if isinstance(found, CannotSay):
        return found
    hidden = hidden_keys(adoption, "population")
    shown = replace(
        found,
        seen=tuple(s for s in found.seen if s.population not in hidden),
        populations=tuple(p for p in found.populations if p not in hidden),
    )
    if audience != "share":
        return shown
    weeks = {p: w for p, w in adoption.weeks_hidden.items() if p not in hidden}
    return without_weeks(shown, weeks, settings)


def disclose_value(found: Value | CannotSay, adoption: Adoption) -> Value | CannotSay:
    """Values of the populations that may be shown."""
    if isinstance(found, CannotSay):
        return found
    hidden = untold_keys(adoption, "population")
    return replace(
        found, populations=tuple(v for v in found.populations if v.population not in hidden)
    )


def disclose_ledger(
    found: Ledger | CannotSay, adoption: Adoption, audience: Audience, settings: Settings
) -> Ledger | CannotSay:
    """Lines of enough people; those left out, which the total and the figures of use give away together, are of
    enough people too."""
    if isinstance(found, CannotSay) or audience != "share":
        return found
    rules = settings.disclosure
    few_lines = [i for i, line in enumerate(found.lines) if few(line.people, audience, rules)]
    hidden = lines_hidden(
        found.lines,
        few_lines,
        found.total.overrides,
        adoption,
        found.dimension,
        rules.minimum_group,
    )
    kept = tuple(line for i, line in enumerate(found.lines) if i not in hidden)
    return replace(found, lines=kept, more=found.more + len(found.lines) - len(kept))


def disclose_clusters(
    found: OverrideClusters | CannotSay, audience: Audience, settings: Settings
) -> OverrideClusters | CannotSay:
    """Clusters of enough people, and of each the populations of enough people; what is left out of what adds
    up is of enough people together."""
    if isinstance(found, CannotSay) or audience != "share":
        return found
    kept: list[OverrideCluster] = []
    for dimension in dict.fromkeys(one.dimension for one in found.clusters):
        own = [one for one in found.clusters if one.dimension == dimension]
        sizes = [one.whole.people for one in own]
        for one in _of_enough(own, sizes, settings, whole=not found.more):
            people = [line.people for _, line in one.populations]
            told = _of_enough(one.populations, people, settings, whole=True)
            kept.append(replace(one, populations=told))
    kept.sort(key=lambda one: -one.whole.overrides)
    return replace(found, clusters=tuple(kept), more=found.more + len(found.clusters) - len(kept))


def _of_enough(
    groups: Sequence[_Group], people: Sequence[int | None], settings: Settings, *, whole: bool
) -> tuple[_Group, ...]:
    """The groups of enough people to be shared; those left out of the total that is told are together of
    enough people. Unless they are the `whole` of it, others of unknown people are left out already."""
    sizes = dict(enumerate(people)) if whole else {**dict(enumerate(people)), _OTHERS: 0}
    hidden = parts_hidden(sizes, "share", settings.disclosure)
    return tuple(group for i, group in enumerate(groups) if i not in hidden)


_OTHERS = -1
