"""Is this deployment sound? Each finding says what it looked at and, where need be, what to do."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from takeup.record.clock import now
from takeup.record.errors import TakeupError
from takeup.record.events import CLOCKS_APART, Event, clock_difference, event_of
from takeup.server.settings import ServerSettings, read_server_settings

State = Literal["well", "look", "mend"]
_LITTLE_SPACE = 2 * 10**9
_SLOW_DRAIN = 10
"""Drains that may be missed before it counts as stuck."""
_EVENTS_LOOKED_AT = 5_000
_TOLD = 3
"""Damaged files that are named."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, in words, and what to do where it is not well."""

    what: str
    state: State
    words: str
    do: str = ""


def examine() -> list[Finding]:
    """Everything that can be seen from here, in the order in which it can be mended."""
    try:
        settings = read_server_settings()
    except TakeupError as error:
        return [Finding("settings", "mend", str(error), "correct the environment variables")]
    found = [*_settings(settings), *_home(settings)]
    try:
        from takeup.server.start import log_of, start

        # A secret that opens nothing is among what is examined.
        start(any_secret=True, upgrade=False)
    except TakeupError as error:
        return [*found, Finding("database", "mend", str(error))]
    log = log_of(settings)
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: _database(),
        lambda: _log(log.url),
        lambda: _inbox(settings),
        lambda: _clocks(),
        lambda: _people(),
        lambda: _trust(settings),
        lambda: _sealed(settings),
        lambda: _measured(),
    )
    for check in checks:
        try:
            found += check()
        except Exception as error:
            # A doctor that dies of the illness helps nobody.
            found.append(Finding("check", "mend", f"{type(error).__name__}: {error}"))
    return found


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
    if settings.development and not local:
        yield Finding("development", "mend", "TAKEUP_DEVELOPMENT is on", "unset it")


def _refusal(folder: Path) -> str:
    """Why nothing can be written into a folder; empty where it can."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
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
    from takeup.server.record_api.drain import lost_batches

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


def _inbox(settings: ServerSettings) -> Iterator[Finding]:
    from takeup.record.incoming import RECORD_KINDS
    from takeup.server.record_api.models import Batch, InboxRow, Quarantined

    oldest = InboxRow.objects.filter(kind__in=RECORD_KINDS, batch=None).order_by("id").first()
    unwritten = Batch.objects.filter(written_at=None).order_by("number").first()
    since = min((x for x in (oldest and oldest.received_at, unwritten and unwritten.made_at) if x),
                default=None)  # fmt: skip
    late = since is not None and now() - since > timedelta(
        seconds=_SLOW_DRAIN * settings.drain_seconds + 30
    )
    yield Finding(
        "drain", "mend" if late else "well",
        f"rows wait since {since:%-d %b %Y, %H:%M} UTC" if late and since else "nothing waits for long",
        "is takeup serve running? takeup log drain says what is wrong" if late else "",
    )  # fmt: skip
    waiting = Quarantined.objects.filter(resolved_at=None).count()
    if waiting:
        yield Finding(
            "quarantine", "look", f"{waiting:,} rows wait for a correction",
            "correct them on the page Quarantine, or at their sender",
        )  # fmt: skip


def _clocks() -> Iterator[Finding]:
    """Sources whose events tell of views after the decision, a few seconds of another's clock."""
    from takeup.server.record_api.models import InboxRow
    from takeup.server.record_api.receive_events import EVENTS
    from takeup.server.record_api.services import implausible

    if problem := implausible():
        yield Finding(
            "clock", "mend", f"{problem}: what takes away by time waits",
            "set the clock, or say `takeup log retain --clock-is-right`",
        )  # fmt: skip
    told: dict[str, list[Event]] = {}
    newest = InboxRow.objects.filter(kind=EVENTS).exclude(body="").order_by("-id")
    for body in newest.values_list("body", flat=True)[:_EVENTS_LOOKED_AT]:
        event = event_of(body)
        told.setdefault(f"{event.use_case}/{event.decision_id}", []).append(event)
    seen: dict[tuple[str, str], list[timedelta]] = {}
    for events in told.values():
        if apart := clock_difference(events):
            seen.setdefault(apart[:2], []).append(apart[2])
    for (viewed, made), late in sorted(seen.items()):
        yield Finding(
            "clocks", "look",
            f"{len(late):,} of the newest decisions made at {made} were viewed, by the clock of "
            f"{viewed}, up to {max(late).total_seconds():.0f} s after they were made; they count as "
            f"viewed before (sources may be {CLOCKS_APART.total_seconds():.0f} s apart)",
            f"set the clocks of {viewed} and {made} by NTP",
        )  # fmt: skip


def _people() -> Iterator[Finding]:
    from takeup.server.organization.models import Person
    from takeup.server.organization.roles import Role
    from takeup.server.organization.services import holders

    if not holders(Role.ADMINISTRATOR):
        yield Finding(
            "people", "mend", "nobody is administrator",
            "takeup person role ADDRESS administrator --add NAME",
        )  # fmt: skip
    else:
        yield Finding("people", "well", f"{Person.objects.filter(is_active=True).count():,} active")


def _trust(settings: ServerSettings) -> Iterator[Finding]:
    from takeup.server.audit.services import prove
    from takeup.server.oversight.models import OversightKey

    chain = prove()
    yield Finding(
        "audit", "mend" if chain.broken else "well",
        f"broken at entry {chain.broken}" if chain.broken else f"{chain.entries:,} entries hold",
        "somebody changed the database by hand; compare with a backup" if chain.broken else "",
    )  # fmt: skip
    if not OversightKey.objects.exists():
        yield Finding(
            "oversight", "look", "there is no oversight key: no sealed record is kept",
            "takeup oversight key --out FILE",
        )  # fmt: skip
    elif keys := sorted(settings.home.glob("oversight-key*")):
        yield Finding(
            "oversight", "look", f"the private key still lies in {', '.join(map(str, keys))}",
            "give it to the oversight officer and take it off this machine",
        )  # fmt: skip
    else:
        yield Finding("oversight", "well", "decisions are sealed for the oversight officer")


def _sealed(settings: ServerSettings) -> Iterator[Finding]:
    """Each kind of thing that the deployment's secret seals, every one of it tried."""
    from takeup.server import sealed

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


def _measured() -> Iterator[Finding]:
    from takeup.server.organization.models import UseCase
    from takeup.server.overview.models import Snapshot

    bare = UseCase.objects.filter(declarations=None).values_list("name", flat=True)
    if bare:
        yield Finding(
            "use cases", "look", f"nothing is declared for {', '.join(sorted(bare)[:5])}",
            "takeup use-case declare FILE.toml",
        )  # fmt: skip
    newest = Snapshot.objects.order_by("-day").first()
    if UseCase.objects.exists():
        old = newest is None or now().date() - newest.day > timedelta(days=2)
        words = "none yet" if newest is None else f"the newest is of {newest.day:%-d %b %Y}"
        yield Finding(
            "snapshots", "look" if old else "well", words, "takeup snapshot" if old else ""
        )
