"""One of a kind at a time, across processes, and free again when its holder dies."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from filelock import FileLock, Timeout


@contextmanager
def held(name: str) -> Iterator[bool]:
    """Whether this process now holds the lock `name`; never waits.

    On PostgreSQL an advisory lock of the session, else a lock on a file in the home folder:
    both go when the process goes.
    """
    if connection.vendor == "postgresql":
        number = zlib.crc32(f"takeup-{name}".encode())
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
            mine = bool(cursor.fetchone()[0])
        try:
            yield mine
        finally:
            if mine:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
        return
    lock = FileLock(Path(settings.TAKEUP.home) / f"{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
