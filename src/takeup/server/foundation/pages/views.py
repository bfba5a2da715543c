"""Pages that belong to no capability: the start page and the style page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from takeup.drawing.section import Row, Section, axis_row, strips
from takeup.drawing.strips import FOLLOWED, OVERRIDDEN, Mark
from takeup.report.html import render_card
from takeup.server.deployment.capability import of_every
from takeup.server.foundation.organization.services import Person, roles_of


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What this person can do here, and what others can see of them."""
    person: Person = request.user  # type: ignore[assignment]
    held = roles_of(person)
    declared = (one for ones in of_every("start_page", "ON_START_PAGE") for one in ones)
    found = [
        (one, told)
        for one in sorted(declared, key=lambda one: one.place)
        if (told := one.told(person, held)) is not None
    ]
    heading = next(((one.heading, told) for one, told in found if one.heading), None)
    shown = {
        "heading": render_to_string(*heading, request) if heading else "",
        "cards": [render_to_string(one.cards, told, request) for one, told in found],
    }
    return render(request, "home.html", shown)


_TOKENS = (
    "paper", "card", "inset", "text", "second", "third", "line", "followed", "followed-interval",
    "overridden", "overridden-interval", "model", "model-tint", "model-interval", "unseen",
)  # fmt: skip


@require_GET
def style(request: HttpRequest) -> HttpResponse:
    """Every component that pages are made of, in every state (development only)."""
    shown = {
        "tokens": _TOKENS,
        "chart": render_card(_sample()),
        "problems": ["line 7, email: 'ada' is no address", "line 9, person_id: needed"],
    }
    return render(request, "style.html", shown)


def _sample() -> Section:
    """A card of rows on one axis, with its words and its table; the figures are invented."""
    told = (("Followed", FOLLOWED, 0.86, 0.83, 0.89), ("Overridden", OVERRIDDEN, 0.80, 0.74, 0.85))
    marks = [Mark(s, v, low, high, f"{v:.0%}") for _, s, v, low, high in told]
    texts = [f"{label}: {m.shown}" for (label, *_), m in zip(told, marks, strict=True)]
    axis, drawn = strips([[m] for m in marks], texts=texts)
    return Section(
        "A chart reads like a table",
        "Rows share one axis; words stand beside them; the table is behind. Invented figures.",
        ("Kind", "Good outcomes"),
        tuple((label, f"{v:.0%} ({low:.0%} to {high:.0%})") for label, _, v, low, high in told),
        rows=tuple(
            Row(label, "a definition in small type", chart, f"{v:.0%}", f"{low:.0%} to {high:.0%}")
            for (label, _, v, low, high), chart in zip(told, drawn, strict=True)
        ),
        key=((FOLLOWED, ""), (OVERRIDDEN, "")),
        axis=axis_row(axis),
        heads=("Kind of case", "Good outcomes"),
    )
