"""Anything a person may hand over (a path, a database table, a frame) as a raw table."""

from __future__ import annotations

import glob
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from takeup.log import Engine, adopt, identifier, quote
from takeup.record.canonical import ROW
from takeup.record.errors import InputError
from takeup.record.mapping import FileOptions
from takeup.sources.delimited import read_delimited
from takeup.sources.frames import REFUSALS, arrow_of, refuse_doubled
from takeup.sources.no_rows import without_no_rows
from takeup.sources.other_formats import way_to_a_table
from takeup.sources.plain_columns import is_zoneless, plain_columns
from takeup.sources.postgres import SCHEMES, read_postgres
from takeup.sources.raw_table import RawTable
from takeup.sources.spreadsheet import read_spreadsheet

_TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", ".gz")
_PARQUET_ENDINGS = (".parquet", ".pq")


def open_table(
    given: Any,
    engine: Engine,
    workspace: Path,
    options: FileOptions | None = None,
    *,
    narrow: bool = False,
) -> RawTable:
    """`given` as a raw table: a path (CSV, gzip, .xlsx, Parquet file, glob or folder), a
    `duckdb://file.db/table` or `postgres://…/database/table` address (also `schema.table`), or a pandas,
    Polars, Arrow or Ibis table.

    `narrow`: it may have a single column. Raises InputError where it cannot be used as a whole.
    """
    options = options or FileOptions()
    if isinstance(given, str | Path):
        raw = _open_address(str(given), engine, workspace, options, narrow=narrow)
    else:
        raw = _open_frame(given, engine)
    if raw.is_text:
        return without_no_rows(raw)
    table, absent, notes = plain_columns(raw.table)
    return replace(
        raw,
        table=table,
        absent=absent,
        notes=(*raw.notes, *notes),
        zoneless=frozenset(n for n, t in raw.table.schema().items() if is_zoneless(t)),
    )


def _open_address(
    given: str, engine: Engine, workspace: Path, options: FileOptions, *, narrow: bool
) -> RawTable:
    if given.startswith("duckdb://"):
        return _open_database(given.removeprefix("duckdb://"), engine)
    if given.startswith(SCHEMES):
        name, rows = read_postgres(given)
        return replace(_open_frame(rows, engine), name=name)
    path = Path(given)
    lower = given.lower()
    if any(sign in given for sign in "*?[") and not path.exists():
        return _open_parquet(
            given, sorted(Path(p) for p in glob.glob(given, recursive=True)), engine
        )
    if (path / "_delta_log").is_dir() or (path / "_sums").is_file():
        return _open_delta(path, engine)
    if any((path / inside / "_delta_log").is_dir() for inside in ("decisions", "log/decisions")):
        raise InputError(
            f"{given} is a deployment's home or log, not one table: set TAKEUP_HOME (and TAKEUP_LOG_URL) and "
            "write `takeup diagnose log:`, which reads what waits in the inbox too; or name one table of it"
        )
    if path.is_dir():
        files = sorted(p for end in _PARQUET_ENDINGS for p in path.rglob(f"*{end}"))
        return _open_parquet(given, files, engine)
    if not path.exists():
        raise InputError(f"{given}: there is no such file")
    if lower.endswith(_PARQUET_ENDINGS):
        return _open_parquet(given, [path], engine)
    if lower.endswith((".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")):
        return _hashed(read_spreadsheet(engine, path, options), [path])
    if way := way_to_a_table(given):
        raise InputError(f"{given} is no table of rows and columns that takeup reads: {way}")
    if lower.endswith(_TEXT_ENDINGS) or "." not in path.name:
        return _hashed(read_delimited(engine, path, options, workspace, narrow=narrow), [path])
    raise InputError(
        f"{given}: takeup reads .csv, .tsv, .txt (also .gz), .xlsx, .parquet, folders of Parquet, "
        "duckdb://file.db/table and postgres://…/database/table; export the table as one of these"
    )


def _open_parquet(given: str, files: list[Path], engine: Engine) -> RawTable:
    if not files:
        raise InputError(f"{given}: no Parquet files there")
    listed = "[" + ", ".join(quote(p) for p in files) + "]"
    # One file numbers its rows itself; several are numbered in the order of their names.
    one = len(files) == 1
    number = "file_row_number + 1" if one else "row_number() OVER ()"
    source = f"read_parquet({listed}, union_by_name = {not one}, file_row_number = {one})"
    dropped = "EXCLUDE (file_row_number)" if one else ""
    try:
        periods = _periods(files[0])
        replaced = f"REPLACE ({', '.join(periods)})" if periods else ""
        ((rows,),) = engine.run(
            f"SELECT count(*) FROM read_parquet({listed}, union_by_name = {not one})"
        )
        table = engine.query(
            f"SELECT * {dropped} {replaced}, {number} AS {ROW} FROM {source}", "parquet"
        )
    except (duckdb.Error, pa.ArrowInvalid) as error:
        raise InputError(
            f"{given}: not a readable Parquet file ({_first_line(error)}); nothing of it was used. "
            "Copy or export it again"
        ) from None
    if rows == 0:
        raise InputError(f"{given} has columns but no rows")
    name = files[0].name if one else given
    return _hashed(RawTable(name, table, rows, False, notes=_lacking(files)), files)


def _lacking(files: list[Path]) -> tuple[str, ...]:
    """Which of several files lack columns that others have; their rows are blank there."""
    names = {file: list(pq.read_schema(file).names) for file in files} if len(files) > 1 else {}
    every = {name.lower(): name for held in names.values() for name in held}
    lacking: dict[tuple[str, ...], list[str]] = {}
    for file, held in names.items():
        own = {name.lower() for name in held}
        missing = tuple(name for lower, name in every.items() if lower not in own)
        if missing:
            lacking.setdefault(missing, []).append(file.name)
    return tuple(
        f"{_some(where)} {'lacks' if len(where) == 1 else 'lack'} the column{'s' if len(missing) > 1 else ''} "
        f"{', '.join(missing)}, which other files have: blank in those rows"
        for missing, where in lacking.items()
    )


