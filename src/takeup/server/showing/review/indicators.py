"""A part that tells the indicators of one condition, population by population."""

from __future__ import annotations

from takeup.questions.conditions.indicators import GRADES, conditions, indicators
from takeup.server.acting.conditions.services import newest
from takeup.server.showing.review.part import Figures, Part, Reviewed, told
from takeup.stats.answer import Estimate


def indicator_part(of: Reviewed, number: int, title: str, condition: str, note: str) -> Part:
    """One condition's indicators as they stand."""
    rows, statuses = [], []
    for stood in newest(of.use_case):
        found = next(c for c in stood.told.conditions if c.condition == condition)
        statuses.append(f"{stood.title}: {found.status}")
        for one in found.indicators:
            figure = one.figure
            words = told({"value": figure.value, "low": figure.low, "high": figure.high, "n": figure.n, "unit": figure.unit}) if isinstance(figure, Estimate) else one.reason  # fmt: skip
            rows.append(
                (stood.title, indicators()[one.id].words, words, GRADES[one.grade], one.said)
            )
    name = next(c.name for c in conditions() if c.id == condition)
    says = f"{name}: {', '.join(statuses)}." if statuses else "Nothing is known of this yet."
    heads = ("population", "what", "figure", "graded", "recorded by")
    return Part(number, title, says, (Figures(name, heads, tuple(rows)),), (note,))
