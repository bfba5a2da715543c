"""Who is right more often, beside an earlier diagnosis."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from takeup.questions.compared import Figure


def figures(told: Mapping[str, Any], shown: Collection[str]) -> Iterator[Figure]:
    """People minus model, of all and of populations."""
    for key, group in (
        ("all", told),
        *((g["key"], g) for g in told.get("groups", {}).get("population", ())),
    ):
        if key == "all" or key in shown:
            yield Figure(
                "people minus model", key, group.get("person_minus_model"), "person_minus_model"
            )
