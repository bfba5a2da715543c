"""What of a shadow report may be shown, and when a next one may follow the last.

Two reports of one cohort differ by what was decided in between. Where that came from fewer people
than the minimum group, the difference would show single persons, so a kind of case keeps its last
figures until enough people have added to it; another one waits with it where the total less the
others would give it away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from takeup.disclosure.group_size import Audience
from takeup.disclosure.rounding import rounded_throughout
from takeup.questions.shadow.measure import Shadow, ShadowKind
from takeup.record.settings import DisclosureSettings
from takeup.stats.answer import Answer, CannotSay, suppressed

Kind = tuple[str, str]
"""Dimension and level."""
ALL: Kind = ("", "all")


def disclose_shadow(
    found: Shadow | CannotSay, audience: Audience, settings: DisclosureSettings
) -> Shadow | CannotSay:
    """The report without kinds of too few people, or of one who gave most of the answers."""
    if isinstance(found, CannotSay) or audience == "public":
        return found
    least = settings.minimum_group if audience == "share" else settings.analyst_floor
    if _too_few(found.overall, least, audience, settings):
        return suppressed()
    hidden: set[Kind] = set()
    for dimension in {k.dimension for k in found.kinds}:
        own = [k for k in found.kinds if k.dimension == dimension]
        hidden |= _hidden(own, least, audience, settings)
    kinds = tuple(
        _without_figures(k) if (k.dimension, k.key) in hidden else _coarse(k, audience, settings)
        for k in found.kinds
    )
    return replace(
        found,
        overall=_coarse(found.overall, audience, settings),
        kinds=kinds,
        blind=_coarse_answer(found.blind, found.overall, audience, settings),
    )


def waiting_kinds(new: Mapping[Kind, frozenset[str]], least: int) -> frozenset[Kind] | None:
    """Kinds that keep the figures of the last report because too few people (`new`, by kind) have
    added to them since; None: nothing may be shown anew yet."""
    if len(new.get(ALL, frozenset())) < least:
        return None
    waiting: set[Kind] = set()
    for dimension in {d for d, _ in new if d}:
        added = {kind: people for kind, people in new.items() if kind[0] == dimension and people}
        small = {kind for kind, people in added.items() if len(people) < least}
        rest = sorted(set(added) - small, key=lambda kind: (len(added[kind]), kind))
        while small and (
            len(small) < 2 or len(frozenset().union(*(added[k] for k in small))) < least
        ):
            if not rest:
                return None
            small.add(rest.pop(0))
        waiting |= small
    return frozenset(waiting)


def followed_by(last: Shadow, found: Shadow, waiting: frozenset[Kind]) -> Shadow:
    """The next report: kinds that wait stand as they last did, or without figures."""
    before = {(k.dimension, k.key): k for k in last.kinds}
    return replace(
        found,
        kinds=tuple(
            before.get((k.dimension, k.key), _without_figures(k))
            if (k.dimension, k.key) in waiting
            else k
            for k in found.kinds
        ),
    )


def _hidden(
    own: list[ShadowKind], least: int, audience: Audience, settings: DisclosureSettings
) -> set[Kind]:
    few = {(k.dimension, k.key) for k in own if _too_few(k, least, audience, settings)}
    if audience == "analyst":
        return few
    rest = sorted((k for k in own if (k.dimension, k.key) not in few), key=lambda k: k.people or 0)

    def protected() -> bool:
        inside = [k.people or 0 for k in own if (k.dimension, k.key) in few]
        return len(inside) > 1 and max(inside) >= least

    while few and rest and not protected():
        one = rest.pop(0)
        few.add((one.dimension, one.key))
    return few


def _too_few(
    kind: ShadowKind, least: int, audience: Audience, settings: DisclosureSettings
) -> bool:
    if kind.people is None:
        return audience == "share"
    if kind.people < least:
        return True
    return audience == "share" and kind.largest_share > settings.largest_share_of_decisions


def _without_figures(kind: ShadowKind) -> ShadowKind:
    gone = suppressed()
    return ShadowKind(
        kind.dimension, kind.key, 0, 0.0, None, 0.0, 0, 0, None, None, gone, gone, gone, gone
    )


def _coarse(kind: ShadowKind, audience: Audience, settings: DisclosureSettings) -> ShadowKind:
    """Fewer than twenty people: to five points, counts of what they did to one digit, and none of who was right."""
    kind = replace(kind, looks=()) if audience == "share" else kind
    if audience != "share" or (kind.people or 0) >= settings.round_below_people:
        return kind
    told: ShadowKind = rounded_throughout(kind)
    return replace(told, only_model=None, only_person=None)


def _coarse_answer(
    answer: Answer, overall: ShadowKind, audience: Audience, settings: DisclosureSettings
) -> Answer:
    small = audience == "share" and (overall.people or 0) < settings.round_below_people
    told: Answer = rounded_throughout(answer) if small else answer
    return told
