"""Is this deployment sound? Each finding says what it looked at and, where need be, what to do."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from takeup.record.errors import TakeupError
from takeup.server.deployment.capability import capabilities
from takeup.server.deployment.examined import Finding
from takeup.server.deployment.set_aside import need_no_open_restore, used_database
from takeup.server.deployment.settings import (
    ServerSettings,
    read_server_settings,
    unknown_settings,
)

_LITTLE_SPACE = 2 * 10**9
_TOLD = 3
"""Damaged files that are named."""


def examine() -> list[Finding]:
    """Everything that can be seen from here, in the order in which it can be mended."""
    try:
        settings = read_server_settings()
    except TakeupError as error:
        return [Finding("settings", "mend", str(error), "correct the environment variables")]
    found = [*_settings(settings), *_home(settings)]
    if missing := _no_database(settings):
        return [*found, missing]
    try:
        from takeup.server.deployment.connect import log_of
        from takeup.server.running.start import start

        # A secret that opens nothing is among what is examined.
        start(any_secret=True)
    except TakeupError as error:
        return [*found, Finding("database", "mend", str(error))]
    log = log_of(settings)
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: _database(),
        lambda: _log(log.url),
        *(
            partial(check, settings)
            for one in capabilities()
            for check in one.of_part("checks", "CHECKS") or ()
        ),
        lambda: _sealed(settings),
    )
    for check in checks:
        try:
            found += check()
        except Exception as error:
            # A doctor that dies of the illness helps nobody.
            found.append(Finding("check", "mend", f"{type(error).__name__}: {error}"))
    return found


def _no_database(settings: ServerSettings) -> Finding | None:
    """Where there is nothing yet, or not here, nothing is made: neither tables nor a secret, over which a restore
    would stumble."""
    try:
        need_no_open_restore(settings)
        if used_database(settings):
            return None
    except TakeupError as error:
        return Finding("database", "mend", str(error))
    where = "TAKEUP_DATABASE_URL" if settings.database_url else "TAKEUP_HOME"
    return Finding(
        "database", "mend", f"there is nothing in the database: nobody ever started takeup where {where} says",
        f"takeup serve begins, takeup restore FILE brings back what was lost; else let {where} say where the server is",
    )  # fmt: skip


def _settings(settings: ServerSettings) -> Iterator[Finding]:
    local = urlsplit(settings.public_url).hostname in ("localhost", "127.0.0.1", "::1")
    if settings.secure or local:
        yield Finding("address", "well", settings.public_url)
    else:
        yield Finding(
            "address", "mend", f"{settings.public_url} is not TLS: passwords travel in the open",
            "put a TLS proxy in front and set TAKEUP_PUBLIC_URL=https://…",
        )  # fmt: skip
    if "*" in settings.hosts:
        yield Finding(
            "hosts", "mend", "TAKEUP_ALLOWED_HOSTS is *: any name is answered to",
            "name the hosts, separated by commas",
        )  # fmt: skip
    if unknown := unknown_settings():
        yield Finding(
            "settings", "mend", f"{', '.join(unknown)}: takeup has no such setting, so it does nothing",
            "write it as docs/how-to/run.md has it, or take it away",
        )  # fmt: skip
    if settings.development and not local:
        yield Finding("development", "mend", "TAKEUP_DEVELOPMENT is on", "unset it")


def _refusal(folder: Path) -> str:
    """Why nothing can be written into a folder; empty where it can."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _home(settings: ServerSettings) -> Iterator[Finding]:
    home = settings.home
    if refused := _refusal(home):
        yield Finding(
            "home", "mend", f"{home} cannot be written to ({refused})",
            "let this user write to TAKEUP_HOME",
        )  # fmt: skip
        return
    free = shutil.disk_usage(home).free
    if free < _LITTLE_SPACE:
        yield Finding(
            "disk", "mend", f"{free / 1e9:.1f} GB are free at {home}",
            "make room: a full disk means batches are refused",
        )  # fmt: skip
    else:
        yield Finding("disk", "well", f"{free / 1e9:,.0f} GB are free at {home}")
    told = (home, *home.glob("takeup.sqlite3*"), *home.glob("*-key"), *(home / "log").rglob("*"))
    open_to_others = [file for file in told if file.stat().st_mode & 0o077]
    if open_to_others:
        yield Finding(
            "files", "mend",
            f"{len(open_to_others):,} files or folders can be read by others, {open_to_others[0]} first",
            f"chmod -R go-rwx {home}",
        )  # fmt: skip


