"""What a deployment holds already, and setting it aside for a restore: moved, never deleted, and back again where
the restore fails or is cut off. A journal at home says what there was, from before the first move to the end."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from takeup.log.files import LogFiles
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.deployment.settings import ServerSettings

if TYPE_CHECKING:
    import psycopg

ASIDE = "before_restore_"
"""How the names of folders (at home) and schemas (of PostgreSQL) begin in which things are set aside."""
_SQLITE = "takeup.sqlite3"


def in_use(settings: ServerSettings) -> list[str]:
    """What is there already, in words; empty where a restore finds nothing."""
    found = [database] if (database := used_database(settings)) else []
    if files := LogFiles(settings.log).paths():
        found.append(f"the log {settings.log} ({len(files):,} files)")
    return found


def used_database(settings: ServerSettings) -> str:
    """The database that is there, in words; empty where it is empty too. It is looked at without Django, and nothing
    is made. Raises InputError where it does not answer."""
    if settings.database_url is None:
        file = settings.home / _SQLITE
        return f"the database {file} ({file.stat().st_size / 1e6:,.1f} MB)" if file.exists() else ""
    tables = _tables(settings.database_url)
    return f"the database of TAKEUP_DATABASE_URL ({len(tables):,} tables)" if tables else ""


def need_nobody_at_work(settings: ServerSettings) -> None:
    """Raises InputError where a server or a command works on this deployment's database. To be asked before
    this process opens it."""
    if settings.database_url is None:
        _need_nobody_at(settings.home / _SQLITE)
        return
    import psycopg

    try:
        with psycopg.connect(settings.database_url) as connection:
            _need_nobody_else(connection, "AND usename = current_user")
    except psycopg.Error as error:
        raise InputError(
            f"the database of TAKEUP_DATABASE_URL does not answer: {str(error).strip()}"
        ) from None


def kept_aside(settings: ServerSettings) -> list[str]:
    """What earlier restores set aside and is still there, with how to take it away."""
    found = [f"{one} (rm -r {one})" for one in sorted(settings.home.glob(f"{ASIDE}*"))]
    if settings.database_url:
        import psycopg

        with psycopg.connect(settings.database_url) as connection:
            schemas = connection.execute(
                "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s) ORDER BY 1",
                [ASIDE],
            ).fetchall()
        found += [
            f"the schema {one} of the database (DROP SCHEMA {one} CASCADE)" for (one,) in schemas
        ]
    return found


@contextmanager
def restoring(settings: ServerSettings) -> Iterator[bool]:
    """Nobody else restores here while the block runs; whether a restore that was cut off was taken back before
    it. Raises InputError where somebody does."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with FileLock(settings.home / "restore.lock", timeout=0):
            yield _take_back(settings)
    except Timeout:
        raise InputError(f"another restore works on {settings.home}. Nothing was changed") from None


def need_no_open_restore(settings: ServerSettings) -> None:
    """Raises InputError where a restore was cut off: what is in its place is neither the old nor the new."""
    if _journal(settings).exists():
        raise InputError(
            f"a restore into {settings.home} was cut off: `takeup restore FILE` takes it back and begins anew"
        )


@contextmanager
def set_aside(settings: ServerSettings, with_secret: bool) -> Iterator[str]:
    """Database, log and (where the archive brings another) the secret's file set aside while the block
    restores; where they are, in words, empty where nothing was there. Where the block fails all is as it was,
    and where the process dies `restoring` makes it so. Raises InputError where something works on them, or
    they cannot be moved."""
    begun = _begin(settings, with_secret)
    folder = settings.home / begun.name
    try:
        where = []
        if begun.held:
            folder.mkdir(mode=0o700)
            where.append(str(folder))
        for name in begun.held:
            _move(Path(begun.places[name]), folder / name)
        if begun.tables and settings.database_url:
            _tables_away(settings.database_url, begun.name)
            where.append(f"the schema {begun.name} of the database")
        yield " and ".join(where)
    except BaseException:
        _take_back(settings)
        raise
    _journal(settings).unlink()


@dataclass(frozen=True, slots=True)
class _Begun:
    """A restore as its journal has it: what it sets aside under `name`, by `places` what it writes, which of
    these were `held` by something, whether the `database` (without its password) held `tables`."""

    name: str
    places: dict[str, str]
    held: list[str]
    database: str
    tables: bool


def _journal(settings: ServerSettings) -> Path:
    return settings.home / "restore-begun.json"


