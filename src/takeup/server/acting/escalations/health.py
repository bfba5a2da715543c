"""Whether champions' escalations are answered: how many were acknowledged in time, and how many ended in a change or a
reasoned decline. Both are counts of all that came to their day in the last 56 days, so that none counts before its time is
over; nothing is told of fewer than `FEWEST`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from takeup.questions.conditions.indicators import indicators
from takeup.record.clock import now
from takeup.server.acting.escalations.models import Escalation
from takeup.server.acting.escalations.services import ended_at

WITHIN = timedelta(days=56)
INDICATOR = "C7.5"
FEWEST = indicators()[INDICATOR].least
ACKNOWLEDGED, ENDED = indicators()[INDICATOR].met, 0.70
"""Below these shares champions stand before colleagues with nothing to show: their credibility is at risk."""


@dataclass(frozen=True, slots=True)
class Counted:
    """`k` of `n` escalations, of which at least the share `least` is asked; no interval, as all are counted and none is a
    sample."""

    k: int
    n: int
    least: float

    @property
    def few(self) -> bool:
        """Whether there are too few to tell of."""
        return self.n < FEWEST

    @property
    def at_risk(self) -> bool:
        """Whether so few puts the credibility of champions at risk; never of too few to tell of."""
        return not self.few and self.k < self.least * self.n


def acknowledged_in_time(held: Iterable[Escalation], moment: datetime) -> Counted:
    """Of those whose time to be acknowledged ran out in the 56 days until a moment: how many were, in time."""
    due = [one for one in held if moment - WITHIN <= one.acknowledge_by < moment]
    return Counted(
        sum(one.acknowledged_at is not None and one.acknowledged_at <= one.acknowledge_by for one in due),
        len(due), ACKNOWLEDGED,
    )  # fmt: skip


def ended_in_time(held: Iterable[Escalation], moment: datetime) -> Counted:
    """Of those that were 56 days old in the 56 days until a moment: how many had ended by then, in a change that was
    shipped or a decline with its reason."""
    old = [one for one in held if moment - WITHIN <= one.opened_at + WITHIN < moment]
    ended = [ended_at(one) for one in old]
    by = [one.opened_at + WITHIN for one in old]
    return Counted(
        sum(end is not None and end <= last for end, last in zip(ended, by, strict=True)), len(old), ENDED,
    )  # fmt: skip


def by_population(use_case: str, moment: datetime) -> dict[str, Counted]:
    """Of each population, how many were acknowledged in time; of all together alone (under an empty name) where one
    of them has too few: what is left of a whole would tell of it."""
    held = list(Escalation.objects.filter(use_case=use_case))
    own = {
        where: counted
        for where in sorted({one.population for one in held})
        if (counted := acknowledged_in_time([o for o in held if o.population == where], moment)).n
    }
    if own and not any(counted.few for counted in own.values()):
        return own
    return {"": acknowledged_in_time(held, moment)}


def of_use_case(use_case: str) -> tuple[Counted, Counted]:
    """Of all of a use case now: acknowledged in time, ended in time."""
    held, moment = list(Escalation.objects.filter(use_case=use_case)), now().astimezone(UTC)
    return acknowledged_in_time(held, moment), ended_in_time(held, moment)
