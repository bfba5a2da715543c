"""The decision log: Delta tables of decisions, outcomes and eligible cases, open to any reader.

Each table grows by whole batches. A batch carries its number as a Delta transaction version,
so a drain that died after its commit finds the batch there and does not write it again: the
number is read on the very handle that commits. Reading needs no extension: files are listed by
deltalake and scanned by DuckDB.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError
from pyarrow.json import ParseOptions, ReadOptions, read_json

from takeup.log.damage import UNREADABLE, Damage, DamagedLogError, Inspection, first_line
from takeup.log.sums import Sums
from takeup.log.view import FOLDER, OWN, View
from takeup.record.incoming import RecordKind, columns_of

_ARROW = {
    "text": pa.string(),
    "word": pa.string(),
    "number": pa.float64(),
    "share": pa.float64(),
    "probability": pa.float64(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "time": pa.timestamp("us", tz="UTC"),
}
TIME_OF: dict[RecordKind, str] = {
    "decisions": "decided_at",
    "outcomes": "observed_at",
    "eligible": "eligible_at",
}
"""The column whose month a record is kept under."""
_PARTITIONS = [FOLDER, "month"]
_DRAIN = "takeup-drain"
_SHORT_NAME = re.compile(r"[a-z0-9_]{1,60}")
_TABLE = {
    # Statistics of files stand in commits and checkpoints, which no rewriting of rows reaches: none
    # of what says who, which case, or in whose words.
    "delta.dataSkippingStatsColumns": ",".join(("batch", *TIME_OF.values())),
    # A commit that a checkpoint has taken in goes when `vacuum` is asked for, never by itself: who reads
    # beside it would miss it.
    "delta.logRetentionDuration": "interval 0 days",
    "delta.enableExpiredLogCleanup": "false",
}
FREE_TEXT = ("override_comment",)
_UNTOLD = (*OWN, "person_id", *FREE_TEXT)


@dataclass(frozen=True, slots=True)
class TableState:
    """One table of the log: `rows` in `files` of `bytes`; `batch` last drained (None: empty)."""

    kind: RecordKind
    rows: int
    files: int
    bytes: int
    batch: int | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A table of the log as of one moment: its `rows`, the last `batch` among them."""

    rows: pa.Table
    batch: int


class LogBehindError(Exception):
    """The log ends with batch `held`, though later ones were written to it: another log, an older
    copy of it, or a damaged one."""

    def __init__(self, held: int) -> None:
        super().__init__(held)
        self.held = held


