"""Work that the server does by itself, at its time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from takeup.log.delta import DecisionLog
from takeup.server.deployment.settings import ServerSettings

Work = Callable[[DecisionLog, ServerSettings], object]


@dataclass(frozen=True, slots=True)
class Job:
    """`work`, at `when` (a trigger of APScheduler with its arguments), or, without one, every night `hours_later`
    than the hour of the settings."""

    work: Work
    hours_later: int = 0
    when: Mapping[str, Any] | None = None
