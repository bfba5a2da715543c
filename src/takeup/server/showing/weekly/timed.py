"""The digest, on the morning of the review."""

from __future__ import annotations

from takeup.log.delta import DecisionLog
from takeup.record.clock import now
from takeup.server.deployment.settings import ServerSettings
from takeup.server.deployment.timed_job import Job
from takeup.server.showing.weekly.digest import write_digest


def digest(log: DecisionLog, settings: ServerSettings) -> None:
    """It is written once a week, however often it is asked for."""
    write_digest(now().date())


JOBS = (Job(digest, when={"trigger": "cron", "hour": 6}),)
