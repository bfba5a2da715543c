"""What the use of the advice amounts to: seldom seen, fallen, often overridden."""

from __future__ import annotations

import math
from dataclasses import replace

from takeup.drawing.words import (
    about,
    counted,
    part_in_words,
    percent,
    percent_between,
    share_in_words,
    whole_percent,
)
from takeup.questions.adoption.fell import gather, over_weeks
from takeup.questions.adoption.measure import GroupAdoption
from takeup.questions.asked import Asked, Rules
from takeup.questions.claim import Claim, chance_of
from takeup.questions.finding import Finding, finding, high80, low80
from takeup.questions.reliance import Reliance
from takeup.stats.answer import CannotSay, Estimate
from takeup.stats.quantiles import normal_quantile


def _seldom_seen(asked: Asked) -> list[Finding]:
    a = asked.measures.adoption.overall
    seen = a.consult_rate
    if isinstance(seen, CannotSay) or seen.value >= asked.settings.ladder.l3_consult:
        return []
    return [
        finding(
            "seldom_seen",
            "",
            f"The advice is looked at in {share_in_words(seen)}",
            f"The advice was in view in {counted(seen)} eligible cases ({percent(seen)}).{_apart(asked)} What nobody sees "
            "cannot help.",
            "descriptive",
            a.eligible * (1 - high80(seen)),
            consult_rate=seen,
        )
    ]


def _apart(asked: Asked) -> str:
    """The populations that look least and most, where they differ by more than picking them of all explains
    (Bonferroni over all pairs)."""
    groups = asked.measures.adoption.groups.get("population", ())
    rates = [
        (g.key, g.consult_rate)
        for g in groups
        if not g.hidden and isinstance(g.consult_rate, Estimate)
    ]
    if len(rates) < 2:
        return ""
    (least, low), (most, high) = (pick(rates, key=lambda one: one[1].value) for pick in (min, max))
    half = math.hypot(low.high - low.value, high.value - high.low)
    z = normal_quantile(1 - (1 - low.confidence) / (len(rates) * (len(rates) - 1)))
    if high.value - low.value <= half * z / normal_quantile(0.5 + low.confidence / 2):
        return ""
    return (
        f" Least among {asked.inside(least)} ({percent_between(low)}), most among {asked.inside(most)} "
        f"({percent_between(high)})."
    )


def _seldom_seen_among(asked: Asked) -> list[Claim]:
    """Populations that seldom look where all together do not: a border that each is held to beside the others."""
    border = asked.settings.ladder.l3_consult
    adoption = asked.measures.adoption
    whole = adoption.overall.consult_rate
    if isinstance(whole, CannotSay) or whole.value < border:
        return []
    rates = [(g, g.consult_rate) for g in adoption.groups.get("population", ()) if not g.hidden]
    return [
        Claim(
            "looked at by population", g.key, chance_of(seen, border), _seldom_among(g.key, g.eligible, seen, asked)
        )
        for g, seen in rates
        if isinstance(seen, Estimate)
    ]  # fmt: skip


def _seldom_among(key: str, eligible: int, seen: Estimate, asked: Asked) -> Finding | None:
    if seen.value >= asked.settings.ladder.l3_consult:
        return None
    return finding(
        "seldom_seen",
        key,
        f"{asked.scope(key)}: the advice is looked at in {share_in_words(seen)}",
        f"The advice was in view in {counted(seen)} eligible cases there ({percent(seen)}). What nobody sees cannot help.",
        "descriptive",
        eligible * (1 - high80(seen)),
        scope=key,
        sentence=f"Among {asked.inside(key)} the advice is looked at in {share_in_words(seen)}.",
        consult_rate=seen,
    )


