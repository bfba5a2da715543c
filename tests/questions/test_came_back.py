"""Did a figure move back after its signal was answered? Held to simulated truth, and to what comes back by itself."""

from __future__ import annotations

import numpy as np
import pytest

from takeup.questions.signals.came_back import CameBack, came_back
from takeup.questions.signals.measure import Signals, measure_signals, without_weeks
from takeup.questions.signals.week_figures import About, WeekFigure
from takeup.record.settings import Settings
from takeup.stats.answer import CannotSay

N, SPREAD = 300, 2.0


def weeks(
    rng: np.random.Generator, *shares: float, of: str = "looked", n: int = N
) -> list[WeekFigure]:
    """Weeks of a share that is over-dispersed as SPREAD says (beta-binomial)."""
    found = []
    for i, share in enumerate(shares):
        size = (n - SPREAD) / (SPREAD - 1)
        p = rng.beta(share * size, (1 - share) * size)
        found.append(
            WeekFigure(of, "north", f"2026-{i:02d}", float(rng.binomial(n, p)), n, spread=SPREAD)
        )
    return found  # fmt: skip


def says_of(
    before: float, since: float, programmes: int = 400, target: float = 0.60
) -> dict[str, float]:
    rng = np.random.default_rng(7)
    about, said = About("looked", target), []
    for _ in range(programmes):
        found = came_back(about, before, weeks(rng, before, before), weeks(rng, *[since] * 4), 0.95)
        assert isinstance(found, CameBack)
        said.append(found.says)
    return {one: said.count(one) / programmes for one in ("moved", "not_moved", "cannot_tell")}


def test_of_400_figures_that_came_back_nearly_all_are_said_to_have_and_none_not_to():
    said = says_of(0.35, 0.60)
    assert said["moved"] > 0.95
    assert said["not_moved"] == 0


def test_of_400_figures_that_stayed_at_most_one_in_forty_is_said_to_have_come_back():
    """The interval is of 95 %: 2.5 % lie above it, and half the way is asked for beside."""
    said = says_of(0.35, 0.35)
    assert said["moved"] <= 0.025
    assert said["not_moved"] > 0.85


def test_halfway_is_seldom_called_either():
    said = says_of(0.35, 0.475)
    assert said["not_moved"] <= 0.05


def test_a_figure_that_raised_a_signal_by_chance_comes_back_by_itself_and_the_caveat_says_so():
    """Nothing was done and nothing changed: the worst of many weeks is followed by usual ones. This is why what moved
    back is never said to be an effect."""
    rng = np.random.default_rng(11)
    about, said = About("looked", 0.60), []
    for _ in range(200):
        worst = min(weeks(rng, *[0.60] * 100), key=lambda w: w.k)
        found = came_back(about, worst.k / worst.n, [worst], weeks(rng, *[0.60] * 4), 0.95)
        assert isinstance(found, CameBack)
        said.append(found.says == "moved")
        assert "by itself" in str(found.change.assumption)
        assert found.change.grade == "descriptive"
    assert np.mean(said) > 0.5


def test_the_interval_covers_the_true_difference():
    """Coverage of 95 % by 600 programmes: its own standard error is 0.9 points."""
    rng = np.random.default_rng(3)
    hit = []
    for _ in range(600):
        found = came_back(About("looked", 0.6), 0.4, weeks(rng, 0.4, 0.4, 0.4), weeks(rng, *[0.5] * 4), 0.95)  # fmt: skip
        assert isinstance(found, CameBack)
        hit.append(found.change.low <= 0.1 <= found.change.high)
    assert 0.93 <= np.mean(hit) <= 0.98


def test_a_figure_that_is_to_fall_moves_back_downwards():
    rng = np.random.default_rng(5)
    about = About("over", 0.15)
    found = came_back(
        about, 0.45, weeks(rng, 0.45, of="over"), weeks(rng, *[0.15] * 4, of="over"), 0.95
    )
    assert isinstance(found, CameBack)
    assert found.says == "moved"
    assert found.change.value < 0
    assert found.way == pytest.approx(1, abs=0.2)


def test_losses_and_flags_have_figures_of_their_own():
    def loss(mean: float) -> WeekFigure:
        return WeekFigure("harm", "north", "w", 100 * mean, 100, 100 * (mean**2 + 1))

    found = came_back(About("harm", 1.0), 2.0, [loss(2.0)], [loss(1.0)] * 4, 0.95)
    assert isinstance(found, CameBack)
    assert (found.says, found.then, found.since, found.change.unit) == ("moved", 2.0, 1.0, "loss")
    # By hand: the variance of a mean of 100 is 0.01, of 400 a quarter of it.
    assert found.change.se == pytest.approx((0.01 + 0.0025) ** 0.5)

    def flags(k: float) -> WeekFigure:
        return WeekFigure("flagged", "north", "w", k, 100)

    told = came_back(About("flagged", 1.0), 0.0, [flags(0)] * 4, [flags(2)] * 4, 0.95)
    assert isinstance(told, CameBack)
    assert (told.then, told.since) == (0, 8)


@pytest.mark.parametrize(
    ("then", "since", "words"),
    [
        ((0.3,), (0.6, 0.6, 0.6), "fewer than four whole weeks"),
        ((0.7,), (0.6,) * 4, "it was back before"),
    ],
)
def test_what_cannot_be_told_says_why(then, since, words):
    rng = np.random.default_rng(1)
    found = came_back(About("looked", 0.6), 0.3, weeks(rng, *then), weeks(rng, *since), 0.95)
    assert isinstance(found, CannotSay)
    assert words in found.reason


def test_few_cases_tell_nothing():
    rng = np.random.default_rng(1)
    found = came_back(About("looked", 0.6), 0.3, weeks(rng, 0.3, n=20), weeks(rng, *[0.6] * 4), 0.95)  # fmt: skip
    assert isinstance(found, CannotSay)
    assert found.n == 20


def test_weeks_that_may_not_be_shown_are_in_no_figure(a_year):
    every = {f.week for f in a_year.figures}
    hidden = sorted(every)[3]
    kept = without_weeks(a_year, {"north": {hidden}}, Settings())
    assert {f.week for f in kept.figures} == every - {hidden}
    assert without_weeks(a_year, {}, Settings()).figures == ()


@pytest.fixture
def a_year() -> Signals:
    """Twelve weeks of a population, as a table."""
    import ibis
    import pandas as pd

    rng = np.random.default_rng(2)
    days = pd.date_range("2026-01-05", periods=12 * 7, freq="D").repeat(20)
    table = pd.DataFrame(
        {
            "decision_id": [f"d{i}" for i in range(len(days))],
            "decided_at": days, "population": "north", "person_id": [f"p{i % 9}" for i in range(len(days))],
            "action": rng.choice(["followed", "overridden", "not_consulted"], len(days)),
        }
    )  # fmt: skip
    found = measure_signals(ibis.memtable(table), {}, Settings())
    assert isinstance(found, Signals)
    return found


def test_figures_of_a_week_are_those_of_its_rows(a_year):
    week = next(f for f in a_year.figures if f.of == "looked")
    assert week.n == 7 * 20
    over = next(f for f in a_year.figures if f.of == "over" and f.week == week.week)
    assert over.n == week.k
    assert not any(f.of in ("caught", "flagged", "legacy") for f in a_year.figures)
