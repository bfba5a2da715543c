"""Strips of one figure share their axis: a value stands at the same place in each."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeup.drawing import strips
from takeup.drawing.strips import FOLLOWED, NARROW, OVERRIDDEN, WIDE, Axis, Mark, strip_drawn

WHOLE = Axis(0.0, 1.0, (0.0, 0.5, 1.0), ("0 %", "50 %", "100 %"))
share = st.floats(0, 1)


def frame(svg: str) -> tuple[str, str]:
    found = re.search(r'width="(\d+)" height="\d+" viewBox="([^"]+)"', svg)
    assert found
    return found[1], found[2].split()[0]


@given(
    st.lists(st.tuples(share, share, share), min_size=1, max_size=3),
    st.sampled_from((250, 300, 430)),
)
def test_no_label_makes_a_strip_wider_than_its_neighbours(drawn, width):
    marks = []
    for three in drawn:
        low, value, high = sorted(three)
        marks.append(Mark(FOLLOWED, value, low, high, f"{100 * value:.0f} %"))
    assert frame(strip_drawn(WHOLE, marks, width)) == (str(width + 6), "0")


@given(st.lists(st.tuples(*[st.floats(-40, 40)] * 3), min_size=1, max_size=3))
def test_nor_does_one_beside_a_line_at_zero(drawn):
    marks = []
    for three in drawn:
        low, value, high = sorted(three)
        marks.append(Mark(OVERRIDDEN, value, low - 0.1, high + 0.1, f"{value:+.1f} points"))
    axis = strips.axis_over(marks, zero=True, percent=False)
    for width in (NARROW, WIDE):
        assert frame(strip_drawn(axis, marks, width)) == (str(width + 6), "0")


@pytest.mark.parametrize(("value", "side"), [(1.0, "end"), (0.0, "start")])
def test_a_label_without_room_at_either_end_stands_beside_its_point_and_parts_the_interval(
    value, side
):
    svg = strip_drawn(WHOLE, [Mark(FOLLOWED, value, 0.0, 1.0, "100 %")], NARROW)
    assert label(svg) == (side, NARROW - 8 if value else 8)
    ((low, high),) = intervals(svg)
    assert (low, high) == ((0, 245) if value else (55, 300))


def test_it_does_not_stand_over_what_was_promised():
    svg = strip_drawn(WHOLE, [Mark(FOLLOWED, 1.0, 0.1, 1.0, "100 %", promised=0.87)], NARROW)
    assert label(svg) == ("end", round(0.87 * NARROW - 8))
    assert len(intervals(svg)) == 2


def label(svg: str) -> tuple[str, int]:
    (anchor, x) = re.findall(r'text-anchor="(\w+)" transform="translate\(([\d.]+)', svg)[-1]
    return anchor, round(float(x))


def intervals(svg: str) -> list[tuple[int, int]]:
    found = re.findall(r'<line x1="([\d.]+)" x2="([\d.]+)" y1[^>]*stroke-width="7"', svg)
    return [(round(float(low)), round(float(high))) for low, high in found]
