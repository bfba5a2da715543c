"""Database and log of one moment in one archive, taken while the server runs; and back again.

The drain waits meanwhile (receiving does not), so the log holds exactly the batches that the
copied database says it does; what waits in the inbox is in the database.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from takeup.log.delta import DecisionLog
from takeup.log.files import LogFiles
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.settings import ServerSettings

_MANIFEST, _LOG = "manifest.json", "log/"
_SQLITE, _POSTGRES = "database.sqlite3", "database.pgdump"
_PATIENCE = 600.0


@dataclass(frozen=True, slots=True)
class Written:
    """What an archive holds."""

    files: int
    bytes: int


def write_backup(file: Path, settings: ServerSettings, log: DecisionLog, actor: str) -> Written:
    """Write the archive, whole or not at all. Raises InputError where it cannot be."""
    from takeup.server.audit import services as audit
    from takeup.server.locks import held

    part = file.with_name(f".{file.name}.part")
    try:
        with (
            tempfile.TemporaryDirectory(prefix="takeup-backup-", dir=file.parent) as folder,
            held("drain", _PATIENCE) as mine,
        ):
            if not mine:
                raise InputError("a drain does not end; is another process stuck?")
            dump = _dump(settings, Path(folder))
            hashes = {dump.name: _hash(dump)}
            with tarfile.open(part, "w") as archive:
                archive.add(dump, dump.name)
                logged = LogFiles(log.url)
                copy = Path(folder) / "copy"
                for path in logged.paths():
                    logged.fetch(path, copy)
                    hashes[_LOG + path] = _hash(copy)
                    archive.add(copy, _LOG + path)
                made = {"takeup": version("takeup"), "made_at": now().isoformat(), "files": hashes}
                manifest = json.dumps(made, indent=1).encode()
                entry = tarfile.TarInfo(_MANIFEST)
                entry.size = len(manifest)
                archive.addfile(entry, io.BytesIO(manifest))
        part.chmod(0o600)
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(file)
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror or error}") from None
    finally:
        part.unlink(missing_ok=True)
    audit.record("backup.made", actor=actor, file=file.name, files=len(hashes))
    return Written(len(hashes), file.stat().st_size)


def read_backup(file: Path, settings: ServerSettings) -> None:
    """Put an archive's database and log where the settings say; every file is checked first.

    Raises InputError where something is there already, or the archive is not whole.
    """
    if not file.exists():
        raise InputError(f"{file}: there is no such file")
    home = settings.home / "takeup.sqlite3"
    if settings.database_url is None and home.exists():
        raise InputError(f"{home} is there already; restore into an empty TAKEUP_HOME")
    log = LogFiles(settings.log)
    if log.paths():
        raise InputError(f"{settings.log} is not empty; restore into an empty log")
    settings.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="takeup-restore-", dir=settings.home) as name:
        folder = Path(name)
        try:
            with tarfile.open(file) as archive:
                archive.extractall(folder, filter="data")
            manifest = json.loads((folder / _MANIFEST).read_text())
        except (tarfile.TarError, OSError, ValueError):
            raise InputError(
                f"{file} is no archive that `takeup backup` wrote, or cut off"
            ) from None
        for inside, digest in manifest["files"].items():
            if not (folder / inside).exists() or _hash(folder / inside) != digest:
                raise InputError(f"{file}: {inside} is missing or changed; nothing was restored")
        _load(settings, folder, home)
        for inside in manifest["files"]:
            if inside.startswith(_LOG):
                log.put(inside.removeprefix(_LOG), folder / inside)


def _dump(settings: ServerSettings, folder: Path) -> Path:
    if settings.database_url is None:
        target = folder / _SQLITE
        source = sqlite3.connect(settings.home / "takeup.sqlite3")
        copy = sqlite3.connect(target)
        with copy:
            source.backup(copy)
        source.close()
        copy.close()
        return target
    target = folder / _POSTGRES
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={target}", url=settings.database_url)
    return target


def _load(settings: ServerSettings, folder: Path, home: Path) -> None:
    if settings.database_url is None:
        if not (folder / _SQLITE).exists():
            raise InputError("the archive is of PostgreSQL; set TAKEUP_DATABASE_URL to restore it")
        shutil.move(folder / _SQLITE, home)
        return
    if not (folder / _POSTGRES).exists():
        raise InputError("the archive is of SQLite; unset TAKEUP_DATABASE_URL to restore it")
    _run(
        "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction",
        "--dbname", _address(settings.database_url), str(folder / _POSTGRES),
        url=settings.database_url,
    )  # fmt: skip


def _run(program: str, *arguments: str, url: str) -> None:
    """A program of PostgreSQL; the password goes by the environment, not by the command line."""
    found = shutil.which(program) or next(
        (
            str(p)
            for p in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)
        ),
        None,
    )
    if found is None:
        raise InputError(f"{program} is not installed here; it comes with PostgreSQL's client")
    parts = urlsplit(url)
    environment = {**os.environ, "PGPASSWORD": parts.password or ""}
    database = () if program == "pg_restore" else (_address(url),)
    done = subprocess.run(
        [found, *arguments, *database], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise InputError(f"{program} failed: {done.stderr.strip()[-500:]}")


def _address(url: str) -> str:
    """The database's address without its password."""
    parts = urlsplit(url)
    user = f"{parts.username}@" if parts.username else ""
    port = f":{parts.port}" if parts.port else ""
    return f"postgresql://{user}{parts.hostname or ''}{port}{parts.path}"


def _hash(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
