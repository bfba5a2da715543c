"""The work beside the answering: a process of its own, so that a batch never waits for a drain or
a snapshot to give the processor back.

Started by `takeup serve`; ends when its standard input does, which is when its parent ends,
however it ends.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_logger = logging.getLogger(__name__)
_AGAIN_AFTER = 2.0
"""Seconds before a worker that died is started again."""
_POLITE = 5
"""How far the worker stands back, in steps of the system's priority."""


@contextmanager
def working() -> Iterator[None]:
    """A worker beside the block, started again should it die; told to end at the block's end."""
    keeper = _Keeper()
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()


class _Keeper:
    def __init__(self) -> None:
        self._ending = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="takeup-keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _keep(self) -> None:
        while not self._ending.is_set():
            self._process = subprocess.Popen(
                [sys.executable, "-m", "takeup.server.running.jobs.work"], stdin=subprocess.PIPE
            )
            code = self._process.wait()
            # A signal to both reaches the worker first now and then: that is an end, and no accident.
            if self._ending.wait(_AGAIN_AFTER):
                return
            _logger.error("the worker ended with %s; starting it again", code)

    def stop(self) -> None:
        self._ending.set()
        process = self._process
        if process is not None and process.stdin is not None:
            process.stdin.close()
        self._thread.join(timeout=60)


def main() -> None:
    """Drain, nightly work and asked-for tasks until standard input ends."""
    # Whoever records or looks at a page goes first; what came in is drained with what is left.
    if hasattr(os, "nice"):
        os.nice(_POLITE)
    # Ctrl-C reaches the whole group, and systemd's end all of the unit; the parent decides when this ends.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.SIG_IGN)
    from takeup.server.deployment.connect import connect, log_of
    from takeup.server.deployment.log_lines import with_warnings

    settings = connect()
    with_warnings()
    from takeup.server.running.jobs.schedule import at_work

    with at_work(log_of(settings), settings):
        sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
