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
from typing import Any
from urllib.parse import urlsplit

from takeup.log.delta import DecisionLog
from takeup.log.files import LogFiles
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.carried_secret import opened_secret, sealed_secret
from takeup.server.settings import ServerSettings

_MANIFEST, _LOG = "manifest.json", "log/"
_SQLITE, _POSTGRES = "database.sqlite3", "database.pgdump"
_SECRET = "secret.sealed"
_PATIENCE = 600.0


@dataclass(frozen=True, slots=True)
class Written:
    """What an archive holds."""

    files: int
    bytes: int


def write_backup(
    file: Path,
    settings: ServerSettings,
    log: DecisionLog,
    actor: str,
    passphrase: bytes | None = None,
) -> Written:
    """Write the archive, whole or not at all; with the deployment's secret, sealed, where a passphrase is
    given. Raises InputError where it cannot be."""
    from takeup.server import sealed
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
                if passphrase is not None:
                    carried = Path(folder) / _SECRET
                    carried.write_text(sealed_secret(settings.secret(), passphrase))
                    hashes[_SECRET] = _hash(carried)
                    archive.add(carried, _SECRET)
                made = {
                    "takeup": version("takeup"), "made_at": now().isoformat(), "files": hashes,
                    "sealed": sealed.counted(sealed.tried()),
                }  # fmt: skip
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


def read_backup(
    file: Path,
    settings: ServerSettings,
    passphrase: bytes | None = None,
    without_secret: bool = False,
) -> None:
    """Put an archive's database, log and secret where the settings say; every file is checked first.

    Raises InputError where something is there already, the archive is not whole, or what is sealed in it
    would stay shut (but for `without_secret`).
    """
    if not file.exists():
        raise InputError(f"{file}: there is no such file")
    home = settings.home / "takeup.sqlite3"
    if settings.database_url is None and home.exists():
        raise InputError(f"{home} is there already; restore into an empty TAKEUP_HOME")
    if settings.database_url is not None and (tables := _tables(settings.database_url)):
        raise InputError(
            f"the database of TAKEUP_DATABASE_URL is in use: it has {tables} tables already, and nothing was "
            "changed; restore into an empty one"
        )
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
        secret = _secret(file, settings, folder, manifest, passphrase, without_secret)
        _load(settings, folder, home)
        if secret is not None:
            settings.keep_secret(secret)
        for inside in manifest["files"]:
            if inside.startswith(_LOG):
                log.put(inside.removeprefix(_LOG), folder / inside)


def _secret(
    file: Path,
    settings: ServerSettings,
    folder: Path,
    manifest: dict[str, Any],
    passphrase: bytes | None,
    without: bool,
) -> str | None:
    """The secret to keep at home; None where there is one, or it is done without."""
    here = settings.secret_key or settings.secret_file.exists()
    if passphrase is not None and _SECRET in manifest["files"]:
        secret = opened_secret((folder / _SECRET).read_text(), passphrase)
        if here and settings.secret() != secret:
            where = "TAKEUP_SECRET_KEY" if settings.secret_key else settings.secret_file
            raise InputError(
                f"{where} holds another secret than the one that the archive's database was sealed with; take "
                "it away, so that the archive's is used. Nothing was restored"
            )
        return None if here else secret
    told = manifest.get("sealed")
    if here or without or told == {}:
        return None
    kinds = ", ".join(f"{n:,} {name}" for name, n in told.items()) if told else "what is sealed"
    carried = (
        "it carries the secret sealed: give its passphrase or key file (--key-file)"
        if _SECRET in manifest["files"]
        else f"it does not carry the secret: put the old deployment's in {settings.secret_file}"
    )
    raise InputError(
        f"{file}: {kinds} would never open again without the deployment's secret. {carried[0].upper()}"
        f"{carried[1:]}, or go on without (--without-secret). Nothing was restored"
    )


def _tables(url: str) -> int:
    import psycopg

    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchone()
    return int(found[0]) if found else 0


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
