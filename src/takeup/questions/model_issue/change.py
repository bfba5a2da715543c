"""How often advice is wrong, beside an earlier diagnosis."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from takeup.questions.compared import Figure


def figures(told: Mapping[str, Any], shown: Collection[str]) -> Iterator[Figure]:
    """Errors of scopes."""
    for scope in told.get("scopes", ()):
        if scope["scope"] in shown:
            yield Figure("advice wrong", scope["scope"], scope["error"], "advice_wrong")
