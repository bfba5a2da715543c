"""A review is made from snapshots and taken away with their use case."""

from __future__ import annotations

from takeup.server.showing.review.services import forget_use_case


def forget(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    forget_use_case(use_case)
