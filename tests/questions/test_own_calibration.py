"""What one person's own decisions say: ranges that hold however often they look, and whether a fix shows."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from calibration.strangers.repeating import a_person_at_chance
from hypothesis import given
from hypothesis import strategies as st

from takeup.log.engine import Engine
from takeup.questions.fix_check.measure import FixCheck, measure_fix
from takeup.questions.own_calibration.measure import measure_own_calibration
from takeup.record.settings import Settings
from takeup.stats.answer import CannotSay, Estimate
from takeup.stats.anytime import repetition, share_excludes, share_sequence

SHIPPED = datetime(2026, 11, 1)  # noqa: DTZ001 - decided_at is UTC without a zone


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_share_looked_at_after_every_fifth_case_is_missed_in_at_most_five_percent(share):
    rng, missed = np.random.default_rng(1), 0
    for _ in range(200):
        right = np.cumsum(rng.random(300) < share)
        looks = (share_sequence(int(right[n - 1]), n, 0.95) for n in range(5, 301, 5))
        missed += any(not low <= share <= high for low, high in looks)
    assert missed / 200 <= 0.05


def test_looks_at_chance_say_nothing_though_cases_repeat_the_one_before():
    """100 people, a look at each of 100 cases, of which four in ten go as the one before. 3 % are wrong in
    simulation, 27 % if cases counted as independent: 11 in 0.02 % and in all but 0.01 % of draws of seeds."""
    assert sum(bool(a_person_at_chance(seed, 0.4)["false"]) for seed in range(100)) <= 10


def test_cases_that_do_not_repeat_each_other_hardly_widen_a_long_record():
    hits = (np.random.default_rng(2).random(2_000) < 0.7).astype(float)
    assert 1.0 <= repetition(hits) < 1.12
    assert repetition(np.repeat(hits[:200], 5)) > 4
    assert repetition(np.zeros(0)) == 1.0


def test_a_record_in_any_order_of_rows_is_read_in_the_order_of_its_moments():
    rows = [
        {"action": "overridden", "choice_right": i < 20, "advice_right": i >= 20,
         "decided_at": SHIPPED + timedelta(hours=i)} for i in range(30)
    ]  # fmt: skip
    mixed = [rows[i] for i in np.random.default_rng(1).permutation(30)]
    one, other = (
        measure_own_calibration(Engine().load(pa.Table.from_pylist(r)), [], outcome=None)
        for r in (rows, mixed)
    )
    assert one.whole.paired == other.whole.paired


@given(st.integers(0, 400), st.integers(0, 400))
def test_a_shares_range_holds_the_share_and_mirrors(k, more):
    n = k + more
    low, high = share_sequence(k, n, 0.95)
    assert 0 <= low <= high <= 1
    if n:
        assert low - 1e-9 <= k / n <= high + 1e-9
    other_low, other_high = share_sequence(more, n, 0.95)
    assert (other_low, other_high) == pytest.approx((1 - high, 1 - low), abs=1e-6)


@given(st.integers(0, 300), st.integers(0, 300), st.floats(0.02, 0.98))
def test_what_a_range_leaves_out_is_what_is_said_to_be_left_out(k, more, share):
    n = k + more
    low, high = share_sequence(k, n, 0.95)
    if min(abs(share - low), abs(share - high)) > 1e-6:
        out = share_excludes(np.array([float(k)]), np.array([float(n)]), share, 0.95)
        assert bool(out[0]) == (n > 0 and not low <= share <= high)


def own(n_followed: tuple[int, int], n_over: tuple[int, int], **columns):
    """A person's decisions: (right, wrong) of followed ones, (own right, advice right) of overrides."""
    rows = []
    for action, (right, wrong) in (("followed", n_followed), ("overridden", n_over)):
        for i in range(right + wrong):
            well = i < right
            advice = well if action == "followed" else not well
            rows.append({"action": action, "choice_right": well, "advice_right": advice,
                         "confidence": 0.7, "x_segment": "a", **columns})  # fmt: skip
    np.random.default_rng(4).shuffle(rows)
    return Engine().load(pa.Table.from_pylist(rows))


