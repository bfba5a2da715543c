"""What goes with not looking at the advice."""

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
    told,
)
from takeup.drawing.strips import LIKE_WITH_LIKE
from takeup.drawing.words import circumstance, points, points_range, whole_percent
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.questions.not_consulted.measure import Circumstance, NotConsulted
from takeup.questions.shared.after_error import AfterError
from takeup.stats.answer import CannotSay

_MOST = 9


def looking_section(diagnosis: Diagnosis) -> Section | None:
    """One row per circumstance that parts looking, the strongest first."""
    found = diagnosis.measures.not_consulted
    if not isinstance(found, NotConsulted):
        return None
    shown = _one_side(found.circumstances)[:_MOST]
    drawn = [[mark(LIKE_WITH_LIKE, c.difference, difference_=True)] for c in shown]
    texts = [f"{_name(c)}: {figure(c.difference, as_points=True)}" for c in shown]
    axis, charts = strips(drawn, zero=True, texts=texts)
    rows = tuple(
        Row(
            _name(c),
            f"looked at in {whole_percent(c.looked)} of {c.cases:,} cases",
            chart,
            difference(c.difference),
            f"{interval(c.difference)} · " + told(c.difference, "looked at more", "looked at less"),
        )
        for c, chart in zip(shown, charts, strict=True)
    )
    return Section(
        _heading(shown),
        "How much more or less often the advice is looked at than in other cases, all else recorded "
        "alike; bar: 95 % interval.",
        ("Circumstance", "Cases", "Looked at", "Against the others"),
        tuple(
            (
                _name(c),
                f"{c.cases:,}",
                whole_percent(c.looked),
                figure(c.difference, as_points=True),
            )
            for c in found.circumstances
        ),
        rows,
        (),
        axis_row(axis),
        ("Circumstance", "Against the others"),
        note=_note(found, diagnosis),
    )


def _one_side(found: tuple[Circumstance, ...]) -> list[Circumstance]:
    """Of a circumstance with two levels, the one that is looked at less."""
    levels: dict[str, int] = {}
    for c in found:
        levels[c.name] = levels.get(c.name, 0) + 1
    return [c for c in found if levels[c.name] != 2 or c.difference.value < 0]


def _name(c: Circumstance) -> str:
    text = circumstance(c.name, c.level)
    return text[0].upper() + text[1:]


def _heading(shown: list[Circumstance]) -> str:
    less = [c for c in shown if c.difference.high < 0]
    if not less:
        return "None of the circumstances that were tried parts the cases that are looked at from the others"
    return f"The advice is looked at least {circumstance(less[0].name, less[0].level)}"


def _note(found: NotConsulted, diagnosis: Diagnosis) -> str:
    text = "A linear model on all circumstances at once. Grade: adjusted, an association."
    if isinstance(found.after_error, CannotSay):
        return text
    parts = [
        t
        for name, one in found.after_error.items()
        if (t := _after(name, one, diagnosis)) is not None
    ]
    if not parts:
        return text
    return f"After wrong advice that was looked at: {'; '.join(parts)}. {text}"


def _after(name: str, one: AfterError, diagnosis: Diagnosis) -> str | None:
    if isinstance(one.drop, CannotSay):
        return None
    who = "" if name == "all" else f"{diagnosis.name(name)}, "
    beyond = one.beyond_usual
    more = (
        ""
        if isinstance(beyond, CannotSay)
        else f", {points(beyond.value)} ({points_range(beyond)}) beyond what follows right advice"
    )
    return f"{who}looking falls by {points(one.drop.value).lstrip('+')} in the next ten cases{more}"


CARDS = (Card(150, looking_section),)