def _begin(settings: ServerSettings, with_secret: bool) -> _Begun:
    """Look whether it can be, and write down what there is before anything is moved."""
    filled = bool(LogFiles(settings.log).paths())
    if filled and "://" in settings.log:
        raise InputError(
            f"{settings.log} is not empty, and only what is in a folder is set aside: empty it, or set "
            "TAKEUP_LOG_URL to another place. Nothing was changed"
        )
    places = {"log": settings.log}
    if settings.database_url is None:
        _need_nobody_at(settings.home / _SQLITE)
        names = [f"{_SQLITE}{end}" for end in ("", "-wal", "-shm")]
        places |= {name: str(settings.home / name) for name in names}
    tables = settings.database_url is not None and bool(_tables(settings.database_url))
    if with_secret:
        places[settings.secret_file.name] = str(settings.secret_file)
    held = [n for n, p in places.items() if (filled if n == "log" else Path(p).exists())]
    database = _without_password(settings.database_url)
    begun = _Begun(f"{ASIDE}{now():%Y%m%d_%H%M%S_%f}", places, held, database, tables)
    part = _journal(settings).with_suffix(".part")
    with part.open("w", encoding="utf-8") as written:
        json.dump(asdict(begun), written)
        written.flush()
        os.fsync(written.fileno())
    part.replace(_journal(settings))
    return begun


def _take_back(settings: ServerSettings) -> bool:
    """Whether there was a restore to take back: what it brought is gone, what it set aside in its place. Cut off
    itself, it goes on with the next."""
    journal = _journal(settings)
    if not journal.exists():
        return False
    begun = _Begun(**json.loads(journal.read_text(encoding="utf-8")))
    if begun.database != _without_password(settings.database_url):
        raise InputError(
            f"a restore into {begun.database or 'SQLite'} was cut off: set TAKEUP_DATABASE_URL as it was then"
        )
    folder = settings.home / begun.name
    if settings.database_url:
        _tables_back(settings.database_url, begun)
    for name, place in begun.places.items():
        aside = folder / name
        if aside.exists():
            _empty(place)
            aside.replace(place)
        elif name not in begun.held:
            _empty(place)
    if folder.exists():
        folder.rmdir()
    journal.unlink()
    return True


def _empty(place: str) -> None:
    """Nothing is left at a place but, of a folder, the folder."""
    path = Path(place)
    if "://" in place:
        LogFiles(place).clear()
    elif path.is_dir():
        for one in path.iterdir():
            shutil.rmtree(one) if one.is_dir() else one.unlink()
    else:
        path.unlink(missing_ok=True)


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


def _move(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except OSError as error:
        raise InputError(
            f"{source} cannot be set aside ({error.strerror or error}): move it away yourself. Nothing was changed"
        ) from None


def _without_password(url: str | None) -> str:
    parts = urlsplit(url or "")
    return f"{parts.hostname or ''}:{parts.port or ''}{parts.path}" if url else ""


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


def _tables_away(url: str, schema: str) -> None:
    import psycopg
    from psycopg import sql

    try:
        with psycopg.connect(url) as connection:
            _need_our_own(connection)
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
            _change(connection, "public", "ALTER {} SET SCHEMA {}", schema)
    except psycopg.Error as error:
        raise InputError(
            "the tables of TAKEUP_DATABASE_URL cannot be set aside, and nothing was changed; give an empty "
            f"database ({str(error).strip()})"
        ) from None


def _need_nobody_else(connection: psycopg.Connection[Any], whose: LiteralString = "") -> None:
    others = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend' " + whose
    ).fetchone()
    if others and others[0]:
        raise InputError(
            f"{others[0]} connections are open to the database of TAKEUP_DATABASE_URL: stop the server "
            "first. Nothing was changed"
        )


def _need_our_own(connection: psycopg.Connection[Any]) -> None:
    _need_nobody_else(connection)
    if "django_migrations" not in _tables_in(connection, "public"):
        raise InputError(
            "the tables in the database of TAKEUP_DATABASE_URL are not takeup's: give an empty one. "
            "Nothing was changed"
        )


def _tables_back(url: str, begun: _Begun) -> None:
    """What was restored goes, and what was set aside comes back, in one transaction."""
    import psycopg
    from psycopg import sql

    try:
        with psycopg.connect(url) as connection:
            aside = bool(_tables_in(connection, begun.name))
            if aside or not begun.tables:
                _change(connection, "public", "DROP {} CASCADE")
            if aside:
                _change(connection, begun.name, "ALTER {} SET SCHEMA {}", "public")
                connection.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(begun.name)))
    except psycopg.Error as error:
        raise InputError(
            f"the restore failed, and the tables could not be put back ({str(error).strip()}): they are in the "
            f"schema {begun.name}; `takeup restore` tries it again"
        ) from None


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
