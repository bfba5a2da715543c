"""What differs between pilot and production."""

from __future__ import annotations

from takeup.drawing.words import (
    points,
    points_range,
    whole_percent,
)
from takeup.questions.asked import Asked, Rules
from takeup.questions.claim import Claim, chance_of
from takeup.questions.finding import Finding, distance80, finding
from takeup.questions.pilot_production.measure import PilotProduction


def _pilot(asked: Asked) -> list[Finding | Claim]:
    found = asked.measures.pilot_production
    if not isinstance(found, PilotProduction):
        return []
    gap = next(g for g in found.gaps if g.figure == "effective_reliance")
    d = gap.difference
    parts = sorted(gap.explained.items(), key=lambda p: p[1].value * (1 if d.value > 0 else -1))
    told = "; ".join(f"{name} {points(e.value)}" for name, e in reversed(parts))
    only = (
        " Nothing tells the phase from "
        + " and ".join(n.replace("_", " ") for n in found.inseparable)
        + ", which only one of the two had."
        if found.inseparable
        else ""
    )
    said = finding(
        "pilot_gap",
        "",
        "What worked in the pilot "
        + ("carries less in production" if d.value < 0 else "carries more in production"),
        f"The advice carried {whole_percent(gap.pilot)} of decisions in the pilot, "
        f"{whole_percent(gap.production)} in production: {points(d.value)} ({points_range(d)}). "
        f"Of that, {told}; left unexplained {points(gap.left.value)} ({points_range(gap.left)}).{only}",
        "adjusted",
        found.production_cases * distance80(d),
        difference=d,
        left=gap.left,
    )
    return [Claim("pilot and production", "", chance_of(d), said)]


RULES: Rules = (_pilot,)
