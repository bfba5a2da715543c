"""High rates of low quality."""

from __future__ import annotations

from takeup.drawing.words import (
    percent_between,
    points,
)
from takeup.questions.asked import Asked, Rules
from takeup.questions.finding import Finding, finding, high80, low80
from takeup.stats.answer import CannotSay, Estimate


def _high_rate_low_quality(asked: Asked) -> list[Finding]:
    a = asked.measures.adoption.overall
    nominal, used, gap = a.nominal_rate, a.effective_reliance, a.quality_gap
    if isinstance(nominal, CannotSay) or isinstance(used, CannotSay):
        return []
    rules = asked.settings
    if nominal.value < rules.high_nominal_rate or used.value >= rules.low_effective_reliance:
        return []
    parted = f" Between the two lie {points(gap.value)}." if isinstance(gap, Estimate) else ""
    return [
        finding(
            "high_rate_low_quality",
            "",
            "High rate, low quality",
            f"{percent_between(nominal)} of eligible cases go through the tool, but the advice carries "
            f"only {percent_between(used)} of the decisions.{parted}",
            "descriptive",
            a.eligible * max(low80(nominal) - high80(used), 0),
            nominal_rate=nominal,
            effective_reliance=used,
        )
    ]


RULES: Rules = (_high_rate_low_quality,)
