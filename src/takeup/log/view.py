"""A table of the log where it lies: an expression of the engine, of which nothing is read before it is asked for.

DuckDB scans the files that one version of the Delta table names, by columns and row groups; of a log in an
object store, and of a table whose folders are of before, Arrow reads them piece by piece.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import ibis.expr.types as ir
import pyarrow as pa
from deltalake import DeltaTable

from takeup.log.engine import Engine, fetch, identifier, quote

FOLDER = "use_case_folder"
OWN = ("batch", "month", FOLDER)
"""Columns the log adds: the drain's batch, and the month and short name a record is kept under."""


@dataclass(frozen=True, slots=True)
class View:
    """A table of the log as of one version; `batch` is the last among its rows. Its files lie in `folder`
    (None: in an object store). Reading raises DuckDB's IOException where they have been removed since."""

    table: DeltaTable
    batch: int
    folder: Path | None

    def size(self, kept_under: str) -> int:
        """How many rows the files hold that are kept under this name."""
        return sum(rows for _, under, rows in self._added() if kept_under == under)

    def mark(self, kept_under: str) -> str:
        """The same as long as no row kept under this name came, went or was rewritten."""
        if self.folder is None or not self._by_folder():
            return str(self.table.version())
        return "\n".join(sorted(str(file) for file in self._files(self.folder, kept_under)))

    def rows(
        self, engine: Engine, use_case: str | None = None, kept_under: str | None = None
    ) -> ir.Table | None:
        """Its rows (of one use case, whose files are `kept_under` a short name) in `engine`, with the log's
        own columns; None where there is none."""
        where = "" if use_case is None else f" WHERE use_case = {quote(use_case)}"
        # To DuckDB a path with these characters is a pattern.
        if self.folder is None or not self._by_folder() or set("*?[") & set(str(self.folder)):
            name = engine.new_name("log")
            engine.backend.con.register(name, self.table.to_pyarrow_dataset())
            rows = engine.query(f'SELECT * FROM "{name}"{where}', "log")
            # Its files hold several use cases, of which this may be none.
            return rows if fetch(rows.select("use_case").limit(1)).num_rows else None
        files = self._files(self.folder, kept_under)
        if not files:
            return None
        listed = ", ".join(quote(file) for file in files)
        return engine.query(
            f"SELECT * FROM read_parquet([{listed}], union_by_name = true, hive_partitioning = false){where}",
            "log",
        )

    def _by_folder(self) -> bool:
        return FOLDER in self.table.metadata().partition_columns

    def _files(self, folder: Path, kept_under: str | None) -> list[Path]:
        # Not `file_uris`, which gives the folder's own name with signs for spaces.
        found = self._added()
        return [folder / unquote(path) for path, under, _ in found if kept_under in (None, under)]

    def _added(self) -> Iterator[tuple[str, str | None, int]]:
        """Its files: path, short name, rows."""
        added = pa.table(self.table.get_add_actions(flatten=True))
        name = f"partition.{FOLDER}"
        under = added[name].to_pylist() if name in added.column_names else [None] * added.num_rows
        rows = [n or 0 for n in added["num_records"].to_pylist()]
        return zip(added["path"].to_pylist(), under, rows, strict=True)


def filled(rows: ir.Table) -> ir.Table | None:
    """Rows of the log without its own columns and without those that hold nothing: what `takeup.diagnose`
    reads. None where there is no row."""
    names = [name for name in rows.columns if name not in OWN]
    counts = fetch(rows.aggregate(**{name: rows[name].count() for name in names})).to_pylist()[0]
    held = [name for name in names if counts[name]]
    return rows.select(*held) if held else None


def together(engine: Engine, parts: Sequence[ir.Table]) -> ir.Table:
    """Tables of `engine` one below the other, by the names of their columns; blank what one does not have."""
    if len(parts) == 1:
        return parts[0]
    selected = [f"SELECT * FROM {identifier(part.get_name())}" for part in parts]
    return engine.query(" UNION ALL BY NAME ".join(selected), "log")
