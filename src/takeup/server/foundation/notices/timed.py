"""What waits is sent."""

from __future__ import annotations

from takeup.log.delta import DecisionLog
from takeup.server.deployment.locks import held
from takeup.server.deployment.settings import ServerSettings
from takeup.server.deployment.timed_job import Job
from takeup.server.foundation.notices.deliver import deliver_waiting


def deliver(log: DecisionLog, settings: ServerSettings) -> None:
    """Mails and webhooks, where there is a way to send them."""
    if settings.smtp_url or settings.webhook_list:
        with held("deliver") as mine:
            if mine:
                deliver_waiting()


JOBS = (Job(deliver, when={"trigger": "interval", "seconds": 20}),)
