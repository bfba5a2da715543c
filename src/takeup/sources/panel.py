"""Cases worth judging: drawn by stratum, on a sheet that hides what was decided.

A table in which nothing can be known becomes one with a paired answer: the panel fills in
what would have been right, and each case counts by one over its chance of having been drawn.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from takeup.log import Engine, engine_of, fetch, hash_of
from takeup.log.compress import beside
from takeup.record.columns import COVARIATE_PREFIX
from takeup.record.errors import InputError
from takeup.record.excel_csv import ENCODING
from takeup.sources.raw_table import RawTable

LEAST = 60
KEY_ENDING = ".key.csv"
_SHOWN = ("decided_at", "stakes", "population")


@dataclass(frozen=True, slots=True)
class PanelSample:
    """`sheet`: what the panel sees, in random order, `correct_choice` (or `correct_value`)
    blank. `key`: each case's stratum and chance of having been drawn; not for the panel."""

    sheet: pd.DataFrame
    key: pd.DataFrame
    choices: tuple[str, ...]
    strata: int


def draw_sample(
    decisions: ir.Table, segments: list[str], size: int = LEAST, seed: int = 1
) -> PanelSample:
    """`size` cases (at least 60, or all there are), stratified by advice × choice × segment.

    Every pair of advice and choice gets about the same number, so that rare disagreements
    are judged too; within a pair, segments by their size, at least one each (without segments where
    there are more strata than cases to judge). `decisions` has
    decision_id or case_id. Raises InputError where advice or choice is not known.
    """
    key = next((c for c in ("decision_id", "case_id") if c in decisions.columns), None)
    numeric = "recommendation_value" in decisions.columns
    pair = _pair(decisions, numeric)
    if key is None or pair is None:
        raise InputError(
            "a sample needs the advice and the choice of each case: map recommendation and choice"
        )
    by = {**pair, **{s: decisions[s].cast("string").fill_null("(blank)") for s in segments}}
    rows = decisions.mutate(**{f"s{i}__": value for i, value in enumerate(by.values())})
    names = [f"s{i}__" for i in range(len(by))]
    rows = rows.filter(rows["s0__"].notnull() & rows["s1__"].notnull() & rows[key].notnull())
    counts = fetch(rows.group_by(*names).aggregate(n=rows.count())).to_pandas()
    if counts.empty:
        raise InputError("no case has both advice and choice; there is nothing to judge")
    if len(counts) > max(size, LEAST):
        names = names[:2]
        counts = counts.groupby(names, as_index=False)["n"].sum()
    counts = counts.sort_values(names, ignore_index=True)
    counts["take"] = _allocate(counts, names[:2], max(size, LEAST))
    counts["stratum"] = np.arange(len(counts))
    side = beside(rows, pa.Table.from_pandas(counts, preserve_index=False))
    joined = rows.join(side, names)
    joined = joined.mutate(
        order__=hash_of(joined[key].cast("string") + f"/{seed}", engine_of(rows))
    )
    within = ibis.window(group_by=joined.stratum, order_by=joined.order__)
    ranked = joined.mutate(rank__=ibis.row_number().over(within))
    shown = [c for c in (*_SHOWN, *segments) if c in rows.columns]
    shown += [c for c in rows.columns if c.startswith(COVARIATE_PREFIX) and c not in shown]
    drawn = fetch(
        ranked.filter(ranked.rank__ < ranked["take"]).select(key, *shown, "stratum", "n", "take")
    ).to_pandas()
    drawn = drawn.sort_values(key).sample(frac=1, random_state=seed, ignore_index=True)
    drawn["truth_probability"] = drawn["take"] / drawn["n"]
    answer = "correct_value" if numeric else "correct_choice"
    sheet = drawn[[key, *shown]].copy()
    sheet[answer], sheet["comment"] = None, None
    return PanelSample(
        sheet,
        drawn[[key, "stratum", "truth_probability"]],
        _choices(decisions, numeric),
        len(counts),
    )


def _pair(decisions: ir.Table, numeric: bool) -> dict[str, ir.Value] | None:
    if {"recommendation", "choice"} <= set(decisions.columns):
        return {"advice": decisions.recommendation, "choice": decisions.choice}
    if numeric and "choice_value" in decisions.columns:
        moved = decisions.choice_value - decisions.recommendation_value
        way = ibis.cases((moved > 0, "up"), (moved < 0, "down"), else_="kept")
        return {"advice": ibis.literal("number"), "choice": way}
    return None


def _choices(decisions: ir.Table, numeric: bool) -> tuple[str, ...]:
    if numeric:
        return ()
    found = fetch(decisions.select("choice").distinct())["choice"].to_pylist()
    return tuple(sorted(str(c) for c in found if c is not None))


