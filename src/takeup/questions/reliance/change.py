"""Reliance beside an earlier diagnosis."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from takeup.questions.compared import Figure


def figures(told: Mapping[str, Any], shown: Collection[str]) -> Iterator[Figure]:
    """Right advice kept, wrong advice caught."""
    yield Figure("right advice kept", "all", told.get("keeps_right"))
    yield Figure("wrong advice caught", "all", told.get("catches_wrong"))
