"""The parts of a programme's history: pilot, shadow, randomised rollout, assist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["pilot", "shadow", "rollout", "assist"]


@dataclass(frozen=True, slots=True)
class Phase:
    """Some weeks in one mode.

    `attention` is added to the log-odds of looking; `error_shift` to the share of wrong
    advice; `views_lost` is the share of views that the client fails to record (the
    instrument drifts, nobody behaves otherwise); `moved` the share of people who change team
    at its start.
    """

    kind: Kind
    weeks: int
    model_version: str = "2.0"
    client_version: str = "3.0"
    attention: float = 0.0
    error_shift: float = 0.0
    views_lost: float = 0.0
    moved: float = 0.0


def assist_only(weeks: int) -> tuple[Phase, ...]:
    """Everybody in assist from the first day: the plain case, without history."""
    return (Phase("assist", weeks),)


def whole_history(weeks: int) -> tuple[Phase, ...]:
    """A programme from its pilot on, its last `weeks` in assist for all: a pilot of
    hand-picked people and cases, shadow mode, a rollout randomised by person, then assist
    with a new model, a new client and some people in other teams half-way."""
    first = weeks // 2
    parts = (
        Phase("pilot", 4, model_version="1.0", client_version="2.4", attention=1.6),
        Phase("shadow", 4),
        Phase("rollout", 4),
        Phase("assist", first),
        Phase("assist", weeks - first, "2.1", "3.1", moved=0.05),
    )
    return tuple(phase for phase in parts if phase.weeks)
