"""Surveys begin on their first day, and are closed after their last."""

from __future__ import annotations

from takeup.log.delta import DecisionLog
from takeup.record.clock import now
from takeup.server.acting.survey.services import begin_and_close
from takeup.server.deployment.locks import held
from takeup.server.deployment.settings import ServerSettings
from takeup.server.deployment.timed_job import Job


def surveys(log: DecisionLog, settings: ServerSettings) -> None:
    """Who is asked is invited; what ended is closed."""
    with held("survey") as mine:
        if mine:
            begin_and_close(now().date())


JOBS = (Job(surveys, when={"trigger": "interval", "minutes": 5}),)
"""Answers are refused after the last day anyway."""
