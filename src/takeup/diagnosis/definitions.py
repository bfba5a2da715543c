"""Which definition each measure of a diagnosis has: two are compared with care where it is not the same."""

from __future__ import annotations

from collections.abc import Mapping

CHANGES: dict[str, tuple[str, ...]] = {
    "adoption": (
        "intervals of few people are as wide as Student's t; cases that nobody answered are nobody's",
    ),
    "model_issue": (
        "errors by case too, where many people decide the same ones",
        "wrong too often, or harmful, by the end of its interval, not by the point",
    ),
    "paired": (
        "intervals allow for differences not seen yet, and for cases that many people decide",
    ),
    "reliance": ("errors by case too, where many people decide the same ones",),
    "comparison": ("adjusted for all that is recorded before the decision, not for covariates alone",),
    "rollout": ("errors by what was drawn, with few units refused; truth that is a sample is weighted",),
    "value": ("gains of overriding are set off against its losses",),
    "disagreement": ("the kind that differs most is told against the same people's other cases, for all kinds at once",),
    "blind_spots": ("every kind with enough overrides is tried",),
    "people": ("better or worse by their own overrides alone",),
    "resistance": ("a reason that cannot be seen has no belief",),
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
