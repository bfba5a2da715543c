"""The twelve parts, one module each."""

from __future__ import annotations

from collections.abc import Callable

from takeup.server.showing.review.part import Part, Reviewed
from takeup.server.showing.review.parts import (
    champions,
    conditions,
    economics,
    facts,
    feedback,
    harm,
    managers,
    model,
    not_known,
    overrides,
    reasons,
)

PARTS: tuple[Callable[[Reviewed], Part], ...] = (
    facts.part, model.part, overrides.part, conditions.part, reasons.part, managers.part, champions.part, feedback.part,
    harm.part, economics.part, not_known.part,
)  # fmt: skip
"""In order; the eleventh of the review, its decisions, is made by people."""
