"""Where choices differ from the advice, and on which side."""

from __future__ import annotations

from takeup.drawing.words import (
    of_kind,
    percent_between,
    points,
    points_range,
    whole_percent,
)
from takeup.questions.asked import Asked, Rules
from takeup.questions.claim import Claim, chance_of
from takeup.questions.disagreement.measure import Disagreement, OneSidedOutcome
from takeup.questions.finding import Finding, finding
from takeup.stats.answer import CannotSay, Estimate


def _disagreement(asked: Asked) -> list[Finding | Claim]:
    found = asked.measures.disagreement
    if not isinstance(found, Disagreement):
        return []
    out: list[Finding | Claim] = []
    rate, above = found.rate, found.above
    if found.highest is not None and isinstance(above, Estimate):
        high = found.highest.rate
        assert isinstance(high, Estimate)
        assert isinstance(rate, Estimate)
        part = sum(k.part for k in found.half)
        ways = "; ".join(
            f"{d.advice} → {d.choice} in {percent_between(d.rate)} of cases so advised"
            for d in found.directions[:2]
            if isinstance(d.rate, Estimate)
        )
        out.append(
            finding(
                "disagreement_concentrated",
                "",
                f"Choices differ more often {of_kind(found.highest.kind)}",
                f"{points(above.value)} ({points_range(above)}) more often than on the same people's "
                f"other cases; the interval holds for all kinds tried at once. It is {percent_between(high)} of "
                f"these cases and {percent_between(rate)} overall. {ways}. "
                f"{len(found.half)} of {found.kinds_tried} kinds of case make "
                f"{whole_percent(part)} of all disagreement.",
                "descriptive",
                found.highest.cases * above.low,
                kind=found.highest.kind,
                sentence=f"Choices differ more often {of_kind(found.highest.kind)}.",
                rate=high,
                overall=rate,
                above=above,
            )
        )
    for one in found.one_sided:
        out += _one_sided(one, asked)
    return out


def _one_sided(one: OneSidedOutcome, asked: Asked) -> list[Finding | Claim]:
    d = one.difference
    if isinstance(d, CannotSay):
        return []

    def said(how: str) -> Finding:
        return finding(
            "one_sided_outcome",
            f"{one.outcome}:{one.choice}",
            f"Decided {one.choice} against the advice: {one.label} {how}, in the same score band",
            f"{points(d.value)} ({points_range(d)}) among cases whose outcome was seen. One-sided: "
            "it says nothing of the cases whose outcome nobody saw.",
            "descriptive",
            asked.measures.adoption.overall.eligible * 0.01,
            difference=d,
            bounds=one.bounds,
        )

    higher = "is higher than with it" if d.value > 0 else "is lower than with it"
    return [
        Claim(
            "outcomes that some choices show", f"{one.outcome}:{one.choice}", chance_of(d), said(higher),
            said("is not told apart from that with it"),
        )
    ]  # fmt: skip


RULES: Rules = (_disagreement,)
