"""Sprints of use cases of which nothing is recorded yet are looked at each night too."""

from __future__ import annotations

from takeup.log.delta import DecisionLog
from takeup.record.clock import now
from takeup.server.acting.sprint.evaluating import evaluate_rest
from takeup.server.deployment.locks import held
from takeup.server.deployment.settings import ServerSettings
from takeup.server.deployment.timed_job import Job


def milestones(log: DecisionLog, settings: ServerSettings) -> None:
    """Whatever the night's figures did not bring along."""
    with held("sprint") as mine:
        if mine:
            evaluate_rest(now().date())


JOBS = (Job(milestones, hours_later=2),)
