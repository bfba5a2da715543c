"""A table of a PostgreSQL database, read in one go into the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from takeup.record.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMES = ("postgres://", "postgresql://")
_FORM = "postgres://user@host:port/database/table (or schema.table); the password from PGPASSWORD"


def read_postgres(address: str) -> tuple[str, pa.Table]:
    """The table's name and its rows. Raises InputError that never shows the password."""
    server, database, schema, table = _parts(address)
    try:
        from adbc_driver_postgresql import dbapi
    except ImportError:
        raise InputError("to read PostgreSQL: pip install 'takeup[server]'") from None
    shown = f"{urlsplit(address).hostname}/{database}"
    try:
        with dbapi.connect(server) as connection, connection.cursor() as cursor:
            cursor.execute(_COLUMNS, (schema, table))
            columns = cursor.fetchall()
            if not columns:
                raise InputError(
                    f"{shown} has no table {schema}.{table}, or this user may not read it"
                )
            chosen = ", ".join(_read(*column) for column in columns)
            cursor.execute(f"SELECT {chosen} FROM {_quoted(schema)}.{_quoted(table)}")
            return table, cursor.fetch_arrow_table()
    except dbapi.Error as error:
        raise InputError(f"{shown} cannot be read: {_first_line(error)}") from None


def _parts(address: str) -> tuple[str, str, str, str]:
    parts = urlsplit(address)
    path = [unquote(part) for part in parts.path.strip("/").split("/")]
    if len(path) != 2 or not all(path):
        raise InputError(f"write {_FORM}")
    database, named = path
    schema, _, table = named.rpartition(".")
    return f"postgresql://{parts.netloc}/{database}", database, schema or "public", table


_COLUMNS = """
    SELECT a.attname, t.typname, t.typtype::text
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
"""
"""Of tables, views and materialised views alike; the information schema knows no materialised ones."""

_AS_THEY_ARE = (
    "bool", "int2", "int4", "int8", "float4", "float8", "text", "varchar", "_text", "_int4", "_int8", "_bool",
    "_float8",
)  # fmt: skip


def _read(name: str, kind: str, family: str) -> str:
    """Exact numbers as such, moments that are no day of any calendar (infinity) as far away as days go,
    periods in seconds, and what has no type of its own here as text."""
    column = _quoted(name)
    if kind == "numeric":
        return f"{column}::double precision AS {column}"
    if kind in ("timestamp", "timestamptz", "date"):
        far = f"CASE WHEN {column} > 'epoch' THEN '9999-12-31' ELSE '0001-01-01' END::{kind}"
        return f"CASE WHEN isfinite({column}) THEN {column} WHEN {column} IS NOT NULL THEN {far} END AS {column}"
    if kind == "interval":
        return f"EXTRACT(EPOCH FROM {column})::double precision AS {column}"
    if family == "b" and kind in _AS_THEY_ARE:
        return column
    return (
        f"{column}::text AS {column}"
        if not kind.startswith("_")
        else f"{column}::text[] AS {column}"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _first_line(error: Any) -> str:
    return str(error).strip().splitlines()[0]
