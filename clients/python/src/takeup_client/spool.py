"""Lines on disk between the host and the server: bounded, and safe when the host is killed.

Each process appends to a segment of its own, which it holds locked; a full segment is closed
and another begun. Whoever sends takes segments that nobody holds, so what a killed process left
is sent by the next one.
"""

from __future__ import annotations

import os
import sys
import threading
import uuid
from collections.abc import Generator
from pathlib import Path
from typing import Optional

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


_ENDING = ".ndjson"
_ASIDE = "refused.jsonl"


class Spool:
    """Segments of lines in `folder`, together at most `limit` bytes."""

    def __init__(self, folder: Path, limit: int, segment: int = 1_000_000) -> None:
        self._folder, self._limit = folder, limit
        self._segment = min(segment, max(limit // 4, 1))
        self._guard = threading.Lock()
        self._current: int | None = None
        self._path: Path | None = None
        self._written = 0
        self._size = 0
        self._measured = False

    def append(self, line: bytes) -> bool:
        """Hand one line to the operating system. False where the spool is full or the disk
        refuses: the line is not kept."""
        with self._guard:
            try:
                if not self._measured:
                    self._folder.mkdir(parents=True, exist_ok=True)
                    self._size = sum(p.stat().st_size for p in self._segments())
                    self._measured = True
                if self._size + len(line) + 1 > self._limit:
                    return False
                if self._current is None:
                    self._begin()
                assert self._current is not None
                start = self._written
                wrote = os.write(self._current, line + b"\n")
                if wrote != len(line) + 1:
                    # A full disk took part of it: take that part back.
                    os.ftruncate(self._current, start)
                    return False
            except OSError:
                return False
            self._written += wrote
            self._size += wrote
            if self._written >= self._segment:
                self._end()
            return True

    @property
    def size(self) -> int:
        """Bytes that wait, roughly."""
        return self._size

    def _segments(self) -> list[Path]:
        return sorted(self._folder.glob("*" + _ENDING))

    def _begin(self) -> None:
        self._path = self._folder / (uuid.uuid4().hex + _ENDING)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL
        self._current = os.open(self._path, flags, 0o600)
        _lock(self._current)
        self._written = 0

    def _end(self) -> None:
        if self._current is not None:
            os.close(self._current)
        self._current = self._path = None

    def rotate(self) -> None:
        """Close the current segment, so that it can be sent."""
        with self._guard:
            if self._written:
                self._end()

    def ready(self) -> Generator[Segment, None, None]:
        """Segments that nobody writes, oldest first, each held while it is in use."""
        try:
            paths = sorted(self._segments(), key=lambda p: (p.stat().st_mtime_ns, p.name))
        except OSError:
            return
        for path in paths:
            if path == self._path:
                continue
            try:
                descriptor = os.open(path, os.O_RDWR)
            except OSError:
                continue
            if not _lock(descriptor):
                os.close(descriptor)
                continue
            try:
                yield Segment(self, path, descriptor)
            finally:
                os.close(descriptor)

    def set_aside(self, line: bytes) -> Optional[Path]:
        """Keep a line that the server refuses for good in a file beside, which is not sent; None where it
        cannot be kept."""
        path = self._folder / _ASIDE
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as f:
                f.write(line + b"\n")
        except OSError:
            return None
        return path

    def removed(self, size: int) -> None:
        """A segment of `size` bytes is gone: there is room again."""
        with self._guard:
            self._size = max(self._size - size, 0)


class Segment:
    """A closed segment, held by this process."""

    def __init__(self, spool: Spool, path: Path, descriptor: int) -> None:
        self._spool, self._path, self._descriptor = spool, path, descriptor

    def lines(self) -> list[bytes]:
        """Its whole lines; a last one cut off by a crash was never told to be recorded."""
        return [line for line in self._path.read_bytes().split(b"\n")[:-1] if line]

    def remove(self) -> None:
        """Everything in it is acknowledged."""
        size = os.fstat(self._descriptor).st_size
        self._path.unlink()
        self._spool.removed(size)
