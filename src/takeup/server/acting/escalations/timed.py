"""Every quarter of an hour: hours count where harm is possible, so a night would be too late."""

from __future__ import annotations

from takeup.log.delta import DecisionLog
from takeup.server.acting.escalations.breaches import take_breaches, watched
from takeup.server.deployment.locks import held
from takeup.server.deployment.settings import ServerSettings
from takeup.server.deployment.timed_job import Job


def look(log: DecisionLog, settings: ServerSettings) -> None:
    """What has gone past its time since is a signal."""
    with held("breaches of escalations") as mine:
        if mine:
            for use_case in watched():
                take_breaches(use_case)


JOBS = (Job(look, when={"trigger": "interval", "minutes": 15}),)
