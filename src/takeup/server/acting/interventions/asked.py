"""What the form of a declaration says, as a declaration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.http import QueryDict
from django.utils.translation import gettext as _

from takeup.questions.knowledge import Action, Moves
from takeup.record.errors import InputError
from takeup.server.acting.interventions.declaring import Declared
from takeup.server.acting.interventions.services import library

MOST_STEPS = 12


def declared_in(asked: QueryDict) -> Declared:
    """The declaration that a form holds. Raises InputError for a day or number that is none."""
    held = library().get(asked.get("action", ""))
    check = asked.get("check_on", "")
    return Declared(
        asked.get("use_case", ""), asked.get("population", ""), asked.get("action", ""),
        asked.get("reason", ""), asked.get("owner", ""), day_in(asked.get("starts_on", "")),
        _steps(asked), moves_in(asked, held.action if held else None),
        asked.get("words", "") or (held.action.indicator if held else ""),
        day_in(check) if check else None, tuple(asked.getlist("comparison")), asked.get("finding", "")[:300],
    )  # fmt: skip


def day_in(text: str) -> date:
    """A day as a form writes it. Raises InputError where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(_("write each day as 2027-12-31")) from None


def points_in(text: str) -> float:
    """Points as a share. Raises InputError where it is no number."""
    try:
        return float(text.replace(",", ".")) / 100
    except ValueError:
        raise InputError(_("write the smallest change that counts as points, like 5")) from None


def moves_in(asked: QueryDict, action: Action | None) -> Moves | None:
    """What is to move: `library` as the action says, empty where somebody attests it, else a measured figure."""
    name = asked.get("indicator", "library")
    if name == "library":
        return action.moves if action else None
    if not name:
        return None
    smallest = points_in(asked.get("smallest", ""))
    return Moves(name, asked.get("direction", ""), smallest)  # type: ignore[arg-type]


def steps_of(action: Action, starts_on: date) -> list[tuple[str, date]]:
    """Steps that a form begins with: the parts of what is done, over the days that the library gives it."""
    parts = [part.strip() for part in action.do.split(";") if part.strip()]
    days = [action.lead_days * n // len(parts) for n in range(1, len(parts) + 1)]
    return [(part, starts_on + timedelta(days=d)) for part, d in zip(parts, days, strict=True)]


def _steps(asked: QueryDict) -> Sequence[tuple[str, date]]:
    texts, days = asked.getlist("step"), asked.getlist("due")
    pairs = list(zip(texts, days, strict=False))[:MOST_STEPS]
    return [(text, day_in(day)) for text, day in pairs if text.strip() or day.strip()]
