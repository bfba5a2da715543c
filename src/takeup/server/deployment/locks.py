"""One of a kind at a time, across processes, and free again when its holder dies."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from filelock import FileLock, Timeout

_ASK_AGAIN = 0.2


@contextmanager
def held(name: str, wait: float = 0.0) -> Iterator[bool]:
    """Whether this process now holds the lock `name`, after at most `wait` seconds.

    On PostgreSQL an advisory lock of the session, else a lock on a file in the home folder:
    both go when the process goes.
    """
    if connection.vendor == "postgresql":
        number = _number(name)
        mine, until = False, time.monotonic() + wait
        while True:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
                mine = bool(cursor.fetchone()[0])
            if mine or time.monotonic() >= until:
                break
            time.sleep(_ASK_AGAIN)
        try:
            yield mine
        finally:
            if mine:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
        return
    lock = FileLock(Path(settings.TAKEUP.home) / f"{name}.lock")
    try:
        lock.acquire(timeout=wait)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def hold_to_commit(name: str) -> None:
    """Wait for the lock `name` and keep it until this transaction ends. On SQLite there is one
    writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_number(name)])


def _number(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=7).digest(), "big")
