"""The archive of a backup: a tar of files, and a manifest with the hash of each."""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any

from takeup.record.errors import InputError

MANIFEST = "manifest.json"


class Archive:
    """An archive that `takeup backup` wrote, open to take single files out. Raises InputError where it is
    none, or cut off."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            raise InputError(f"{file}: there is no such file")
        self._file = file
        try:
            self._tar = tarfile.open(file)  # noqa: SIM115 - closed by `__exit__`
            self._members = {one.name.removeprefix("./"): one for one in self._tar.getmembers()}
            opened = self._tar.extractfile(self._members[MANIFEST])
            self.manifest: dict[str, Any] = json.loads(opened.read() if opened else b"")
            outside = [name for name in dict(self.files) if not _stays_inside(name)]
        except (tarfile.TarError, OSError, ValueError, KeyError, TypeError):
            raise InputError(
                f"{file} is no archive that `takeup backup` wrote, or cut off"
            ) from None
        if outside:
            raise InputError(
                f"{file}: {outside[0]} would lie outside the folder it is taken out to"
            )

    @property
    def files(self) -> dict[str, str]:
        """By name the SHA-256 of each file that it holds."""
        found: dict[str, str] = self.manifest["files"]
        return found

    def extract(self, name: str, to: Path) -> bool:
        """Copy a file out; False where the archive does not hold it. Raises InputError where it is not
        what the manifest says."""
        if name not in self.files:
            return False
        member = self._members.get(name)
        if member is None or not self._copied(member, to) or hash_of(to) != self.files[name]:
            raise InputError(f"{self._file}: {name} is missing or changed")
        return True

    def _copied(self, member: tarfile.TarInfo, to: Path) -> bool:
        # By hand, and files alone: `extractall` has no filter before Python 3.11.4.
        opened = self._tar.extractfile(member) if member.isfile() else None
        if opened is None:
            return False
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            with opened, to.open("wb") as written:
                shutil.copyfileobj(opened, written)
        except tarfile.TarError:
            return False
        return True

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._tar.close()


def _stays_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def hash_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
