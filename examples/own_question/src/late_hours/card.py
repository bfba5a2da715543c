"""Early and late, side by side."""

from __future__ import annotations

from late_hours.measure import LateHours
from takeup.drawing.section import Row, Section, axis_row, figure, mark, strips
from takeup.drawing.strips import RAW
from takeup.questions.diagnosis import Card, Diagnosis


def late_hours_section(diagnosis: Diagnosis) -> Section | None:
    """Shares overridden before and after 15:00."""
    found = diagnosis.measures.late_hours
    if not isinstance(found, LateHours):
        return None
    told = (("Before 15:00", found.early), ("From 15:00 on", found.late))
    texts = [f"{label}: {figure(answer)}" for label, answer in told]
    axis, charts = strips([[mark(RAW, answer)] for _, answer in told], texts=texts)
    return Section(
        "How often the advice is overridden, by the time of day",
        "Of the advice that was seen, by the same people.",
        ("Time of day", "Overridden"),
        tuple((label, figure(answer)) for label, answer in told),
        tuple(
            Row(label, "overridden, of what was seen", chart, figure(answer), "")
            for (label, answer), chart in zip(told, charts, strict=True)
        ),
        axis=axis_row(axis),
        heads=("Time of day", "Overridden"),
        note=f"Late beyond early: {figure(found.difference)}. Grade: descriptive.",
    )


CARDS = (Card(155, late_hours_section),)
