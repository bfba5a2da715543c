"""What the sample bank's champion raised: one that was accepted and shipped, one that is acknowledged and due in some days."""

from __future__ import annotations

from datetime import datetime, timedelta

from takeup.record.clock import at, now
from takeup.server.acting.escalations import services
from takeup.server.acting.escalations.models import Escalation
from takeup.server.deployment.roles import Role
from takeup.server.deployment.sampled import Bank
from takeup.server.deployment.working_days import due_after, due_after_hours
from takeup.server.foundation.organization.services import named_with

_SHIPPED = (
    "Income that comes once a year counts as unstable, so half of the farmers’ cases have to be written up twice. Three "
    "of us have stopped opening the advice for them."
)
_WAITS = "The reasons stand below the fold on the small screens at the counter; nobody scrolls with a customer there."


def afterwards(bank: Bank) -> None:
    """Each as of its day, all of it in time."""
    ((champion, _), *_) = named_with([Role.CHAMPION], now().date())
    ((team, _), *_) = named_with([Role.PRODUCT_TEAM], now().date())
    _shipped(bank.use_case, champion, team, now() - timedelta(days=40))
    one = _raised(bank.use_case, "P2", _WAITS, champion, now() - timedelta(days=5))
    with at(min(due_after_hours(one.opened_at, 1), now())):
        services.acknowledge(one.pk, by=team)


def _shipped(use_case: str, champion: str, team: str, day: datetime) -> None:
    one = _raised(use_case, "P2", _SHIPPED, champion, day)
    read = due_after_hours(one.opened_at, 3)
    with at(read):
        services.acknowledge(one.pk, by=team)
    promised = due_after(read.date(), 15)
    decided = due_after_hours(read, 20)
    with at(decided):
        services.decide(
            one.pk, "accepted", by=team, promised_on=promised,
            reason="A column for income by season comes with the next version; until then these cases are yours to decide.",
        )  # fmt: skip
    with at(decided + timedelta(days=14)):
        services.ship(one.pk, "Income by season is a column of its own, and the screen says when it was last paid.", by=team)  # fmt: skip


def _raised(use_case: str, priority: str, text: str, champion: str, moment: datetime) -> Escalation:
    # At some hour of work, and never one to come.
    with at(min(due_after_hours(moment, 2), now())):
        return services.open_escalation(use_case, priority, text, by=champion)