class DecisionLog:
    """The log at `url`: a folder, or an object store that deltalake reaches (`s3://…`,
    its credentials from the environment)."""

    def __init__(self, url: str | Path) -> None:
        self.url = str(url).rstrip("/")

    def _address(self, kind: RecordKind) -> str:
        return f"{self.url}/{kind}"

    def _inspection(self, kind: RecordKind) -> Inspection:
        return Inspection(self.url, kind, _DRAIN)

    def _open(self, kind: RecordKind) -> DeltaTable | None:
        return self._inspection(kind).open()

    def _sums(self, kind: RecordKind) -> Sums | None:
        return None if "://" in self.url else Sums(Path(self._address(kind)), _DRAIN)

    def damages(self, kind: RecordKind, deep: bool = True) -> list[Damage]:
        """Files of a table that are not as they were written; with `deep` every byte is looked at, else
        whether they are there and as long as they were."""
        return self._inspection(kind).damages(deep)

    def fits(self, path: str, file: Path) -> bool:
        """Whether `file` is what the file at `path` (from the log's folder) was when it was written, as far
        as that is known."""
        kind, _, name = path.partition("/")
        return Sums(Path(self.url, kind), _DRAIN).fits(name, file)

    def last_batch(self, kind: RecordKind) -> int | None:
        """The number of the batch written last; None where the table is not there yet."""
        table = self._inspection(kind).for_appending()
        return None if table is None else table.transaction_version(_DRAIN)

    def append(self, kind: RecordKind, rows: pa.Table, batch: int) -> bool:
        """Write `rows` as batch `batch`, once: False where the log already holds it.

        Raises LogBehindError where the batch before it is missing, deltalake's error where the store
        refuses; nothing is half written then.
        """
        for attempt in range(5):
            table = self._inspection(kind).for_appending()
            held = 0 if table is None else table.transaction_version(_DRAIN) or 0
            if held >= batch:
                return False
            if held < batch - 1:
                raise LogBehindError(held)
            version = -1 if table is None else table.version()
            try:
                if table is not None and table.metadata().partition_columns != _PARTITIONS:
                    # Every file first: what is damaged would be written anew as if it were not.
                    table = _repartitioned(self._inspection(kind).whole() or table)
                write_deltalake(
                    table if table is not None else self._address(kind),
                    rows,
                    mode="append",
                    partition_by=_PARTITIONS,
                    schema_mode="merge",
                    configuration=_TABLE,
                    commit_properties=CommitProperties(
                        app_transactions=[Transaction(_DRAIN, batch)]
                    ),
                )
            except CommitFailedError:
                # Another writer was faster: look again on a fresh handle before trying again.
                if attempt == 4:
                    raise
                continue
            if sums := self._sums(kind):
                sums.note(after=version)
            return True
        return False

    def read(
        self, kind: RecordKind, use_case: str | None = None, since: datetime | None = None
    ) -> Snapshot | None:
        """All rows of a table (of one use case, since a moment) and the last batch among them, of one
        moment; None where it is not there yet. Raises DamagedLogError where a file of it is not as
        it was written."""
        table = self._inspection(kind).whole()
        if table is None:
            return None
        where: list[tuple[str, str, object]] = []
        if use_case is not None:
            where.append(("use_case", "=", use_case))
        if since is not None:
            where.append((TIME_OF[kind], ">=", since))
        try:
            rows = table.to_pyarrow_table(filters=where or None)
        except UNREADABLE as error:
            raise DamagedLogError(
                self.url, [Damage(kind, f"cannot be read ({first_line(error)})", None)]
            ) from None
        return Snapshot(rows, table.transaction_version(_DRAIN) or 0)

    def view(self, kind: RecordKind, deep: bool = True) -> View | None:
        """A table as of now, to be read where it lies; None where it is not there yet. Raises DamagedLogError
        as `read` does; without `deep` where a file is missing or not as long as it was written."""
        table = self._inspection(kind).whole(deep)
        if table is None or not table.get_add_actions().num_rows:
            return None
        folder = None if "://" in self.url else Path(self._address(kind))
        return View(table, table.transaction_version(_DRAIN) or 0, folder)

    def batch(self, kind: RecordKind, number: int) -> pa.Table:
        """The rows of one batch. Raises deltalake's error where the table is not there yet,
        DamagedLogError where it is damaged."""
        self._inspection(kind).whole()
        return DeltaTable(self._address(kind)).to_pyarrow_table(filters=[("batch", "=", number)])

    def needs_folders(self, kind: RecordKind) -> bool:
        """Whether its next batch moves a table of before into folders of short names."""
        table = self._open(kind)
        return table is not None and table.metadata().partition_columns != _PARTITIONS

    def move_into_folders(self, kind: RecordKind) -> None:
        """Do now what the next batch would do. Raises DamagedLogError where a file is not as it was written.
        The caller keeps writers out."""
        table = self._inspection(kind).whole()
        if table is not None and self.needs_folders(kind):
            _repartitioned(table)
            if sums := self._sums(kind):
                sums.note()

    def state(self, kind: RecordKind) -> TableState:
        """Size and last batch of a table. Raises DamagedLogError where its own record is damaged."""
        table = self._open(kind)
        if table is None:
            return TableState(kind, 0, 0, 0, None)
        added = pa.table(table.get_add_actions(flatten=True))
        return TableState(
            kind,
            sum(added["num_records"].to_pylist()),
            added.num_rows,
            sum(added["size_bytes"].to_pylist()),
            table.transaction_version(_DRAIN),
        )

    def rewrite(self, kind: RecordKind, change: Callable[[pa.Table], pa.Table | None]) -> int:
        """Replace partitions by what `change` makes of them (None: left as it is), one commit
        each; returns how many rows stand in partitions replaced. The caller keeps writers out.

        The rows as they were stay in old files until `vacuum`. Raises DamagedLogError, before anything
        is changed, where a file of the table is not as it was written: what is left would take its place.
        """
        table = self._inspection(kind).whole()
        if table is None:
            return 0
        rewritten = 0
        if table.metadata().configuration != _TABLE:
            # A table of before: what it will be made of has no statistics of people.
            table.alter.set_table_properties(_TABLE)
        by = table.metadata().partition_columns
        for part in table.partitions():
            where = [(name, "=", part[name]) for name in by]
            rows = table.to_pyarrow_table(filters=where)
            changed = change(rows)
            if changed is None:
                continue
            predicate = " AND ".join(f"{n} = '{_quoted(part[n])}'" for n in by)
            write_deltalake(
                DeltaTable(self._address(kind)), changed, mode="overwrite", predicate=predicate
            )
            rewritten += rows.num_rows
        if rewritten and (sums := self._sums(kind)):
            sums.note()
        return rewritten

    def remove(self, kind: RecordKind, use_case: str) -> int:
        """Remove every row of a use case for good, in one commit; how many. The caller keeps writers out.
        Raises DamagedLogError as `rewrite` does."""
        table = self._inspection(kind).whole()
        if table is None:
            return 0
        where = f"use_case = '{_quoted(use_case)}'"
        if not self.needs_folders(kind):
            where = f"{FOLDER} = '{folder_of(use_case)}' AND {where}"
        removed = int(table.delete(where)["num_deleted_rows"] or 0)
        if removed:
            if sums := self._sums(kind):
                sums.note()
            self.vacuum(kind)
        return removed

    def vacuum(self, kind: RecordKind) -> None:
        """Remove every file that the table does not use, and commits past their retention. The caller keeps
        writers out: what they have not committed yet is used by nobody."""
        table = self._open(kind)
        if table is not None:
            table.create_checkpoint()
            # In full: what a write that was killed before its commit left is in no commit either.
            table.vacuum(
                retention_hours=0, dry_run=False, enforce_retention_duration=False, full=True
            )
            if sums := self._sums(kind):
                # With the newest checkpoint noted (every hundredth commit makes one, a vacuum's too), nobody
                # looks for what was before it.
                sums.note()
            table.cleanup_metadata()
            self._renew_sums(kind)

    def compact(self, kind: RecordKind, keep: timedelta = timedelta(days=7)) -> int:
        """Join small files, write a checkpoint, remove files unused for `keep`; returns how
        many files were joined. Raises DamagedLogError as `rewrite` does."""
        table = self._inspection(kind).whole()
        if table is None:
            return 0
        joined = table.optimize.compact()
        table.create_checkpoint()
        hours = max(int(keep.total_seconds() // 3600), 0)
        table.vacuum(
            retention_hours=hours, dry_run=False, enforce_retention_duration=hours >= 168, full=True
        )
        self._renew_sums(kind)
        return int(joined["numFilesRemoved"])

    def _renew_sums(self, kind: RecordKind) -> None:
        if (sums := self._sums(kind)) and (table := self._open(kind)) is not None:
            sums.renew(table)


def to_arrow(
    kind: RecordKind, bodies: Sequence[str], covariates: Mapping[str, str], batch: int
) -> pa.Table:
    """Rows (JSON, times in ISO 8601 UTC) as the log's table; absent is null. Of `covariates`
    (name → type) those that any row has become columns."""
    text = "\n".join(bodies).encode()
    types = {c.name: _ARROW[c.kind] for c in columns_of(kind)}
    if kind != "outcomes":
        used = sorted(name for name in covariates if f'"{name}":'.encode() in text)
        types |= {name: _ARROW[covariates[name]] for name in used}
    if not bodies:
        return _dated(kind, pa.schema(list(types.items())).empty_table(), batch)
    table = read_json(
        pa.BufferReader(text),
        read_options=ReadOptions(block_size=max(len(text), 1)),
        parse_options=ParseOptions(
            explicit_schema=pa.schema(list(types.items())), unexpected_field_behavior="ignore"
        ),
    )
    return _dated(kind, table, batch)


def _dated(kind: RecordKind, table: pa.Table, batch: int) -> pa.Table:
    """With the log's own columns."""
    table = table.append_column("month", pc.strftime(table[TIME_OF[kind]], format="%Y-%m"))
    table = table.append_column(FOLDER, _folders(table["use_case"]))
    return table.append_column("batch", pa.array([batch] * table.num_rows, pa.int64()))


def folder_of(use_case: str) -> str:
    """The short name of a use case in the names of the log's folders: itself where it is short
    and plain, else what is plain of it and a mark of the whole. File systems take 255 bytes of
    a name, and each byte that is no plain character takes three of them."""
    if _SHORT_NAME.fullmatch(use_case):
        return use_case
    plain = re.sub(r"[^a-z0-9]+", "_", use_case.lower()).strip("_")[:40]
    return f"{plain}-{hashlib.sha256(use_case.encode()).hexdigest()[:16]}"


def _folders(use_cases: pa.ChunkedArray) -> pa.Array:
    names = use_cases.combine_chunks().dictionary_encode()
    short = [folder_of(name) for name in names.dictionary.to_pylist()]
    return pa.array(short, pa.string()).take(names.indices)


def _repartitioned(table: DeltaTable) -> DeltaTable:
    """A table of before folders had short names, its rows in such folders: one commit."""
    held = table.to_pyarrow_dataset().scanner()
    schema = held.projected_schema.append(pa.field(FOLDER, pa.string()))

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in held.to_batches():
            rows = pa.table(batch)
            yield from rows.append_column(FOLDER, _folders(rows["use_case"])).to_batches()

    table.alter.set_table_properties(_TABLE)
    write_deltalake(
        table,
        pa.RecordBatchReader.from_batches(schema, batches()),
        mode="overwrite",
        schema_mode="overwrite",
        partition_by=_PARTITIONS,
    )
    return table


def digests(rows: pa.Table, without: Collection[str] = ()) -> dict[int, tuple[int, str]]:
    """By batch: the number of rows and a digest of what they hold, in any order, without what
    retention takes away (people and free text) and without blanks, so that later columns,
    compaction and retention leave it as it was; `without`: further columns left out."""
    names = sorted({*rows.column_names} - {*_UNTOLD, *without})
    told = [_told(rows.schema.field(name)) for name in names]
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        engine.register("held", rows)
        found = engine.execute(
            "SELECT batch, count(*), sha256(string_agg(h, '' ORDER BY h)) FROM "
            f"(SELECT batch, md5(concat_ws(chr(31), {', '.join(told)})) AS h FROM held) "
            "GROUP BY batch"
        ).fetchall()
    return {batch: (count, digest) for batch, count, digest in found}


def _told(field: pa.Field) -> str:
    """SQL: the name and value of a column, null where it is null."""
    name = '"' + field.name.replace('"', '""') + '"'
    value = f"epoch_us({name})" if pa.types.is_timestamp(field.type) else name
    return f"'{field.name}=' || {value}::VARCHAR"


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def canonical(rows: pa.Table) -> pa.Table:
    """A table of the log without the log's own columns and without columns that hold nothing:
    what `takeup.diagnose` reads."""
    filled = [
        name
        for name in rows.column_names
        if name not in OWN and rows[name].null_count < rows.num_rows
    ]
    return rows.select(filled)
