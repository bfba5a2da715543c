"""Which definition each measure of a diagnosis has: two are compared with care where it is not the same."""

from __future__ import annotations

from collections.abc import Mapping

from takeup.questions.register import questions


def definitions() -> dict[str, int]:
    """The number of each measure's definition, where it is not the first."""
    return {q.name: 1 + len(q.definitions) for q in questions() if q.definitions}


def changed_since(earlier: Mapping[str, int]) -> tuple[str, ...]:
    """What changed since the definitions that an earlier diagnosis names (none: the first of each)."""
    return tuple(
        f"{q.name.replace('_', ' ')}: {words}"
        for q in questions()
        for words in q.definitions[max(earlier.get(q.name, 1) - 1, 0) :]
    )
