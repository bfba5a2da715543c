"""Drains the inbox every few seconds in a thread of the worker; one at a time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections, connection

from takeup.log.delta import DecisionLog
from takeup.record.errors import InputError
from takeup.server.recording.record_api.services import drain_once

_logger = logging.getLogger(__name__)
_SAID_AGAIN_AFTER = 60.0
"""Seconds after which a failure that goes on is said again: a line with every drain would fill the disk that
is full already."""


class Trouble:
    """What is said of a drain that fails: all of it at first and when it becomes another, a line a minute while it
    goes on, a line when it is over."""

    def __init__(self) -> None:
        self._kind, self._said, self._times = "", 0.0, 0

    def failed(self, error: Exception) -> None:
        """This time it failed. What undrained rows wait in the inbox is never lost."""
        kind, known = type(error).__name__, isinstance(error, InputError)
        self._times += 1
        if kind != self._kind:
            _logger.error(
                "nothing is drained, what comes in waits in the inbox: %s",
                error,
                exc_info=not known,
            )
        elif time.monotonic() - self._said < _SAID_AGAIN_AFTER:
            return
        else:
            _logger.error("still nothing is drained, after %d tries: %s", self._times, error)
        self._kind, self._said = kind, time.monotonic()

    def over(self) -> None:
        """This time it went well."""
        if self._kind:
            _logger.warning("it drains again, after %d tries that failed", self._times)
        self._kind, self._times = "", 0


class Drainer:
    """A thread that drains every `seconds` until stopped; a failure is logged and tried again."""

    def __init__(self, log: DecisionLog, seconds: float) -> None:
        self._log, self._seconds = log, seconds
        self._stop, self._trouble = threading.Event(), Trouble()
        self._thread = threading.Thread(target=self._run, name="takeup-drain", daemon=True)

    def _run(self) -> None:
        while not self._stop.wait(self._seconds):
            close_old_connections()
            self._drain()
        connection.close()

    def _drain(self) -> None:
        try:
            drain_once(self._log)
            self._trouble.over()
        except Exception as error:
            self._trouble.failed(error)

    @contextmanager
    def running(self) -> Iterator[Drainer]:
        """Drain while the block runs, and once more at its end."""
        self._thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            self._thread.join(timeout=60)
            self._drain()
