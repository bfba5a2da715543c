"""Is a stop obeyed? Who has heard of it, and what was shown since: counted, not assumed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from takeup.record.clock import now
from takeup.server.acting.rollout.counted import Counted
from takeup.server.acting.rollout.drills import heard
from takeup.server.acting.rollout.in_force import HELD_SECONDS
from takeup.server.acting.rollout.kinds import Recorded
from takeup.server.acting.rollout.models import Heard, Stop

_ASKS_WITHIN = timedelta(days=7)
"""A client that asked no more for longer is no client any more."""
_TOLD_AGAIN = 30.0
"""Seconds after which it is kept again that a client asked, though nothing changed."""


@dataclass(frozen=True, slots=True)
class Obedience:
    """Of a stop: `cases` decided since (until it was lifted), `shown` those whose advice was shown all the
    same; senders whose clients have `heard`, and those that have not asked since (`deaf`)."""

    cases: Counted
    shown: Counted
    heard: tuple[str, ...]
    deaf: tuple[str, ...]


def obedience_of(stop: Stop, recorded: Recorded) -> Obedience:
    """What is known by now."""
    cases, shown = recorded.since(stop.kind, stop.made_at, stop.lifted_at or now())
    # What was told in the first moment may be the answer of just before.
    by = stop.made_at + timedelta(seconds=HELD_SECONDS)
    asking = [
        one
        for one in Heard.objects.filter(at__gte=stop.made_at - _ASKS_WITHIN).order_by("sender")
        if not one.use_cases or stop.use_case in one.use_cases
    ]
    return Obedience(
        cases,
        shown,
        tuple(one.sender for one in asking if one.at >= by),
        tuple(one.sender for one in asking if one.at < by),
    )


class Hearing:
    """Keeps that a key's clients asked: at once where the answer is a new one, else now and then, since
    each of them asks every other second."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, float]] = {}

    def due(self, key: str, tag: str) -> bool:
        """Whether this answer is to be kept."""
        held, at = self._kept.get(key, ("", 0.0))
        return held != tag or time.monotonic() - at > _TOLD_AGAIN

    def keep(self, key: str, sender: str, use_cases: Sequence[str], tag: str) -> None:
        """Keep it."""
        Heard.objects.update_or_create(
            key=key,
            defaults={"sender": sender, "use_cases": list(use_cases), "tag": tag, "at": now()},
        )
        heard(key, tag)
        self._kept[key] = tag, time.monotonic()