def _often_overridden(asked: Asked) -> list[Finding]:
    a = asked.measures.adoption.overall
    rate = a.override_rate
    if isinstance(rate, CannotSay) or rate.low < asked.settings.often_overridden:
        return []
    right = _of_overrides(asked)
    depends = "Whether that is too much depends on how often the advice is wrong."
    found = finding(
        "often_overridden",
        "",
        f"Of advice looked at, {part_in_words(rate)} is overridden",
        f"{counted(rate)} decisions with the advice in view went against it ({percent(rate)}). "
        f"{right or depends}",
        "descriptive",
        (a.consulted or 0) * low80(rate),
        override_rate=rate,
    )
    return [replace(found, first_action=_READ_THEM) if right else found]


def _often_overridden_among(asked: Asked) -> list[Claim]:
    """Populations that often override where all together do not: their share is lost in that of all."""
    border = asked.settings.often_overridden
    adoption = asked.measures.adoption
    whole = adoption.overall.override_rate
    if isinstance(whole, CannotSay) or whole.low >= border:
        return []
    return [
        Claim(
            "overridden by population", g.key, chance_of(g.override_rate, border), _often_among(g, g.override_rate, asked)
        )
        for g in adoption.groups.get("population", ())
        if not g.hidden and isinstance(g.override_rate, Estimate)
    ]  # fmt: skip


def _often_among(group: GroupAdoption, rate: Estimate, asked: Asked) -> Finding | None:
    if rate.value <= asked.settings.often_overridden:
        return None
    return finding(
        "often_overridden",
        group.key,
        f"{asked.scope(group.key)}: of advice looked at, {part_in_words(rate)} is overridden",
        f"{counted(rate)} decisions with the advice in view went against it there ({percent(rate)}). "
        "Whether that is too much depends on how often the advice is wrong.",
        "descriptive",
        (group.consulted or 0) * low80(rate),
        scope=group.key,
        sentence=f"Among {asked.inside(group.key)}, of advice looked at {part_in_words(rate)} is overridden.",
        override_rate=rate,
    )


_READ_THEM = (
    "Read the overrides with the people who made them, beginning with the kinds of case in which they were "
    "wrong most often: the right answers are known."
)


def _of_overrides(asked: Asked) -> str:
    """What the known right answers say of overrides and of the advice; nothing where too few are known."""
    reliance = asked.measures.reliance
    if not isinstance(reliance, Reliance):
        return ""
    wrong, right = reliance.model_error, reliance.override_accuracy
    if isinstance(wrong, CannotSay) or isinstance(right, CannotSay) or right.n < _ENOUGH_JUDGED:
        return ""
    return (
        f"The advice is wrong in {whole_percent(wrong.value)} of judged cases; "
        f"{whole_percent(right.value)} of judged overrides improved on it."
    )


_ENOUGH_JUDGED = 30
"""From so many judged overrides on a panel is not what is needed first."""


def _agreement_only(asked: Asked) -> list[Finding]:
    a = asked.measures.adoption.overall
    if not isinstance(a.consult_rate, CannotSay) or isinstance(a.agreement, CannotSay):
        return []
    return [
        finding(
            "agreement_only",
            "",
            "Whether anybody looked is not recorded",
            f"{percent_between(a.agreement)} of {about(a.agreement.n, a.agreement)} choices agree with the advice. That is "
            "agreement, not following: people may agree without looking.",
            "descriptive",
            a.eligible * (1 - high80(a.agreement)),
            agreement=a.agreement,
        )
    ]


def _hidden(asked: Asked) -> list[Finding]:
    if not asked.measures.adoption.overall.hidden:
        return []
    return [
        finding(
            "hidden",
            "",
            "Not shown, on purpose",
            "Too few people, or persons unknown: any figure here could describe a person.",
            "descriptive",
            0.0,
        )
    ]


__all__ = ["RULES", "gather"]

RULES: Rules = (
    _seldom_seen,
    _seldom_seen_among,
    over_weeks,
    _often_overridden,
    _often_overridden_among,
    _agreement_only,
    _hidden,
)
