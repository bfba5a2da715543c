"""4. Conditions: how they stood at going live and how they stand, and where claims contradict."""

from __future__ import annotations

from takeup.questions.conditions.indicators import conditions
from takeup.server.acting.conditions.services import newest, stood_on
from takeup.server.showing.review.part import Figures, Part, Reviewed


def part(of: Reviewed) -> Part:
    """Eight conditions by population, then and now."""
    now_ = newest(of.use_case)
    rows, contradictions = [], []
    for stood in now_:
        then = stood_on(of.use_case, stood.population, of.live_since)
        for rule, found in zip(conditions(), stood.told.conditions, strict=True):
            was = (then or {}).get(rule.id, "not known")
            rows.append((stood.title, rule.name, was, found.status, found.why))
            if found.contradiction:
                contradictions.append(f"{stood.title}, {rule.name}: {found.contradiction}")
    risks = ", ".join(f"{s.title}: {(s.risk or 'unknown').replace('_', ' ')}" for s in now_)
    return Part(
        4, "Conditions", f"Risk: {risks}." if risks else "Nothing is known of the conditions yet.",
        (Figures("Then and now", ("population", "condition", "at going live", "now", "because"), tuple(rows)),),
        tuple(contradictions),
    )  # fmt: skip
