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
    found = _whole_or_parts(found, asked)
    fell = sorted((f for f in found if f.rule == "use_fell"), key=lambda f: -f.at_stake)
    if len(fell) < 2:
        return [*found]
    among_whom = tuple(f.evidence[0] for f in fell)
    since, beside = _of_several(fell, asked)
    more = len(fell) - 2
    parted = ", and ".join(among_whom[:2]) + (
        f", and in {more} more population{'s' * (more > 1)}" if more else ""
    )
    second = (
        f" {asked.scope(fell[1].scope)}: {percent_between(fell[1].figures['first'])}, then "
        f"{percent_between(fell[1].figures['last'])}."
    )
    weeks = f"{asked.scope(fell[0].scope)}: {fell[0].text.removesuffix(_UNSEEN).removesuffix(fell[0].evidence[-1])}"
    populations = asked.measures.adoption.groups.get("population", ())
    one = replace(
        fell[0],
        id="use_fell",
        title=f"{_SAME if since is None else _OTHER}: {parted}",
        sentence=f"Looking at the advice fell {parted}{since or ''}.",
        text=f"{weeks}{second}{beside}{_UNSEEN}",
        scope=ALL if len(fell) == len(populations) else fell[0].scope,
        at_stake=sum(f.at_stake for f in fell),
        evidence=among_whom,
    )
    return [*(f for f in found if f.rule != "use_fell"), one]


def _whole_or_parts(found: Sequence[Finding], asked: Asked) -> list[Finding]:
    """A fall is told of the populations where it is sure in every one of them, else of all together, unless use
    rose in one."""
    fell = [f for f in found if f.rule == "use_fell"]
    whole = [f for f in fell if f.scope == ALL]
    parts = [f for f in fell if f.scope != ALL]
    if not whole:
        return [*found]
    told = moved(asked.measures.adoption)
    others = {m.population for m in told if m.population != ALL} - {f.scope for f in parts}
    rose = any(m.population in others and not m.fell and m.p < _SURE for m in told)
    left_out = whole if rose or (parts and not others) else parts
    return [f for f in found if f not in left_out]


def _of_several(fell: Sequence[Finding], asked: Asked) -> tuple[str | None, str]:
    """Since when use fell, where other people decide by now (None: in none), and what is said of those who stayed:
    of all populations where the same holds in each."""
    others = [f for f in fell if len(f.evidence) > 1]
    if not others:
        return None, ""
    since, beside = others[0].evidence[1:]
    if len(others) == len(fell) and all(f.evidence[2] == beside for f in others):
        return since, beside
    told = (f" Among {asked.inside(f.scope)}: {_lower(f.evidence[2])}" for f in others[:2])
    return since if len(others) == len(fell) else "", "".join(told)


def _lower(text: str) -> str:
    text = text.strip()
    return text[:1].lower() + text[1:]


_SAME = "People look at the advice less"
_OTHER = "The advice is looked at in fewer cases"
_UNSEEN = " What nobody sees cannot help."

_OTHERS = 0.2
"""Where more of a week than that is other people's, a fall of all is not one of those who stayed."""


def _same_people(m: Moved, asked: Asked) -> bool:
    """Whether both weeks are of much the same people, as far as persons are known."""
    found = asked.measures.adoption.stayed.get(m.population)
    return found is None or found.others <= _OTHERS


def _who_came(asked: Asked) -> tuple[str, str]:
    """Since when, or beside what, looking fell where most who decide came later: in the sentence, and of a pilot
    how much of the fall other people explain."""
    pilot = asked.measures.pilot_production
    if isinstance(pilot, PilotProduction):
        return f", since a pilot of {pilot.pilot_people} people", _explained(pilot)
    rates = [w.consult_rate for w in asked.measures.adoption.groups.get("week", ()) if not w.hidden]
    people = [r.people for r in rates if isinstance(r, Estimate) and r.people]
    if people and people[-1] > people[0]:
        return f", while {people[0]} people became {people[-1]}", ""
    return ", of other people in part", ""


def _explained(pilot: PilotProduction) -> str:
    gap = next((g for g in pilot.gaps if g.figure == "consult_rate"), None)
    if gap is None or "people" not in gap.explained:
        return ""
    part = gap.explained["people"]
    return (
        f" Of the {points(gap.difference.value)} between pilot and production, other people explain "
        f"{points(part.value)} ({points_range(part)})."
    )


def _of_those_who_stayed(m: Moved, asked: Asked) -> str:
    """What looking did among those who decided in both weeks, in words alone: their figures are nobody's to see."""
    found = asked.measures.adoption.stayed.get(m.population)
    if found is None or found.p is None:
        return " Too few decided in both weeks to say whether anybody looks less."
    if found.fell and found.p < _SURE:
        return " Those who decided in both weeks look less, too."
    return " Of those who decided in both weeks no fall can be told: it may be other people, and nobody who looks less."


_SURE = 0.05


def _fell(m: Moved, cases: int, asked: Asked) -> Finding | None:
    if m.figure != "consult_rate" or m.first.value - m.last.value < _TELLS_FALL:
        return None
    who = asked.scope(m.population)
    parted = f"from {100 * m.first.value:.0f} to {whole_percent(m.last.value)}"
    among_whom = f"{parted} among {asked.inside(m.population)}" if who else f"{parted} of cases"
    same, since, beside = _same_people(m, asked), "", ""
    if not same:
        since, explained = _who_came(asked)
        beside = f"{_of_those_who_stayed(m, asked)}{explained}"
    lead = (
        f"{who or 'People'} look at the advice less"
        if same
        else f"{who + ': the' if who else 'The'}{_OTHER[3:]}"
    )
    return finding(
        "use_fell",
        m.population if who else "",
        f"{lead}: {parted} of cases",
        f"{percent_between(m.first)} of their cases in the week of {day_words(m.first_week)}, "
        f"{percent_between(m.last)} in the week of {day_words(m.last_week)}.{beside}{_UNSEEN}",
        "descriptive",
        cases * max(low80(m.first) - high80(m.last), 0.0),
        scope=m.population,
        sentence=f"Looking at the advice fell {among_whom}{since}.",
        evidence=(among_whom,) if same else (among_whom, since, beside),
        first=m.first,
        last=m.last,
    )
