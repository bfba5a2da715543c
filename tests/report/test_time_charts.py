"""What is written on charts over weeks stays apart."""

from __future__ import annotations

import re

from takeup.report.charts import Event, Series, WeekPoint, timeline, weeks_chart


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
