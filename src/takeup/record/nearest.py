"""The nearest of some names, for whoever mistyped one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from takeup.record.words import fold


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like `name`; None where none is."""
    by_fold = {fold(k): k for k in known}
    found = get_close_matches(fold(name), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or nothing."""
    near = nearest(name, known)
    return f"; did you mean {near!r}?" if near else ""
