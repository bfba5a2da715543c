"""Figures of use that two diagnoses are compared by."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from takeup.questions.compared import Figure

_NAMES = {
    "nominal_rate": "closed on the AI path",
    "consult_rate": "looked at",
    "override_rate": "overridden, of those looked at",
    "effective_reliance": "decided with the advice",
    "quality_gap": "gap between rate and quality",
}


def figures(told: Mapping[str, Any], shown: Collection[str]) -> Iterator[Figure]:
    """Rates of all and of populations."""
    for group in (told, *told["groups"].get("population", ())):
        if group["key"] in shown:
            for rate, words in _NAMES.items():
                yield Figure(words, group["key"], group.get(rate), rate)
