"""Disagreement without kinds of case of too few people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from takeup.disclosure.group_size import Audience, few, parts_hidden
from takeup.disclosure.rounding import rounded
from takeup.questions.adoption import Adoption
from takeup.questions.disagreement.measure import Disagreement, KindOfCase, OneSidedOutcome
from takeup.questions.shared.hidden_in_use import coarse, untold_keys
from takeup.questions.shown import Shown
from takeup.record.settings import DisclosureSettings
from takeup.stats.answer import CannotSay, suppressed


def disclose(found: Disagreement | CannotSay, shown: Shown) -> Disagreement | CannotSay:
    """Disagreement without kinds of case of too few people; with rounded rates and without counts where there
    are few people in all."""
    adoption, audience, settings = shown.adoption, shown.audience, shown.rules
    if isinstance(found, CannotSay):
        return found
    found = _kinds_that_differ(found, adoption, audience, settings)
    if not coarse(adoption, audience, settings):
        return found

    def kind(one: KindOfCase) -> KindOfCase:
        return replace(one, differed=None, rate=rounded(one.rate), part=round(one.part * 20) / 20)

    return replace(
        found,
        differed=None,
        rate=rounded(found.rate),
        directions=tuple(replace(d, cases=None, rate=rounded(d.rate)) for d in found.directions),
        half=tuple(map(kind, found.half)),
        highest=None if found.highest is None else kind(found.highest),
        one_sided=tuple(
            replace(
                o,
                with_advice=rounded(o.with_advice),
                against_advice=rounded(o.against_advice),
                bands=(),
            )
            for o in found.one_sided
        ),
    )


def _kinds_that_differ(
    found: Disagreement, adoption: Adoption, audience: Audience, settings: DisclosureSettings
) -> Disagreement:
    """Without kinds of case in which too few people differed or agreed, without directions of too few, nor what the total would leave for those."""
    kinds: dict[Any, int | None] = {k.kind: k.fewest for k in found.half}
    in_use = {
        k.kind
        for k in found.half
        if any(one in untold_keys(adoption, cut, ("agreement",)) for cut, one in k.kind)
    }
    rest = {} if found.people_elsewhere is None else {_ELSEWHERE: found.people_elsewhere}
    gone = in_use | parts_hidden(kinds | rest, audience, settings)
    ways = {(d.advice, d.choice): d.people for d in found.directions}
    few_ways = parts_hidden(ways, audience, settings)
    shown = replace(
        found,
        half=tuple(k for k in found.half if k.kind not in gone),
        directions=tuple(d for d in found.directions if (d.advice, d.choice) not in few_ways),
        one_sided=tuple(
            _bands_of_enough(o, audience, settings)
            for o in found.one_sided
            if not _of_some_and_few(o.fewest, audience, settings)
        ),
    )
    if found.highest is not None and few(found.highest.fewest, audience, settings):
        return replace(shown, highest=None, above=suppressed())
    return shown


_ELSEWHERE = "elsewhere"


def _bands_of_enough(
    one: OneSidedOutcome, audience: Audience, settings: DisclosureSettings
) -> OneSidedOutcome:
    """With its score bands, or without all: of all but one the total leaves the one."""
    few_there = any(_of_some_and_few(b.fewest, audience, settings) for b in one.bands)
    return replace(one, bands=()) if few_there else one


def _of_some_and_few(people: int | None, audience: Audience, settings: DisclosureSettings) -> bool:
    return bool(people) and few(people, audience, settings)
