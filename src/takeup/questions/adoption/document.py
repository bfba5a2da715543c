"""The figures of use in JSON: those of all directly, groups below."""

from __future__ import annotations

from typing import Any

from takeup.drawing.plain import plain
from takeup.questions.adoption.measure import Adoption


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
