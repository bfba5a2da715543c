"""Conversations held and read back, as milestones ask for it: how many is told from five on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from takeup.record.milestones import MilestoneRecord
from takeup.server.acting.conversations.models import ENDED, Draw
from takeup.server.acting.conversations.services import fewest, heard_in

_PATH = "/conversations"


def tell(use_case: str, today: date) -> Iterable[MilestoneRecord]:
    """Of each population's newest round that has ended."""
    held = Draw.objects.filter(use_case=use_case, state=ENDED).order_by("ended_on", "pk")
    for one in {draw.population: draw for draw in held}.values():
        talks = heard_in(one).conversations
        # All of a small population is known to be all; else fewer than five are not counted out.
        all_of_few = one.among > 0 and talks >= one.among
        known = talks if talks >= fewest() or all_of_few else 0
        yield MilestoneRecord("conversations.held", one.population, value=known, path=_PATH, words="coded by two, settled")  # fmt: skip
        yield MilestoneRecord("conversations.read_back", one.population, value=1, path=f"{_PATH}/{one.pk}", words=f"on {one.ended_on:%-d %B %Y}")  # fmt: skip
