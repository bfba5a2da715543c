"""takeup: the adoption of AI at work, measured and engineered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from takeup.api import Result, diagnose, sample
    from takeup.record.errors import TakeupError

__all__ = ["Result", "TakeupError", "diagnose", "sample"]


def __getattr__(name: str) -> Any:
    """Import the heavy parts only when they are asked for."""
    if name == "TakeupError":
        from takeup.record.errors import TakeupError

        return TakeupError
    if name in __all__:
        from takeup import api

        return getattr(api, name)
    raise AttributeError(f"module 'takeup' has no attribute {name!r}")
