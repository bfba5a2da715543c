"""The figures of use in JSON: those of all directly, groups below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from takeup.drawing.plain import plain
from takeup.questions.adoption.measure import Adoption, GroupAdoption, Spread
from takeup.stats.answer import Answer, CannotSay


def document(found: Adoption) -> dict[str, Any]:
    """What the report shows of use."""
    return {
        **plain(found.overall),
        "groups": plain(found.groups),
        "reasons": found.reasons,
        "reasons_by": found.reasons_by,
        "override_spread": plain(found.override_spread),
        "confidence_by_action": plain(found.confidence_by_action),
        "weeks_by_population": plain(found.weeks_by_population),
        "version_starts": found.version_starts,
        "contradictions": found.contradictions,
    }


def schema(of: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Its JSON Schema; `of` gives that of a type."""
    return {
        "allOf": [of(GroupAdoption)],
        "required": ["groups", "reasons"],
        "properties": {
            "groups": of(dict[str, list[GroupAdoption]]),
            "weeks_by_population": of(dict[str, list[GroupAdoption]]),
            "reasons": of(dict[str, int]),
            "reasons_by": of(dict[str, dict[str, dict[str, int]]]),
            "override_spread": of(Spread | CannotSay),
            "confidence_by_action": of(dict[str, Answer]),
        },
    }
