"""What weekly reviews tell of a sprint's milestones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from urllib.parse import quote

from takeup.record.milestones import MilestoneRecord
from takeup.server.showing.weekly.looking import FEWEST_MANAGERS, managers_looking
from takeup.server.showing.weekly.queries import reviews_lately


def tell(use_case: str, today: date) -> Iterable[MilestoneRecord]:
    """How many managers look, and how many reviews decided something, over the last four whole weeks."""
    path = f"/week/of/{quote(use_case)}"
    if found := managers_looking(use_case, today):
        yield _looking(*found, path)
    reviews = reviews_lately(use_case, today)
    if reviews:
        decided = sum(one.decisions.exists() for one in reviews)
        yield MilestoneRecord(
            "weekly.reviews_with_decision", k=decided, n=len(reviews), path=f"{path}/reviews",
            words="weekly reviews of the last four weeks in which something was decided",
        )  # fmt: skip


def _looking(k: int, n: int, path: str) -> MilestoneRecord:
    """Of fewer managers than five nothing: that all of them look, or not all, is what one of them does."""
    words = "managers who opened the weekly dashboard in three of the last four whole weeks"
    if n < FEWEST_MANAGERS:
        return MilestoneRecord("weekly.managers_looking", path=path, words=words)
    return MilestoneRecord("weekly.managers_looking", k=k, n=n, path=path, words=words)
