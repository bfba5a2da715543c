"""What late hours amount to."""

from __future__ import annotations

from late_hours.measure import LateHours
from takeup.drawing.words import points, points_range
from takeup.questions.asked import Asked, Rules
from takeup.questions.claim import Claim, chance_of
from takeup.questions.finding import Finding, distance80, finding


def _late_hours(asked: Asked) -> list[Finding | Claim]:
    found = asked.measures.late_hours
    if not isinstance(found, LateHours):
        return []
    d = found.difference
    more = "more" if d.value > 0 else "less"
    said = finding(
        "late_hours",
        "",
        f"The advice is overridden {more} often late in the day",
        f"After 15:00, {points(d.value)} ({points_range(d)}) of the advice seen are overridden beyond what the "
        f"same {found.people} people override before. Cases of late hours may be others: an association.",
        "descriptive",
        found.cases * distance80(d),
        difference=d,
    )
    return [Claim("late hours", "", chance_of(d), said)]


RULES: Rules = (_late_hours,)
