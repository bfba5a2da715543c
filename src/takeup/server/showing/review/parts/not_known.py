"""12. What cannot be told yet, and how it will be found out."""

from __future__ import annotations

from takeup.server.foundation.pages.for_people import words
from takeup.server.showing.review.part import Figures, Part, Reviewed


def part(of: Reviewed) -> Part:
    """Every question without an answer, why, and what would answer it."""
    rows = tuple(
        (words(q["question"]), words(q["why"]), words(q["needs"]))
        for q in of.diagnosis["cannot_answer"]
    )
    says = f"{len(rows)} questions wait for something." if rows else "Every question has its answer."  # fmt: skip
    return Part(12, "What we still cannot tell", says, (Figures("Not known yet", ("question", "why", "what would answer it"), rows),))  # fmt: skip
