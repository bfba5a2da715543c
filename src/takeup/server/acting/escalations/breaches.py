"""Escalations past their time are a signal (RR10) of their population: an exact rule over deadlines, with no chance in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from takeup.record.clock import now
from takeup.server.acting.escalations.models import Escalation
from takeup.server.acting.signals.rules import BREACH
from takeup.server.acting.signals.services import Raised, lasting, take_raised
from takeup.server.deployment.working_days import clock_words, local

_WORDS = {
    "acknowledged": "has waited to be acknowledged",
    "decided": "has waited to be decided",
}


def awaited(escalation: Escalation) -> tuple[datetime, str] | None:
    """By when an escalation waits for something of the product team, and for what: to be acknowledged, then decided; None
    once it is decided."""
    if escalation.decided_at is not None:
        return None
    if escalation.acknowledged_at is None:
        return escalation.acknowledge_by, "acknowledged"
    return escalation.decide_by, "decided"


def breached(escalation: Escalation, moment: datetime) -> tuple[datetime, str] | None:
    """Since when an escalation is past its time at a moment, and for what it waits; None where it is not."""
    waits = awaited(escalation)
    return waits if waits is not None and waits[0] < moment else None


def take_breaches(use_case: str) -> None:
    """Open the signal of each population in which one is past its time; those in which none is are over."""
    moment = now()
    by_population: dict[str, list[Escalation]] = {}
    for one in Escalation.objects.filter(use_case=use_case, decided_at=None).order_by("id"):
        if breached(one, moment):
            by_population.setdefault(one.population, []).append(one)
    found = {(use_case, where): _raised(held, moment) for where, held in by_population.items()}
    take_raised(BREACH, found, use_case=use_case)


def watched() -> list[str]:
    """Use cases in which one waits, or in which the signal lasts."""
    waiting = Escalation.objects.filter(decided_at=None).values_list("use_case", flat=True)
    return sorted({*waiting, *lasting(BREACH)})


def _raised(held: Iterable[Escalation], moment: datetime) -> Raised:
    """The one that waits longest in words; nothing of who raised it, or of what they wrote."""
    past = sorted(
        ((*waits, one) for one in held if (waits := breached(one, moment))), key=lambda p: (p[0], p[2].pk)
    )  # fmt: skip
    since, what, first = past[0]
    text = (
        f"an escalation of a champion ({first.priority}) {_WORDS[what]} since {clock_words(since)}"
    )
    if len(past) > 1:
        text += f", and {len(past) - 1} more {'is' if len(past) == 2 else 'are'} late"
    return Raised(local(since).date(), text)
