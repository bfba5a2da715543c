"""A pace is told only while pairs come."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

LAST = date(2026, 8, 31)


@pytest.mark.parametrize(
    ("days", "more"), [(0, True), (1, True), (14, True), (15, False), (90, False)]
)
def test_a_shadow_goes_on_for_two_weeks_after_its_last_pair(days, more):
    from takeup.server.acting.rollout.gate import goes_on

    shadow = SimpleNamespace(last=LAST.isoformat())
    assert goes_on(shadow, LAST + timedelta(days=days)) is more  # type: ignore[arg-type]
