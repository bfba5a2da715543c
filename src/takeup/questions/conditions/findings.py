"""Findings about conditions: what is absent, with the action that closes it, and where several are."""

from __future__ import annotations

from dataclasses import replace

from takeup.drawing.words import listed
from takeup.questions.asked import Asked, Rules
from takeup.questions.conditions.indicators import GRADES, condition_of, indicators
from takeup.questions.conditions.measure import (
    ConditionFound,
    Conditions,
    PopulationConditions,
)
from takeup.questions.finding import Finding, finding
from takeup.questions.knowledge import actions

_WEIGHT = 0.02
"""Of the eligible cases: a condition says where to act, not how many cases it costs."""
_QUOTED = (
    " The advisory literature calls this “the most consistent predictor of low adoption”: quoted, not "
    "verified by takeup."
)
_SOURCE = {"telemetry": "telemetry", "record": "records", "attestation": "attestations"}


def _absent(asked: Asked) -> list[Finding]:
    found = asked.measures.conditions
    if not isinstance(found, Conditions):
        return []
    told = [
        _one(c, p, asked) for p in found.populations for c in p.conditions if c.status == "absent"
    ]
    return [*told, *(_at_risk(p, asked) for p in found.populations if p.risk == "at_risk")]


def _one(c: ConditionFound, p: PopulationConditions, asked: Asked) -> Finding:
    rule, who = condition_of(c.condition), asked.scope(p.population)
    absent = f"{rule.name} {'are' if rule.name.endswith('s') else 'is'} absent"
    lead = f"{who}: {_lower(absent)}" if who else absent
    text = f"{c.why[:1].upper()}{c.why[1:]}."
    if sources := sorted({_SOURCE[i.source] for i in c.indicators if i.source}):
        text += f" Known from {listed(sources)}."
    if c.condition == "C5":
        text += _QUOTED
    if c.contradiction:
        text += f" {c.contradiction[:1].upper()}{c.contradiction[1:]}."
    made = finding(
        f"condition_{c.condition}", p.population, lead, text, "descriptive",
        p.eligible * _WEIGHT, scope=p.population, evidence=_evidence(c),
    )  # fmt: skip
    closing = tuple(actions()[key] for key in c.closes)
    return replace(made, actions=closing, first_action=f"{closing[0].do}.") if closing else made


def _evidence(c: ConditionFound) -> tuple[str, ...]:
    return tuple(
        f"{indicators()[i.id].words}: {GRADES[i.grade]}, {i.reason}"
        for i in c.indicators
        if i.grade != "unknown"
    )


def _at_risk(p: PopulationConditions, asked: Asked) -> Finding:
    who = asked.scope(p.population)
    absent = [_lower(condition_of(c.condition).name) for c in p.conditions if c.status == "absent"]
    lead = f"{who}: adoption is at risk" if who else "Adoption is at risk"
    text = f"{p.absent} of eight conditions are absent ({listed(absent, most=8)}), {p.partial} are partly there."
    return finding(
        "conditions_at_risk", p.population, lead, text, "descriptive", p.eligible * _WEIGHT * 2,
        scope=p.population,
    )  # fmt: skip


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


RULES: Rules = (_absent,)
