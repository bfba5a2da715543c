"""What the serving process does by itself: drain, nightly work, tasks that pages asked for.

Several processes may run beside each other: a lock for each kind of work lets one do it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from apscheduler.schedulers.background import BackgroundScheduler
from django.db import close_old_connections, connection
from django_tasks_db.management.commands.db_worker import Worker

from takeup.log.delta import DecisionLog
from takeup.record.errors import InputError
from takeup.record.incoming import RECORD_KINDS
from takeup.server.deployment.capability import capabilities
from takeup.server.deployment.locks import held
from takeup.server.deployment.settings import ServerSettings
from takeup.server.deployment.timed_job import Job, Work
from takeup.server.foundation.organization.services import forget_use_case
from takeup.server.recording.record_api.services import (
    Drained,
    Erased,
    Retained,
    drain,
    erase,
    find_lost,
    keep_night,
    need_plausible_clock,
    retain,
)
from takeup.server.recording.record_api.unknown_use_case import take_out
from takeup.server.running.jobs.drainer import Drainer
from takeup.server.showing.overview.services import forget_use_case as forget_figures

_logger = logging.getLogger(__name__)
_WORK_EVERY = 1.0
"""Seconds between looks for tasks that pages asked for."""
_PATIENCE = 600.0
"""Seconds that nightly work waits for a drain to end."""


@contextmanager
def at_work(log: DecisionLog, settings: ServerSettings) -> Iterator[None]:
    """Everything in the background while the block runs; the inbox is drained at its end."""
    scheduler = BackgroundScheduler(timezone="UTC")
    ours = (Job(retain_now, 1), Job(compact_now, 2))
    declared = (job for one in capabilities() for job in one.of_part("timed", "JOBS") or ())
    for job in (*ours, *declared):
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
    threading.Thread(target=worker.run, name="takeup-tasks", daemon=True).start()
    scheduler.start()
    try:
        with Drainer(log, settings.drain_seconds).running():
            yield
    finally:
        worker.running = False
        scheduler.shutdown(wait=False)


@contextmanager
def _no_other_drain(patience: float = _PATIENCE) -> Iterator[None]:
    """Hold the drain's lock; a drain that runs is waited for. Raises InputError where it does not
    end."""
    with held("drain", patience) as mine:
        if not mine:
            raise InputError("a drain does not end; is another process stuck?")
        yield


def drain_now(log: DecisionLog) -> Drained:
    """Everything that was acknowledged before the call is in the log after it, also what the log
    has lost since. Raises InputError where a drain does not end, or that cannot be."""
    with _no_other_drain():
        find_lost(log)
        return drain(log)


def retain_now(
    log: DecisionLog, settings: ServerSettings, clock_is_right: bool = False
) -> Retained:
    """The nightly retention, beside no drain. Raises InputError where one does not end, where
    the log lost what the inbox would now forget, and where the clock jumped, unless a person says
    that it is right."""
    with _no_other_drain():
        if not clock_is_right:
            need_plausible_clock()
        find_lost(log)
        drain(log)
        done = retain(log, settings.inbox_days, settings.oversight_months)
        keep_night()
        return done


def move_into_folders(log: DecisionLog) -> None:
    """Bring the log into the folders of this version, beside no drain. Raises InputError as above."""
    with _no_other_drain():
        for kind in RECORD_KINDS:
            log.move_into_folders(kind)


def compact_now(log: DecisionLog, settings: ServerSettings) -> dict[str, int]:
    """Join small files, beside no drain; by table how many. Raises InputError as above."""
    with _no_other_drain():
        return {kind: log.compact(kind) for kind in RECORD_KINDS}


def erase_now(log: DecisionLog, person_id: str, actor: str) -> Erased:
    """Erase a person, beside no drain (which is finished first). Raises InputError as above."""
    with _no_other_drain():
        drain(log)
        return erase(log, person_id, actor)


def take_out_now(
    log: DecisionLog, use_case: str, actor: str, into: str = "", patience: float = _PATIENCE
) -> int:
    """Remove what came of an undeclared use case, or put it under the declared `into`, beside no drain; how
    many rows. What was drawn from it goes with it. Raises InputError as above, and as `take_out`."""
    with _no_other_drain(patience):
        drain(log)
        rows = take_out(log, use_case, actor, into)
        forget_figures(use_case)
        forget_use_case(use_case)
        drain(log)
        return rows


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
