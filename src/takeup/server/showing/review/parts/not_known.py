"""12. What cannot be told yet, and how it will be found out."""

from __future__ import annotations

import re

from takeup.server.showing.review.part import Figures, Part, Reviewed

_FOR_ENGINEERS = re.compile(r"\s*\((?:`|--)[^)]*\)|: `takeup .*$|^[a-z]+(?:_[a-z]+)+: ")
"""In what would answer a question: commands, options and names of columns."""


def part(of: Reviewed) -> Part:
    """Every question without an answer, why, and what would answer it."""
    rows = tuple(
        (q["question"], q["why"], _FOR_ENGINEERS.sub("", q["needs"]))
        for q in of.diagnosis["cannot_answer"]
    )
    says = f"{len(rows)} questions wait for something." if rows else "Every question has its answer."  # fmt: skip
    return Part(12, "What we still cannot tell", says, (Figures("Not known yet", ("question", "why", "what would answer it"), rows),))  # fmt: skip
