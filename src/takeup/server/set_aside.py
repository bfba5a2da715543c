"""What a deployment holds already, and setting it aside for a restore: moved, never deleted, and back again where
the restore fails."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString

from takeup.log.files import LogFiles
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.settings import ServerSettings

if TYPE_CHECKING:
    import psycopg

ASIDE = "before_restore_"
"""How the names of folders (at home) and schemas (of PostgreSQL) begin in which things are set aside."""
_SQLITE = "takeup.sqlite3"


def in_use(settings: ServerSettings) -> list[str]:
    """What is there already, in words; empty where a restore finds nothing."""
    found = []
    if settings.database_url is None:
        file = settings.home / _SQLITE
        if file.exists():
            found.append(f"the database {file} ({file.stat().st_size / 1e6:,.1f} MB)")
    elif tables := _tables(settings.database_url):
        found.append(f"the database of TAKEUP_DATABASE_URL ({len(tables):,} tables)")
    if files := LogFiles(settings.log).paths():
        found.append(f"the log {settings.log} ({len(files):,} files)")
    return found


@contextmanager
def set_aside(settings: ServerSettings, with_secret: bool) -> Iterator[str]:
    """Database, log and (where the archive brings another) the secret's file set aside while the block
    restores; where they are, in words. Where the block fails they are put back. Raises InputError where
    something works on them, or they cannot be moved."""
    name = f"{ASIDE}{now():%Y%m%d_%H%M%S}"
    folder = settings.home / name
    log = Path(settings.log)
    held = LogFiles(settings.log).paths()
    if held and "://" in settings.log:
        raise InputError(
            f"{settings.log} is not empty, and only what is in a folder is set aside: empty it, or set "
            "TAKEUP_LOG_URL to another place. Nothing was changed"
        )
    with ExitStack() as back:
        folder.mkdir(mode=0o700, parents=True)
        back.callback(_remove_empty, folder)
        where = [str(folder)]
        if settings.database_url is None:
            _need_nobody_at(settings.home / _SQLITE)
            for end in ("", "-wal", "-shm"):
                _move(settings.home / f"{_SQLITE}{end}", folder / f"{_SQLITE}{end}", back)
        elif _tables(settings.database_url):
            _move_tables(settings.database_url, name, back)
            where.append(f"the schema {name} of the database")
        if "://" not in settings.log:
            _move(log, folder / "log", back)
        if with_secret:
            _move(settings.secret_file, folder / settings.secret_file.name, back)
        yield " and ".join(where)
        back.pop_all()
    _remove_empty(folder)


def _need_nobody_at(file: Path) -> None:
    if not file.exists():
        return
    connection = sqlite3.connect(file, timeout=0)
    try:
        # Asks for the file alone, which whoever has it open withholds.
        connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise InputError(
                f"a server or a command works on {file}: stop it first. Nothing was changed"
            ) from None
    except sqlite3.DatabaseError:
        # It is damaged: one more reason to restore, and it is set aside as it is.
        pass
    finally:
        connection.close()


def _move(source: Path, target: Path, back: ExitStack) -> None:
    if not source.exists():
        return
    try:
        source.rename(target)
    except OSError as error:
        raise InputError(
            f"{source} cannot be set aside ({error.strerror or error}): move it away yourself. Nothing was changed"
        ) from None
    back.callback(_move_back, target, source)


def _move_back(target: Path, source: Path) -> None:
    """What a restore that failed left in its place was never in use."""
    if source.is_dir():
        shutil.rmtree(source)
    target.replace(source)


def _remove_empty(folder: Path) -> None:
    if folder.exists() and not any(folder.iterdir()):
        folder.rmdir()


def _tables(url: str) -> list[str]:
    import psycopg

    try:
        with psycopg.connect(url) as connection:
            return _tables_in(connection, "public")
    except psycopg.Error as error:
        raise InputError(
            f"the database of TAKEUP_DATABASE_URL does not answer: {str(error).strip()}"
        ) from None


def _tables_in(connection: psycopg.Connection[Any], schema: str) -> list[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
    return sorted(str(name) for (name,) in found)


def _move_tables(url: str, schema: str, back: ExitStack) -> None:
    import psycopg
    from psycopg import sql

    def moved(change: Callable[[psycopg.Connection[Any]], None], failed: str) -> None:
        try:
            with psycopg.connect(url) as connection:
                change(connection)
        except psycopg.Error as error:
            raise InputError(f"{failed} ({str(error).strip()})") from None

    def away(connection: psycopg.Connection[Any]) -> None:
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        ).fetchone()
        if others and others[0]:
            raise InputError(
                f"{others[0]} connections are open to the database of TAKEUP_DATABASE_URL: stop the server "
                "first. Nothing was changed"
            )
        if "django_migrations" not in _tables_in(connection, "public"):
            raise InputError(
                "the tables in the database of TAKEUP_DATABASE_URL are not takeup's: give an empty one. "
                "Nothing was changed"
            )
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        _change(connection, "public", "ALTER {} SET SCHEMA {}", schema)

    def again(connection: psycopg.Connection[Any]) -> None:
        _change(connection, "public", "DROP {} CASCADE")
        _change(connection, schema, "ALTER {} SET SCHEMA {}", "public")
        connection.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(schema)))

    moved(
        away,
        "the tables of TAKEUP_DATABASE_URL cannot be set aside, and nothing was changed; give an empty database",
    )
    back.callback(
        moved,
        again,
        f"the restore failed, and the tables could not be put back: they are in the schema {schema}",
    )


def _change(
    connection: psycopg.Connection[Any], schema: str, how: LiteralString, *more: str
) -> None:
    """Every table of a schema with what belongs to it, and every function, but for those of extensions."""
    from psycopg import sql

    for (what,) in connection.execute(_WHAT_IS_IN, {"schema": schema}).fetchall():
        # Quoted by PostgreSQL itself.
        connection.execute(sql.SQL(how).format(sql.SQL(what), *map(sql.Identifier, more)))


_WHAT_IS_IN = """
SELECT format('TABLE %%I.%%I', schemaname, tablename) FROM pg_tables WHERE schemaname = %(schema)s
UNION ALL
SELECT format('ROUTINE %%I.%%I(%%s)', %(schema)s::text, proname, pg_get_function_identity_arguments(oid))
FROM pg_proc f WHERE pronamespace = quote_ident(%(schema)s)::regnamespace
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = f.oid AND d.deptype = 'e')
"""
