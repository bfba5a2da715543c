"""The dashboard as a picture: the same rows, figures and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from takeup.drawing.picture import Picture
from takeup.server.showing.overview import pictured as overview
from takeup.server.showing.overview.services import Snapshot
from takeup.server.showing.weekly.queries import Row


def pictured(heading: str, snapshot: Snapshot, rows: Sequence[Row], total: Row | None) -> Picture:
    """Rows that are not shown stand there and say so."""
    shown = [*([] if total is None else [total]), *rows]
    drawn = [overview.pictured_row(row.view, _says(row)) for row in shown]
    return replace(overview.pictured(snapshot, (), heading), rows=drawn)


def _says(row: Row) -> list[str]:
    told = row.figures
    named = (
        (_("Looked at"), told["consult_rate"]), (_("Overridden"), told["override_rate"]),
        (_("With the advice"), told["effective_reliance"]), (_("Judgement (J)"), row.judgement),
        (_("AI path"), told["nominal_rate"]),
    )  # fmt: skip
    return [f"{name}: {words}" for name, words in named if words]
