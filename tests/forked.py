"""`takeup …` in a process of its own, forked from one that has its libraries imported: it begins in
0.1 s of processor time instead of 3. Settings are read anew by each.

`python -m takeup.cli` itself is run by the journeys, the book and the wheel test.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import SimpleNamespace

LIBRARIES = "tests.imported"
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""A process that is forked must have no threads of its own."""


@cache
def _context() -> multiprocessing.context.ForkServerContext:
    from multiprocessing.forkserver import ensure_running

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([LIBRARIES])
    before = os.environ.copy()
    os.environ.update(ONE_THREAD)
    try:
        ensure_running()
    finally:
        os.environ.clear()
        os.environ.update(before)
    return context


class Forked:
    """A running `takeup` command, as far as tests need `Popen`: `pid`, `poll`, `wait`, `send_signal`."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        out: Path,
        error: Path,
        cwd: Path | None = None,
    ) -> None:
        given = list(arguments), dict(environment), str(cwd or Path.cwd()), str(out), str(error)
        self._process = _context().Process(target=_run, args=given)
        self._process.start()
        self.pid = self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("takeup", timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        """As `Popen`: nothing, where it has ended by itself just now."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)


def takeup(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A command as somebody types it in `cwd`."""
    return command(arguments, os.environ, check=False, cwd=cwd)


def command(
    arguments: Sequence[str], environment: Mapping[str, str], check: bool, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """What the command said and how it ended. `-c CODE …` runs Python, as `python -c` does."""
    with tempfile.TemporaryDirectory(prefix="takeup-command-") as folder:
        out, error = Path(folder) / "out", Path(folder) / "error"
        code = Forked(arguments, environment, out, error, cwd).wait()
        done = subprocess.CompletedProcess(
            ["takeup", *arguments], code, out.read_text(), error.read_text()
        )
    if check:
        done.check_returncode()
    return done


def _end_with_parent() -> None:
    """Where the system offers it, a process of a test ends when the process that forked it is gone: a run
    that is killed leaves no server behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class _Worker:
    """The server's worker as it starts one (`takeup.server.running.jobs.work`): forked too, by a process that
    has no threads, and of the server's own group."""

    forks: socket.socket

    def __init__(self, _: Sequence[str], stdin: int) -> None:
        assert stdin == subprocess.PIPE
        reads, writes = os.pipe()
        socket.send_fds(self.forks, [b"work"], [reads])
        os.close(reads)
        self.stdin = os.fdopen(writes, "wb")

    def wait(self) -> int:
        return int(self.forks.recv(16))


def _fork_its_workers() -> None:
    from takeup.server.running.jobs import work

    _Worker.forks, asked = socket.socketpair()
    if os.fork():
        asked.close()
        work.subprocess = SimpleNamespace(Popen=_Worker, PIPE=subprocess.PIPE)  # type: ignore[attr-defined]
        return
    _Worker.forks.close()
    while True:
        _, given, *_ = socket.recv_fds(asked, 16, 1)
        if not given:
            os._exit(0)
        if not (worker := os.fork()):
            asked.close()
            os.dup2(given[0], 0)
            sys.stdin = os.fdopen(0, closefd=False)
            work.main()
            sys.stdout.flush()
            os._exit(0)
        os.close(given[0])
        asked.send(str(os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])).encode())


def _run(
    arguments: list[str], environment: dict[str, str], folder: str, out: str, error: str
) -> None:
    """In the new process: everything that a shell would give it, then the command."""
    _end_with_parent()
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in ((1, out), (2, error)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
    sys.argv = ["takeup", *arguments]
    watched = False
    for place in filter(None, environment.get("PYTHONPATH", "").split(os.pathsep)):
        sys.path.insert(0, place)
        if (own := Path(place) / "sitecustomize.py").exists():
            exec(compile(own.read_text(), str(own), "exec"), {})
            watched = True
    if arguments[0] == "serve" and not watched:
        _fork_its_workers()
    if arguments[0] == "-c":
        sys.argv = [arguments[0], *arguments[2:]]
        exec(compile(arguments[1], "<command>", "exec"), {"__name__": "__main__"})
        return
    from takeup.cli import main

    main()
