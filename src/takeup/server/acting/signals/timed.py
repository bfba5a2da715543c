"""Every morning: what is late goes up the line."""

from __future__ import annotations

from takeup.log.delta import DecisionLog
from takeup.record.clock import now
from takeup.server.acting.signals.escalation import escalate
from takeup.server.acting.signals.verdicts import judge_raised
from takeup.server.deployment.locks import held
from takeup.server.deployment.settings import ServerSettings
from takeup.server.deployment.timed_job import Job


def go_up_the_line(log: DecisionLog, settings: ServerSettings) -> None:
    """Who is next in line is told of what is late; what came of signals that others raise is said."""
    with held("signals") as mine:
        if mine:
            today = now().date()
            escalate(today)
            judge_raised(today)


JOBS = (Job(go_up_the_line, hours_later=4),)
"""After the night's snapshot, before people begin."""
