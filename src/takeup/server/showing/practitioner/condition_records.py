"""What people's own pages tell of conditions: how many looked at their own comparison, never who."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from takeup.record.conditions import ConditionRecord
from takeup.server.foundation.agreement.services import mode_on
from takeup.server.foundation.organization.services import people_by_population
from takeup.server.showing.practitioner.models import Compared

OWN_VIEW = True
"""Everybody sees how their own followed and overridden cases ended."""
WITHIN = timedelta(days=56)


def tell(use_case: str, today: date) -> Iterable[ConditionRecord]:
    """By population: of those who decide there, how many opened it in 56 days. In works-council mode
    it is not counted."""
    if mode_on():
        return
    since = today - WITHIN
    opened: dict[str, int] = {}
    held = Compared.objects.filter(use_case=use_case, last_on__gt=since)
    for population in held.values_list("population", flat=True):
        opened[population] = opened.get(population, 0) + 1
    for population, people in people_by_population(today).items():
        yield ConditionRecord(
            indicator="C4.3", population=population, k=min(opened.get(population, 0), people),
            n=people, source="telemetry", on=today, statement="opened in 56 days",
        )  # fmt: skip
