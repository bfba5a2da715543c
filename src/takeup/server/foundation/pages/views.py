"""Pages that belong to no capability: the start page and the style page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from takeup.drawing.section import Row, Section, axis_row, strips
from takeup.drawing.strips import FOLLOWED, OVERRIDDEN, Mark
from takeup.report.html import render_card
from takeup.server.foundation.organization.services import (
    Person,
    Role,
    active_people,
    roles_of,
    use_case_names,
)
from takeup.server.foundation.permissions import may
from takeup.server.recording.record_api.services import in_quarantine, sender_count
from takeup.server.showing.overview.services import newest_by_use_case


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What this person can do here, and what others can see of them."""
    person: Person = request.user  # type: ignore[assignment]
    held = roles_of(person)
    sees = may("diagnosis", person)
    newest = newest_by_use_case() if sees else {}
    shown = {
        "held": held,
        "is_practitioner": Role.PRACTITIONER in held,
        "is_manager": Role.MANAGER in held,
        "administers": Role.ADMINISTRATOR in held,
        "sees_diagnosis": sees,
        "diagnoses": list(newest.values()),
        "waiting_use_cases": [n for n in use_case_names() if n not in newest] if sees else [],
        "senders": sender_count(),
        "in_quarantine": in_quarantine(),
        "people": active_people(),
    }  # fmt: skip
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
