"""Figures of use that an audience may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from takeup.disclosure.group_size import Audience, is_coarse
from takeup.disclosure.rounding import rounded, rounded_throughout, to_five_points
from takeup.questions.adoption.measure import WITHOUT, Adoption, GroupAdoption, Spread
from takeup.questions.adoption.over_weeks import who_stayed
from takeup.questions.adoption.release import released_adoption
from takeup.questions.shown import Shown
from takeup.record.settings import DisclosureSettings
from takeup.stats.answer import Answer, CannotSay, suppressed


def _too_few(
    group: GroupAdoption, least: int, audience: Audience, settings: DisclosureSettings
) -> bool:
    if group.people is None:
        return audience == "share"
    if group.people < least:
        return True
    if audience == "analyst":
        return False
    return (
        group.largest_share > settings.largest_share_of_decisions
        or group.largest_override_share > settings.largest_share_of_overrides
    )


def disclose(adoption: Adoption, shown: Shown) -> Adoption:
    """The adoption figures that an audience may see, and what looking did among those who stayed between the weeks
    that it sees."""
    seen = _seen(adoption, shown)
    stayed = who_stayed(seen, adoption.inner, shown.settings.disclosure.minimum_group)
    return replace(seen, stayed=stayed)


def _seen(adoption: Adoption, shown: Shown) -> Adoption:
    """The adoption figures that `audience` may see; others say that they are hidden. `signalled`:
    populations of which something is told by week, too. `before`: what was shared
    last."""
    audience, settings, signalled, before = (
        shown.audience,
        shown.rules,
        shown.signalled,
        shown.before,
    )
    if audience == "public":
        return adoption
    if audience == "share" and adoption.inner is not None:
        adoption = released_adoption(
            adoption, adoption.inner, settings, signalled, before.use, before.earlier
        )
    groups = {
        dimension: _disclosed(found, audience, settings)
        for dimension, found in adoption.groups.items()
    }
    overall = adoption.overall
    least = settings.minimum_group if audience == "share" else settings.analyst_floor
    if _too_few(overall, least, audience, settings):
        return replace(
            adoption,
            overall=_without_figures(overall),
            contradictions=None,
            reasons={},
            reasons_by={},
            override_spread=suppressed(),
            confidence_by_action={},
            weeks_by_population={},
            groups={
                name: tuple(_without_figures(g) for g in found) for name, found in groups.items()
            },
        )
    return replace(
        adoption,
        contradictions=None
        if _of_few(adoption, "contradictions", least)
        else adoption.contradictions,
        confidence_by_action={
            action: answer
            for action, answer in adoption.confidence_by_action.items()
            if not _of_few(adoption, action, least)
            and not (audience == "share" and _of_few(adoption, WITHOUT + action, least))
        },
        overall=_coarse(overall, overall.people, audience, settings),
        groups=groups,
        override_spread=_without_persons(adoption, audience, settings),
        reasons_by=_large_reasons(adoption, groups, audience, settings),
        weeks_by_population={
            key: _disclosed(weeks, audience, settings)
            for key, weeks in adoption.weeks_by_population.items()
            if not any(g.key == key and g.hidden for g in groups.get("population", ()))
        },
        reasons={} if is_coarse(overall.people, audience, settings) else adoption.reasons,
    )


def _disclosed(
    found: Sequence[GroupAdoption], audience: Audience, settings: DisclosureSettings
) -> tuple[GroupAdoption, ...]:
    least = settings.minimum_group if audience == "share" else settings.analyst_floor
    return tuple(
        _without_figures(g)
        if g.hidden or _too_few(g, least, audience, settings)
        else _coarse(g, g.people, audience, settings)
        for g in found
    )


def _of_few(adoption: Adoption, figure: str, least: int) -> bool:
    """Whether a figure that is in no group is of some people, and of too few."""
    return 0 < adoption.people_of.get(figure, 0) < least


def _without_persons(
    adoption: Adoption, audience: Audience, settings: DisclosureSettings
) -> Spread | CannotSay:
    """The spread without its ends, each of which is one person; to be shared, to five points, as a quartile is one
    or two people's rate, and the mean times the people is what they all did."""
    spread = adoption.override_spread
    if isinstance(spread, CannotSay):
        return spread
    if audience != "share":
        return replace(spread, lowest=None, highest=None)
    if spread.people < settings.round_below_people or _is_hidden(adoption.overall.override_rate):
        return suppressed()
    return replace(
        spread,
        mean=to_five_points(spread.mean),
        median=to_five_points(spread.median),
        lower_quartile=to_five_points(spread.lower_quartile),
        upper_quartile=to_five_points(spread.upper_quartile),
        lowest=None,
        highest=None,
    )


def _large_reasons(
    adoption: Adoption,
    groups: dict[str, tuple[GroupAdoption, ...]],
    audience: Audience,
    settings: DisclosureSettings,
) -> dict[str, dict[str, dict[str, int]]]:
    """Reasons of the groups whose counts may be shown."""
    if audience != "share":
        return adoption.reasons_by
    return {
        dimension: {
            level: counts
            for level, counts in levels.items()
            if any(
                g.key == level and not g.hidden and not is_coarse(g.people, audience, settings)
                for g in groups.get(dimension, ())
            )
        }
        for dimension, levels in adoption.reasons_by.items()
    }


def _without_figures(group: GroupAdoption) -> GroupAdoption:
    figures: dict[str, Any] = {f.name: suppressed() for f in fields(group) if f.name in _ANSWERS}
    return replace(
        group,
        people=None,
        counts={},
        eligible=0,
        consulted=0,
        unknown=0,
        hidden=True,
        largest_share=0.0,
        largest_override_share=0.0,
        **figures,
    )


_ANSWERS = (
    "nominal_rate",
    "consult_rate",
    "override_rate",
    "adjust_rate",
    "effective_reliance",
    "agreement",
    "unaccounted_share",
    "quality_gap",
)


def _coarse(
    group: GroupAdoption, people: int | None, audience: Audience, settings: DisclosureSettings
) -> GroupAdoption:
    """Fewer than twenty people: rates to five points, without counts of what they did; of how many, to one digit."""
    if audience != "share" or people is None or people >= settings.round_below_people:
        return group
    figures: dict[str, Any] = {name: rounded_throughout(getattr(group, name)) for name in _ANSWERS}
    figures["quality_gap"] = rounded_throughout(_rounded_gap(group.quality_gap))
    return replace(group, counts={}, consulted=None, unknown=None, **figures)


def _is_hidden(answer: Answer) -> bool:
    return isinstance(answer, CannotSay) and answer.status == "suppressed"


def _rounded_gap(gap: Answer) -> Answer:
    if isinstance(gap, CannotSay):
        return gap
    shown = rounded(replace(gap, unit="share"))
    return shown if isinstance(shown, CannotSay) else replace(shown, unit=gap.unit)
