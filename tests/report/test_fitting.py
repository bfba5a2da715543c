"""No label of a drawing is cut off at its edge, in the font that the page shows."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import pytest

from takeup.drawing.charts import Event, WeekPoint, timeline, weeks_chart
from takeup.drawing.fitting import fitted, reach, width_of
from takeup.drawing.strips import Mark, Series, axis_over, axis_strip, strip

WEEKS = [f"2026-{m:02}-{d:02}" for m in (8, 9, 10) for d in (3, 10, 17, 24)]
LONG = "decided with the advice in view"
SERIES = Series(LONG, "followed", "circle")


@cache
def charts():
    return dict(_drawn())


def _drawn():
    rows = [WeekPoint(SERIES, week, 0.5, 0.4, 0.6) for week in WEEKS]
    for day in ("2026-08-03", "2026-08-10", "2026-09-14", "2026-10-24"):
        changes = [(day, w) for w in ("client 3.0", "model 2.0 of spring", "phase production")]
        yield f"weeks, {day}", weeks_chart(rows, changes)
        yield f"wide weeks, {day}", weeks_chart(rows, changes, wide=760)
        events = [
            Event("Branch officers of the Metropolitan area", WEEKS[1], LONG, open=True),
            Event("North", WEEKS[-1], LONG, open=False),
        ]
        yield f"timeline, {day}", timeline(events, changes)
    marks = [Mark(SERIES, 1.0, 0.9, 1.0, "100 %"), Mark(SERIES, 0.0, 0.0, 0.9, "0 %")]
    axis = axis_over(marks, zero=False, percent=True, whole=True)
    yield "strip", strip(axis, marks, "")
    yield "axis", axis_strip(axis)


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_every_label_lies_inside_its_drawing(size):
    assert len(charts()) == 14
    for name, chart in charts().items():
        svg = getattr(chart, size)
        left, _, width, _ = map(float, re.search(r'viewBox="([^"]+)"', svg)[1].split())
        low, high = reach(svg)
        assert left <= low + 0.5, name
        assert high <= left + width + 0.5, name


def test_a_drawing_that_holds_its_labels_is_left_as_it_is():
    svg = '<svg width="90" height="20" viewBox="0 0 90 20"><text transform="translate(2,9)">all</text></svg>'
    assert fitted(svg) == svg


def test_a_label_over_either_edge_makes_the_drawing_wider():
    svg = (
        '<svg width="40" height="20" viewBox="0 0 40 20"><g transform="translate(10,1)">'
        '<text text-anchor="end" transform="translate(0,9)">on the left</text>'
        '<text transform="translate(20,9)">right</text></g></svg>'
    )
    left, _, width, _ = map(float, re.search(r'viewBox="([^"]+)"', fitted(svg))[1].split())
    assert left == pytest.approx(10 - width_of("on the left"), abs=0.6)
    assert left + width == pytest.approx(30 + width_of("right"), abs=1.1)


def test_what_came_on_a_day_stands_in_lines_where_neither_side_has_room():
    rows = [WeekPoint(Series("use", "model", "square"), week, 0.5, 0.4, 0.6) for week in WEEKS]
    changes = [("2026-09-07", w) for w in ("client 3.0", "model 2.0", "phase production")]
    chart = weeks_chart(rows, changes)
    told = re.findall(r"<text[^>]*>((?:<tspan[^>]*>[^<]*</tspan>)+)</text>", chart.narrow)
    assert [re.sub(r"<[^>]+>", " ", one).split() for one in told] == [
        ["client", "3.0,", "model", "2.0,", "phase", "production"]
    ]


def test_letters_are_as_wide_as_the_font_of_the_page_draws_them():
    fonts = pytest.importorskip("fontTools.ttLib")
    instancer = pytest.importorskip("fontTools.varLib.instancer")
    file = files("takeup.report") / "style/fonts/inter.woff2"
    with file.open("rb") as held:
        font = instancer.instantiateVariableFont(fonts.TTFont(held), {"wght": 600})
        drawn, wide, of = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
        text = [chr(code) for code in range(32, 127)] + list("‘’“”·–−÷×±€äöüÄÖÜéèß")
        for letter in text:
            true = 12 * wide[drawn[ord(letter)]][0] / of
            assert true <= width_of(letter), letter
            assert not letter.isalnum() or width_of(letter) <= true + 3, letter


def test_an_axis_is_as_wide_as_its_strips_so_that_its_ticks_stand_over_their_lines():
    marks = [Mark(SERIES, 0.5, 0.2, 0.8, "50 %")]
    axis = axis_over(marks, zero=False, percent=True, whole=True)
    frames = [
        re.search(r'width="(\d+)"', one.wide) for one in (axis_strip(axis), strip(axis, marks, ""))
    ]
    head, row = (int(found[1]) for found in frames if found)
    assert abs(head - row) <= 3
    labels = re.findall(r'text-anchor="(\w+)"[^>]*>([\d]+ %)<', axis_strip(axis).wide)
    assert labels[0] == ("start", "0 %")
    assert labels[-1] == ("end", "100 %")
