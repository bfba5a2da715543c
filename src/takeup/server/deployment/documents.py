"""Documents behind what people sign: kept beside the log, in the deployment's folder or bucket, under their SHA-256.

A backup takes them along with the log's files. What a document says is nobody's evidence but a person's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.core.files.uploadedfile import UploadedFile

from takeup.log.files import LogFiles
from takeup.record.errors import InputError
from takeup.server.deployment.settings import read_server_settings

LARGEST = 10 << 20
"""Bytes of one document."""
_FOLDER = "documents"


@dataclass(frozen=True, slots=True)
class Kept:
    """A document that is kept: what its file was called, and the hash it lies under."""

    name: str
    sha256: str


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda body: body.startswith(marks)


def _office(folder: str) -> Callable[[bytes], bool]:
    """An office file is an archive with this folder in it."""

    def fits(body: bytes) -> bool:
        try:
            with ZipFile(BytesIO(body)) as archive:
                return any(name.startswith(folder) for name in archive.namelist())
        except (BadZipFile, ValueError):
            return False

    return fits


def _text(body: bytes) -> bool:
    try:
        return "\0" not in body.decode("utf-8")
    except UnicodeDecodeError:
        return False


KINDS: Mapping[str, Callable[[bytes], bool]] = {
    "pdf": _begins(b"%PDF-"), "png": _begins(b"\x89PNG\r\n\x1a\n"), "jpg": _begins(b"\xff\xd8\xff"),
    "jpeg": _begins(b"\xff\xd8\xff"), "docx": _office("word/"), "xlsx": _office("xl/"), "pptx": _office("ppt/"),
    "odt": _office("META-INF/"), "txt": _text, "csv": _text, "md": _text,
}  # fmt: skip
"""By the end of a file's name, whether its bytes are of that kind."""


def keep(file: UploadedFile[Any]) -> Kept:
    """Keep a document that is handed in. Raises InputError where it is empty, too large, or not of the kind that its
    name says: nothing is kept then."""
    name = PurePath(file.name or "document").name[-200:]
    if (file.size or 0) > LARGEST:
        raise InputError(
            f"{name} has more than {LARGEST >> 20} MB: hand in the part that proves it"
        )
    body = file.read()
    if not body:
        raise InputError(f"{name} is empty")
    kind = PurePath(name).suffix.lower().removeprefix(".")
    if kind not in KINDS:
        raise InputError(f"{name}: hand in one of {', '.join(KINDS)}")
    if not KINDS[kind](body):
        raise InputError(f"{name} is called {kind} and is none; hand in the document itself")
    digest = hashlib.sha256(body).hexdigest()
    files = _files()
    if not files.holds(_path(digest)):
        files.write(_path(digest), body)
    return Kept(name, digest)


def read(digest: str) -> bytes:
    """A document as it was handed in. Raises InputError where it is gone, or not what it was."""
    body = _files().read(_path(digest))
    if hashlib.sha256(body).hexdigest() != digest:
        raise InputError("the document is not what was handed in: its hash is another")
    return body


def _files() -> LogFiles:
    return LogFiles(read_server_settings().log)


def _path(digest: str) -> str:
    return f"{_FOLDER}/{digest}"
