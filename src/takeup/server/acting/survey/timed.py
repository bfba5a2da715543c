"""Surveys begin on their first day, and are closed after their last."""

from __future__ import annotations

from django.db import connection

from takeup.log.delta import DecisionLog
from takeup.record.clock import now
from takeup.server.acting.survey.services import begin_and_close
from takeup.server.deployment.locks import held
from takeup.server.deployment.settings import ServerSettings
from takeup.server.deployment.timed_job import Job


def surveys(log: DecisionLog, settings: ServerSettings) -> None:
    """Who is asked is invited; what ended is closed."""
    with held("survey") as mine:
        closed = begin_and_close(now().date()) if mine else 0
    if closed:
        _overwrite_what_was_deleted()


def _overwrite_what_was_deleted() -> None:
    """A store keeps beside the newest state of its rows those before, and with them in which order marks and answers came:
    once a survey is closed, they go."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.fetchall()
        else:
            cursor.execute("VACUUM survey_box, survey_invitation")


JOBS = (Job(surveys, when={"trigger": "interval", "minutes": 5}),)
"""Answers are refused after the last day anyway."""
