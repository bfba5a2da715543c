"""The embedded engine: Ibis on DuckDB in this process, with no network and UTC clocks.

Ibis 12.0 asks DuckDB for `fetch_arrow_table`, which DuckDB 2 renamed to `to_arrow_table`
(ibis-project/ibis#12001). `_Connection` answers to the old names; it goes when an Ibis
release knows the new ones.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import os
import pickle
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend as DuckDB
from ibis.expr.operations.udf import InputType

_names = itertools.count()
"""Of tables kept in engines that are not ours, which may be several backends over one database."""
_MOST_COMPILED = 4_096
_compiled: dict[bytes, str] = {}
THREADS: int | None = None
"""Of an engine that is not told how many; None: one a core."""


class _Connection:
    """A DuckDB connection that also answers to the method names Ibis 12.0 uses."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, *args: Any, **kwargs: Any) -> _Connection:
        self._connection.execute(*args, **kwargs)
        return self

    def cursor(self) -> _Connection:
        return _Connection(self._connection.cursor())

    def fetch_arrow_table(self) -> pa.Table:
        return self._connection.to_arrow_table()

    def fetch_record_batch(self, rows_per_batch: int = 1_000_000) -> pa.RecordBatchReader:
        return self._connection.to_arrow_reader(rows_per_batch)

    def __enter__(self) -> _Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


class _Told(pickle.Pickler):
    """Tells expressions apart: a function of the engine, whose class Ibis makes as it goes, by its name."""

    def reducer_override(self, held: Any) -> Any:
        if not isinstance(held, type) or not issubclass(held, ops.ScalarUDF):
            return NotImplemented
        function: Any = held
        return str, (f"{function.__udf_namespace__} {function.__func_name__}",)


class _Backend(DuckDB):  # type: ignore[misc]
    """Ibis' DuckDB, which remembers what it compiled: a diagnosis asks a hundred expressions, and the
    next one of a table alike asks the same. A compiled text knows no rows, so every engine may use it."""

    _told: tuple[ops.Node | None, bool] = (None, False)

    def _needs_no_more(self, operation: ops.Node) -> bool:
        """Whether an expression holds no rows and no functions but the engine's own."""
        if self._told[0] is not operation:
            beyond = operation.find((ops.InMemoryTable, ops.ScalarUDF))
            plain = all(getattr(one, "__input_type__", None) is InputType.BUILTIN for one in beyond)
            self._told = operation, plain
        return self._told[1]

    def _run_pre_execute_hooks(self, expr: ir.Expr) -> None:
        if not self._needs_no_more(expr.op()):
            super()._run_pre_execute_hooks(expr)

    def compile(self, expr: ir.Expr, /, **options: Any) -> str:
        # Pickled, an expression is its tables' names and types and no row. Those that hold rows, or
        # functions of Python, are compiled each time.
        if not self._needs_no_more(expr.op()):
            return str(super().compile(expr, **options))
        told = io.BytesIO()
        _Told(told, 5).dump((expr.op(), sorted(options.items())))
        key = hashlib.sha256(told.getbuffer()).digest()
        found = _compiled.get(key)
        if found is None:
            if len(_compiled) >= _MOST_COMPILED:
                _compiled.clear()
            found = _compiled[key] = str(super().compile(expr, **options))
        return found

    def get_schema(self, table_name: str, **where: Any) -> ibis.Schema:
        """As Ibis has it, but for words held as small numbers, which are texts: of those it would read every
        word, ten thousand of them each time a table is looked up."""
        place = ".".join(identifier(part) for part in (*where.values(), table_name) if part)
        try:
            found = self.con.execute(
                "SELECT column_name, CASE WHEN starts_with(column_type, 'ENUM(') THEN 'VARCHAR' ELSE "
                f"column_type END, \"null\" = 'YES' FROM (DESCRIBE {place})"
            ).fetchall()
        except duckdb.CatalogException:
            return super().get_schema(table_name, **where)
        read = self.compiler.type_mapper.from_string
        return ibis.schema({name: read(kind, nullable=blank) for name, kind, blank in found})


