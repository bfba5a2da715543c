"""The report's charts: Altair specs rendered to SVG whose colours are CSS variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from takeup.stats.answer import Answer, Estimate

FONT = "Inter, system-ui, sans-serif"
WIDE, NARROW = 900, 330


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart in two widths, and what it shows in words for those who cannot see it."""

    wide: str
    narrow: str
    text: str


@dataclass(frozen=True, slots=True)
class Interval:
    """One row of an interval chart."""

    label: str
    series: str
    answer: Answer


def _svg(chart: Any, width: int) -> str:
    import vl_convert as vlc

    themed = chart.properties(width=width, background="transparent").configure(
        font=FONT,
        view={"stroke": None},
        axis={
            "labelColor": "var(--second)",
            "titleColor": "var(--second)",
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "gridColor": "var(--line)",
            "domain": False,
            "ticks": False,
            "labelLimit": 260,
            "labelPadding": 8,
        },
        legend={
            "labelColor": "var(--second)",
            "titleColor": "var(--second)",
            "labelFontSize": 12,
            "orient": "bottom",
            "title": None,
            "symbolType": "square",
            "labelLimit": 260,
        },
        header={"labelColor": "var(--text)", "labelFontSize": 13},
    )
    svg: str = vlc.vegalite_to_svg(themed.to_json())
    return svg


def _both(make: Any, text: str) -> Chart:
    return Chart(_svg(make(False), WIDE - 260), _svg(make(True), NARROW - 20), text)


PARTS = (
    ("followed or modified", "var(--followed)"),
    ("overridden", "var(--overridden)"),
    ("agreed, unknown whether seen", "var(--followed-interval)"),
    ("differed, unknown whether seen", "var(--overridden-interval)"),
    ("decided without looking", "var(--inset)"),
    ("unaccounted", "var(--unknown)"),
)


def shares_chart(rows: Sequence[tuple[str, dict[str, float]]]) -> Chart:
    """Stacked shares of eligible cases, one bar per group: `rows` = (label, part → share)."""
    present = [part for part, _ in PARTS if any(shares.get(part) for _, shares in rows)]
    data = pd.DataFrame(
        [
            {
                "group": label,
                "part": part,
                "share": shares.get(part, 0.0),
                "order": present.index(part),
            }
            for label, shares in rows
            for part in present
        ]
    )
    colours = [colour for part, colour in PARTS if part in present]

    def make(narrow: bool) -> Any:
        base = (
            alt.Chart(data)
            .mark_bar(height=26, stroke="var(--card)", strokeWidth=1.5)
            .encode(
                x=alt.X(
                    "share:Q",
                    stack="zero",
                    scale=alt.Scale(domain=[0, 1]),
                    axis=alt.Axis(format="%", orient="top", title=None, tickCount=5),
                ),
                color=alt.Color(
                    "part:N",
                    scale=alt.Scale(domain=present, range=colours),
                    legend=alt.Legend(columns=1 if narrow else 3),
                ),
                order=alt.Order("order:Q"),
            )
        )
        if narrow:
            return base.encode(
                row=alt.Row(
                    "group:N",
                    sort=[r[0] for r in rows],
                    title=None,
                    header=alt.Header(labelOrient="top", labelAnchor="start"),
                )
            ).properties(height=30)
        return base.encode(y=alt.Y("group:N", sort=[r[0] for r in rows], title=None)).properties(
            height=alt.Step(46)
        )

    text = "; ".join(
        f"{label}: " + ", ".join(f"{part} {100 * shares.get(part, 0):.0f} %" for part in present)
        for label, shares in rows
    )
    return _both(make, text)


