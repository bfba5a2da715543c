"""What waits is sent."""

from __future__ import annotations

from takeup.log.delta import DecisionLog
from takeup.server.locks import held
from takeup.server.notices.deliver import deliver_waiting
from takeup.server.settings import ServerSettings
from takeup.server.timed_job import Job


def deliver(log: DecisionLog, settings: ServerSettings) -> None:
    """Mails and webhooks, where there is a way to send them."""
    if settings.smtp_url or settings.webhook_list:
        with held("deliver") as mine:
            if mine:
                deliver_waiting()


JOBS = (Job(deliver, when={"trigger": "interval", "seconds": 20}),)
