"""What the serving process does by itself: drain, nightly work, tasks that pages asked for.

Several processes may run beside each other: a lock for each kind of work lets one do it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from apscheduler.schedulers.background import BackgroundScheduler
from django.db import close_old_connections, connection
from django_tasks_db.management.commands.db_worker import Worker

from takeup.log.delta import DecisionLog
from takeup.record.errors import InputError
from takeup.server.deployment.capability import of_every
from takeup.server.deployment.settings import ServerSettings
from takeup.server.deployment.timed_job import Work
from takeup.server.running.jobs.drainer import Drainer

_logger = logging.getLogger(__name__)
_WORK_EVERY = 1.0
"""Seconds between looks for tasks that pages asked for."""
_LOOK_AGAIN_AFTER = 5.0
"""Seconds after a look that failed."""
_SAID_AGAIN_AFTER = 60.0


@contextmanager
def at_work(log: DecisionLog, settings: ServerSettings) -> Iterator[None]:
    """Everything in the background while the block runs; the inbox is drained at its end."""
    scheduler = BackgroundScheduler(timezone="UTC")
    for job in (job for jobs in of_every("timed", "JOBS") for job in jobs):
        hour = (settings.nightly_hour + job.hours_later) % 24
        scheduler.add_job(
            _quietly,
            args=(job.work, log, settings),
            misfire_grace_time=3600,
            coalesce=True,
            **(job.when or {"trigger": "cron", "hour": hour}),
        )
    worker = Worker(
        queue_names=["*"], interval=_WORK_EVERY, batch=False, backend_name="default",
        startup_delay=False, max_tasks=None, worker_id=f"takeup-{threading.get_ident()}",
        excluded_queue_names=[],
    )  # fmt: skip
    threading.Thread(target=_keep_at, args=[worker], name="takeup-tasks", daemon=True).start()
    scheduler.start()
    try:
        with Drainer(log, settings.drain_seconds).running():
            yield
    finally:
        worker.running = False
        scheduler.shutdown(wait=False)


def _keep_at(worker: Worker) -> None:
    """Its loop ends with the first question that the database does not answer: it is begun again, so that what
    pages ask for is done after the database was restarted. A failure that goes on is said once a minute."""
    said = float("-inf")
    while worker.running:
        try:
            worker.run()
        except Exception as error:
            if time.monotonic() - said >= _SAID_AGAIN_AFTER:
                _logger.error("what pages asked for waits: %s", error)
                said = time.monotonic()
            time.sleep(_LOOK_AGAIN_AFTER)


def _quietly(job: Work, log: DecisionLog, settings: ServerSettings) -> None:
    close_old_connections()
    try:
        job(log, settings)
    except InputError as error:
        _logger.warning("%s: %s", job.__name__.strip("_"), error)
    except Exception:
        # Tomorrow is another night; nothing that was recorded depends on it.
        _logger.exception("%s failed", job.__name__.strip("_"))
    finally:
        connection.close()
