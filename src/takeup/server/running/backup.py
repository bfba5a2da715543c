"""Database and log of one moment in one archive, taken while the server runs; and back again.

The drain waits meanwhile (receiving does not), so the log holds exactly the batches that the
copied database says it does; what waits in the inbox is in the database.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from takeup.log.delta import DecisionLog
from takeup.log.files import LogFiles
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.record.incoming import RECORD_KINDS
from takeup.server.deployment.archive import MANIFEST, Archive, hash_of
from takeup.server.deployment.carried_secret import opened_secret, sealed_secret
from takeup.server.deployment.sealing import mark
from takeup.server.deployment.set_aside import ASIDE, in_use, set_aside
from takeup.server.deployment.settings import ServerSettings

_LOG = "log/"
_SQLITE, _POSTGRES = "database.sqlite3", "database.pgdump"
_SECRET = "secret.sealed"
_PATIENCE = 600.0
_MAKING, _TAKING = "takeup-backup-", "takeup-restore-"
"""How folders begin in which an archive is made, and taken apart."""
_LEFT_SECONDS = 86_400
"""After which nobody works in one of them any more."""


@dataclass(frozen=True, slots=True)
class Written:
    """What an archive holds, and which files of the log were `damaged` when it was made, in sentences."""

    files: int
    bytes: int
    damaged: tuple[str, ...] = ()


def need_a_new_name(file: Path) -> None:
    """Raises InputError where there is something of that name: the backup of yesterday may be the better one."""
    if file.exists():
        raise InputError(
            f"{file} is there already, and no backup is written over another: give a name of its own, as "
            "takeup-2026-11-24.tar. Nothing was written"
        )


def write_backup(
    file: Path,
    settings: ServerSettings,
    log: DecisionLog,
    actor: str,
    passphrase: bytes | None = None,
) -> Written:
    """Write the archive, whole or not at all, and never over another; with the deployment's secret, sealed,
    where a passphrase is given. A log that is damaged goes in as it is, which is told. Raises InputError
    where it cannot be written."""
    from takeup.server.deployment.locks import held
    from takeup.server.foundation import sealed
    from takeup.server.foundation.audit import services as audit

    need_a_new_name(file)
    try:
        _clear_left(file.parent, _MAKING)
        with (
            tempfile.TemporaryDirectory(prefix=_MAKING, dir=file.parent) as folder,
            held("drain", _PATIENCE) as mine,
        ):
            if not mine:
                raise InputError("a drain does not end; is another process stuck?")
            part = Path(folder) / "archive"
            damaged = tuple(one.sentence() for kind in RECORD_KINDS for one in log.damages(kind))
            dump = _dump(settings, Path(folder))
            hashes = {dump.name: hash_of(dump)}
            with tarfile.open(part, "w") as archive:
                archive.add(dump, dump.name)
                logged = LogFiles(log.url)
                copy = Path(folder) / "copy"
                for path in logged.paths():
                    logged.fetch(path, copy)
                    hashes[_LOG + path] = hash_of(copy)
                    archive.add(copy, _LOG + path)
                if passphrase is not None:
                    carried = Path(folder) / _SECRET
                    carried.write_text(sealed_secret(settings.secret(), passphrase))
                    hashes[_SECRET] = hash_of(carried)
                    archive.add(carried, _SECRET)
                made = {
                    "takeup": version("takeup"), "made_at": now().isoformat(), "files": hashes,
                    "sealed": sealed.counted(sealed.tried()), "secret": mark(settings.secret()),
                }  # fmt: skip
                manifest = json.dumps(made, indent=1).encode()
                entry = tarfile.TarInfo(MANIFEST)
                entry.size = len(manifest)
                archive.addfile(entry, io.BytesIO(manifest))
            part.chmod(0o600)
            with part.open("rb+") as written:
                os.fsync(written.fileno())
            _name(part, file)
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror or error}") from None
    except sqlite3.Error as error:
        raise InputError(f"{file} cannot be written: {error}") from None
    audit.record("backup.made", actor=actor, file=file.name, files=len(hashes))
    return Written(len(hashes), file.stat().st_size, damaged)


def _name(part: Path, file: Path) -> None:
    """The finished archive under its name, of which there is none yet."""
    try:
        os.link(part, file)
    except FileExistsError:
        need_a_new_name(file)
    except OSError:
        # A file system without links.
        need_a_new_name(file)
        part.replace(file)


def _clear_left(folder: Path, begins: str) -> None:
    """What a run that was killed left of the database and the log: nobody would look for it there."""
    for left in folder.glob(f"{begins}*"):
        if time.time() - left.stat().st_mtime > _LEFT_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def carries_secret(file: Path) -> bool:
    """Whether an archive carries the secret, sealed; False where it is no archive."""
    try:
        with tarfile.open(file) as archive:
            return _SECRET in archive.getnames()
    except (tarfile.TarError, OSError):
        return False


def read_backup(
    file: Path,
    settings: ServerSettings,
    passphrase: bytes | None = None,
    without_secret: bool = False,
    replace: bool = False,
) -> str:
    """Put an archive's database, log and secret where the settings say; every file is checked first, and that
    the secret opens what is sealed in it. Where something is in use it is set aside with `replace`, and
    where it lies then is returned (empty: nothing was). To be called while `restoring`.

    Raises InputError where something is in use (but for `replace`), the archive is not whole, or what is
    sealed in it would stay shut (but for `without_secret`); nothing was changed then.
    """
    if not file.exists():
        raise InputError(f"{file}: there is no such file")
    used = in_use(settings)
    if used and not replace:
        raise InputError(
            f"in use already: {' and '.join(used)}. Restore into an empty deployment (another TAKEUP_HOME, "
            "TAKEUP_DATABASE_URL, TAKEUP_LOG_URL), or set aside what is there (--replace). Nothing was changed"
        )
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in settings.home.glob(f"{_TAKING}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=_TAKING, dir=settings.home) as name:
        folder = Path(name)
        with Archive(file) as archive:
            manifest = archive.manifest
            try:
                for inside in archive.files:
                    archive.extract(inside, folder / inside)
            except InputError as error:
                raise InputError(f"{error}; nothing was restored") from None
        _need_its_store(settings, folder)
        secret = _secret(file, settings, folder, manifest, passphrase, without_secret, replace)
        with set_aside(settings, secret is not None) as aside:
            _put(settings, folder, list(manifest["files"]), secret)
    return aside


def _put(settings: ServerSettings, folder: Path, files: list[str], secret: str | None) -> None:
    # The secret first: a database without it is what nobody should find.
    if secret is not None:
        settings.keep_secret(secret)
    _load(settings, folder)
    log = LogFiles(settings.log)
    for inside in files:
        if inside.startswith(_LOG):
            log.put(inside.removeprefix(_LOG), folder / inside)


def _secret(
    file: Path,
    settings: ServerSettings,
    folder: Path,
    manifest: dict[str, Any],
    passphrase: bytes | None,
    without: bool,
    replace: bool,
) -> str | None:
    """The secret to keep at home; None where the right one is there, or it is done without."""
    here = settings.secret() if settings.secret_key or settings.secret_file.exists() else None
    where = "TAKEUP_SECRET_KEY" if settings.secret_key else settings.secret_file
    carried = _SECRET in manifest["files"]
    if passphrase is not None and carried:
        secret = opened_secret((folder / _SECRET).read_text(), passphrase)
        if here in (None, secret):
            return None if here else secret
        if replace and not settings.secret_key:
            return secret
        way = "unset it" if settings.secret_key else "set it aside (--replace)"
        raise InputError(
            f"{where} holds another secret than the one that the archive's database was sealed with; "
            f"{way}, so that the archive's is used. Nothing was restored"
        )
    told, known = manifest.get("sealed"), manifest.get("secret")
    if without or told == {} or (here and known in (None, mark(here))):
        return None
    kinds = ", ".join(f"{n:,} {name}" for name, n in told.items()) if told else "what is sealed"
    lacking = (
        f"with the secret in {where}, which is another than the old deployment's"
        if here
        else "without the deployment's secret"
    )
    way = (
        "The archive carries the secret sealed: give its passphrase or key file (--key-file)"
        if carried
        else f"The archive does not carry the secret: put the old deployment's in {where}"
    )
    raise InputError(
        f"{file}: {kinds} would never open again {lacking}. {way}, or go on without (--without-secret). "
        "Nothing was restored"
    )


def _need_its_store(settings: ServerSettings, folder: Path) -> None:
    if settings.database_url is None and not (folder / _SQLITE).exists():
        raise InputError("the archive is of PostgreSQL; set TAKEUP_DATABASE_URL to restore it")
    if settings.database_url is not None and not (folder / _POSTGRES).exists():
        raise InputError("the archive is of SQLite; unset TAKEUP_DATABASE_URL to restore it")


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
    _run(
        "pg_dump", "--format=custom", "--no-owner", f"--exclude-schema={ASIDE}*", f"--file={target}",
        url=settings.database_url,
    )  # fmt: skip
    return target


def _load(settings: ServerSettings, folder: Path) -> None:
    if settings.database_url is None:
        shutil.move(folder / _SQLITE, settings.home / "takeup.sqlite3")
        return
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
    environment = {**os.environ, "PGPASSWORD": unquote(parts.password or "")}
    database = () if program == "pg_restore" else (_address(url),)
    done = subprocess.run(
        [found, *arguments, *database], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise InputError(f"{program} failed: {done.stderr.strip()[-500:]}")


def _address(url: str) -> str:
    """The database's address without its password; what it says of TLS stays."""
    parts = urlsplit(url)
    before, at, where = parts.netloc.rpartition("@")
    asked = f"?{parts.query}" if parts.query else ""
    return f"postgresql://{before.partition(':')[0]}{at}{where}{parts.path}{asked}"