_NAMED_FILES = 3


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED_FILES
    return ", ".join(names[:_NAMED_FILES]) + (f" and {more} more" if more > 0 else "")


_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def _periods(file: Path) -> list[str]:
    """Columns of periods in seconds: Parquet has no type for them, and DuckDB gives the bare count of the
    unit that the writer noted beside (findings/duckdb-parquet-durations.sh)."""
    return [
        f"{identifier(field.name)} / {_PER_SECOND[field.type.unit]} AS {identifier(field.name)}"
        for field in pq.read_schema(file)
        if pa.types.is_duration(field.type)
    ]


def _open_delta(path: Path, engine: Engine) -> RawTable:
    """A Delta table by its own log: files and rows that it no longer counts are not read, and columns have
    the names that it gives them.

    Read by the package's query engine: its other readers give the columns of a table that renames them as
    blanks (deltalake 1.6.6, docs/explanation/engines.md).
    """
    try:
        from deltalake import QueryBuilder

        from takeup.log.damage import UNREADABLE, culprits, first_line, of_folder
    except ImportError:
        raise InputError(
            f"{path} is a Delta table: pip install 'takeup[server]' to read it"
        ) from None
    try:
        query = QueryBuilder().register("decisions", of_folder(path))
        rows = pa.table(query.execute("SELECT * FROM decisions").read_all())
    except InputError:
        raise
    except Exception as error:
        # The query engine raises bare exceptions for files that are missing or cut off.
        if type(error) is not Exception and not isinstance(error, UNREADABLE):
            raise
        told = "; ".join(one.sentence() for one in culprits(path)[:3]) or first_line(error)
        raise InputError(
            f"{path}: not a readable Delta table ({told}); nothing of it was used. Put it back as it was, or "
            "export it again"
        ) from None
    return replace(_open_frame(rows, engine), name=path.name)


def _open_database(address: str, engine: Engine) -> RawTable:
    file, _, table_name = address.rpartition("/")
    if not file or not table_name:
        raise InputError(
            f"duckdb://{address}: write duckdb://path/to/file.db/table (or schema.table)"
        )
    if not Path(file).exists():
        raise InputError(f"duckdb://{address}: there is no database file {file}")
    attached = engine.new_name("database")
    try:
        engine.run(f'ATTACH {quote(file)} AS "{attached}" (READ_ONLY)')
    except duckdb.Error as error:
        raise InputError(
            f"{file} is not a readable DuckDB database ({_first_line(error)})"
        ) from None
    tables = {
        (table if schema == "main" else f"{schema}.{table}"): (schema, table)
        for schema, table in engine.run(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = ?",
            [attached],
        )
    }
    named = table_name.removeprefix("main.")
    if named not in tables:
        raise InputError(
            f"{file} has no table {table_name!r}; it has {', '.join(sorted(tables)) or 'none'}"
        )
    name = ".".join(identifier(part) for part in (attached, *tables[named]))
    try:
        ((rows,),) = engine.run(f"SELECT count(*) FROM {name}")
        table = engine.query(f"SELECT *, row_number() OVER () AS {ROW} FROM {name}", "database")
    except duckdb.Error as error:
        raise InputError(
            f"{table_name} of {file} cannot be read: {_first_line(error)} A view needs the tables and files "
            "that it is made of; mend it, or name a table"
        ) from None
    if rows == 0:
        raise InputError(f"table {table_name} of {file} has no rows")
    return _hashed(RawTable(table_name, table, rows, False), [Path(file)])


def _open_frame(given: Any, engine: Engine) -> RawTable:
    if isinstance(given, ir.Table):
        table = adopt(given, engine)
        rows = int(table.count().to_pyarrow().as_py())
        table = table.mutate(**{ROW: ibis.row_number() + 1})
        return _not_empty(RawTable("table", table, rows, False))
    notes: tuple[str, ...] = ()
    if isinstance(given, pd.DataFrame):
        arrow, notes = arrow_of(given)
    elif hasattr(given, "__arrow_c_stream__") or isinstance(given, pa.Table):
        try:
            arrow = given if isinstance(given, pa.Table) else pa.table(given)
        except REFUSALS as error:
            raise InputError(
                f"the table cannot be read: {_first_line(error)}; give each column values of one type"
            ) from None
    else:
        raise InputError(
            f"{given!r:.60} ({type(given).__name__}) is not a table; give a path or a pandas, Polars, Arrow or "
            "Ibis table"
        )
    refuse_doubled(arrow.column_names)
    arrow = arrow.append_column(ROW, pa.array(range(1, arrow.num_rows + 1), pa.int64()))
    try:
        table = engine.load(arrow, "frame")
    except duckdb.Error as error:
        raise InputError(f"the table cannot be read: {_first_line(error)}") from None
    return _not_empty(RawTable("table", table, arrow.num_rows, False, notes=notes))


def _not_empty(raw: RawTable) -> RawTable:
    if raw.rows_read == 0:
        raise InputError("the table has no rows")
    return raw


def _hashed(raw: RawTable, files: list[Path]) -> RawTable:
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as handle:
            while chunk := handle.read(1 << 22):
                digest.update(chunk)
    return RawTable(
        raw.name, raw.table, raw.rows_read, raw.is_text, digest.hexdigest(), raw.rejects, raw.notes
    )


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:160]
