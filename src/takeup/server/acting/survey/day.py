"""A use case that goes takes its surveys with it."""

from __future__ import annotations

from takeup.server.acting.survey.services import forget_use_case


def forget(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    forget_use_case(use_case)
