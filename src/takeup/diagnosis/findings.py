"""What the measures amount to: findings about the model first, then by what is at stake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from takeup.diagnosis import effect_findings, model_findings, use_findings
from takeup.diagnosis.asked import Asked
from takeup.diagnosis.finding import Finding
from takeup.diagnosis.measures import Measures
from takeup.record.settings import Settings
from takeup.stats.answer import Estimate


def find(measures: Measures, settings: Settings, titles: Mapping[str, str]) -> list[Finding]:
    """Findings in order: the model before people, then by what is at stake. "Not enough
    evidence" is one of them."""
    asked = Asked(measures, settings, titles)
    found = [
        one
        for rule in (*model_findings.RULES, *use_findings.RULES, *effect_findings.RULES)
        for one in rule(asked)
    ]
    per_case = measures.value_per_case
    if isinstance(per_case, Estimate) and per_case.value > 0:
        found = [
            replace(f, at_stake=f.at_stake * per_case.value, stake_unit=per_case.unit)
            for f in found
        ]
    return sorted(found, key=lambda f: (_ORDER.index(f.kind), -f.at_stake))


_ORDER = ("model", "people", "effect", "unknown")
