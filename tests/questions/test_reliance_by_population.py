"""J of each population: as of that population alone, and as it may be shown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from takeup.log import Engine
from takeup.questions.reliance import discrimination_by
from takeup.questions.reliance.measure import measure_reliance
from takeup.record.settings import Settings
from takeup.stats.answer import CannotSay, Estimate


def decisions(seed: int, cases: bool) -> pd.DataFrame:
    """Three populations of unequal people and skill; with `cases`, several people decide the same ones."""
    rng = np.random.default_rng(seed)
    rows = []
    for name, people, skill in (("north", 20, 0.9), ("south", 9, 0.6), ("west", 30, 0.7)):
        for p in range(people):
            for i in range(rng.integers(10, 40)):
                right, seen = rng.random() < 0.7, rng.random() < 0.8
                follows = right if rng.random() < skill else not right
                rows.append(
                    {"population": name, "person_id": f"{name}{p}", "case_id": f"c{rng.integers(200) if cases else (name, p, i)}",
                     "advice_right": right if rng.random() < 0.97 else None,
                     "action": ("followed" if follows else "overridden") if seen else "not_consulted"}
                )  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize("cases", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_j_of_a_population_is_what_is_measured_of_it_alone(seed, cases):
    frame = decisions(seed, cases)
    found = discrimination_by(Engine().load(pa.Table.from_pandas(frame)), "population", Settings())
    assert set(found) == {"north", "south", "west"}
    refused = 0
    for name, one in found.items():
        mine = frame[frame["population"] == name]
        alone = measure_reliance(Engine().load(pa.Table.from_pandas(mine)), Settings())
        if isinstance(alone, CannotSay):
            assert one.discrimination == alone
            refused += 1
            continue
        for part in ("value", "low", "high"):
            got = getattr(one.discrimination, part)
            assert got == pytest.approx(getattr(alone.discrimination, part), abs=1e-12)
        judged = mine[(mine["action"] != "not_consulted") & mine["advice_right"].notna()]
        assert one.discrimination.n == len(judged)
        counts = judged["person_id"].value_counts()
        assert one.people == len(counts)
        assert one.largest_share == pytest.approx(counts.iloc[0] / len(judged))
    assert refused < 3, "some population's truth is even"


def test_a_population_whose_truth_is_known_unevenly_is_refused_and_the_others_are_not():
    frame = decisions(0, cases=False).assign(advice_right=lambda t: t["action"] != "overridden")
    uneven = (frame["population"] == "south") & (frame["action"] == "overridden")
    frame["advice_right"] = (
        frame["advice_right"].astype(object).where(~uneven | (frame.index % 3 == 0), None)
    )
    found = discrimination_by(Engine().load(pa.Table.from_pandas(frame)), "population", Settings())
    assert "the right answer is known for" in found["south"].discrimination.reason
    assert isinstance(found["west"].discrimination, Estimate)


def test_nothing_is_told_without_truth_or_populations():
    frame = decisions(0, cases=False)
    for column in ("advice_right", "population"):
        table = Engine().load(pa.Table.from_pandas(frame.drop(columns=column)))
        assert discrimination_by(table, "population", Settings()) == {}
