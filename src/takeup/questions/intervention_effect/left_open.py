"""Actions of which it cannot be told whether they moved anything."""

from __future__ import annotations

from collections.abc import Iterator

from takeup.drawing.words import Titles, inside
from takeup.questions.intervention_effect.measure import InterventionEffect
from takeup.stats.answer import Answer


def left_open(found: InterventionEffect, titles: Titles) -> Iterator[tuple[str, Answer]]:
    """Each run's own effect, where there is none."""
    for one in found.actions:
        for run in one.runs:
            yield (
                f"Did what was done move {one.words} among {inside(run.population, titles)}?",
                run.effect,
            )
