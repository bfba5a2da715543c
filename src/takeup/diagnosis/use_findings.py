"""Findings about use: seldom seen, often overridden, high rate with low quality, over-reliance,
and, where nobody recorded who looked, where choices differ from the advice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

from takeup.diagnosis.asked import Asked
from takeup.diagnosis.claim import Claim, chance_of
from takeup.diagnosis.dates import day_words
from takeup.diagnosis.finding import Finding, finding, high80, low80
from takeup.diagnosis.measures import group_of
from takeup.diagnosis.over_weeks import FAMILY, Moved, moved
from takeup.diagnosis.words import (
    chance,
    counted,
    listed,
    of_kind,
    percent,
    percent_between,
    points,
    points_range,
    share_in_words,
    whole_percent,
)
from takeup.measure.disagreement import Disagreement, OneSidedOutcome
from takeup.measure.ladder import Ladder, PopulationLevel
from takeup.measure.reliance import Reliance
from takeup.measure.whose import ALL
from takeup.stats.answer import CannotSay, Estimate


def _high_rate_low_quality(asked: Asked) -> list[Finding]:
    a = asked.measures.adoption.overall
    nominal, used, gap = a.nominal_rate, a.effective_reliance, a.quality_gap
    if isinstance(nominal, CannotSay) or isinstance(used, CannotSay):
        return []
    rules = asked.settings
    if nominal.value < rules.high_nominal_rate or used.value >= rules.low_effective_reliance:
        return []
    parted = f" Between the two lie {points(gap.value)}." if isinstance(gap, Estimate) else ""
    return [
        finding(
            "high_rate_low_quality",
            "",
            "High rate, low quality",
            f"{percent_between(nominal)} of eligible cases go through the tool, but the advice carries "
            f"only {percent_between(used)} of the decisions.{parted}",
            "descriptive",
            a.eligible * max(low80(nominal) - high80(used), 0),
            nominal_rate=nominal,
            effective_reliance=used,
        )
    ]


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


def fell_together(found: Sequence[Finding], asked: Asked) -> list[Finding]:
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


Passing = Literal["rarer", "wrong ones", "no measure"]
"""How wrong advice gets through: overridden more rarely than experts would, in the wrong cases, or there is
nothing to hold the rate against."""


def _passing(p: PopulationLevel, rate: Estimate) -> Passing:
    if p.benchmark is None:
        return "no measure"
    return "rarer" if rate.high < p.benchmark.rate - _SD95 * p.benchmark.sd else "wrong ones"


def _let_through(how: Passing, rate: Estimate, experts: str = "") -> str:
    """What lets wrong advice through; `rate`: how often it is overridden, `experts`: how often they would."""
    told, would = percent(rate), f" ({experts})" if experts else ""
    if how == "no measure":
        return (
            f"Wrong advice is let through, though {percent_between(rate)} of advice is overridden. How often is no "
            "success or failure here: it is overridden in the wrong cases."
        )
    if how == "rarer":
        return (
            f"Overrides are rarer ({told}) than experts would make them{would}. A low override rate is no success "
            "here."
        )
    return (
        f"Overrides ({told}) are not clearly rarer than experts would make them{would}, and wrong advice is let "
        "through: it is overridden in the wrong cases."
    )


_SD95 = 1.96


def _over_reliance(asked: Asked) -> list[Finding]:
    ladder = asked.measures.ladder
    if not isinstance(ladder, Ladder):
        return []
    over = [p for p in ladder.populations if "over_reliance" in p.markers]
    graded = [p for p in ladder.populations if not isinstance(p.level, CannotSay)]
    found, how = [], set()
    for p in over:
        who, of = asked.scope(p.population), group_of(asked.measures, p.population)
        text = "Wrong advice is let through: it is overridden in the wrong cases."
        if isinstance(rate := of.override_rate, Estimate):
            how.add(_passing(p, rate))
            experts = whole_percent(p.benchmark.rate) if p.benchmark else ""
            text = _let_through(_passing(p, rate), rate, experts)
        found.append(
            finding(
                "over_reliance",
                p.population if who else "",
                f"{who or 'People'}: wrong advice is followed too",
                text,
                "descriptive",
                (of.consulted or 0) * _wrong(p.population, asked),
                scope=p.population,
            )
        )
    rate = asked.measures.adoption.overall.override_rate
    if len(over) < max(len(graded), 2) or len(how) != 1 or isinstance(rate, CannotSay):
        return found
    return [_in_every_population(found, _let_through(how.pop(), rate), asked)]


def _in_every_population(found: Sequence[Finding], text: str, asked: Asked) -> Finding:
    """What holds of every population, said once."""
    names = listed([asked.inside(f.scope) for f in found])
    return finding(
        "over_reliance", "", "In every population wrong advice is followed too", f"{text} So among {names}.",
        "descriptive", sum(f.at_stake for f in found),
    )  # fmt: skip


def _wrong(population: str, asked: Asked) -> float:
    """The least share of advice that is wrong; unknown, one case in twenty."""
    issues = asked.measures.model_issue
    scopes = () if isinstance(issues, CannotSay) else issues.scopes
    errors = [s.error for s in scopes if s.scope == population]
    return next((low80(e) for e in errors if isinstance(e, Estimate)), 0.05)


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


def _disagreement(asked: Asked) -> list[Finding | Claim]:
    found = asked.measures.disagreement
    if not isinstance(found, Disagreement):
        return []
    out: list[Finding | Claim] = []
    rate, above = found.rate, found.above
    if found.highest is not None and isinstance(above, Estimate):
        high = found.highest.rate
        assert isinstance(high, Estimate)
        assert isinstance(rate, Estimate)
        part = sum(k.part for k in found.half)
        ways = "; ".join(
            f"{d.advice} → {d.choice} in {percent_between(d.rate)} of cases so advised"
            for d in found.directions[:2]
            if isinstance(d.rate, Estimate)
        )
        out.append(
            finding(
                "disagreement_concentrated",
                "",
                f"Choices differ more often {of_kind(found.highest.kind)}",
                f"{points(above.value)} ({points_range(above)}) more often than on the same people's "
                f"other cases; the interval holds for all kinds tried at once. It is {percent_between(high)} of "
                f"these cases and {percent_between(rate)} overall. {ways}. "
                f"{len(found.half)} of {found.kinds_tried} kinds of case make "
                f"{whole_percent(part)} of all disagreement.",
                "descriptive",
                found.highest.cases * above.low,
                kind=found.highest.kind,
                sentence=f"Choices differ more often {of_kind(found.highest.kind)}.",
                rate=high,
                overall=rate,
                above=above,
            )
        )
    for one in found.one_sided:
        out += _one_sided(one, asked)
    return out


def _one_sided(one: OneSidedOutcome, asked: Asked) -> list[Finding | Claim]:
    d = one.difference
    if isinstance(d, CannotSay):
        return []

    def said(how: str) -> Finding:
        return finding(
            "one_sided_outcome",
            f"{one.outcome}:{one.choice}",
            f"Decided {one.choice} against the advice: {one.label} {how}, in the same score band",
            f"{points(d.value)} ({points_range(d)}) among cases whose outcome was seen. One-sided: "
            "it says nothing of the cases whose outcome nobody saw.",
            "descriptive",
            asked.measures.adoption.overall.eligible * 0.01,
            difference=d,
            bounds=one.bounds,
        )

    higher = "is higher than with it" if d.value > 0 else "is lower than with it"
    return [
        Claim(
            "outcomes that some choices show", f"{one.outcome}:{one.choice}", chance_of(d), said(higher),
            said("is not told apart from that with it"),
        )
    ]  # fmt: skip


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


RULES: tuple[Callable[[Asked], Sequence[Finding | Claim]], ...] = (
    _high_rate_low_quality,
    _seldom_seen,
    _seldom_seen_among,
    _over_weeks,
    _often_overridden,
    _over_reliance,
    _agreement_only,
    _disagreement,
    _hidden,
)
