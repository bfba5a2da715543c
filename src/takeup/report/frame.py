"""Every figure of a diagnosis as rows of a table, and as a chart of intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

COLUMNS = (
    "use_case", "question", "figure", "group", "value", "low", "high", "unit", "n", "k", "people",
    "confidence", "grade", "status", "reason", "needs", "method",
)  # fmt: skip
_NAMES = ("key", "population", "scope", "level", "kind", "name", "label", "outcome", "week")
"""What tells the entries of a list apart."""


def figures_frame(document: Mapping[str, Any]) -> pd.DataFrame:
    """A row for each figure of a diagnosis document: the question (measure), the figure, the group it is
    of (empty: all), and the estimate or why there is none (`status`, `reason`, `needs`)."""
    rows = [
        {"use_case": told["use_case"], **row}
        for told in document["diagnoses"]
        for question, answer in told["measures"].items()
        for row in _rows(question, answer, (), ())
    ]
    # A question that cannot be answered repeats its refusal for the figures that it would have.
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).drop_duplicates(ignore_index=True)
    return frame.astype(dict.fromkeys(("n", "k", "people"), "Int64"))


def _rows(
    question: str, value: Any, path: tuple[str, ...], group: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield from _rows(question, item, path, (*group, _name_of(item, i)))
        return
    if not isinstance(value, Mapping):
        return
    if {"value", "low", "high"} <= set(value) or {"status", "reason"} <= set(value):
        told = {name: value[name] for name in COLUMNS if name in value}
        yield {
            **told, "question": question, "figure": ".".join(path) or question,
            "group": " · ".join(part for part in group if part),
        }  # fmt: skip
    for name, item in value.items():
        if name == "groups" and isinstance(item, Mapping):
            for dimension, levels in item.items():
                yield from _rows(question, levels, path, (*group, dimension))
        elif isinstance(item, Mapping | list):
            yield from _rows(question, item, (*path, name), group)


def _name_of(item: Any, place: int) -> str:
    if isinstance(item, Mapping):
        for name in _NAMES:
            if isinstance(item.get(name), str) and item[name]:
                return str(item[name])
    return str(place + 1)


def intervals_chart(frame: pd.DataFrame, title: str) -> Any:
    """An Altair chart of estimates of one unit: a point and its interval for each figure and group, zero
    marked where the unit is a difference. Rows without an estimate stand beside it as words."""
    import altair as alt

    shares = frame["unit"].iloc[0] in ("share", "points")
    drawn = frame.assign(
        row=[f"{g} · {f}" if g else f for f, g in zip(frame["figure"], frame["group"], strict=True)]
    )
    axis = alt.Axis(format="%" if shares else "~s", title=str(frame["unit"].iloc[0]))
    base = alt.Chart(drawn).encode(
        y=alt.Y("row:N", sort=None, title=None, axis=alt.Axis(labelLimit=360)),
        tooltip=["figure", "group", "value", "low", "high", "n", "people", "grade", "method"],
    )
    bars = base.mark_rule(strokeWidth=4, opacity=0.35, color="#0d5c58").encode(
        x=alt.X("low:Q", axis=axis, scale=alt.Scale(zero=False)), x2="high:Q"
    )
    points = base.mark_point(filled=True, size=60, color="#0d5c58", opacity=1).encode(x="value:Q")
    layers = [bars, points]
    if frame["unit"].iloc[0] == "points":
        zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color="#5f6972")
        layers.insert(0, zero.encode(x="zero:Q"))
    return alt.layer(*layers).properties(title=title, width=420)