def _database() -> Iterator[Finding]:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode")
            journal = cursor.fetchone()[0]
            cursor.execute("PRAGMA synchronous")
            full = cursor.fetchone()[0] >= 2
            cursor.execute("PRAGMA quick_check")
            sound = cursor.fetchone()[0] == "ok"
            well = journal == "wal" and full and sound
            yield Finding(
                "database", "well" if well else "mend",
                f"SQLite, journal {journal}, sync {'full' if full else 'not full'}, "
                f"{'sound' if sound else 'damaged'}",
                "" if well else "restore the newest backup, then takeup log verify",
            )  # fmt: skip
            return
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
        unsafe = []
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(f"SHOW {name}")
            if cursor.fetchone()[0] == "off":
                unsafe.append(name)
        yield Finding(
            "database", "mend" if unsafe else "well", f"PostgreSQL {version}"
            + (f", {', '.join(unsafe)} off: a crash loses acknowledged rows" if unsafe else ""),
            f"turn on {', '.join(unsafe)}" if unsafe else "",
        )  # fmt: skip
    if shutil.which("pg_dump") is None and not list(
        Path("/usr/lib/postgresql").glob("*/bin/pg_dump")
    ):
        yield Finding(
            "backup", "look", "pg_dump is not installed here", "install PostgreSQL's client"
        )


def _log(url: str) -> Iterator[Finding]:
    from django.db.models import Sum

    from takeup.log.damage import MEND
    from takeup.log.delta import DecisionLog
    from takeup.record.incoming import RECORD_KINDS
    from takeup.server.recording.record_api.drain import lost_batches

    if "://" not in url and (refused := _refusal(Path(url))):
        yield Finding("log", "mend", f"{url} cannot be written to ({refused})")
        return
    log = DecisionLog(url)
    if damaged := [one for kind in RECORD_KINDS for one in log.damages(kind)]:
        told = "; ".join(one.sentence() for one in damaged[:_TOLD])
        more = f"; and {len(damaged) - _TOLD:,} more" if len(damaged) > _TOLD else ""
        yield Finding(
            "log", "mend", f"{url} is damaged, and nothing is measured of what is left: {told}{more}",
            f"{MEND}; `takeup log status` names all",
        )  # fmt: skip
        return
    try:
        states = [log.state(kind) for kind in RECORD_KINDS]
    except Exception as error:
        yield Finding(
            "log", "mend", f"{url} cannot be read: {error}",
            "check TAKEUP_LOG_URL and the store's credentials",
        )  # fmt: skip
        return
    rows, files = sum(s.rows for s in states), sum(s.files for s in states)
    small = files > 2_000 and rows / max(files, 1) < 10_000
    yield Finding(
        "log", "look" if small else "well", f"{rows:,} rows in {files:,} files at {url}",
        "takeup log compact" if small else "",
    )  # fmt: skip
    for state in states:
        if rows := lost_batches(state.kind, state.batch or 0).aggregate(n=Sum("rows"))["n"]:
            yield Finding(
                "log", "mend", f"the log has lost {rows:,} rows of {state.kind} at {url}",
                "takeup log drain writes again what is still kept as received, and says what is not",
            )  # fmt: skip


def _sealed(settings: ServerSettings) -> Iterator[Finding]:
    """Each kind of thing that the deployment's secret seals, every one of it tried."""
    from takeup.server.foundation import sealed

    found = sealed.tried()
    if any(one.shut for one in found):
        yield Finding(
            "sealed", "mend",
            f"does not open with {sealed.where_the_secret_is(settings)}: {sealed.shut_in_words(found)}",
            sealed.put_it_back(settings),
        )  # fmt: skip
        return
    told = ", ".join(f"{one.count:,} {one.kind.name}" for one in found if one.count)
    yield Finding(
        "sealed", "well", f"{told} open with {sealed.where_the_secret_is(settings)}" if told else "nothing is sealed yet",
    )  # fmt: skip
