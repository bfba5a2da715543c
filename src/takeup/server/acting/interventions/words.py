"""States, verdicts and reasons as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takeup.drawing.words import points, upper_first
from takeup.record.questionnaire import TYPE_NAMES
from takeup.server.acting.interventions.models import ActionRun

STATES = {
    "planned": gettext_lazy("Planned"), "running": gettext_lazy("Running"),
    "checked": gettext_lazy("Checked"), "withdrawn": gettext_lazy("Withdrawn"),
}  # fmt: skip
VERDICTS = {
    "moved": gettext_lazy("Moved"), "not_moved": gettext_lazy("Not moved"),
    "cannot_tell": gettext_lazy("Cannot tell"),
}  # fmt: skip
REASONS = {
    **{code: upper_first(name) for code, name in TYPE_NAMES.items()},
    "model": gettext_lazy("The model is the issue"), "unclear": gettext_lazy("Nobody knows yet"),
}  # fmt: skip
"""The five by the names they have on the page of reasons."""
ABOUT = {
    "people": gettext_lazy("people"), "work": gettext_lazy("the work and its tools"),
    "model": gettext_lazy("the model"), "listening": gettext_lazy("listening"),
    "message": gettext_lazy("a message"),
}  # fmt: skip
DIRECTIONS = {"up": gettext_lazy("up"), "down": gettext_lazy("down")}


def expected_words(run: ActionRun) -> str:
    """What was declared to move."""
    if run.smallest is None:
        return run.words
    return _("{words}: {direction} by {points} points or more").format(
        words=run.words, direction=DIRECTIONS[run.direction], points=f"{100 * run.smallest:g}"
    )


def change_words(result: Mapping[str, Any]) -> str:
    """The change with its interval and how it was found; empty where there is none."""
    effect = result.get("effect") or {}
    if "value" not in effect:
        return ""
    low, high = (f"{100 * effect[end]:+.1f}".replace("-", "−") for end in ("low", "high"))
    if effect["grade"] == "staggered":
        how = _("against populations that had it not yet")
    elif "others" in effect["method"]:
        how = _(
            "beside other populations, against its own course: an interrupted time series, an association in time"
        )
    else:
        how = _("against its own course: an interrupted time series, an association in time")
    return _("{change} ({low} to {high}), {how}, {n} decisions").format(
        change=points(effect["value"]), low=low, high=high, how=how, n=f"{effect['n']:,}"
    )
