"""Is anything of a person left in this home? Every table, every file, and what it looked at."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db import connection

from takeup.log.delta import DecisionLog
from takeup.record.incoming import RECORD_KINDS
from takeup.server.deployment.set_aside import ASIDE, kept_aside
from takeup.server.deployment.settings import ServerSettings

_LONG = 5
"""Characters from which a text is looked for inside others; a shorter one stands alone or in quotes."""
_CHUNK = 8 << 20
_TEXTS = ("CharField", "TextField", "JSONField")
_APPEND_ONLY = "audit_auditentry"


@dataclass(frozen=True, slots=True)
class Searched:
    """What was looked at: rows of tables of the database, rows of the log, files; and where something
    was `found`, in words."""

    tables: int
    rows: int
    log_rows: int
    files: int
    found: tuple[str, ...]


def search(log: DecisionLog, person_id: str, others: Iterable[str]) -> Searched:
    """Look for a person's id, and for `others` (names, addresses, pseudonyms), in every table and
    file of the home and in the log."""
    wanted = sorted({person_id, *filter(None, others)})
    found: list[str] = []
    tables, rows = _database(wanted, found)
    log_rows = _log(log, wanted, found)
    files = _files(log, [text for text in wanted if len(text) >= _LONG], found)
    found += [
        f"what a restore set aside, which no erasure reaches: {one}" for one in kept_aside(_home())
    ]
    return Searched(tables, rows, log_rows, files, tuple(found))


def _database(wanted: Sequence[str], found: list[str]) -> tuple[int, int]:
    tables = rows = 0
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            columns = connection.introspection.get_table_description(cursor, table)
            name = connection.ops.quote_name(table)
            tests: list[str] = []
            values: list[str] = []
            for column in columns:
                if connection.introspection.get_field_type(column.type_code, column) not in _TEXTS:
                    continue
                held = f"CAST({connection.ops.quote_name(column.name)} AS TEXT)"
                for text in wanted:
                    own = _likes(text)
                    tests += [f"{held} = %s", *[f"{held} LIKE %s ESCAPE '!'"] * len(own)]
                    values += [text, *own]
            hit = " OR ".join(tests) or "1 = 0"
            cursor.execute(
                f"SELECT count(*), coalesce(sum(CASE WHEN {hit} THEN 1 ELSE 0 END), 0) FROM {name}",
                values,
            )
            all_of_it, hits = cursor.fetchone()
            tables, rows = tables + 1, rows + all_of_it
            if hits:
                kept = ", which nothing is taken out of" if table == _APPEND_ONLY else ""
                found.append(f"{hits:,} row{'' if hits == 1 else 's'} of table {table}{kept}")
    return tables, rows


def _likes(text: str) -> list[str]:
    """Patterns of a text inside others: in quotes where it is short, and as JSON writes it."""
    plain, quoted = text, json.dumps(text)
    inside = {quoted, json.dumps(text, ensure_ascii=False)}
    if len(text) >= _LONG:
        inside |= {plain, quoted[1:-1]}
    return [
        f"%{one.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
        for one in sorted(inside)
    ]


def _log(log: DecisionLog, wanted: Sequence[str], found: list[str]) -> int:
    """Rows of the log, also in files that no table uses any more, what checkpoints tell of files, and other
    tables at home."""
    count = 0
    for name, rows in _parts(log, found):
        if "_delta_log" in name:
            hits = sum(text in str(rows.to_pylist()) for text in wanted if len(text) >= _LONG)
        else:
            count += rows.num_rows
            hits = sum(_hits(column, wanted) for column in _texts(rows))
        if hits:
            found.append(f"{hits:,} value{'' if hits == 1 else 's'} of {name}")
    return count


def _parts(log: DecisionLog, found: list[str]) -> Iterator[tuple[str, pa.Table]]:
    if "://" in log.url:
        yield from ((kind, held.rows) for kind in RECORD_KINDS if (held := log.read(kind)))
    for file in sorted(_below(log)):
        if file.suffix == ".parquet":
            try:
                yield str(file), pq.ParquetFile(file).read()
            except (pa.ArrowException, OSError):
                found.append(f"perhaps in file {file}, which cannot be read")


def _home() -> ServerSettings:
    held: ServerSettings = settings.TAKEUP
    return held


def _below(log: DecisionLog) -> set[Path]:
    """Every file below the home and the log, but for what a restore set aside."""
    home = _home().home
    roots = {home} | (set() if "://" in log.url else {Path(log.url)})
    return {
        file
        for root in roots
        for file in root.rglob("*")
        if file.is_file()
        and not (home in file.parents and file.relative_to(home).parts[0].startswith(ASIDE))
    }


def _texts(rows: pa.Table) -> Iterator[pa.ChunkedArray]:
    for name in rows.column_names:
        if name not in ("decision_id", "case_id") and pa.types.is_string(rows[name].type):
            yield rows[name]


def _hits(column: pa.ChunkedArray, wanted: Sequence[str]) -> int:
    hit = pc.is_in(column, pa.array(wanted))
    for text in wanted:
        if len(text) >= _LONG:
            hit = pc.or_(hit, pc.fill_null(pc.match_substring(column, text), False))
    return int(pc.sum(hit).as_py() or 0)


def _files(log: DecisionLog, wanted: Sequence[str], found: list[str]) -> int:
    """Every other file below the home and the log, byte by byte."""
    needles = sorted(
        {text.encode() for text in wanted} | {json.dumps(t)[1:-1].encode() for t in wanted}
    )
    files = _below(log)
    for file in sorted(files):
        if file.suffix != ".parquet" and needles and _contains(file, needles):
            found.append(f"file {file}")
    return len(files)


def _contains(file: Path, needles: Sequence[bytes]) -> bool:
    beyond = max(map(len, needles)) - 1
    tail = b""
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            held = tail + chunk
            if any(needle in held for needle in needles):
                return True
            tail = held[-beyond:] if beyond else b""
    return False
