"""A pandas frame as an Arrow table, with every column that has no such form named.

pandas holds things that no table of rows and columns does: an index beside the columns, names of several
levels, periods, numbers of any length. Each is made plain, or refused by its column's name.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa

from takeup.record.errors import InputError

REFUSALS = (pa.ArrowException, ValueError, TypeError, OverflowError)
"""What pyarrow raises for a column that it has no form for."""


def arrow_of(frame: pd.DataFrame) -> tuple[pa.Table, tuple[str, ...]]:
    """The frame's rows, and what is to be said of them. Raises InputError that names the column which
    cannot be read, or whose name stands twice."""
    notes: list[str] = []
    frame = _with_plain_names(_with_index(frame), notes)
    refuse_doubled(frame.columns)
    plain = {name: _plain(name, frame[name], notes) for name in frame.columns}
    changed = {name: column for name, column in plain.items() if column is not None}
    frame = frame.assign(**changed) if changed else frame
    try:
        return pa.Table.from_pandas(frame, preserve_index=False), tuple(notes)
    except REFUSALS as error:
        raise InputError(_which(frame) or f"the table cannot be read: {error}") from None


def refuse_doubled(names: Iterable[str]) -> None:
    """Raises InputError where two columns have one name, capitals or not."""
    seen: dict[str, str] = {}
    for name in names:
        if name.lower() in seen:
            also = "" if seen[name.lower()] == name else f" (also as {seen[name.lower()]!r})"
            raise InputError(
                f"the column name {name!r} stands in the table more than once{also}; rename one of them"
            )
        seen[name.lower()] = name


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the levels of its index that have names as columns; others only count rows."""
    named = [
        level
        for level, name in enumerate(frame.index.names)
        if name is not None and name not in frame.columns
    ]
    return frame.reset_index(level=named) if named else frame


def _with_plain_names(frame: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    if frame.columns.nlevels > 1:
        names = [".".join(str(part) for part in name if str(part)) for name in frame.columns]
        notes.append(f"names of columns on several levels are joined: {names[-1]}")
    else:
        names = [str(name) for name in frame.columns]
    return frame if names == list(frame.columns) else frame.set_axis(names, axis=1)


def _plain(name: str, column: Any, notes: list[str]) -> Any:
    """The column in a form that Arrow has; None where it has one already."""
    dtype = column.dtype
    if isinstance(dtype, pd.SparseDtype):
        return column.sparse.to_dense()
    if isinstance(dtype, pd.PeriodDtype):
        notes.append(f"periods in column {name} are read as the time they begin at")
        return column.dt.to_timestamp()
    if pd.api.types.is_complex_dtype(dtype):
        raise InputError(
            f"column {name} cannot be read: it holds complex numbers; give their real part, or leave it out"
        )
    if pd.api.types.is_object_dtype(dtype) and pd.api.types.infer_dtype(column) == "datetime":
        zones = {m.tzinfo is None for m in column.dropna() if isinstance(m, datetime)}
        if len(zones) > 1:
            raise InputError(
                f"column {name} cannot be read: some of its times name a zone and others none; give all of "
                "them a zone (pandas.to_datetime(…, utc=True) where the others are UTC)"
            )
    return None


def _which(frame: pd.DataFrame) -> str | None:
    """What is wrong with the first column that has no form in Arrow."""
    for name, column in frame.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                pa.array(column, from_pandas=True)
        except OverflowError:
            return (
                f"column {name} cannot be read: it holds whole numbers of more than 64 bits; give them as "
                "text where they name something, as floats where they count"
            )
        except REFUSALS as error:
            why = str(error.args[0] if error.args else error).splitlines()[0][:160]
            return f"column {name} cannot be read: {why}; give each column values of one type"
    return None
