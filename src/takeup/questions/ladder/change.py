"""Levels beside an earlier diagnosis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def words(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The level of each population that has one."""
    for p in told.get("populations", ()):
        level = p["level"]
        if "certain" in level:
            yield f"level of {p['population']}", f"L{level['certain']} to L{level['possible']}"
