"""Paired answers in JSON: those of all directly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from takeup.drawing.plain import plain
from takeup.questions.paired.measure import Paired, PairedGroup
from takeup.stats.answer import Answer, CannotSay


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


def schema(of: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Its JSON Schema; `of` gives that of a type."""
    return {
        "allOf": [of(PairedGroup)],
        "required": ["person_minus_model"],
        "properties": {
            "scope": of(str),
            "groups": of(dict[str, list[PairedGroup]]),
            "loss_difference": of(Answer | None),
        },
    }
