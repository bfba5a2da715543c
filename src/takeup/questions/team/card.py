"""People with the advice against the better of the two alone, and what using costs."""

from __future__ import annotations

from takeup.drawing.section import Row, Section, axis_row, figure, mark, strips
from takeup.drawing.strips import MODEL, PEOPLE, Series
from takeup.drawing.words import seconds
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.questions.team.measure import Complementarity, Effort, Team
from takeup.stats.answer import CannotSay, Estimate

_ALONE = Series("people alone", "second", "circle", False)


def together_section(diagnosis: Diagnosis) -> Section | None:
    """Three rows on one axis of right decisions; effort in the note."""
    team = diagnosis.measures.team
    if not isinstance(team, Team) or isinstance(team.complementarity, CannotSay):
        return None
    c = team.complementarity
    lines = [
        ("People alone", f"known from {c.source}", _ALONE, c.alone),
        ("The model alone", "on the same cases", MODEL, c.model),
        ("Both together", "people with the advice", PEOPLE, c.joint),
    ]
    drawn = [[mark(series, e)] for _, _, series, e in lines]
    axis, charts = strips(drawn, texts=[f"{label}: {figure(e)}" for label, _, _, e in lines])
    rows = tuple(
        Row(label, sub, chart, figure(e), "", inset=label == "Both together")
        for (label, sub, _, e), chart in zip(lines, charts, strict=True)
    )
    return Section(
        _heading(c, diagnosis),
        "Share right; bar: 95 % interval over people.",
        ("Who", "Share right"),
        (
            *((label, figure(e)) for label, _, _, e in lines),
            ("Both minus the better one", figure(c.joint_minus_best, as_points=True)),
            ("Both minus people alone", figure(c.joint_minus_alone, as_points=True)),
        ),
        rows,
        (),
        axis_row(axis),
        ("Who decides", "Share right"),
        note=f"Both minus the better of the two: {figure(c.joint_minus_best, as_points=True)}. "
        f"Both minus people alone: {figure(c.joint_minus_alone, as_points=True)}. "
        f"{_effort(team.effort)}Grade: {c.joint.grade}, {c.joint.assumption}.",
        size="half",
    )


def _heading(c: Complementarity, diagnosis: Diagnosis) -> str:
    d = c.joint_minus_best
    if not diagnosis.says("both together"):
        return "People with the advice are about as good as the better of the two alone"
    if d.value > 0:
        return "People with the advice beat either alone"
    best = "people alone" if c.alone.value >= c.model.value else "the model alone"
    return f"People with the advice stay behind {best}"


def _effort(effort: Effort | CannotSay) -> str:
    if isinstance(effort, CannotSay):
        return ""
    took = f"{seconds(effort.seconds)} " if isinstance(effort.seconds, Estimate) else ""
    if not isinstance(effort.steps, Estimate):
        return took
    s = effort.steps
    way = "more" if s.value > 0 else "fewer"
    ends = f"{s.low:+.1f} to {s.high:+.1f}".replace("-", "−")
    return f"Using the advice takes {abs(s.value):.1f} steps {way} ({ends}). {took}"


CARDS = (Card(80, together_section),)
