"""What escalations tell of the network of champions: how many were acknowledged in time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from takeup.record.conditions import EVERY_POPULATION, ConditionRecord
from takeup.server.acting.escalations.health import INDICATOR, by_population
from takeup.server.acting.escalations.models import Escalation


def tell(use_case: str, today: date) -> Iterable[ConditionRecord]:
    """Of those whose time ran out in the 56 days before today; nothing where none was ever raised."""
    if not Escalation.objects.filter(use_case=use_case).exists():
        return
    moment = datetime.combine(today, time(), UTC)
    for population, counted in by_population(use_case, moment).items():
        yield ConditionRecord(
            indicator=INDICATOR, population=population or EVERY_POPULATION, k=counted.k, n=counted.n,
            source="telemetry", on=today, statement="escalations whose time ran out in 56 days",
        )  # fmt: skip