def intervals_chart(
    rows: Sequence[Interval], *, zero: bool, colours: dict[str, str]
) -> Chart | None:
    """Points with intervals, one line per row; `zero` draws the line of no difference."""
    data = pd.DataFrame(
        [
            {
                "label": row.label,
                "series": row.series,
                "value": row.answer.value,
                "low": row.answer.low,
                "high": row.answer.high,
            }
            for row in rows
            if isinstance(row.answer, Estimate)
        ]
    )
    if data.empty:
        return None
    labels = list(dict.fromkeys(data["label"]))
    series = list(colours)
    shapes = ["circle", "diamond", "square", "triangle-up"][: len(series)]

    def make(narrow: bool) -> Any:
        axis = alt.Axis(format="+%" if zero else "%", orient="top", title=None, tickCount=5)
        x = alt.X("value:Q", axis=axis, scale=alt.Scale(zero=zero, nice=True))
        offset = {} if len(series) == 1 else {"yOffset": alt.YOffset("series:N", sort=series)}
        y = alt.Y("label:N", sort=labels, title=None, axis=None if narrow else alt.Axis())
        colour = alt.Color(
            "series:N",
            scale=alt.Scale(domain=series, range=list(colours.values())),
            legend=None if len(series) == 1 else alt.Legend(symbolType="circle"),
        )
        bars = (
            alt.Chart(data)
            .mark_rule(strokeWidth=8, opacity=0.32, strokeCap="round")
            .encode(
                x=alt.X("low:Q", axis=axis, scale=alt.Scale(zero=zero)),
                x2="high:Q",
                y=y,
                color=colour,
                **offset,
            )
        )
        points = (
            alt.Chart(data)
            .mark_point(filled=True, size=80, opacity=1)
            .encode(
                x=x,
                y=y,
                color=colour,
                shape=alt.Shape(
                    "series:N", scale=alt.Scale(domain=series, range=shapes), legend=None
                ),
                **offset,
            )
        )
        layers = [bars, points]
        if zero:
            layers.insert(
                0,
                alt.Chart(pd.DataFrame({"zero": [0]}))
                .mark_rule(color="var(--second)")
                .encode(x="zero:Q"),
            )
        if narrow:
            layers.append(
                alt.Chart(data)
                .mark_text(align="left", dy=-16, fontSize=12, color="var(--text)")
                .encode(x=alt.value(0), y=y, text="label:N")
            )
        return alt.layer(*layers).properties(height=alt.Step(56 if narrow else 44))

    text = "; ".join(
        f"{r.label} ({r.series}): {100 * r.answer.value:.1f}, interval {100 * r.answer.low:.1f} to "
        f"{100 * r.answer.high:.1f}"
        for r in rows
        if isinstance(r.answer, Estimate)
    )
    return _both(make, text)


def weeks_chart(rows: Sequence[tuple[str, str, Estimate]]) -> Chart:
    """Lines over weeks with interval bands: `rows` = (series, Monday, estimate)."""
    data = pd.DataFrame(
        [
            {"series": series, "week": week, "value": e.value, "low": e.low, "high": e.high}
            for series, week, e in rows
        ]
    )
    colours = {
        "looked at": "var(--model)",
        "overridden, of those": "var(--overridden)",
        "agreeing": "var(--followed)",
    }
    present = [s for s in colours if s in set(data["series"])]
    scale = alt.Scale(domain=present, range=[colours[s] for s in present])

    def make(narrow: bool) -> Any:
        x = alt.X(
            "week:T",
            title=None,
            axis=alt.Axis(format="%-d %b", grid=False, tickCount=4 if narrow else 8),
        )
        y = alt.Y(
            "value:Q",
            title=None,
            axis=alt.Axis(format="%", tickCount=4),
            scale=alt.Scale(domainMin=0),
        )
        colour = alt.Color("series:N", scale=scale, legend=alt.Legend(symbolType="stroke"))
        band = (
            alt.Chart(data)
            .mark_area(opacity=0.18)
            .encode(
                x=x,
                y=alt.Y("low:Q", axis=alt.Axis(format="%", tickCount=4)),
                y2="high:Q",
                color=colour,
            )
        )
        line = (
            alt.Chart(data)
            .mark_line(strokeWidth=2, point={"size": 36, "filled": True})
            .encode(x=x, y=y, color=colour, shape=alt.Shape("series:N", legend=None))
        )
        return alt.layer(band, line).properties(height=220)

    text = "; ".join(f"week of {week}, {series}: {100 * e.value:.0f} %" for series, week, e in rows)
    return _both(make, text)
