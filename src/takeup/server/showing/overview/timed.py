"""Figures of the day, and the digest of the week."""

from __future__ import annotations

from takeup.log.delta import DecisionLog
from takeup.record.clock import now
from takeup.server.deployment.locks import held
from takeup.server.deployment.settings import ServerSettings
from takeup.server.deployment.timed_job import Job
from takeup.server.showing.overview.digest import write_digest
from takeup.server.showing.overview.services import take_snapshots


def snapshots(log: DecisionLog, settings: ServerSettings) -> None:
    """Every use case is measured."""
    with held("snapshot") as mine:
        if mine:
            take_snapshots()


def digest(log: DecisionLog, settings: ServerSettings) -> None:
    """It is written once however often it is asked for."""
    write_digest(now().date())


JOBS = (
    Job(snapshots),
    Job(digest, when={"trigger": "cron", "day_of_week": "mon", "hour": 6}),
)
