"""What the use of the advice amounts to: seldom seen, fallen, often overridden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from takeup.drawing.dates import day_words
from takeup.drawing.words import (
    chance,
    counted,
    percent,
    percent_between,
    share_in_words,
    whole_percent,
)
from takeup.questions.adoption.over_weeks import FAMILY, Moved, moved
from takeup.questions.asked import Asked, Rules
from takeup.questions.claim import Claim, chance_of
from takeup.questions.finding import Finding, finding, high80, low80
from takeup.questions.reliance import Reliance
from takeup.questions.shared.whose import ALL
from takeup.stats.answer import CannotSay, Estimate


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
            f"{counted(seen)} eligible cases were decided with the advice in view "
            f"({percent(seen)}). What nobody sees cannot help.",
            "descriptive",
            a.eligible * (1 - high80(seen)),
            consult_rate=seen,
        )
    ]


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
        f"{counted(seen)} eligible cases there were decided with the advice in view "
        f"({percent(seen)}). What nobody sees cannot help.",
        "descriptive",
        eligible * (1 - high80(seen)),
        scope=key,
        sentence=f"Among {asked.inside(key)} the advice is looked at in {share_in_words(seen)}.",
        consult_rate=seen,
    )


_TELLS_FALL = 0.05
"""A fall of less than five points is no finding, however sure."""


def _over_weeks(asked: Asked) -> list[Claim]:
    """First and last week of every figure that a card tells by weeks; that looking fell is a finding."""
    adoption = asked.measures.adoption
    cases = {g.key: g.eligible for g in (adoption.overall, *adoption.groups.get("population", ()))}
    return [
        Claim(FAMILY, m.name, m.p, _fell(m, cases.get(m.population, 0), asked))
        for m in moved(adoption)
    ]


def gather(found: Sequence[Finding], asked: Asked) -> list[Finding]:
    """Where looking fell in several populations, it is said once of them all, first where most is at stake."""
    fell = sorted((f for f in found if f.rule == "use_fell"), key=lambda f: -f.at_stake)
    if len(fell) < 2:
        return [*found]
    among_whom = tuple(part for f in fell for part in f.evidence)
    more = len(fell) - 2
    parted = ", and ".join(among_whom[:2]) + (
        f", and in {more} more population{'s' * (more > 1)}" if more else ""
    )
    second = (
        f" {asked.scope(fell[1].scope)}: {percent_between(fell[1].figures['first'])}, then "
        f"{percent_between(fell[1].figures['last'])}."
    )
    weeks = f"{asked.scope(fell[0].scope)}: {fell[0].text.removesuffix(_UNSEEN)}{second}"
    populations = asked.measures.adoption.groups.get("population", ())
    one = replace(
        fell[0],
        id="use_fell",
        title=f"People look at the advice less: {parted}",
        sentence=f"Looking at the advice fell {parted}.",
        text=f"{weeks}{_UNSEEN}",
        scope=ALL if len(fell) == len(populations) else fell[0].scope,
        at_stake=sum(f.at_stake for f in fell),
        evidence=among_whom,
    )
    return [*(f for f in found if f.rule != "use_fell"), one]


_UNSEEN = " What nobody sees cannot help."


def _fell(m: Moved, cases: int, asked: Asked) -> Finding | None:
    if m.figure != "consult_rate" or m.first.value - m.last.value < _TELLS_FALL:
        return None
    who = asked.scope(m.population)
    parted = f"from {100 * m.first.value:.0f} to {whole_percent(m.last.value)}"
    among_whom = f"{parted} among {asked.inside(m.population)}" if who else f"{parted} of cases"
    return finding(
        "use_fell",
        m.population if who else "",
        f"{who or 'People'} look at the advice less: {parted} of cases",
        f"{percent_between(m.first)} of their cases in the week of {day_words(m.first_week)}, "
        f"{percent_between(m.last)} in the week of {day_words(m.last_week)}.{_UNSEEN}",
        "descriptive",
        cases * max(low80(m.first) - high80(m.last), 0.0),
        scope=m.population,
        sentence=f"Looking at the advice fell {among_whom}.",
        evidence=(among_whom,),
        first=m.first,
        last=m.last,
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
        f"Of advice looked at, {chance(rate.value)} is overridden",
        f"{counted(rate)} decisions with the advice in view went against it ({percent(rate)}). "
        f"{right or depends}",
        "descriptive",
        (a.consulted or 0) * low80(rate),
        override_rate=rate,
    )
    return [replace(found, first_action=_READ_THEM) if right else found]


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
            f"{percent_between(a.agreement)} of {a.agreement.n:,} choices agree with the advice. That is "
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


RULES: Rules = (
    _seldom_seen,
    _seldom_seen_among,
    _over_weeks,
    _often_overridden,
    _agreement_only,
    _hidden,
)
