"""Half cards stand two by two."""

from __future__ import annotations

import pytest

from takeup.drawing.section import Section
from takeup.report.sections import _paired_halves


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [("h", "f"), ("hh", "hh"), ("hhh", "hhf"), ("fhf", "fff"), ("fhhfh", "fhhff"), ("", "")],
)
def test_a_half_card_without_a_neighbour_takes_the_whole_width(sizes, shown):
    size = {"h": "half", "f": "full"}
    cards = [Section("heading", "lede", (), (), size=size[s]) for s in sizes]
    assert [card.size[0] for card in _paired_halves(cards)] == list(shown)
