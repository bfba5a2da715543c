"""Conditions of which nothing is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from takeup.drawing.words import Titles, listed
from takeup.questions.conditions.indicators import conditions
from takeup.questions.conditions.measure import Conditions
from takeup.stats.answer import not_instrumented


def left_open(found: Conditions, titles: Titles) -> Iterable[tuple[str, Any]]:
    """One question, of the conditions that are unknown in every population."""
    shown = [p for p in found.populations if not p.hidden]
    unknown = [
        rule.name.lower()
        for rule in conditions()
        if all(c.status == "unknown" for p in shown for c in p.conditions if c.condition == rule.id)
    ]
    if shown and unknown:
        yield (
            "Which of the eight conditions of adoption are there?",
            not_instrumented(
                f"too little is recorded of {listed(unknown, most=8)}",
                "records and attestations (--conditions, docs/reference/conditions.md)",
            ),
        )
