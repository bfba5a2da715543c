"""Where the work of a request is done: off the event loop, on connections that are kept.

Django gives each request a thread of its own, and a new connection with it, which costs more than
the insert. PostgreSQL takes several writers side by side: a pool of threads. SQLite takes one: a
single thread, which commits what came in meanwhile together, so that nobody waits for a lock.
"""

from __future__ import annotations

import asyncio
import functools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from django.db import close_old_connections, connection, transaction

THREADS = 8
_TOGETHER = 32
"""Most requests whose work is committed together."""
_P = ParamSpec("_P")
_T = TypeVar("_T")
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="takeup-record")


async def in_pool(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """`work` in a thread of the pool, on that thread's own connection."""
    call = functools.partial(work, *args, **kwargs)
    return await asyncio.wrap_future(_pool.submit(_on_a_sound_connection, call))


async def kept(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """`work` in a transaction that is committed, durably, when this returns."""
    call = functools.partial(work, *args, **kwargs)
    if connection.vendor != "sqlite":
        return await in_pool(_atomically, call)
    return await asyncio.wrap_future(_writer.submit(call))


def _atomically(call: Callable[[], _T]) -> _T:
    with transaction.atomic():
        return call()


def _on_a_sound_connection(call: Callable[[], _T]) -> _T:
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()


class _Writer:
    """The one thread that writes; begun with the first work."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = (
            queue.SimpleQueue()
        )
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, call: Callable[[], _T]) -> Future[_T]:
        """Done when committed; raises what `call` raised, or why nothing could be committed."""
        future: Future[_T] = Future()
        self._waiting.put((call, future))
        if self._thread is None:
            with self._guard:
                if self._thread is None:
                    self._thread = threading.Thread(
                        target=self._run, name="takeup-writer", daemon=True
                    )
                    self._thread.start()
        return future

    def _run(self) -> None:
        while True:
            taken = [self._waiting.get()]
            while len(taken) < _TOGETHER and not self._waiting.empty():
                taken.append(self._waiting.get())
            self._commit_together([one for one in taken if one[1].set_running_or_notify_cancel()])

    def _commit_together(self, taken: list[tuple[Callable[[], Any], Future[Any]]]) -> None:
        done: list[tuple[Future[Any], Any, Exception | None]] = []
        try:
            close_old_connections()
            with transaction.atomic():
                for call, future in taken:
                    try:
                        # A savepoint each: what one cannot do leaves the others as they are.
                        done.append((future, _atomically(call), None))
                    except Exception as error:
                        done.append((future, None, error))
        except Exception as error:
            # Nothing of it is committed: each is told so, and sends again.
            for _, future in taken:
                future.set_exception(error)
            return
        for future, value, failed in done:
            if failed is None:
                future.set_result(value)
            else:
                future.set_exception(failed)


_writer = _Writer()
