"""The evidence of a diagnosis: the cards of every question, in the order in which a reader asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from takeup.diagnosis.change import Changes
from takeup.drawing.section import Section
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.questions.register import questions
from takeup.report.sections.since import since_section


def sections(diagnosis: Diagnosis, changed: Changes | None = None) -> list[Section]:
    """What changed, then the cards of all questions by their places."""
    cards: list[Card] = [card for q in questions() for card in q.of_part("card", "CARDS", ())]
    drawn = [card.draw(diagnosis) for card in sorted(cards, key=lambda card: card.place)]
    found = [
        section for one in (since_section(diagnosis, changed), *drawn) for section in _all(one)
    ]
    return _paired_halves(found)


def _all(drawn: Sequence[Section] | Section | None) -> Sequence[Section]:
    if drawn is None:
        return ()
    return (drawn,) if isinstance(drawn, Section) else drawn


def _paired_halves(shown: list[Section]) -> list[Section]:
    """Half cards stand two by two; one without a neighbour takes the whole width."""
    out: list[Section] = []
    for size, run in groupby(shown, key=lambda section: section.size):
        cards = list(run)
        if size == "half" and len(cards) % 2:
            cards[-1] = replace(cards[-1], size="full")
        out += cards
    return out