def _allocate(counts: pd.DataFrame, pair: list[str], size: int) -> NDArray[np.int64]:
    """Cases to take per stratum, `size` of them: even over pairs, by size within, at least one, never more
    than there are."""
    there = counts["n"].to_numpy(np.int64)
    of_pair = counts.groupby(pair)["n"].transform("sum").to_numpy(float)
    number = counts[pair].drop_duplicates().shape[0]
    wanted = np.ceil(size / number * there / of_pair).astype(np.int64)
    take: NDArray[np.int64] = np.minimum(np.maximum(wanted, 1), there)
    while take.sum() < min(size, there.sum()):
        take[np.argmax(there - take)] += 1
    while take.sum() > max(size, len(take)):
        take[np.argmax(take)] -= 1
    return take


def write_sheet(sample: PanelSample, path: Path) -> tuple[Path, Path]:
    """The sheet as .xlsx or .csv and its key beside it; both paths."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() == ".xlsx":
        path.write_bytes(_workbook(sample))
    else:
        path.write_text(sample.sheet.to_csv(index=False), encoding=ENCODING)
    key = key_path(path)
    key.write_text(sample.key.to_csv(index=False), encoding="utf-8")
    return path, key


def key_path(sheet: Path) -> Path:
    """Where the key of a sheet lies."""
    return sheet.with_name(sheet.stem + KEY_ENDING)


def _workbook(sample: PanelSample) -> bytes:
    import xlsxwriter

    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, "remove_timezone": True})
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    ask = book.add_format({"bold": True, "bottom": 1, "bg_color": "#e3efed"})
    day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    page = book.add_worksheet("Cases")
    columns = list(sample.sheet.columns)
    for i, name in enumerate(columns):
        page.write(0, i, name, ask if name.startswith("correct") else bold)
        page.set_column(i, i, max(14, len(name) + 2))
    for r, row in enumerate(sample.sheet.itertuples(index=False), 1):
        for i, value in enumerate(row):
            _write_cell(page, r, i, value, day)
    if sample.choices:
        at = columns.index("correct_choice")
        page.data_validation(
            1, at, len(sample.sheet), at, {"validate": "list", "source": list(sample.choices)}
        )
    page.freeze_panes(1, 1)
    notes = book.add_worksheet("How to judge")
    notes.set_column(0, 0, 96)
    for r, line in enumerate(_INSTRUCTIONS):
        notes.write(r, 0, line)
    book.close()
    return held.getvalue()


def _write_cell(page: Any, row: int, column: int, value: Any, day: Any) -> None:
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NaT:
        return
    if isinstance(value, pd.Timestamp):
        page.write_datetime(row, column, value.to_pydatetime(), day)
    elif isinstance(value, int | float | np.integer | np.floating):
        page.write_number(row, column, float(value))
    else:
        page.write_string(row, column, str(value))


_INSTRUCTIONS = (
    "Two people judge each case on their own; where they differ, a third decides.",
    "Judge from what was known at the time. Nobody on the panel looks up what was decided.",
    "Fill in the green column with what would have been right; leave it blank where nobody can tell.",
    "Do not sort rows away or delete any: the chance of each case to be drawn is kept beside.",
    "Give the filled sheet to takeup as outcomes: takeup diagnose DECISIONS --outcomes THIS_SHEET",
    "The key file must lie beside the sheet; the panel does not need it.",
)


def with_key(raw: RawTable, given: Any, engine: Engine) -> RawTable:
    """An outcomes file with `truth_probability` from the key that lies beside it, if one does."""
    if not isinstance(given, str | Path) or "truth_probability" in raw.table.columns:
        return raw
    path = key_path(Path(given))
    if not path.exists():
        return raw
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    name = next((c for c in ("decision_id", "case_id") if rows and c in rows[0]), None)
    if name is None or name not in raw.table.columns:
        raise InputError(
            f"{path.name}: the key does not name its cases as {raw.name} does; keep sheet and key "
            "as takeup sample wrote them"
        )
    side = engine.load(
        pa.table(
            {
                "key__": [r[name] for r in rows],
                "truth_probability": [r["truth_probability"] for r in rows],
            }
        ),
        "key",
    )
    table = raw.table.left_join(side, raw.table[name].cast("string") == side.key__).drop("key__")
    return RawTable(
        raw.name, table, raw.rows_read, raw.is_text, raw.sha256, raw.rejects,
        (*raw.notes, f"truth_probability was taken from {path.name}"),
    )  # fmt: skip
