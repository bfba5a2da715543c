"""What an overview says of the weeks beside their chart."""

from __future__ import annotations

import pytest

from takeup.report import overview_weeks
from takeup.stats.answer import Estimate

SINCE = "2026-07-13"


def share(value: float, half: float = 0.03) -> Estimate:
    return Estimate(
        value=value, low=value - half, high=value + half, confidence=0.95, n=400, method="share", grade="descriptive",
    )  # fmt: skip


def trend_words(*given: object) -> str:
    return overview_weeks.trend_words(*given).replace("\xa0", " ")  # type: ignore[arg-type]


def test_a_fall_over_all_weeks_is_told_with_both_ends_and_its_first_day():
    told = trend_words(SINCE, share(0.55), share(0.13), 20, "stable")
    assert told == "fell from 55 to 13 % since 13 July; level over the last eight weeks"


def test_a_rise_that_still_goes_on_is_told_once():
    told = trend_words(SINCE, share(0.13), share(0.55), 20, "rising")
    assert told == "rose from 13 to 55 % since 13 July"


def test_a_fall_that_turned_tells_both():
    told = trend_words(SINCE, share(0.55), share(0.30), 20, "rising")
    assert told == "fell from 55 to 30 % since 13 July; rising over the last eight weeks"


def test_with_eight_weeks_the_whole_is_the_last_eight():
    assert trend_words(SINCE, share(0.55), share(0.13), 8, "stable") == (
        "fell from 55 to 13 % since 13 July"
    )


@pytest.mark.parametrize("lately", ["stable", "falling", "no change can be told"])
def test_weeks_whose_bands_meet_are_told_by_the_last_eight_alone(lately):
    told = trend_words(SINCE, share(0.30, 0.06), share(0.26, 0.06), 20, lately)
    assert told == f"{lately} over the last eight weeks"


def test_nothing_is_stable_whose_ends_lie_apart():
    for last in (0.05, 0.2, 0.35, 0.7, 0.9):
        told = trend_words(SINCE, share(0.5), share(last), 20, "stable")
        assert "stable" not in told
