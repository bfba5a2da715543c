"""Conditions beside an earlier diagnosis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from takeup.questions.conditions.indicators import condition_of


def words(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Where each condition of each population stands."""
    for p in told.get("populations", ()):
        for c in p["conditions"]:
            if c["status"] != "unknown":
                name = condition_of(c["condition"]).name.lower()
                yield f"{name} of {p['population']}", c["status"]
