"""A slow start, going back to the old way, silence, and flags that cluster: found where they are, and not by chance."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import numpy as np
import pandas as pd
import pytest

from takeup.questions.signals.measure import measure_signals, signals_of
from takeup.questions.signals.weekly_sums import WeeklySums, weekly_sums
from takeup.record.population import Population
from takeup.record.settings import Settings

MONDAY = date(2026, 1, 5)


def series(
    weeks=20, cases=200.0, looked=0.6, people=100.0, began=None, flags=None, **sums
) -> WeeklySums:
    each = {"n": cases, "looked": looked * cases, "over": 0.1 * cases, "used": (looked - 0.1) * cases} | sums  # fmt: skip
    whole = {name: np.broadcast_to(np.asarray(v, float), weeks).copy() for name, v in each.items()}
    whole["people"] = np.full(weeks, people)
    mondays = [MONDAY + timedelta(weeks=i) for i in range(weeks)]
    return WeeklySums("north", mondays, whole, 1.0, [], began, flags or {})


def seen(w: WeeklySums, code: str) -> list[tuple[str, bool]]:
    found = signals_of(w, Population(), Settings())
    return [(s.week, s.open) for s in found if s.id == code]


def week(i: int) -> str:
    return (MONDAY + timedelta(weeks=i)).isoformat()


@pytest.mark.parametrize(("looked", "began", "found"), [(0.15, 4, 1), (0.5, 4, 0), (0.15, None, 0)])
def test_a_slow_start_is_told_two_weeks_after_the_advice_came(looked, began, found):
    """Of a population whose start lies before the table nobody knows how it began."""
    w = series(weeks=7, looked=looked, began=began)
    assert seen(w, "RR2") == [(week(5), True)] * found


def test_going_back_to_the_old_way_is_a_shift_of_the_share_on_it():
    legacy = np.r_[np.full(14, 60.0), np.full(6, 110.0)]
    assert [at for at, _ in seen(series(pathed=200.0, legacy=legacy), "RR5")] == [week(14)]
    assert seen(series(pathed=200.0, legacy=60.0), "RR5") == []


def test_silence_is_told_where_little_is_looked_at_and_a_living_channel_would_have_spoken():
    silent = series(looked=0.3, flagged=0.0)
    assert seen(silent, "RR6") == [(week(3), True)]
    assert seen(series(looked=0.7, flagged=0.0), "RR6") == []
    assert seen(series(looked=0.3, flagged=2.0), "RR6") == []


def test_in_few_people_silence_takes_longer_to_tell_from_chance():
    """Of 20 people a living channel has one flag in four weeks: nineteen weeks without one are needed."""
    assert seen(series(looked=0.3, flagged=0.0, people=20.0), "RR6") == [(week(18), True)]
    rng = np.random.default_rng(4)
    alarms = [
        len(seen(series(52, looked=0.3, people=20.0, flagged=rng.poisson(0.25, 52)), "RR6"))
        for _ in range(200)
    ]
    assert np.mean(alarms) <= 0.2


def test_flags_that_cluster_in_a_kind_of_case_are_told_once_and_without_their_number():
    rural, urban = np.full(20, 1.0), np.full(20, 1.0)
    rural[12] = 9.0
    w = series(flags={"rural": rural, "urban": urban})
    (found,) = [s for s in signals_of(w, Population(), Settings()) if s.id == "RR7"]
    assert (found.week, found.words) == (week(12), "flags cluster on “rural”")
    assert (found.before, found.after) == (1.0, 3.0)


def test_flags_that_come_by_chance_cluster_less_than_once_a_year_over_twenty_kinds():
    rng = np.random.default_rng(7)
    alarms = [
        len(
            seen(
                series(52, flags={str(k): rng.poisson(1.5, 52).astype(float) for k in range(20)}),
                "RR7",
            )
        )
        for _ in range(60)
    ]
    assert np.mean(alarms) <= 0.5


def rows(weeks: int) -> pd.DataFrame:
    """Twelve people, ten cases a week each; advice from the third week on; flags on rural cases in the last."""
    told = []
    for w in range(weeks):
        for p in range(12):
            for i in range(10):
                on = w >= 2
                told.append(
                    {"person_id": f"p{p}", "population": "north", "x_area": "rural" if i < 5 else "urban",
                     "decided_at": pd.Timestamp(MONDAY, tz="UTC") + pd.Timedelta(days=7 * w + i % 5, hours=9),
                     "mode": "assist" if on else "off", "path": "ai" if on and i else "legacy",
                     "action": ("followed" if i < 2 else "not_consulted") if on else "off",
                     "flagged": "wrong" if w == weeks - 1 and i == 0 else None}
                )  # fmt: skip
    return pd.DataFrame(told)


def test_weeks_are_counted_from_rows_as_they_are_recorded():
    (w,) = weekly_sums(ibis.memtable(rows(9)), ["x_area"])
    assert [d.isoformat() for d in w.mondays] == [week(i) for i in range(2, 9)]
    assert w.began == 0
    assert set(w.sums["people"]) == {12.0}
    assert list(w.sums["legacy"]) == [12.0] * 7
    assert set(w.sums["pathed"]) == {120.0}
    assert {kind: list(n) for kind, n in w.flags.items()} == {"rural": [0.0] * 6 + [12.0]}


def test_a_table_tells_its_slow_start_and_where_flags_cluster():
    found = measure_signals(ibis.memtable(rows(9)), {}, Settings(), ["x_area"])
    assert {(s.id, s.week) for s in found.seen if s.id in ("RR2", "RR7")} == {
        ("RR2", week(3)), ("RR7", week(8)),
    }  # fmt: skip
    assert not [text for text in found.not_looked_for if text.startswith(("RR5", "RR6", "RR7"))]
