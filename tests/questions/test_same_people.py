"""A change among the same people is told by what each of them changed, from two documents that hold no row
of any of them."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from calibration.strangers.months import FIGURE, month, two_months

import takeup
from takeup.questions.same_people.measure import FEWEST_PEOPLE, error_of_change, sums_of


def document(frame: pd.DataFrame, disclosure="analyst") -> dict:
    found = takeup.diagnose(frame, only=["adoption", "same_people"])
    return json.loads(found.to_json(disclosure))


def test_ten_points_more_of_twelve_people_are_found_and_nothing_is_where_nothing_changed():
    """Before, as if they were other people: 3 % found of twelve, 40 % of thirty."""
    moved = [two_months(seed, people=12, shift=0.10) for seed in range(20)]
    still = [two_months(seed, people=12, shift=0.0) for seed in range(20)]
    assert sum(m["told"] for m in moved) >= 18
    assert sum(s["told"] for s in still) <= 4


def test_a_report_of_two_months_pairs_people_and_says_so():
    draw = np.random.default_rng(4)
    rate = np.clip(draw.normal(0.4, 0.2, 12), 0.05, 0.85)
    before = document(month(draw, rate, "2026-01-05"))
    result = takeup.diagnose(
        month(draw, rate + 0.1, "2026-02-02"), only=["adoption", "same_people"]
    )
    (found,) = result.changes(before)
    change = next(f for f in found.figures if f.figure == FIGURE)
    assert change.paired
    assert change.beyond_noise
    assert change.low < 0.1 < change.high
    assert "paired by person" in result.to_html(compare=before)
    assert found.definitions == ()


def test_documents_without_what_pairs_people_are_compared_as_other_peoples_and_it_is_said():
    draw = np.random.default_rng(4)
    rate = np.clip(draw.normal(0.4, 0.2, 30), 0.05, 0.85)
    before = document(month(draw, rate, "2026-01-05"), "share")
    assert before["diagnoses"][0]["measures"]["same_people"]["status"] == "suppressed"
    del before["definitions"]
    result = takeup.diagnose(month(draw, rate, "2026-02-02"), only=["adoption", "same_people"])
    (found,) = result.changes(before)
    assert not any(f.paired for f in found.figures)
    page = result.to_html(compare=before)
    assert "as if other people had decided" in page
    assert "Defined otherwise than before: adoption: intervals of few people" in page


@pytest.mark.parametrize("people", [FEWEST_PEOPLE, 12, 31, 200])
def test_nobodys_part_can_be_worked_out_from_the_sums(people):
    """As many unknowns as people, half as many equations: what solves them leaves every person open."""
    rows = pd.DataFrame(
        {"k": np.arange(people, dtype=float), "n": 50.0}, [f"p{i}" for i in range(people)]
    )
    sums = sums_of(rows)
    assert len(sums) <= (people - 1) / 2
    alone = sums_of(pd.DataFrame({"k": [1.0], "n": [2.0]}, ["p0"]))
    assert alone == ()
    signs = np.stack([sums_of(rows.assign(k=rows["n"] * (rows.index == p))) for p in rows.index])
    basis, _ = np.linalg.qr(signs)
    # A person alone is no combination of the sums: much of the unit vector lies outside of them.
    assert (1 - (basis**2).sum(1)).min() > 0.1


def test_nobodys_part_can_be_worked_out_from_whole_and_populations_together():
    """Two populations of nine, their totals and the whole's: still fewer equations than people."""
    ids = [f"p{i}" for i in range(18)]
    rows = pd.DataFrame({"k": 0.0, "n": 50.0}, ids)
    seen = []
    for person in ids:
        one = rows.assign(k=rows["n"] * (rows.index == person))
        parts = (one, one.iloc[:9], one.iloc[9:])
        totals = [part["k"].sum() for part in parts]
        seen.append([*totals, *(x for part in parts for x in sums_of(part, share=4))])
    basis, size, _ = np.linalg.svd(np.array(seen), full_matrices=False)
    basis = basis[:, size > 1e-9 * size[0]]
    assert basis.shape[1] < 18
    assert (1 - (basis**2).sum(1)).min() > 0.1


def test_people_of_another_programme_add_their_variances():
    draw = np.random.default_rng(3)
    one, other = (
        pd.DataFrame({"k": draw.normal(0, 1, 400), "n": 1.0}, [f"{name}{i}" for i in range(400)])
        for name in "ab"
    )
    se, sets = error_of_change(sums_of(one), sums_of(other))
    assert sets == 24
    assert se == pytest.approx(np.sqrt(2 / 400), rel=0.35)
    assert error_of_change(sums_of(one), sums_of(one))[0] == 0.0


def test_nobody_has_no_signs():
    import pandas as pd

    from takeup.questions.same_people.measure import MOST_SUMS, signs_of

    assert signs_of(pd.Index([])).shape == (0, MOST_SUMS)
