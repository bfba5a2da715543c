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
            cursor.execute(
                "SELECT column_name, data_type FROM information_schema.columns "
                "WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position",
                (schema, table),
            )
            columns = cursor.fetchall()
            if not columns:
                raise InputError(
                    f"{shown} has no table {schema}.{table}, or this user may not read it"
                )
            chosen = ", ".join(_read(name, kind) for name, kind in columns)
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


def _read(name: str, kind: str) -> str:
    """Exact numbers as such, and what has no type of its own here as text."""
    if kind == "numeric":
        return f"{_quoted(name)}::double precision AS {_quoted(name)}"
    if kind in ("USER-DEFINED", "uuid", "json", "jsonb"):
        return f"{_quoted(name)}::text AS {_quoted(name)}"
    return _quoted(name)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _first_line(error: Any) -> str:
    return str(error).strip().splitlines()[0]
