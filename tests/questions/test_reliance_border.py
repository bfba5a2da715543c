"""How well people tell right advice from wrong, where they hardly ever fail and where they are few or unequal."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from calibration.strangers.tells_apart import border

from takeup.log import Engine
from takeup.questions.reliance.measure import measure_reliance
from takeup.record.settings import Settings
from takeup.stats.answer import Estimate
from takeup.stats.rates import share, sum_of_shares


def discrimination(people: int, missed: int = 0) -> Estimate:
    """People with ten right and five wrong pieces of advice each; `missed` wrong ones are followed."""
    rows = [
        {"person_id": f"p{p}", "advice_right": i < 10, "action": "followed" if i < 10 else "overridden"}
        for p in range(people) for i in range(15)
    ]  # fmt: skip
    for row in [r for r in rows if not r["advice_right"]][:missed]:
        row["action"] = "followed"
    table = Engine().load(pa.Table.from_pandas(pd.DataFrame(rows)))
    found = measure_reliance(table, Settings()).discrimination
    assert isinstance(found, Estimate)
    return found


@pytest.mark.parametrize("people", [2, 12])
def test_people_who_never_failed_may_yet(people):
    found = discrimination(people)
    assert found.value == found.high == 1.0
    assert found.low < 1 - 1 / (15 * people)


def test_one_failure_more_widens_the_interval_and_more_people_narrow_it():
    assert discrimination(12, 1).low < discrimination(12).low < discrimination(40).low


def test_where_shares_are_independent_the_interval_is_newcombes():
    k, n = (np.array([9.0, 3.0]), np.array([9.0, 3.0])), (np.array([10.0, 10.0]),) * 2
    one, other = (share(a, b, 0.95) for a, b in zip(k, n, strict=True))
    assert isinstance(one, Estimate)
    assert isinstance(other, Estimate)
    flat = (np.array([6.0, 6.0]), np.array([5.0, 7.0]))
    low, high = sum_of_shares(one, other, flat, n)
    assert low == pytest.approx(
        one.value + other.value - np.hypot(one.value - one.low, other.value - other.low)
    )
    assert high > one.value + other.value
    # Those who keep more catch more: the sum varies by both at once.
    assert sum_of_shares(one, other, k, n)[0] < low


def test_few_and_unequal_people_cover_what_they_are_drawn_from():
    """100 programmes: 95 % fails in 0.4 % of draws of seeds, 83 % passes in 5 %, as it was for unequal people."""
    engine, held, told = Engine(threads=1), 0, 0
    for seed in range(100):
        record = border(seed, engine)
        one = record.get("j") or record.get("at_border")
        if one:
            told += 1
            held += one["low"] <= record["truth"]["j"] <= one["high"]
    engine.close()
    assert told > 80
    assert held / told >= 0.89
