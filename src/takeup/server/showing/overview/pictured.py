"""The overview as a picture: the same rows, figures and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takeup.drawing.picture import Picture, PictureRow
from takeup.server.showing.overview.models import Snapshot

_NOT_SHOWN = {
    "hidden": gettext_lazy("not shown, on purpose"),
    "early": gettext_lazy("too early to say"),
}


def pictured(snapshot: Snapshot, rows: Sequence[Mapping[str, Any]], heading: str = "") -> Picture:
    """Rows of a snapshot, its own heading unless there is another; those that are not shown say so."""
    title, day = snapshot.overview["title"], f"{snapshot.day:%-d %B %Y}"
    return Picture(
        heading or snapshot.overview["heading"],
        _("{title}, snapshot of {day}; groups of at least the minimum size").format(title=title, day=day),
        [pictured_row(row, _says(row)) for row in rows],
        how_to_read(),
    )  # fmt: skip


def how_to_read() -> str:
    """What the colours and marks are."""
    return _(
        "Blue: decided with the advice. Orange: against it. Grey: without looking. Hollow square: closed on the AI "
        "path. Below, where told: overridden, of those looked at, and where experts would (± 10 points). 95 % intervals."
    )


def pictured_row(view: Mapping[str, Any], says: Sequence[str]) -> PictureRow:
    """One population with what is said beside its drawings."""
    if view["state"] != "shown":
        return PictureRow(view["title"], [view["definition"]], (), [str(_NOT_SHOWN[view["state"]])])
    drawings = [view[name]["wide"] for name in ("rates", "overrides") if view.get(name)]
    small = [view["definition"], view["level"], view.get("trend", "")]
    return PictureRow(view["title"], [one for one in small if one], drawings, says)


def _says(view: Mapping[str, Any]) -> list[str]:
    told = (
        (_("With the advice"), view.get("with_advice")), (_("Overridden"), view.get("override_told")),
        (_("Between rate and quality"), view.get("gap")),
    )  # fmt: skip
    return [f"{name}: {words}" for name, words in told if words]
