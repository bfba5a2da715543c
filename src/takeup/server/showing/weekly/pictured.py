"""The dashboard as a picture: the same rows, figures and words."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from takeup.drawing.picture import Picture, PictureRow
from takeup.server.showing.overview.services import Snapshot
from takeup.server.showing.weekly.queries import Row
from takeup.server.showing.weekly.words import state_words


def pictured(heading: str, snapshot: Snapshot, rows: Sequence[Row], total: Row | None) -> Picture:
    """Rows that are not shown stand there and say so."""
    title, day = snapshot.overview["title"], f"{snapshot.day:%-d %B %Y}"
    everybody = [] if total is None else [total]
    return Picture(
        heading,
        _("{title}, snapshot of {day}; groups of at least the minimum size").format(title=title, day=day),
        [_row(row) for row in (*everybody, *rows)],
        _("Blue: decided with the advice. Orange: against it. Grey: without looking. Hollow square: closed on the AI "
          "path. Below, where told: overridden, of those looked at, and where experts would (± 10 points). 95 % intervals."),
    )  # fmt: skip


def _row(row: Row) -> PictureRow:
    view = row.view
    if view["state"] != "shown":
        return PictureRow(view["title"], [view["definition"]], (), [state_words(view["state"])])
    drawings = [view[name]["wide"] for name in ("rates", "overrides") if view.get(name)]
    small = [view["definition"], view["level"], view["trend"]]
    return PictureRow(view["title"], [one for one in small if one], drawings, list(_says(row)))


def _says(row: Row) -> list[str]:
    told = row.figures
    named = (
        (_("Looked at"), told["consult_rate"]), (_("Overridden"), told["override_rate"]),
        (_("With the advice"), told["effective_reliance"]), (_("Judgement (J)"), row.judgement),
        (_("AI path"), told["nominal_rate"]),
    )  # fmt: skip
    return [f"{name}: {words}" for name, words in named if words]
