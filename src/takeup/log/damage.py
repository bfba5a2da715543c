"""What is damaged in the log: which file, what is wrong with it, how many rows it held, what to put back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import obstore
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError
from obstore.exceptions import BaseError
from obstore.store import from_url

from takeup.log.sums import LOG, SUMS, Sum, Sums, commit_of
from takeup.record.errors import InputError

MEND = (
    "put them back as they were with `takeup log mend BACKUP.tar`, which takes them out of an archive that "
    "`takeup backup` wrote"
)
_TOLD = 3
UNREADABLE = (DeltaError, OSError, ValueError, pa.ArrowException)
"""What deltalake and pyarrow raise for files that are not as they should be."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A file of the log (`path` from the log's folder), what is wrong, and how many rows it brought
    (None where nothing tells)."""

    path: str
    what: str
    rows: int | None

    def sentence(self) -> str:
        """Which file, what of it, how much."""
        if self.rows is None:
            return f"{self.path} {self.what}"
        return f"{self.path} {self.what}; it held {self.rows:,} row{'' if self.rows == 1 else 's'}"


class DamagedLogError(InputError):
    """Files of the log are not as they were written: nothing is read of what is left."""

    def __init__(self, url: str, damages: Sequence[Damage]) -> None:
        self.damages = tuple(damages)
        told = ". ".join(one.sentence() for one in self.damages[:_TOLD])
        more = len(self.damages) - _TOLD
        others = f". And {more:,} more (`takeup log status` names all)" if more > 0 else ""
        super().__init__(
            f"the log at {url} is damaged, so nothing is counted of what is left: {told}{others}. {MEND[0].upper()}{MEND[1:]}"
        )


def of_folder(folder: Path) -> DeltaTable:
    """The Delta table in `folder`, ours or another's, to be read. Raises DamagedLogError where it is a table
    of a log and a file of it is not as it was written."""
    if not (folder / SUMS).exists():
        return DeltaTable(folder)
    table = Inspection(str(folder.resolve().parent), folder.resolve().name).whole()
    if table is None:
        raise InputError(f"{folder}: there is no Delta table")
    return table


def culprits(folder: Path) -> list[Damage]:
    """Files of the Delta table in `folder`, which could not be read, that are missing, cut off or
    unreadable."""
    try:
        return Inspection(str(folder.resolve().parent), folder.resolve().name).damages()
    except UNREADABLE:
        return []


class Inspection:
    """One table of the log (`name`, below `url`) looked at file by file."""

    def __init__(self, url: str, name: str, drain: str = "") -> None:
        self._url, self._name = url, name
        self._folder = None if "://" in url else Path(url) / name
        self._sums = None if self._folder is None else Sums(self._folder, drain)

    def open(self) -> DeltaTable | None:
        """The table; None where there is none. Raises DamagedLogError where its record is not whole."""
        # What is known of the files is read first: whatever is written meanwhile is in the table then.
        held = self._held()
        table, damages = self._opened(held)
        if damages:
            raise DamagedLogError(self._url, damages)
        return table

    def whole(self, deep: bool = True) -> DeltaTable | None:
        """The table, every file of it as it was written (with `deep` byte by byte, else there and as long).
        Raises DamagedLogError naming those that are not."""
        while True:
            held = self._held()
            table, damages = self._opened(held)
            if table is not None and not damages:
                damages = self._of_files(table, held, deep)
            if not damages:
                return table
            if not self._moved(table):
                raise DamagedLogError(self._url, damages)

    def damages(self, deep: bool = True) -> list[Damage]:
        """The files of the table's record that are not as they were written; where all are, those of rows.
        With `deep` byte by byte, else files of rows by presence and size."""
        while True:
            held = self._held()
            table, damages = self._opened(held)
            if table is not None and not damages:
                # A damaged record may name other files than it did.
                damages = self._of_files(table, held, deep)
            if not damages or not self._moved(table):
                return damages

    def for_appending(self) -> DeltaTable | None:
        """As `open`; also where the table lost only its last commits and these were batches, which the
        drain writes again. What else was lost is made again by nobody."""
        held = self._held()
        table, damages = self._opened(held)
        if not damages:
            return table
        version = table.version() if table is not None else -1
        lost = {
            f"{self._name}/{path}"
            for path, one in held.items()
            if (commit_of(path) or 0) > version and one.batch is not None
        }
        if table is None or {one.path for one in damages} - lost:
            raise DamagedLogError(self._url, damages)
        return table

    def _held(self) -> dict[str, Sum]:
        return {} if self._sums is None else self._sums.held()

    def _moved(self, table: DeltaTable | None) -> bool:
        """Whether the table changed while it was looked at: files that it used may have gone rightly."""
        if table is None:
            return False
        try:
            return bool(DeltaTable(self._address).version() > table.version())
        except UNREADABLE:
            return False

    @property
    def _address(self) -> str:
        return f"{self._url}/{self._name}"

    def _opened(self, held: Mapping[str, Sum]) -> tuple[DeltaTable | None, list[Damage]]:
        found: list[Damage] = []
        if self._sums is not None:
            for path, one in self._sums.needed(held).items():
                found += self._changed(path, one, one.size, deep=True)
        try:
            return DeltaTable(self._address), found
        except TableNotFoundError:
            if held and not found:
                found.append(Damage(f"{self._name}/{LOG}", "is missing", None))
        except UNREADABLE as error:
            if not found:
                said = f"cannot be read ({first_line(error)})"
                found.append(Damage(f"{self._name}/{LOG}", said, None))
        return None, found

    def _of_files(self, table: DeltaTable, held: Mapping[str, Sum], deep: bool) -> list[Damage]:
        added = pa.table(table.get_add_actions(flatten=True))
        paths = [unquote(path) for path in added["path"].to_pylist()]
        sizes, rows = added["size_bytes"].to_pylist(), added["num_records"].to_pylist()
        look = self._changed if self._folder is not None else self._remote()
        found: list[Damage] = []
        for path, size, n in zip(paths, sizes, rows, strict=True):
            known = held.get(path)
            one = Sum(known.crc if known else -1, size, n or 0)
            wrong = list(look(path, one, size, deep))
            if not wrong and deep and known is None and self._folder is not None:
                wrong = list(_unreadable(self._folder / path, f"{self._name}/{path}", n))
            found += wrong
        return found

    def _changed(self, path: str, one: Sum, size: int, deep: bool) -> Iterator[Damage]:
        if self._sums is None or self._folder is None:
            return
        named = f"{self._name}/{path}"
        try:
            there = (self._folder / path).stat().st_size
            if there == size:
                if deep and one.crc >= 0 and self._sums.measure(path)[0] != one.crc:
                    yield Damage(named, "was changed since it was written", one.rows)
                return
        except FileNotFoundError:
            yield Damage(named, "is missing", one.rows)
            return
        except OSError as error:
            yield Damage(named, f"cannot be read ({error.strerror or error})", one.rows)
            return
        cut = "was cut off" if there < size else "was changed"
        yield Damage(named, f"{cut}: it has {there:,} bytes of {size:,}", one.rows)

    def _remote(self) -> Callable[[str, Sum, int, bool], Iterator[Damage]]:
        try:
            store = from_url(self._address)
            sizes = {one["path"]: one["size"] for chunk in obstore.list(store) for one in chunk}
        except BaseError as error:
            raise InputError(f"the log at {self._url}: {error}") from None

        def look(path: str, one: Sum, size: int, deep: bool) -> Iterator[Damage]:
            there = sizes.get(path)
            if there is None:
                yield Damage(f"{self._name}/{path}", "is missing", one.rows)
            elif there != size:
                yield Damage(f"{self._name}/{path}", f"has {there:,} bytes of {size:,}", one.rows)

        return look


def _unreadable(file: Path, named: str, rows: int | None) -> Iterator[Damage]:
    """A file of which no sum is known: whether it reads, and holds as many rows as the table says."""
    try:
        held = pq.read_table(file, partitioning=None).num_rows
    except UNREADABLE as error:
        yield Damage(named, f"cannot be read ({first_line(error)})", rows)
        return
    if rows is not None and held != rows:
        yield Damage(named, f"holds {held:,} rows", rows)


def first_line(error: BaseException) -> str:
    """What an engine says, without its inner ways."""
    return str(error).strip().split("\n")[0][:160]
