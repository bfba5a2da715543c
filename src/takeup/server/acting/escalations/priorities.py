"""What each class of an escalation means, and within which time it is acknowledged and decided (domain: service levels
of champions' escalations)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from takeup.server.deployment.working_days import closes_after, due_after_hours


@dataclass(frozen=True, slots=True)
class Priority:
    """`words`: when somebody chooses it. It is acknowledged within working `hours` or, where those are 0, working `days`, and
    decided within `decide` working days; `promise` says so."""

    words: str | Promise
    promise: str | Promise
    hours: int
    days: int
    decide: int

    def acknowledge_by(self, moment: datetime) -> datetime:
        """By when one that is raised at a moment is acknowledged."""
        return due_after_hours(moment, self.hours) if self.hours else closes_after(moment, self.days)  # fmt: skip

    def decide_by(self, moment: datetime) -> datetime:
        """By when one that is raised at a moment is decided."""
        return closes_after(moment, self.decide)


MEANINGS = {
    "P1": Priority(
        _("Somebody may be harmed, or it may be unlawful"),
        _("acknowledged within 4 working hours, decided within 1 working day; the product owner decides at once whether advice is paused"),
        hours=4, days=0, decide=1,
    ),
    "P2": Priority(
        _("Three people or more, or a whole kind of case, cannot work"),
        _("acknowledged within 1 working day, decided within 5"),
        hours=0, days=1, decide=5,
    ),
    "P3": Priority(
        _("It would work better otherwise"),
        _("acknowledged within 2 working days, decided within 15"),
        hours=0, days=2, decide=15,
    ),
}  # fmt: skip
