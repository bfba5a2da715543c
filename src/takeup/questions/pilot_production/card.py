"""What the pilot had that production has not."""

from __future__ import annotations

from takeup.drawing.section import (
    Row,
    Section,
    axis_row,
    difference,
    figure,
    interval,
    mark,
    strips,
)
from takeup.drawing.strips import LIKE_WITH_LIKE, RAW, Series
from takeup.drawing.words import whole_percent
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.questions.pilot_production.measure import Gap, PilotProduction
from takeup.stats.answer import Estimate

_PARTS = {
    "cases": "Other kinds of case",
    "people": "Other people",
    "delivery": "Delivery and load",
    "versions": "Other versions",
}
_LEFT = Series("not explained", "overridden", "diamond", False)


def pilot_section(diagnosis: Diagnosis) -> Section | None:
    """The gap in effective reliance and its parts."""
    found = diagnosis.measures.pilot_production
    if not isinstance(found, PilotProduction):
        return None
    gap = next(g for g in found.gaps if g.figure == "effective_reliance")
    lines: list[tuple[str, str, Series, Estimate]] = [
        ("The whole gap", f"{found.pilot_cases:,} pilot decisions of {found.pilot_people} people", RAW, gap.difference)
    ]  # fmt: skip
    parts = sorted(gap.explained.items(), key=lambda p: p[1].value * _sign(gap))
    lines += [(_PARTS[n], "what it explains", LIKE_WITH_LIKE, e) for n, e in reversed(parts)]
    lines.append(
        ("Not explained", "attention, the phase itself, what nobody recorded", _LEFT, gap.left)
    )
    drawn = [[mark(series, e, difference_=True)] for _, _, series, e in lines]
    texts = [f"{label}: {figure(e, as_points=True)}" for label, _, _, e in lines]
    axis, charts = strips(drawn, zero=True, texts=texts)
    rows = tuple(
        Row(label, sub, chart, difference(e), interval(e), inset=i == 0)
        for i, ((label, sub, _, e), chart) in enumerate(zip(lines, charts, strict=True))
    )
    only = (
        f" Only one of the two had its {' and its '.join(n.replace('_', ' ') for n in found.inseparable)}: "
        "nothing can tell that from the phase."
        if found.inseparable
        else ""
    )
    return Section(
        f"The advice carried {whole_percent(gap.pilot)} of decisions in the pilot, "
        f"{whole_percent(gap.production)} in production",
        "Production minus pilot, in points of effective reliance, and what each difference explains.",
        ("Figure", "Part", "Points"),
        tuple(
            row
            for g in found.gaps
            for row in (
                (g.figure.replace("_", " "), "whole gap", figure(g.difference, as_points=True)),
                *(
                    (g.figure.replace("_", " "), n, figure(e, as_points=True))
                    for n, e in g.explained.items()
                ),
                (g.figure.replace("_", " "), "not explained", figure(g.left, as_points=True)),
            )
        ),
        rows,
        (),
        axis_row(axis),
        ("Part", "Production minus pilot"),
        note=f"Standardised to the pilot's mix by what goes with use in production.{only} Grade: adjusted.",
    )


def _sign(gap: Gap) -> float:
    return 1.0 if gap.difference.value > 0 else -1.0


CARDS = (Card(190, pilot_section),)
