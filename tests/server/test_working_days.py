"""Working days of the deployment's country: holidays, weekends, leap days; a country that is none is named."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeup.record.errors import DeclarationError
from takeup.server.deployment.settings import read_server_settings

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 1))


@pytest.fixture
def of_country(store, monkeypatch):
    """Says which country the deployment is in."""
    from django.conf import settings

    def say(country: str) -> None:
        held = settings.TAKEUP.model_copy(update={"country": country})
        monkeypatch.setattr(settings, "TAKEUP", held)

    say("")
    return say


def test_working_days_skip_the_weekend(of_country):
    from takeup.server.deployment.working_days import due_after

    friday = date(2026, 11, 20)
    assert due_after(friday, 1) == date(2026, 11, 23)
    assert due_after(date(2026, 11, 21), 1) == date(2026, 11, 23)
    assert due_after(friday, 5) == date(2026, 11, 27)
    assert due_after(friday, 0) == friday


def test_without_a_country_it_is_what_numpy_counts(of_country):
    from takeup.server.deployment.working_days import due_after

    @given(DAYS, st.integers(1, 40))
    def same(day: date, n: int) -> None:
        assert due_after(day, n) == np.busday_offset(day, n, roll="backward").astype(date)

    same()


@pytest.mark.parametrize(
    ("country", "day", "working_days", "due"),
    [
        # Christmas 2026: 25 December is a Friday.
        ("", date(2026, 12, 24), 1, date(2026, 12, 25)),
        ("DE", date(2026, 12, 24), 1, date(2026, 12, 28)),
        # Epiphany 2027, a Wednesday, is a holiday in Bavaria and not in Berlin.
        ("DE-BY", date(2027, 1, 5), 1, date(2027, 1, 7)),
        ("DE-BE", date(2027, 1, 5), 1, date(2027, 1, 6)),
        # Independence Day 2026 is a Saturday, kept on Friday.
        ("US", date(2026, 7, 2), 1, date(2026, 7, 6)),
        # Friday and Saturday are the weekend in Israel.
        ("IL", date(2026, 11, 19), 1, date(2026, 11, 22)),
        # A leap day, a Tuesday, is worked.
        ("DE", date(2028, 2, 28), 1, date(2028, 2, 29)),
        ("DE", date(2028, 2, 29), 1, date(2028, 3, 1)),
        # Over new year: 31 December 2026 is a Thursday, 1 January a Friday.
        ("FR", date(2026, 12, 31), 1, date(2027, 1, 4)),
    ],
)
def test_holidays_of_the_country_move_a_due_day(of_country, country, day, working_days, due):
    from takeup.server.deployment.working_days import due_after

    of_country(country)
    assert due_after(day, working_days) == due


def test_days_late_are_the_days_that_a_deadline_would_have_been_longer(of_country):
    from takeup.server.deployment.working_days import due_after, working_days_late

    of_country("DE-BY")

    @given(DAYS, st.integers(1, 40))
    def same(due: date, n: int) -> None:
        assert working_days_late(due, due_after(due, n)) == n
        assert working_days_late(due, due_after(due, n) - timedelta(days=1)) == n - 1

    same()


def test_days_late_begin_with_the_next_working_day(of_country):
    from takeup.server.deployment.working_days import due_after, working_days_late

    of_country("DE")
    due = date(2026, 12, 24)
    assert [working_days_late(due, due + timedelta(days=n)) for n in (-1, 0, 1, 3, 4, 5)] == [
        0, 0, 0, 0, 1, 2,
    ]  # fmt: skip
    assert working_days_late(due, due_after(due, 7)) == 7


@pytest.mark.parametrize(("country", "kept"), [("DE", "DE"), ("de-BY", "DE-BY"), (" fr ", "FR")])
def test_a_country_is_read_from_the_settings(country, kept):
    assert read_server_settings({"TAKEUP_COUNTRY": country}).country == kept


@pytest.mark.parametrize(
    ("country", "words"),
    [
        ("germany", "two letters"),
        ("XX", "two letters"),
        ("DE-ZZ", "DE has no region ZZ: its regions are BB, BE"),
        ("-", "two letters"),
    ],
)
def test_what_is_no_country_is_named_with_what_to_write(country, words):
    with pytest.raises(DeclarationError, match=words) as raised:
        read_server_settings({"TAKEUP_COUNTRY": country})
    assert "TAKEUP_COUNTRY" in str(raised.value)
