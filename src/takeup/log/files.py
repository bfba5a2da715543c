"""The log's files as they lie, in a folder or an object store: to copy them away whole, and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import from_url

from takeup.record.errors import InputError

_CHUNK = 8 << 20


class LogFiles:
    """The files below `url` (as `DecisionLog` takes it; credentials as there), by their path from
    there. Everything raises InputError where the store refuses."""

    def __init__(self, url: str) -> None:
        self._url = url
        if "://" not in url:
            Path(url).mkdir(parents=True, exist_ok=True)
            url = Path(url).resolve().as_uri()
        with self._in_words():
            self._store = from_url(url)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except BaseError as error:
            raise InputError(f"the log at {self._url}: {error}") from None

    def paths(self) -> list[str]:
        """Every file; the tables' own records last, so that a copy that was cut off names no file
        that it lacks."""
        with self._in_words():
            found = [one["path"] for chunk in obstore.list(self._store) for one in chunk]
        return sorted(found, key=lambda path: ("/_delta_log/" in path, path))

    def fetch(self, path: str, to: Path) -> None:
        """Copy a file of the log to `to`."""
        with self._in_words(), to.open("wb") as written:
            for chunk in obstore.get(self._store, path).stream(min_chunk_size=_CHUNK):
                written.write(chunk)

    def clear(self) -> None:
        """Take every file of the log away."""
        with self._in_words():
            if found := self.paths():
                obstore.delete(self._store, found)

    def holds(self, path: str) -> bool:
        """Whether there is such a file."""
        with self._in_words():
            try:
                obstore.head(self._store, path)
            except FileNotFoundError:
                return False
        return True

    def read(self, path: str) -> bytes:
        """A small file's bytes. Raises InputError where it is not there."""
        with self._in_words():
            try:
                return bytes(obstore.get(self._store, path).bytes())
            except FileNotFoundError:
                raise InputError(f"{path} is not there any more") from None

    def write(self, path: str, body: bytes) -> None:
        """Keep `body` as a file."""
        with self._in_words():
            obstore.put(self._store, path, body)

    def put(self, path: str, source: Path) -> None:
        """Copy `source` into the log."""
        with self._in_words():
            obstore.put(self._store, path, source)
