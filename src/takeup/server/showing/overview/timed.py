"""Figures of the day."""

from __future__ import annotations

from takeup.log.delta import DecisionLog
from takeup.server.deployment.locks import held
from takeup.server.deployment.settings import ServerSettings
from takeup.server.deployment.timed_job import Job
from takeup.server.showing.overview.services import take_snapshots


def snapshots(log: DecisionLog, settings: ServerSettings) -> None:
    """Every use case is measured."""
    with held("snapshot") as mine:
        if mine:
            take_snapshots()


JOBS = (Job(snapshots),)
