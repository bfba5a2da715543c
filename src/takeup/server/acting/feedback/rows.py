"""What users mark comes into the queue, and what they wrote goes where a person goes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from takeup.server.acting.feedback.services import forget_words, keep_flags


def drained(kind: str, bodies: Sequence[str]) -> None:
    """Flags into the queue."""
    if kind == "decisions":
        keep_flags(bodies)


def erased(handle: str) -> Collection[str]:
    """No text is kept until the next snapshot takes those that the log still holds."""
    forget_words()
    return ()
