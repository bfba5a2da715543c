"""Eight conditions of each population: a sign and a word for each, what decided, and what closes the gap."""

from __future__ import annotations

from takeup.drawing.section import STATUS, Row, Section, number
from takeup.drawing.words import in_percent
from takeup.questions.conditions.indicators import GRADES, condition_of, indicators
from takeup.questions.conditions.measure import (
    ConditionFound,
    Conditions,
    IndicatorFound,
    PopulationConditions,
)
from takeup.questions.conditions.rules import GRAVITY
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.questions.knowledge import actions
from takeup.stats.answer import CannotSay

SIGNS = {"present": "●", "partial": "◐", "absent": "○", "unknown": "?"}
"""Beside the word, never in its place."""
RISK_WORDS = {
    "at_risk": "adoption is at risk",
    "at_risk_possible": "adoption may be at risk",
    "undetermined": "too little is known to say",
    "watch": "worth watching",
    "on_track": "on track",
}
_MOST_POPULATIONS = 6
_NOTE = (
    "A condition is told by rules of expert thresholds, not estimated; unknown is not absent, and one "
    "absent condition predicts nothing. What people claim decides nothing. Grade: definition."
)


def conditions_sections(diagnosis: Diagnosis) -> list[Section]:
    """A card per population of which any condition is known, the gravest first; else one folded."""
    found = diagnosis.measures.conditions
    if not isinstance(found, Conditions):
        return []
    told = [p for p in found.populations if not p.hidden and any_known(p)]
    told.sort(key=lambda p: GRAVITY.index(p.risk) if p.risk else len(GRAVITY))
    return [_card(p, diagnosis) for p in told[:_MOST_POPULATIONS]]


def any_known(p: PopulationConditions) -> bool:
    """Whether any of the eight is known."""
    return any(c.status != "unknown" for c in p.conditions)


def _card(p: PopulationConditions, diagnosis: Diagnosis) -> Section:
    who = "" if p.population == "all" else f"{diagnosis.name(p.population)}: "
    return Section(
        _upper(f"{who}{_counted(p)}"),
        f"Eight conditions of adoption: {_risk(p)}.",
        ("Condition", "Indicator", "Grade", "Figure", "From", "Why", "Closes it"),
        tuple(_line(c, i) for c in p.conditions for i in c.indicators),
        tuple(_row(c) for c in p.conditions),
        heads=("Condition", "Standing"),
        note=_NOTE,
    )


def _counted(p: PopulationConditions) -> str:
    """`two conditions are absent, three are partly there, one is unknown`."""
    parts = [
        (p.absent, "absent"),
        (p.partial, "partly there"),
        (p.unknown, "unknown"),
        (len(p.conditions) - p.absent - p.partial - p.unknown, "present"),
    ]
    return ", ".join(f"{n} {word}" for n, word in parts if n) + " of eight conditions"


def _risk(p: PopulationConditions) -> str:
    if p.risk is None or p.best is None or p.worst is None:
        return "not told"
    words = RISK_WORDS[p.risk]
    if not p.unknown:
        return words
    best, worst = RISK_WORDS[p.best], RISK_WORDS[p.worst]
    return f"{words}. Were what is unknown present: {best}; were it absent: {worst}"


def _row(c: ConditionFound) -> Row:
    rule = condition_of(c.condition)
    verdict = f"{SIGNS[c.status]} {c.status}"
    if c.status == "unknown" and c.claimed:
        verdict += f" (claimed {c.claimed})"
    return Row(rule.name, rule.asks, None, verdict, told_of(c))


def told_of(c: ConditionFound) -> str:
    """Why it stands so, what is contested, and the action that closes it."""
    parts = [c.why]
    if c.pooled:
        parts.append("of all populations together")
    parts += [text for text in (c.contradiction, c.disputed) if text]
    if c.closes:
        parts.append(f"closes it: {actions()[c.closes[0]].do}")
    elif c.status == "unknown":
        parts.append(f"would tell: {what_would_tell(c)}")
    return " · ".join(parts)


def what_would_tell(c: ConditionFound) -> str:
    """Where its unknown critical indicators could be known from."""
    rules = [indicators()[i.id] for i in c.indicators if i.grade == "unknown"]
    critical = [r for r in rules if r.star] or rules
    return "; ".join(r.told_by for r in critical[:2]).replace("`", "")


def _line(c: ConditionFound, i: IndicatorFound) -> tuple[str, ...]:
    rule = indicators()[i.id]
    return (
        condition_of(c.condition).name,
        f"{rule.words}{' (critical)' if rule.star else ''}",
        GRADES[i.grade],
        figure_words(i),
        i.source or "–",
        " · ".join(t for t in (i.reason, _of_trend(i), i.said) if t),
        actions()[rule.closes].do if i.grade in ("partial", "unmet") else "–",
    )


def _of_trend(i: IndicatorFound) -> str:
    words = {"better": "better than four weeks before", "worse": "worse than four weeks before"}
    return words.get(i.trend, "")


def figure_words(i: IndicatorFound) -> str:
    """The figure with its interval and of how many; why there is none."""
    f, rule = i.figure, indicators()[i.id]
    if isinstance(f, CannotSay):
        return "–" if i.grade == "unknown" and f.status != "suppressed" else STATUS[f.status]
    if rule.unit == "yes":
        return "yes" if f.value >= 1 else "no"
    of = f", of {f.n:,}" if f.n else ""
    if f.unit == "share":
        ends = "" if f.low == f.high else f" ({100 * f.low:.0f} to {100 * f.high:.0f})"
        return f"{in_percent(f)}{ends}{of}"
    ends = "" if f.low == f.high else f" ({number(f.low)} to {number(f.high)})"
    return f"{number(f.value)}{ends}{of}"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


CARDS = (Card(165, conditions_sections),)
