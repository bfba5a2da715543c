"""What is lost per decision, beside an earlier diagnosis."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from takeup.questions.compared import Figure


def figures(told: Mapping[str, Any], shown: Collection[str]) -> Iterator[Figure]:
    """Of populations."""
    for value in told.get("populations", ()):
        if value["population"] in shown:
            yield Figure("lost per decision", value["population"], value["decided"])
