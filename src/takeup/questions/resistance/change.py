"""Reasons beside an earlier diagnosis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def words(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The verdict on each population's reasons, and which are named."""
    for p in told.get("populations", ()):
        scored = p["scored"]
        if "verdict" in scored:
            named = ", ".join(scored["named"])
            verdict = scored["verdict"].replace("_", " ")
            yield f"reasons of {p['population']}", f"{verdict}{': ' + named if named else ''}"