class Engine:
    """One embedded DuckDB. Tables it gives out are ordinary Ibis tables."""

    def __init__(self, memory_limit: str | None = None, threads: int | None = None) -> None:
        connection = duckdb.connect(
            config={
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                # What does not fit into memory goes where temporary files belong.
                "temp_directory": str(Path(tempfile.gettempdir()) / f"takeup-{os.getpid()}"),
            }
        )
        self.backend = _Backend.from_connection(_Connection(connection))
        # Tables are numbered by engine, so that two diagnoses ask alike.
        self.backend.takeup_names = itertools.count()
        self.run("SET TimeZone = 'UTC'")
        if limit := memory_limit or _most_memory():
            self.run(f"SET memory_limit = '{limit}'")
        if threads := threads or THREADS:
            self.run(f"SET threads = {int(threads)}")

    def run(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Rows of a statement in the engine's own language."""
        rows: list[tuple[Any, ...]] = self.backend.con.execute(sql, parameters or []).fetchall()
        return rows

    def new_name(self, what: str) -> str:
        """A table name not used before."""
        return new_name(self.backend, what)

    def table(self, name: str) -> ir.Table:
        """The Ibis table of a table or view of this engine."""
        return self.backend.table(name)

    def query(self, sql: str, what: str = "query") -> ir.Table:
        """A view over a statement in the engine's own language, as an Ibis table."""
        name = self.new_name(what)
        self.run(f'CREATE TEMP VIEW "{name}" AS {sql}')
        return self.table(name)

    def load(self, table: pa.Table, what: str = "table") -> ir.Table:
        """An Arrow table, without a copy."""
        name = self.new_name(what)
        self.backend.con.register(name, table)
        return self.table(name)

    def close(self) -> None:
        """Give the memory back."""
        self.backend.con.close()


def new_name(backend: Any, what: str) -> str:
    """A table name not used before in this backend."""
    return f"takeup_{what}_{next(getattr(backend, 'takeup_names', _names))}"


def _most_memory() -> str | None:
    """Half of the machine's memory: models and reports need room beside the engine. None where
    the system does not tell."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
    return f"{total // 2 // 2**20}MiB"


def keep(expression: ir.Table, words: Mapping[str, Collection[str]] | None = None) -> ir.Table:
    """`expression` computed once and held by its own engine (DuckDB, Spark, …).

    `words` gives all values that some columns of texts can have; DuckDB then holds them as
    small numbers. They are texts to every expression all the same. A source that has got other words since
    they were looked up is held as it is.
    """
    backend = expression.get_backend()
    if backend.name != "duckdb":
        return expression.cache()
    name = new_name(backend, "kept")
    sql = backend.compile(expression)
    # DuckDB's sums of whole numbers are of 128 bits, which Arrow has as decimals: objects, a hundred times as slow.
    short = [
        f"CAST({identifier(column)} AS BIGINT) AS {identifier(column)}"
        for column, kind in expression.schema().items()
        if kind.is_int64()
    ]
    for column, values in (words or {}).items():
        if column in expression.columns and values:
            kind = new_name(backend, "words")
            listed = ", ".join(quote(v) for v in sorted(values))
            backend.con.execute(f'CREATE TYPE "{kind}" AS ENUM ({listed})')
            short.append(f'CAST("{column}" AS "{kind}") AS "{column}"')
    chosen = f"* REPLACE ({', '.join(short)})" if short else "*"
    make = f'CREATE TEMP TABLE "{name}" AS SELECT '
    try:
        backend.con.execute(f"{make} {chosen} FROM ({sql})")
    except duckdb.ConversionException:
        if not short:
            raise
        backend.con.execute(f"{make} * FROM ({sql})")
    return backend.table(name)


def stage(expression: ir.Table) -> ir.Table:
    """`expression` as a table whose columns are worked out once a row, however often they are referred to.

    What stands in a case list or a test is worked out again for every branch that names it; DuckDB does
    not look into a view for that. Nothing is held; other engines get the expression as it is.
    """
    backend = expression.get_backend()
    if backend.name != "duckdb":
        return expression
    name = new_name(backend, "staged")
    backend.con.execute(f'CREATE TEMP VIEW "{name}" AS {backend.compile(expression)}')
    return backend.table(name)


@ibis.udf.scalar.builtin(name="hash")  # type: ignore[untyped-decorator]
def _duckdb_hash(value: str) -> dt.uint64: ...


@ibis.udf.scalar.builtin(name="xxhash64")  # type: ignore[untyped-decorator]
def _spark_hash(value: str) -> dt.int64: ...


def hash_of(key: ir.StringValue, engine: str) -> ir.IntegerValue:
    """64-bit hash of a text, in the engine's own function (`engine`: the backend's name)."""
    return _duckdb_hash(key) if engine == "duckdb" else _spark_hash(key)


def engine_of(table: ir.Table) -> str:
    """The name of the backend a table lives in."""
    name: str = table.get_backend().name
    return name


def fetch(expression: ir.Table) -> pa.Table:
    """The rows of a small result. The heavy part has been done in the engine."""
    return expression.to_pyarrow()


def adopt(table: ir.Table, engine: Engine) -> ir.Table:
    """A user's Ibis table, ready to run: in-memory tables move into `engine`; a DuckDB
    backend of this Ibis release is made to work with DuckDB 2; others stay where they are."""
    operation = table.op()
    if isinstance(operation, ops.InMemoryTable):
        return engine.load(pa.Table.from_pandas(operation.data.to_frame(), preserve_index=False))
    if operation.find(ops.InMemoryTable) and not operation.find(ops.DatabaseTable):
        for part in operation.find(ops.InMemoryTable):
            engine.backend.con.register(part.name, part.data.to_pyarrow(part.schema))
        return engine.query(ibis.to_sql(table, dialect="duckdb"))
    backend = table.get_backend()
    if backend.name == "duckdb" and not isinstance(backend.con, _Connection):
        backend.con = _Connection(backend.con)
    return table


def identifier(name: str) -> str:
    """A name of a table or schema as the engine's language takes it."""
    return '"' + name.replace('"', '""') + '"'


def quote(path: str | Path) -> str:
    """A path or text as a literal of the engine."""
    return "'" + str(path).replace("'", "''") + "'"
