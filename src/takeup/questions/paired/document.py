"""Paired answers in JSON: those of all directly."""

from __future__ import annotations

from typing import Any

from takeup.drawing.plain import plain
from takeup.questions.paired.measure import Paired
from takeup.stats.answer import CannotSay


def document(found: Paired | CannotSay) -> dict[str, Any]:
    """What the report shows of the same cases."""
    if isinstance(found, CannotSay):
        return {**found.to_json(), "person_minus_model": found.to_json()}
    return {
        "scope": found.scope,
        **plain(found.overall),
        "groups": plain(found.groups),
        "loss_difference": plain(found.loss_difference),
    }
