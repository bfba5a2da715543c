"""7. Champions: health of the network, what became of what they raised, and what their effect is known to be."""

from __future__ import annotations

from dataclasses import replace

from takeup.server.acting.escalations.health import FEWEST, WITHIN, Counted, of_use_case
from takeup.server.showing.review.indicators import indicator_part
from takeup.server.showing.review.part import Figures, Part, Reviewed


def part(of: Reviewed) -> Part:
    """The indicators of the champion network, and whether its escalations are answered."""
    found = indicator_part(of, 7, "Champions", "C7", "Their effect cannot be estimated: no sessions are recorded by person or at random.")  # fmt: skip
    acknowledged, ended = of_use_case(of.use_case)
    days = WITHIN.days
    rows = (
        (f"acknowledged in time, of those whose time ran out in the last {days} days", _words(acknowledged)),
        (f"ended in a change or a reasoned decline within {days} days, of those that became so old in the last {days} days", _words(ended)),
    )  # fmt: skip
    escalations = Figures("Escalations of champions", ("what", "figure"), rows)
    return replace(
        found, tables=(*found.tables, escalations),
        notes=(*found.notes, "All escalations are counted, so they have no interval; they tell of answers, and of no champion."),
    )  # fmt: skip


def _words(counted: Counted) -> str:
    if counted.few:
        return f"not told: fewer than {FEWEST}"
    return (
        f"{counted.k} of {counted.n}{'; too few: credibility at risk' if counted.at_risk else ''}"
    )
