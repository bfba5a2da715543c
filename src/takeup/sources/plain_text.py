"""Any text file as one clean UTF-8 file that the engine can scan.

Finds the encoding, unpacks gzip, takes out NUL bytes and lines too long to be rows, makes all line
ends alike. The original is used as it is where nothing has to be done.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from takeup.record.errors import InputError

_CHUNK = 1 << 22
LONGEST_LINE = 1 << 20
"""Bytes; a longer line is no row of a decision table and is rejected by itself."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class PlainText:
    """A UTF-8 file without byte-order mark, and what was done to get it.

    `overlong` holds the numbers of physical lines that were taken out.
    """

    path: Path
    encoding: str
    overlong: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def plain_text(path: Path, workspace: Path, encoding: str | None = None) -> PlainText:
    """`path` as clean UTF-8; copies go to `workspace`. Raises InputError for a file that is
    empty, truncated, binary or not in the declared encoding."""
    if path.stat().st_size == 0:
        raise InputError(f"{path.name} is empty: it has not even a head of column names")
    compressed = _is_gzip(path)
    head = _head(path, compressed)
    if head[:4] == b"PK\x03\x04":
        raise InputError(f"{path.name} is a zip or Excel file by its content; name it .xlsx")
    if head[:4] == b"PAR1":
        raise InputError(f"{path.name} is a Parquet file by its content; name it .parquet")
    found = encoding or _encoding_by_mark(head) or _guess(path, compressed, head)
    notes = [] if encoding else _guess_note(path, found)
    look = _look(path, compressed)
    plain = found in ("utf-8", "ascii") and not compressed and not look.dirty
    if plain:
        return PlainText(path, found, (), tuple(notes))
    target = workspace / f"{path.name}.utf8.csv"
    overlong = _rewrite(path, compressed, found, target)
    if target.stat().st_size == 0:
        raise InputError(f"{path.name} is empty: it has not even a head of column names")
    return PlainText(target, found, tuple(overlong), tuple(notes))


@dataclass(frozen=True, slots=True)
class _Look:
    dirty: bool


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _open(path: Path, compressed: bool) -> IO[bytes] | gzip.GzipFile:
    return gzip.open(path, "rb") if compressed else path.open("rb")


def _chunks(path: Path, compressed: bool) -> Iterator[bytes]:
    try:
        with _open(path, compressed) as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(
            f"{path.name} is a damaged gzip file ({error}); nothing of it was used. "
            "Copy or export it again"
        ) from None


def _head(path: Path, compressed: bool) -> bytes:
    return next(_chunks(path, compressed), b"")[: 1 << 20]


def _encoding_by_mark(head: bytes) -> str | None:
    return next((name for mark, name in _BOMS if head.startswith(mark)), None)


def _guess(path: Path, compressed: bool, head: bytes) -> str:
    """UTF-8 where the whole file is; else UTF-16 by its zero bytes; else Windows-1252."""
    if len(head) > 3 and head[1:200:2].count(0) > len(head[:200]) / 3:
        return "utf-16-le"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _chunks(path, compressed):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _guess_note(path: Path, found: str) -> list[str]:
    if found != "cp1252":
        return []
    return [
        f"{path.name} is not UTF-8 and was read as Windows-1252; if letters look wrong, set "
        "[file] encoding in the mapping"
    ]


def _look(path: Path, compressed: bool) -> _Look:
    """Whether there are NUL bytes, overlong lines or line ends of two kinds to put right."""
    since_newline, ends, carried = 0, set[bool](), b""
    for chunk in _chunks(path, compressed):
        if b"\x00" in chunk:
            return _Look(True)
        both, feeds = (carried + chunk).count(b"\r\n"), chunk.count(b"\n")
        ends |= {kind for kind, n in ((True, both), (False, feeds - both)) if n}
        if len(ends) > 1:
            # An engine takes the ends of the first lines for all, and the others for part of a cell.
            return _Look(True)
        carried = chunk[-1:]
        first, last = chunk.find(b"\n"), chunk.rfind(b"\n")
        if first < 0:
            since_newline += len(chunk)
        else:
            longest = max(map(len, chunk.split(b"\n")))
            if since_newline + first > LONGEST_LINE or longest > LONGEST_LINE:
                return _Look(True)
            since_newline = len(chunk) - last - 1
        if since_newline > LONGEST_LINE:
            return _Look(True)
    return _Look(False)


def _rewrite(path: Path, compressed: bool, encoding: str, target: Path) -> list[int]:
    decoder = codecs.getincrementaldecoder(encoding)(
        errors="strict" if encoding != "cp1252" else "replace"
    )
    overlong: list[int] = []
    line, number, skipping, held = "", 1, False, ""
    with target.open("w", encoding="utf-8", newline="") as out:
        for chunk in (*_chunks(path, compressed), b""):
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                raise InputError(
                    f"{path.name} is not {encoding} text (byte {error.start}); set the right "
                    "[file] encoding in the mapping"
                ) from None
            whole_text = held + text.replace("\x00", "")
            held = "\r" if whole_text.endswith("\r") and chunk else ""
            pieces = whole_text.removesuffix(held).replace("\r\n", "\n").split("\n")
            for piece in pieces[:-1]:
                whole = line + piece
                if skipping or len(whole) > LONGEST_LINE:
                    overlong.append(number)
                else:
                    out.write(whole + "\n")
                line, skipping, number = "", False, number + 1
            line = "" if skipping else line + pieces[-1]
            if len(line) > LONGEST_LINE:
                line, skipping = "", True
        if skipping:
            overlong.append(number)
        elif line:
            out.write(line)
    return overlong
