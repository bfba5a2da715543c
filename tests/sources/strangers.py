"""Tables as strangers hand them over: any heads, types, values, line ends, containers and mappings."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import ibis
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

HEADS: dict[str, tuple[str, ...]] = {
    "decision_id": ("decision_id", "id", "Vorgangs-Nr", "Case No.", "ID", ""),
    "person_id": ("person_id", "user", "Sachbearbeiter", "clinician", "decided by\nwhom", "p"),
    "decided_at": ("decided_at", "entschieden am", "timestamp", "When", "date", "t"),
    "recommendation": (
        "recommendation",
        "Modellvorschlag",
        "model_decision",
        "AI Advice",
        "advice ",
    ),
    "choice": ("choice", "Entscheidung", "final_decision", "Final choice", "outcome_decision"),
    "consulted": ("consulted", "angesehen", "viewed", "AI seen?"),
    "action": ("action", "Aktion", "user_action", "event"),
    "outcome": ("outcome", "Ergebnis", "loss (EUR)", "result"),
    "confidence": ("confidence", "score", "Konfidenz", "p(default)"),
    "population": ("population", "Rolle", "role", "team"),
    "mode": ("mode", "Modus", "phase"),
    "other": (
        "region",
        "Bemerkung",
        "x",
        "Betrag",
        "age",
        "valid",
        "Kunde",
        "updated_at",
        "status",
    ),
}
_WORDS = (
    ("approve", "decline"), ("1", "0"), ("TRUE", "FALSE"), ("yes", "no"), ("ja", "nein"),
    ("auszahlen", "prüfen"), ("payout", "manual review"), ("['approve']", "['decline']"),
    ("None", "antibiotics"), ("Approve ", "approve"), ("accepted", "overridden"),
    ("followed", "override"), ("a\u00a0b", "a b"), ("[1, 2]", "[1]"), ("shadow", "assist"),
)  # fmt: skip
_MOMENT = dt.datetime(2026, 3, 1, 9, 30)  # noqa: DTZ001 - strangers' times name no zone
_CLOCKS: tuple[Callable[[dt.datetime], str], ...] = (
    lambda t: t.isoformat(sep=" "), lambda t: t.isoformat() + "Z", lambda t: f"{t:%d.%m.%Y %H:%M}",
    lambda t: f"{t:%m/%d/%Y %I:%M %p}", lambda t: f"{t:%d/%m/%y}", lambda t: f"{t:%d %b %Y}",
    lambda t: t.isoformat() + "+02:00", lambda t: f"{t:%Y-%m-%d %H:%M} CET", lambda t: f"{t:%H:%M}",
    lambda t: str(int(t.timestamp())), lambda t: str(int(t.timestamp() * 1000)),
    lambda t: str(int(t.timestamp() * 10**9)), lambda t: f"{46000 + t.day + 0.4:.4f}",
    lambda t: f"{t:%Y%m%d}", lambda t: "0000-00-00", lambda t: "9999-12-31", lambda t: "soon",
)  # fmt: skip
_NUMBERS: tuple[Callable[[float], str], ...] = (
    lambda x: f"{x:.2f}", lambda x: f"{x:.2f}".replace(".", ","), lambda x: f"{x:,.2f}",
    lambda x: f"{x:,.2f}".translate(str.maketrans(",.", ".,")), lambda x: f"{x:.0f} %",
    lambda x: f"{x:.1e}", lambda x: f"€ {x:.2f}", lambda x: f"({x:.2f})", lambda x: f"{x:.0f}",
    lambda x: "inf", lambda x: "NaN", lambda x: "1.000", lambda x: f"{x:.3f}", lambda x: "-",
)  # fmt: skip
_ODD = (
    "",
    " ",
    "\u00a0",
    "NULL",
    "n/a",
    "?",
    "#REF!",
    "0",
    "'",
    '"',
    "=A1",
    "e\u0301",
    "é",
    "\ufeff",
    "1e400",
)


@dataclass(frozen=True)
class Strange:
    """A table to be read: how it is given (a path or an object), how many rows it has, and the column
    of each role, if somebody mapped it by hand."""

    given: Any
    rows: int
    columns: dict[str, str] | None


def _cells(draw: Any, role: str, n: int) -> list[Any]:
    """Cells of one column, as texts; odd ones among them."""
    at = draw(st.integers(0, 10**6))
    rng = np.random.default_rng(at)
    family = {"decided_at": "time", "confidence": "number", "outcome": "number",
              "decision_id": "id", "person_id": "id"}.get(role, "word")  # fmt: skip
    if draw(st.integers(0, 5)) == 0:
        family = draw(st.sampled_from(["time", "number", "id", "word", "blank"]))
    if family == "blank":
        cells: list[Any] = [""] * n
    elif family == "id":
        few = draw(st.sampled_from([1, 3, n, 10 * n]))
        cells = [f"{role[0]}{rng.integers(few)}" for _ in range(n)]
    elif family == "time":
        writes = draw(st.lists(st.sampled_from(_CLOCKS), min_size=1, max_size=2))
        steps = rng.integers(0, 60 * 24 * 90, n)
        cells = [writes[i % len(writes)](_MOMENT + dt.timedelta(minutes=int(s)))
                 for i, s in enumerate(steps)]  # fmt: skip
    elif family == "number":
        write = draw(st.sampled_from(_NUMBERS))
        top = draw(st.sampled_from([1.0, 100.0, 1e6]))
        cells = [write(float(x)) for x in rng.uniform(0, top, n)]
    else:
        words = draw(st.sampled_from(_WORDS))
        cells = [words[int(i)] for i in rng.integers(0, 2, n)]
    if draw(st.integers(0, 2)) == 0:
        for odd in draw(st.lists(st.sampled_from(_ODD), min_size=1, max_size=2)):
            cells[int(rng.integers(n))] = odd
    return cells


def _columns(draw: Any, n: int) -> tuple[dict[str, list[Any]], dict[str, str] | None]:
    roles = draw(
        st.lists(st.sampled_from(list(HEADS)), min_size=1, max_size=4, unique=True).map(
            lambda more: list(dict.fromkeys(["recommendation", "choice", "decided_at", *more]))
        )
    )
    if draw(st.integers(0, 7)) == 0:
        roles.remove(draw(st.sampled_from(["recommendation", "choice", "decided_at"])))
    heads = {role: draw(st.sampled_from(HEADS[role])) for role in roles}
    mapped = {role: head for role, head in heads.items() if role != "other" and head}
    by_hand = mapped if draw(st.booleans()) else None
    return {heads[role]: _cells(draw, role, n) for role in roles}, by_hand


_SIZES = st.sampled_from([1, 2, 7, 40, 200])


@st.composite
def files(draw: Any, folder: Path) -> Strange:
    """Delimited files, workbooks and Parquet on disk."""
    n = draw(_SIZES)
    columns, by_hand = _columns(draw, n)
    kind = draw(st.sampled_from(["csv", "csv", "csv", "tsv", "xlsx", "parquet"]))
    path = folder / f"table.{kind}"
    if kind == "parquet":
        pq.write_table(pa.table(columns), path)
        return Strange(path, n, by_hand)
    frame = pd.DataFrame(columns)
    if kind == "xlsx":
        frame.to_excel(path, index=False)
        return Strange(path, n, by_hand)
    text = io.StringIO()
    sep = "\t" if kind == "tsv" else draw(st.sampled_from([",", ";", "|", "\t"]))
    frame.to_csv(text, sep=sep, index=False, quoting=draw(st.sampled_from([0, 1])),
                 lineterminator=draw(st.sampled_from(["\n", "\r\n"])))  # fmt: skip
    written = text.getvalue()
    if draw(st.integers(0, 4)) == 0:
        written = written.replace("\r\n", "\n", 1)
    if draw(st.integers(0, 4)) == 0:
        written += sep * (len(columns) - 1) + "\n"
    if draw(st.integers(0, 5)) == 0:
        written = f"Report of 3 March{sep * (len(columns) - 1)}\n{written}"
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]))
    path.write_bytes(written.encode(encoding, "replace"))
    return Strange(path, n, by_hand)


_TYPES = (
    "text", "text", "int", "float", "bool", "time", "zoned", "date", "category", "list", "struct",
    "interval", "decimal", "binary", "null", "clock",
)  # fmt: skip


def _typed(draw: Any, cells: list[Any], n: int) -> pa.Array:
    """A column of some type of an engine, made of the cells or beside them."""
    rng = np.random.default_rng(n)
    kind = draw(st.just("text") | st.sampled_from(_TYPES))
    moments = [_MOMENT + dt.timedelta(hours=int(h)) for h in rng.integers(0, 2000, n)]
    made: dict[str, Callable[[], pa.Array]] = {
        "text": lambda: pa.array([c or None for c in cells]),
        "int": lambda: pa.array(rng.integers(0, 3, n), pa.int64()),
        "float": lambda: pa.array(
            [[1.0, float("nan"), float("inf"), -0.0, None][i] for i in rng.integers(0, 5, n)]
        ),
        "bool": lambda: pa.array([[True, False, None][i] for i in rng.integers(0, 3, n)]),
        "time": lambda: pa.array(
            moments, pa.timestamp(draw(st.sampled_from(["s", "ms", "us", "ns"])))
        ),
        "zoned": lambda: pa.array(
            moments, pa.timestamp(draw(st.sampled_from(["us", "ns"])), "Europe/Berlin")
        ),
        "date": lambda: pa.array([m.date() for m in moments]),
        "category": lambda: pa.array(cells).dictionary_encode(),
        "list": lambda: pa.array([[c] if i % 3 else [c, c] for i, c in enumerate(cells)]),
        "struct": lambda: pa.array([{"code": c, "n": i} for i, c in enumerate(cells)]),
        "interval": lambda: pa.array(
            [dt.timedelta(seconds=int(s)) for s in rng.integers(0, 99, n)]
        ),
        "decimal": lambda: pa.array([Decimal(int(i)) / 100 for i in rng.integers(0, 999, n)]),
        "binary": lambda: pa.array([str(c).encode() for c in cells]),
        "null": lambda: pa.nulls(n),
        "clock": lambda: pa.array([m.time() for m in moments]),
    }
    return made[kind]()


@st.composite
def frames(draw: Any, folder: Path) -> Strange:
    """Tables of an engine: pandas, Polars, Arrow, DuckDB through Ibis, typed Parquet."""
    n = draw(_SIZES)
    columns, by_hand = _columns(draw, n)
    table = pa.table({head: _typed(draw, cells, n) for head, cells in columns.items()})
    kind = draw(st.sampled_from(["pandas", "polars", "arrow", "duckdb", "parquet"]))
    if kind == "pandas":
        frame = table.to_pandas()
        if draw(st.booleans()):
            frame.index = pd.Index(np.arange(n) * 2, name="decision_id")
        return Strange(frame, n, by_hand)
    if kind == "polars":
        return Strange(pl.from_arrow(table), n, by_hand)
    if kind == "parquet":
        path = folder / "typed.parquet"
        pq.write_table(table, path)
        return Strange(path, n, by_hand)
    if kind == "duckdb":
        connection = duckdb.connect()
        connection.execute(f"SET TimeZone = '{draw(st.sampled_from(['UTC', 'Asia/Tokyo']))}'")
        connection.register("given", table)
        connection.execute("CREATE TABLE decisions AS FROM given")
        return Strange(ibis.duckdb.from_connection(connection).table("decisions"), n, by_hand)
    return Strange(table, n, by_hand)
