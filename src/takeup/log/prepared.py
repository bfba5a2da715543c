"""A query over one small table of known shape, compiled once and run on many such tables.

For a person's own thousand rows, compiling an expression costs a hundred times its run.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, LifoQueue

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from takeup.log.engine import Engine

# A relation of DuckDB's would save that copy, and bind the query twice: for few rows the copy is cheaper.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result makes an extra copy")
_idle: LifoQueue[Engine] = LifoQueue()
"""Engines that nobody uses now: making one takes longer than the queries, and a server answers every
request in a thread of its own."""
_GIVEN = "given__"


class Prepared:
    """What `build` makes of a table with `schema`. Keeps nothing of the rows it is run on."""

    def __init__(self, build: Callable[[ir.Table], ir.Table], schema: pa.Schema) -> None:
        table = ibis.table(ibis.Schema.from_pyarrow(schema), name=_GIVEN)
        self._sql = ibis.to_sql(build(table), dialect="duckdb")

    def run(self, rows: pa.Table) -> pa.Table:
        """The result for `rows`, which have the schema it was made for."""
        with _engine() as engine:
            connection = engine.backend.con
            connection.register(_GIVEN, rows)
            try:
                found: pa.Table = connection.execute(self._sql).fetch_arrow_table()
                return found
            finally:
                connection.unregister(_GIVEN)


@contextmanager
def _engine() -> Iterator[Engine]:
    """An engine for one query alone; as many are kept as were ever in use at once."""
    try:
        engine = _idle.get_nowait()
    except Empty:
        engine = Engine(threads=1)
    try:
        yield engine
    finally:
        _idle.put(engine)
