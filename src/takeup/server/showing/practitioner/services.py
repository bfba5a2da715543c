"""What other capabilities may do with the vault: put into it, take out of it for good. Nobody reads it
but `pages`, for the person it belongs to."""

from __future__ import annotations

from takeup.server.showing.practitioner.practice import forget_practice, take_practice
from takeup.server.showing.practitioner.vault import (
    forget,
    forget_decisions,
    forget_old,
    keep_own,
)

__all__ = [
    "forget",
    "forget_decisions",
    "forget_old",
    "forget_practice",
    "keep_own",
    "take_practice",
]
