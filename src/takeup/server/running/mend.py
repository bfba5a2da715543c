"""Damaged files of the log put back out of a backup, each only as it was when it was written."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from takeup.log.damage import Damage
from takeup.log.delta import DecisionLog
from takeup.log.files import LogFiles
from takeup.log.sums import LOG
from takeup.record.errors import InputError
from takeup.record.incoming import RECORD_KINDS, RecordKind
from takeup.server.deployment.archive import Archive
from takeup.server.deployment.locks import held
from takeup.server.foundation.audit import services as audit

_PATIENCE = 600.0


@dataclass(frozen=True, slots=True)
class Mended:
    """How many files were put back, which the archive does not hold as they were, and what is left
    damaged."""

    put_back: int
    not_held: tuple[str, ...]
    left: tuple[Damage, ...]


def mend(file: Path, log: DecisionLog, actor: str) -> Mended:
    """Put back what `file` holds of the damaged files, beside no drain. Raises InputError where it is no
    archive."""
    put_back: list[str] = []
    not_held: list[str] = []
    with (
        Archive(file) as archive,
        tempfile.TemporaryDirectory(prefix="takeup-mend-") as folder,
        held("drain", _PATIENCE) as mine,
    ):
        if not mine:
            raise InputError("a drain does not end; is another process stuck?")
        files = LogFiles(log.url)
        for kind in RECORD_KINDS:
            # The table's record first: only when it is whole does it tell which files of rows are not.
            while wanted := _wanted(log, kind, archive.files, {*put_back, *not_held}):
                for path in wanted:
                    copy = Path(folder) / "copy"
                    if archive.extract(f"log/{path}", copy) and log.fits(path, copy):
                        files.put(path, copy)
                        put_back.append(path)
                    else:
                        not_held.append(path)
    if put_back:
        audit.record("log.mended", actor=actor, file=file.name, files=len(put_back))
    left = tuple(one for kind in RECORD_KINDS for one in log.damages(kind))
    return Mended(len(put_back), tuple(not_held), left)


def _wanted(
    log: DecisionLog, kind: RecordKind, held: Mapping[str, str], tried: set[str]
) -> list[str]:
    """Paths to put back: damaged files, or all of a record that is gone as a whole."""
    found: list[str] = []
    for one in log.damages(kind):
        if one.path.endswith(f"/{LOG}"):
            inside = (path.removeprefix("log/") for path in held)
            found += [path for path in inside if path.startswith(f"{one.path}/")]
        else:
            found.append(one.path)
    return [path for path in found if path not in tried]