def test_enough_overrides_in_which_one_alone_was_right_decide_and_few_do_not():
    clear = measure_own_calibration(own((40, 10), (31, 3)), ["x_segment"], outcome=None)
    assert clear.whole.says == "back_yourself"
    assert (clear.whole.own_right, clear.whole.apart) == (31, 34)
    twice = measure_own_calibration(own((40, 10), (3, 31)), ["x_segment"], outcome=None)
    assert twice.whole.says == "look_twice"
    early = measure_own_calibration(own((40, 10), (4, 2)), ["x_segment"], outcome=None)
    assert early.whole.says == "too_early"
    assert early.whole.needs is not None
    grown = 6 + early.whole.needs
    assert grown > 30


def test_like_cases_take_away_what_only_the_mix_made():
    """Overrides are of hard cases, where everybody does badly; on like cases they do as well."""
    rng, rows = np.random.default_rng(3), []
    for hard, well, override in ((True, 0.4, 0.6), (False, 0.9, 0.1)):
        for _ in range(600):
            action = "overridden" if rng.random() < override else "followed"
            rows.append({"action": action, "choice_right": bool(rng.random() < well),
                         "advice_right": bool(rng.random() < well),
                         "confidence": 0.55 if hard else 0.95, "x_segment": "a"})  # fmt: skip
    found = measure_own_calibration(Engine().load(pa.Table.from_pylist(rows)), [], outcome=None)
    raw, alike = found.whole.difference, found.whole.alike
    assert isinstance(raw, Estimate)
    assert isinstance(alike, Estimate)
    assert raw.value < -0.2
    assert alike.low < 0 < alike.high


def cases(rng, before: float, after: float, people: int = 20, n: int = 400):
    """Judged advice four weeks before and after; wrong with these chances in kind `a`, people differ."""
    lean = rng.normal(0, 0.05, people)
    rows = []
    for i in range(2 * n):
        person, late = int(rng.integers(people)), i >= n
        moment = SHIPPED + timedelta(
            days=float(rng.uniform(0, 27)) * (1 if late else -1), minutes=1
        )
        p = np.clip((after if late else before) + lean[person], 0, 1)
        rows.append({"person_id": f"p{person}", "decided_at": moment, "x_segment": "ab"[i % 2],
                     "advice_right": bool(rng.random() >= (p if i % 2 == 0 else 0.1)),
                     "action": "followed"})  # fmt: skip
    return Engine().load(pa.Table.from_pylist(rows))


def test_the_change_is_covered_and_a_fix_that_is_none_is_not_called_one():
    """80 of each. 70 covered: 95 % fails in 0.2 % of draws, 80 % passes in 6 %. At most 7 false calls: a rate
    of 2.5 % fails in 0.1 %, 5 % in 5 %, 20 % passes in 0.5 %."""
    rng, covered, called = np.random.default_rng(5), 0, 0
    for _ in range(80):
        found = measure_fix(cases(rng, 0.4, 0.2), "x_segment", "a", SHIPPED, 28, None, Settings())
        assert isinstance(found, FixCheck)
        assert isinstance(found.change, Estimate)
        covered += found.change.low <= -0.2 <= found.change.high
        none = measure_fix(cases(rng, 0.3, 0.3), "x_segment", "a", SHIPPED, 28, None, Settings())
        assert isinstance(none, FixCheck)
        called += none.verdict == "holds"
    assert covered >= 70
    assert called <= 7


def test_too_few_judged_cases_say_so():
    rng = np.random.default_rng(6)
    found = measure_fix(cases(rng, 0.4, 0.2, n=40), "x_segment", "a", SHIPPED, 28, None, Settings())
    assert isinstance(found, FixCheck)
    assert isinstance(found.change, CannotSay)
    assert found.verdict == "too_early"
