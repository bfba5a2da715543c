"""That looking at the advice fell: in whom, since when, and how much of it is that other people came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from takeup.drawing.dates import day_words
from takeup.drawing.words import percent_between, points, points_range, whole_percent
from takeup.questions.adoption.over_weeks import FAMILY, Moved, moved
from takeup.questions.asked import Asked
from takeup.questions.claim import Claim
from takeup.questions.finding import Finding, finding, high80, low80
from takeup.questions.pilot_production import PilotProduction
from takeup.questions.shared.whose import ALL
from takeup.stats.answer import Estimate

_TELLS_FALL = 0.05
"""A fall of less than five points is no finding, however sure."""


def over_weeks(asked: Asked) -> list[Claim]:
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
    others = _of_others(asked)
    weeks = f"{asked.scope(fell[0].scope)}: {fell[0].text.removesuffix(_UNSEEN).removesuffix(others)}{second}"
    populations = asked.measures.adoption.groups.get("population", ())
    one = replace(
        fell[0],
        id="use_fell",
        title=f"{_looking_less(asked)}: {parted}",
        sentence=f"Looking at the advice fell {parted}{_while_more_came(asked)}.",
        text=f"{weeks}{others}{_UNSEEN}",
        scope=ALL if len(fell) == len(populations) else fell[0].scope,
        at_stake=sum(f.at_stake for f in fell),
        evidence=among_whom,
    )
    return [*(f for f in found if f.rule != "use_fell"), one]


_UNSEEN = " What nobody sees cannot help."

_OTHERS = 1.25
"""From so many times the people of the first week on, the last week is not one of the same people."""


def _people(asked: Asked) -> tuple[int, int] | None:
    """How many decided in the first week and in the last, where by then others had come."""
    rates = [w.consult_rate for w in asked.measures.adoption.groups.get("week", ()) if not w.hidden]
    known = [r.people for r in rates if isinstance(r, Estimate) and r.people]
    return (known[0], known[-1]) if known and known[-1] >= _OTHERS * known[0] else None


def _looking_less(asked: Asked) -> str:
    """That the same people look less may be said only where no others came."""
    return (
        "The advice is looked at in fewer cases"
        if _people(asked)
        else "People look at the advice less"
    )


def _while_more_came(asked: Asked) -> str:
    """What stands in the sentence itself where the first week is one of few: since when, or beside what."""
    people = _people(asked)
    if people is None:
        return ""
    pilot = asked.measures.pilot_production
    if isinstance(pilot, PilotProduction):
        return f", since a pilot of {pilot.pilot_people} people"
    return f", while {people[0]} people became {people[1]}"


def _of_others(asked: Asked) -> str:
    """How much of a fall since the pilot other people explain, where that is known."""
    people = _people(asked)
    if people is None:
        return ""
    came = f" {people[0]} people decided in the first of these weeks, {people[1]} in the last."
    pilot = asked.measures.pilot_production
    gap = (
        next((g for g in pilot.gaps if g.figure == "consult_rate"), None)
        if isinstance(pilot, PilotProduction)
        else None
    )
    part = gap.explained.get("people") if gap else None
    if gap is None or part is None:
        return f"{came} How much of the fall is other people is not known."
    return (
        f"{came} Of the {points(gap.difference.value)} between pilot and production, other people explain "
        f"{points(part.value)} ({points_range(part)})."
    )


def _fell(m: Moved, cases: int, asked: Asked) -> Finding | None:
    if m.figure != "consult_rate" or m.first.value - m.last.value < _TELLS_FALL:
        return None
    who = asked.scope(m.population)
    parted = f"from {100 * m.first.value:.0f} to {whole_percent(m.last.value)}"
    among_whom = f"{parted} among {asked.inside(m.population)}" if who else f"{parted} of cases"
    return finding(
        "use_fell",
        m.population if who else "",
        _title(asked, who, parted),
        f"{percent_between(m.first)} of their cases in the week of {day_words(m.first_week)}, "
        f"{percent_between(m.last)} in the week of {day_words(m.last_week)}.{_of_others(asked)}{_UNSEEN}",
        "descriptive",
        cases * max(low80(m.first) - high80(m.last), 0.0),
        scope=m.population,
        sentence=f"Looking at the advice fell {among_whom}{_while_more_came(asked)}.",
        evidence=(among_whom,),
        first=m.first,
        last=m.last,
    )


def _title(asked: Asked, who: str, parted: str) -> str:
    if _people(asked):
        return f"{who + ': the' if who else 'The'} advice is looked at in fewer cases: {parted} of cases"
    return f"{who or 'People'} look at the advice less: {parted} of cases"
