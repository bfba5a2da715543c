"""What is done to the log while nothing is drained into it: one process does it, the others wait.

Raises InputError, whatever it is, where a drain does not end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from takeup.log.delta import DecisionLog
from takeup.record.errors import InputError
from takeup.record.incoming import RECORD_KINDS
from takeup.server.deployment.capability import of_every
from takeup.server.deployment.locks import held
from takeup.server.deployment.settings import ServerSettings
from takeup.server.foundation.organization.services import forget_use_case
from takeup.server.recording.record_api.drain import Drained, drain, find_lost
from takeup.server.recording.record_api.erasure import Erased, erase
from takeup.server.recording.record_api.night import keep_night, need_plausible_clock
from takeup.server.recording.record_api.retention import Retained, retain
from takeup.server.recording.record_api.unknown_use_case import take_out

_PATIENCE = 600.0
"""Seconds that nightly work waits for a drain to end."""


@contextmanager
def _no_other_drain(patience: float = _PATIENCE) -> Iterator[None]:
    """Hold the drain's lock; a drain that runs is waited for. Raises InputError where it does not
    end."""
    with held("drain", patience) as mine:
        if not mine:
            raise InputError("a drain does not end; is another process stuck?")
        yield


def drain_once(log: DecisionLog) -> Drained:
    """One drain; nothing where another one is running (its rows are in good hands)."""
    with held("drain") as mine:
        return drain(log) if mine else Drained(0, 0)


def drain_now(log: DecisionLog) -> Drained:
    """Everything that was acknowledged before the call is in the log after it, also what the log
    has lost since. Raises InputError where that cannot be."""
    with _no_other_drain():
        find_lost(log)
        return drain(log)


def retain_now(
    log: DecisionLog, settings: ServerSettings, clock_is_right: bool = False
) -> Retained:
    """The nightly retention. Raises InputError where the log lost what the inbox would now forget, and
    where the clock jumped, unless a person says that it is right."""
    with _no_other_drain():
        if not clock_is_right:
            need_plausible_clock()
        find_lost(log)
        drain(log)
        done = retain(log, settings.inbox_days, settings.oversight_months)
        keep_night()
        return done


def move_into_folders(log: DecisionLog) -> None:
    """Bring the log into the folders of this version."""
    with _no_other_drain():
        for kind in RECORD_KINDS:
            log.move_into_folders(kind)


def compact_now(log: DecisionLog, settings: ServerSettings) -> dict[str, int]:
    """Join small files; by table how many."""
    with _no_other_drain():
        return {kind: log.compact(kind) for kind in RECORD_KINDS}


def erase_now(log: DecisionLog, person_id: str, actor: str) -> Erased:
    """Erase a person; what waits is drained first."""
    with _no_other_drain():
        drain(log)
        return erase(log, person_id, actor)


def take_out_now(
    log: DecisionLog, use_case: str, actor: str, into: str = "", patience: float = _PATIENCE
) -> int:
    """Remove what came of an undeclared use case, or put it under the declared `into`; how many rows. What was
    drawn from it goes with it. Raises InputError as `take_out`."""
    with _no_other_drain(patience):
        drain(log)
        rows = take_out(log, use_case, actor, into)
        forget_days(use_case)
        forget_use_case(use_case)
        drain(log)
        return rows


@transaction.atomic
def forget_days(use_case: str) -> None:
    """Nothing is kept any more that was taken of the days of a use case."""
    for forget in of_every("day", "forget"):
        forget(use_case)
