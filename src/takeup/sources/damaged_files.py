"""Parquet files that break while they are read: a page is decoded only when a measure asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from takeup.record.errors import InputError

_OF_A_FILE = re.compile(
    r"parquet|failed to read file|could not read enough bytes|out of buffer|TProtocol|decompress|corrupt",
    re.IGNORECASE,
)
"""What the engine says of pages that do not decode (findings/duckdb-reads-a-turned-bit-in-parquet.sh)."""


def of_damage(error: BaseException) -> InputError | None:
    """The sentence for an error of the engine that comes of a damaged file; None where it is another."""
    if not isinstance(error, duckdb.Error) or not _OF_A_FILE.search(str(error)):
        return None
    first = str(error).strip().split("\n")[0][:200]
    return InputError(
        f"a Parquet file is damaged ({first}); nothing was written. Copy or export it again"
    )


@contextmanager
def damage_in_words() -> Iterator[None]:
    """Raises InputError where a file turns out damaged inside the block."""
    try:
        yield
    except duckdb.Error as error:
        if told := of_damage(error):
            raise told from error
        raise
