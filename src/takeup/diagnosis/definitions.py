"""Which definition each measure of a diagnosis has: two are compared with care where it is not the same."""

from __future__ import annotations

from collections.abc import Mapping

CHANGES: dict[str, tuple[str, ...]] = {
    "adoption": ("intervals of few people are as wide as Student's t",),
    "paired": ("intervals allow for differences not seen yet",),
    "comparison": ("adjusted for all that is recorded before the decision, not for covariates alone",),
    "rollout": ("errors by what was drawn, with few units refused; truth that is a sample is weighted",),
    "value": ("gains of overriding are set off against its losses",),
    "team": ("the interval allows for the better of the two being picked",),
    "ladder": ("level 4 asks for the lower bound of discrimination too",),
    "signals": ("over-reliance (RR8) needs a probability, not the point alone",),
}  # fmt: skip
"""Of each measure, what its second, third, … definition changed. A measure not named has its first."""


def definitions() -> dict[str, int]:
    """The number of each measure's definition, where it is not the first."""
    return {name: 1 + len(changed) for name, changed in CHANGES.items()}


def changed_since(earlier: Mapping[str, int]) -> tuple[str, ...]:
    """What changed since the definitions that an earlier diagnosis names (none: the first of each)."""
    return tuple(
        f"{name.replace('_', ' ')}: {words}"
        for name, changed in CHANGES.items()
        for words in changed[max(earlier.get(name, 1) - 1, 0) :]
    )
