"""What is written on charts over weeks stays apart."""

from __future__ import annotations

import re

from takeup.drawing.charts import Event, WeekPoint, timeline, weeks_chart
from takeup.drawing.fitting import width_of
from takeup.drawing.strips import NARROW, Axis, Mark, Series, _beside


def labels(svg: str, what: str) -> list[tuple[float, float, str]]:
    """Texts that begin with `what`: x, y, text."""
    found = re.findall(r'translate\(([-\d.]+),([-\d.]+)\)"[^>]*>([^<]*)</text>', svg)
    return [(float(x), float(y), text) for x, y, text in found if text.startswith(what)]


def test_codes_of_one_lane_that_would_meet_are_written_once_together():
    events = [
        Event("North", "2026-08-31", "RR1", open=False),
        Event("North", "2026-09-07", "RR4", open=False),
        Event("Metro", "2026-09-07", "RR2", open=True),
        Event("Metro", "2026-11-30", "RR3", open=True),
    ]
    told = [text for _, _, text in labels(timeline(events).narrow, "RR")]
    assert sorted(told) == ["RR1, RR4", "RR2", "RR3"]


def test_versions_that_came_soon_after_one_another_stand_below_one_another():
    week = [f"2026-{m:02}-{d:02}" for m in (8, 9, 10) for d in (3, 10, 17, 24)]
    rows = [WeekPoint(Series("North", "model", "square"), w, 0.5, 0.4, 0.6) for w in week]
    changes = [
        ("2026-08-31", "model 2.0"),
        ("2026-09-07", "model 2.0.1"),
        ("2026-10-24", "model 3"),
    ]
    chart = weeks_chart(rows, changes)
    first, second, last = sorted(labels(chart.wide, "model"))
    assert (first[2], second[2], last[2]) == ("model 2.0", "model 2.0.1", "model 3")
    assert second[1] >= first[1] + 12
    assert last[1] == first[1]


LONG = "Senior credit officers of the metropolitan region and its suburbs"


def width(svg: str) -> float:
    return float(re.search(r'viewBox="\S+ \S+ (\S+)', svg).group(1))


def test_a_long_name_takes_lines_and_leaves_the_weeks_their_width():
    def of(*names: str) -> str:
        return weeks_chart(
            [
                WeekPoint(Series(name, "model", "square"), f"2026-08-{day:02}", 0.5, 0.4, 0.6)
                for name in names
                for day in (3, 10, 17, 24)
            ]
        ).wide

    assert width(of(LONG, f"{LONG} again")) < 1.2 * width(of("North", "South"))
    assert "Senior credit" in of(LONG)


def test_lanes_are_as_high_as_their_names_have_lines():
    def height(*names: str) -> float:
        svg = timeline([Event(name, "2026-08-31", "use fell", open=True) for name in names]).wide
        return float(re.search(r'height="(\S+)"', svg).group(1))

    assert height(LONG, f"{LONG} again") > height("North", "South") + 2 * 14


def test_a_label_of_a_strip_does_not_lie_on_the_line_at_zero():
    axis = Axis(-0.5, 0.5, (-0.5, 0.0, 0.5), ("", "", ""), zero=True)
    for low in (-0.45, -0.3, -0.2, -0.12, -0.05, 0.01, 0.1, 0.2, 0.3):
        mark = Mark(Series("a", "model", "square"), low + 0.05, low, low + 0.1, "−44.7")
        at, left = _beside(axis, mark, NARROW)
        wide = width_of(mark.shown) / NARROW
        start, end = (at - wide, at) if left else (at, at + wide)
        assert not start < 0.5 < end, low
        assert start >= 0
        assert end <= 1
