"""Drains the inbox every few seconds in a thread of the worker; one at a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections, connection

from takeup.log.delta import DecisionLog
from takeup.record.errors import InputError
from takeup.server.deployment.locks import held
from takeup.server.recording.record_api.services import Drained, drain

_logger = logging.getLogger(__name__)


def drain_once(log: DecisionLog) -> Drained:
    """One drain; nothing where another one is running (its rows are in good hands)."""
    with held("drain") as mine:
        return drain(log) if mine else Drained(0, 0)


class Drainer:
    """A thread that drains every `seconds` until stopped; a failure is logged and tried again."""

    def __init__(self, log: DecisionLog, seconds: float) -> None:
        self._log, self._seconds = log, seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="takeup-drain", daemon=True)

    def _run(self) -> None:
        while not self._stop.wait(self._seconds):
            close_old_connections()
            try:
                drain_once(self._log)
            except InputError as error:
                _logger.warning("nothing is drained, what comes in waits in the inbox: %s", error)
            except Exception:
                # Nothing is lost: undrained rows stay in the inbox and are tried again.
                _logger.exception("drain failed; the inbox keeps its rows")
        connection.close()

    @contextmanager
    def running(self) -> Iterator[Drainer]:
        """Drain while the block runs, and once more at its end."""
        self._thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            self._thread.join(timeout=60)
            drain_once(self._log)
