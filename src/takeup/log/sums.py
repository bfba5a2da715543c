"""What the files of one table of the log were when they were written, a line each, in `_sums` beside them.

Parquet and Delta write no checksums of their own: a bit that turns in a page may read as another value,
and a commit cut off at the end of a line reads as a smaller table (findings/). Of a folder only; an object
store checks what it keeps itself.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from deltalake import DeltaTable

SUMS = "_sums"
"""Their file in the table's folder; readers and vacuum pass over names that begin so."""
LOG = "_delta_log"
_COMMIT = re.compile(rf"{LOG}/(\d{{20}})\.json")
_CHECKPOINT = re.compile(rf"{LOG}/(\d{{20}})\.checkpoint\.parquet")
_CHUNK = 8 << 20


@dataclass(frozen=True, slots=True)
class Sum:
    """A file as it was written: CRC-32, bytes, the rows that it brought, and the drain's batch where it
    is the commit of one."""

    crc: int
    size: int
    rows: int
    batch: int | None = None


class Sums:
    """The sums of the table in `folder`, kept for the commits of the application `drain`."""

    def __init__(self, folder: Path, drain: str) -> None:
        self._folder, self._drain = folder, drain

    def held(self) -> dict[str, Sum]:
        """By path from the table's folder. A line that is itself damaged is as if it were not there."""
        try:
            text = (self._folder / SUMS).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return {}
        return dict(found for line in text.split("\n") if (found := _parsed(line)))

    def needed(self, held: Mapping[str, Sum]) -> dict[str, Sum]:
        """Of the table's own record those that must be there: the newest checkpoint, and all commits after
        it."""
        last = max((n for path in held if (n := checkpoint_of(path)) is not None), default=-1)
        return {
            path: one
            for path, one in held.items()
            if checkpoint_of(path) == last or ((n := commit_of(path)) is not None and n > last)
        }

    def note(self, after: int | None = None) -> None:
        """Add what was written since the last look, and what replaced commits after version `after` that
        were lost. Whoever dies before it leaves files that are known by their size alone until the next."""
        held = self.held()
        known = max((n for path in held if (n := commit_of(path)) is not None), default=-1)
        if after is not None:
            known = min(known, after)
        found: dict[str, Sum] = {}
        log = sorted(path.name for path in (self._folder / LOG).iterdir())
        for path in (f"{LOG}/{name}" for name in log):
            number = commit_of(path)
            if number is not None and number > known:
                added, batch = self._of_commit(path)
                found |= added
                rows = sum(one.rows for one in added.values())
                found[path] = self._measured(path, rows, batch)
            elif checkpoint_of(path) is not None and path not in held:
                found[path] = self._measured(path, 0)
        if not held or any(checkpoint_of(path) is not None for path in found):
            # A log of before there were sums, or one whose commits went with a checkpoint.
            found |= self._of_table(held | found)
        self._write(found, "a")

    def renew(self, table: DeltaTable) -> None:
        """Forget files that the table no longer uses, and note what is new."""
        self.note()
        held = self.held()
        used = {unquote(path) for path in _paths(table)}
        kept = self.needed(held) | {path: one for path, one in held.items() if path in used}
        self._write(kept, "w")

    def fits(self, path: str, file: Path) -> bool:
        """Whether `file` is what `path` was when it was written; of what is not known any is."""
        known = self.held().get(path)
        return known is None or measure(file) == (known.crc, known.size)

    def measure(self, path: str) -> tuple[int, int]:
        """CRC-32 and size of a file as it lies. Raises OSError where it cannot be read."""
        return measure(self._folder / path)

    def _measured(self, path: str, rows: int, batch: int | None = None) -> Sum:
        return Sum(*self.measure(path), rows, batch)

    def _of_table(self, known: Mapping[str, Sum]) -> dict[str, Sum]:
        table = DeltaTable(self._folder)
        added = table.get_add_actions(flatten=True)
        rows = added.column("num_records").to_pylist()
        paths = [unquote(path) for path in _paths(table)]
        return {
            path: self._measured(path, n or 0)
            for path, n in zip(paths, rows, strict=True)
            if path not in known and (self._folder / path).exists()
        }

    def _of_commit(self, path: str) -> tuple[dict[str, Sum], int | None]:
        """What a commit added that still lies there, and the drain's batch that it is."""
        found: dict[str, Sum] = {}
        batch = None
        for line in (self._folder / path).read_text(encoding="utf-8").split("\n"):
            action = json.loads(line) if line.strip() else {}
            if (add := action.get("add")) and (
                self._folder / (name := unquote(add["path"]))
            ).exists():
                told = json.loads(add.get("stats") or "{}")
                found[name] = self._measured(name, int(told.get("numRecords") or 0))
            elif (txn := action.get("txn")) and txn["appId"] == self._drain:
                batch = int(txn["version"])
        return found, batch

    def _write(self, found: Mapping[str, Sum], how: str) -> None:
        if not found:
            return
        file = self._folder / SUMS
        target = file if how == "a" else file.with_name(f"{SUMS}.part")
        with target.open(how, encoding="utf-8") as opened:
            # After a line that was cut off a new one begins.
            opened.write("\n" + "".join(_lines(found)))
            opened.flush()
            os.fsync(opened.fileno())
        if target != file:
            target.replace(file)


def measure(file: Path) -> tuple[int, int]:
    """CRC-32 and size of a file as it lies. Raises OSError where it cannot be read."""
    crc = size = 0
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            crc, size = zlib.crc32(chunk, crc), size + len(chunk)
    return crc, size


def commit_of(path: str) -> int | None:
    """The version that a file of the table's record is the commit of."""
    found = _COMMIT.fullmatch(path)
    return int(found[1]) if found else None


def checkpoint_of(path: str) -> int | None:
    """The version that a file of the table's record is the checkpoint of."""
    found = _CHECKPOINT.fullmatch(path)
    return int(found[1]) if found else None


def _paths(table: DeltaTable) -> list[str]:
    paths: list[str] = table.get_add_actions(flatten=True).column("path").to_pylist()
    return paths


def _lines(found: Mapping[str, Sum]) -> Iterable[str]:
    for path, one in found.items():
        batch = "-" if one.batch is None else one.batch
        text = f"{one.crc:08x} {one.size} {one.rows} {batch} {path}"
        yield f"{zlib.crc32(text.encode()):08x} {text}\n"


def _parsed(line: str) -> tuple[str, Sum] | None:
    check, _, text = line.partition(" ")
    if f"{zlib.crc32(text.encode()):08x}" != check:
        return None
    crc, size, rows, batch, path = text.split(" ", 4)
    return path, Sum(int(crc, 16), int(size), int(rows), None if batch == "-" else int(batch))
