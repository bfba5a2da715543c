"""Whether the review was made and signed, as its milestone asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from takeup.record.milestones import MilestoneRecord
from takeup.server.showing.review.services import path_of, reviews


def tell(use_case: str, today: date) -> Iterable[MilestoneRecord]:
    """Of the newest."""
    for one in reviews(use_case)[:1]:
        yield MilestoneRecord("review.made", value=1, path=path_of(one), words=f"from the snapshot of {one.day:%-d %B %Y}")  # fmt: skip
        signed = float(one.signed_at is not None)
        yield MilestoneRecord("review.signed", value=signed, path=path_of(one))
