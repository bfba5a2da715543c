"""Charts with axes of their own: Altair specs rendered to SVG whose colours are CSS variables, in two widths."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from textwrap import wrap
from typing import Any

import altair as alt
import pandas as pd
from altair.utils.schemapi import debug_mode

from takeup.drawing.dates import day_words
from takeup.drawing.fitting import fitted, width_of
from takeup.drawing.strips import FONT, LANE, LETTER, NARROW, WIDE, Chart, Series, interval_token

WEEKS_HEIGHT = 170
"""Of a drawing of weeks, pixels."""
_LINE = 14
"""How far lines of a label are apart, pixels."""


@dataclass(frozen=True, slots=True)
class WeekPoint:
    """One week of one series: share and interval; `week` is its Monday."""

    series: Series
    week: str
    value: float
    low: float
    high: float


def weeks_chart(
    rows: Sequence[WeekPoint],
    changes: Sequence[tuple[str, str]] = (),
    wide: int = WIDE,
    high: int = WEEKS_HEIGHT,
) -> Chart:
    """Lines over weeks with interval bands, labelled at their ends; `changes` = (day, what); `wide`, `high`:
    of the wide drawing, pixels."""
    data = pd.DataFrame(
        [
            {
                "series": r.series.name,
                "week": r.week,
                "value": r.value,
                "low": r.low,
                "high": r.high,
                "ink": f"var(--{r.series.token})",
                "band": f"var(--{interval_token(r.series.token)})",
                "shape": r.series.shape,
            }
            for r in rows
        ]
    )
    top = max(0.1, float(data["high"].max()) * 1.05)
    last = data[data["week"] == data["week"].max()].sort_values("value")
    names = ["\n".join(wrap(name, 16, max_lines=3, placeholder="…")) for name in last["series"]]
    values, lines = list(last["value"]), [name.count("\n") for name in names]

    def make(width: int) -> Any:
        narrow = width == NARROW
        height = WEEKS_HEIGHT if narrow else high
        room = [top * (LANE + _LINE * more) / height for more in lines]
        ends = last.assign(at=_apart(values, room), name=names)
        x = alt.X(
            "week:T",
            title=None,
            axis=alt.Axis(format="%-d %b", grid=False, tickCount=3 if narrow else 5),
        )
        y = alt.Y(
            "value:Q",
            title=None,
            axis=alt.Axis(format="%", tickCount=4),
            scale=alt.Scale(domain=[0, top], nice=True),
        )
        base = alt.Chart(data)
        layers = [
            base.mark_area(opacity=0.55).encode(
                x=x,
                y=alt.Y("low:Q", title=None, scale=alt.Scale(domain=[0, top], nice=True)),
                y2="high:Q",
                fill=alt.Fill("band:N", scale=None),
                detail="series:N",
            ),
            base.mark_line(strokeWidth=2).encode(
                x=x, y=y, stroke=alt.Stroke("ink:N", scale=None), detail="series:N"
            ),
            base.mark_point(size=44, filled=True, opacity=1).encode(
                x=x,
                y=y,
                shape=alt.Shape("shape:N", scale=None),
                color=alt.Color("ink:N", scale=None),
            ),
            alt.Chart(ends)
            .mark_text(
                align="left",
                dx=9,
                fontSize=12,
                fontWeight=600,
                lineBreak="\n",
                lineHeight=_LINE,
            )
            .encode(
                x=x,
                y=alt.Y("at:Q", title=None, scale=alt.Scale(domain=[0, top], nice=True)),
                text="name:N",
                color=alt.Color("ink:N", scale=None),
            ),
        ]
        if changes:
            layers += _change_layers(changes, list(data["week"]), width - 110)
        return alt.layer(*layers).properties(width=width - 110, height=height)

    text = "; ".join(
        f"week of {day_words(r.week)}, {r.series.name}: {100 * r.value:.0f} %" for r in rows
    )
    return _both(make, text, wide)


def _change_layers(
    changes: Sequence[tuple[str, str]], days: Sequence[str], width: int, *, told: bool = True
) -> list[Any]:
    """A dashed line for each day of `changes`, and (`told`) what came then beside its top: on the side
    with more room, in as many lines as it needs, lower where it would meet another. `days`: of the
    chart's data."""
    by_day = {
        day: ", ".join(w for d, w in changes if d == day) for day in sorted({d for d, _ in changes})
    }
    at = {day: date.fromisoformat(day[:10]).toordinal() for day in (*days, *by_day)}
    first, span = min(at.values()), max(max(at.values()) - min(at.values()), 1)
    rows: dict[tuple[int, bool], list[dict[str, Any]]] = {}
    taken: list[tuple[float, float, int]] = []  # From, to, and below which line of text.
    for day, what in by_day.items():
        place = (at[day] - first) / span * width
        late = place + width_of(what) + 8 > width + 20 and place > width - place
        room = max((place + 20 if late else width + 20 - place) - 8, 10 * LETTER)
        lines = wrap(what, int(room / LETTER)) if width_of(what) > room else [what]
        long = max(map(width_of, lines)) + 8
        start, end = (place - long, place) if late else (place, place + long)
        row = max((below for a, b, below in taken if a < end and start < b), default=0)
        taken.append((start, end, row + len(lines)))
        rows.setdefault((row, late), []).append({"day": day, "what": "\n".join(lines)})
    dashed = alt.Chart(pd.DataFrame({"day": list(by_day)})).mark_rule(
        strokeDash=[3, 3], color="var(--second)"
    )
    layers: list[Any] = [dashed.encode(x="day:T")]
    for (row, late), held in rows.items() if told else ():
        text = alt.Chart(pd.DataFrame(held)).mark_text(
            align="right" if late else "left", dx=-4 if late else 4, fontSize=12,
            color="var(--second)", baseline="top", lineBreak="\n", lineHeight=_LINE,
        )  # fmt: skip
        layers.append(text.encode(x="day:T", y=alt.value(row * _LINE), text="what:N"))
    return layers


@dataclass(frozen=True, slots=True)
class LookPoint:
    """A difference (shares, signed) as it stood on a `day`."""

    day: str
    value: float
    low: float
    high: float


def looks_chart(looks: Sequence[LookPoint], margin: float, ends: tuple[float, float]) -> Chart:
    """How a difference narrowed from look to look, in points; the margin dashed. `ends` of the
    axis are shared with its neighbours."""
    data = pd.DataFrame(
        [
            {"look": i, "value": p.value, "low": p.low, "high": p.high}
            for i, p in enumerate(looks, 1)
        ]
    )
    lines = pd.DataFrame([{"y": 0.0, "dash": 0}, {"y": -margin, "dash": 1}])
    scale = alt.Scale(domain=list(ends), clamp=True)
    points = "(datum.value > 0 ? '+' : datum.value < 0 ? '−' : '') + format(abs(100 * datum.value), '.3~g')"

    def make(width: int) -> Any:
        x = alt.X(
            "look:Q", title="look",
            axis=alt.Axis(grid=False, tickMinStep=1, tickCount=min(len(looks), 5), format="d"),
            scale=alt.Scale(domain=[0.5, len(looks) + 0.5]),
        )  # fmt: skip
        y = alt.Y("value:Q", title=None, axis=alt.Axis(tickCount=5, labelExpr=points), scale=scale)
        base = alt.Chart(data)
        rules = alt.Chart(lines).encode(y=alt.Y("y:Q", title=None, scale=scale))
        return alt.layer(
            base.mark_area(opacity=0.6, color="var(--model-interval)").encode(
                x=x, y=alt.Y("low:Q", title=None, scale=scale), y2="high:Q"
            ),
            base.mark_rule(strokeWidth=2, color="var(--model-interval)").encode(
                x=x, y=alt.Y("low:Q", title=None, scale=scale), y2="high:Q"
            ),
            rules.transform_filter("datum.dash == 0").mark_rule(color="var(--second)"),
            rules.transform_filter("datum.dash == 1").mark_rule(
                color="var(--text)", strokeDash=[3, 3]
            ),
            base.mark_line(strokeWidth=2, color="var(--model)").encode(x=x, y=y),
            base.mark_point(
                size=44, filled=True, opacity=1, color="var(--model)", shape="square"
            ).encode(x=x, y=y),
        ).properties(width=230 if width == WIDE else 250, height=150)

    text = "; ".join(f"{day_words(p.day)}: {100 * p.value:+.1f} points" for p in looks)
    return _both(make, text)


def since_start_chart(weeks: Sequence[tuple[int, float, float, float]]) -> Chart:
    """A difference by week since the start (week, value, low, high; shares, signed). Weeks before the
    start, hollow, should lie at zero; the start is dashed."""
    data = pd.DataFrame(weeks, columns=["week", "value", "low", "high"])
    data["fill"] = ["var(--card)" if w < 0 else "var(--model)" for w in data["week"]]
    points = "(datum.value > 0 ? '+' : datum.value < 0 ? '−' : '') + format(abs(100 * datum.value), '.3~g')"

    def make(width: int) -> Any:
        x = alt.X("week:Q", title="weeks since the start", axis=alt.Axis(grid=False, tickMinStep=1, format="d"))  # fmt: skip
        y = alt.Y("value:Q", title=None, axis=alt.Axis(tickCount=5, labelExpr=points))
        base = alt.Chart(data)
        return alt.layer(
            alt.Chart(pd.DataFrame({"y": [0.0]})).mark_rule(color="var(--second)").encode(y="y:Q"),
            alt.Chart(pd.DataFrame({"x": [-0.5]}))
            .mark_rule(color="var(--text)", strokeDash=[3, 3])
            .encode(x=alt.X("x:Q", title="weeks since the start")),
            base.mark_rule(strokeWidth=5, strokeCap="round", color="var(--model-interval)").encode(
                x=x, y=alt.Y("low:Q", title=None), y2="high:Q"
            ),
            base.mark_point(
                size=60, shape="square", stroke="var(--model)", strokeWidth=1.6, opacity=1
            ).encode(x=x, y=y, fill=alt.Fill("fill:N", scale=None)),
        ).properties(width=width + 120 if width == WIDE else width - 40, height=200)

    text = "; ".join(f"week {w}: {100 * v:+.1f} points" for w, v, _, _ in weeks)
    return _both(make, text)


@dataclass(frozen=True, slots=True)
class Event:
    """Something seen in a lane at a `week` (its Monday): `code` stands beside it; filled while
    it is `open`."""

    lane: str
    week: str
    code: str
    open: bool


def timeline(events: Sequence[Event], changes: Sequence[tuple[str, str]] = ()) -> Chart:
    """Events in lanes over weeks; `changes` = (week, what) as dashed lines."""
    lanes = {lane: "\n".join(wrap(lane, 16)) for lane in dict.fromkeys(e.lane for e in events)}

    def make(width: int) -> Any:
        narrow = width == NARROW
        data = pd.DataFrame(
            [
                {
                    "lane": lanes[e.lane],
                    "week": e.week,
                    "code": code,
                    "fill": "var(--overridden)" if e.open else "var(--card)",
                }
                for e, code in _codes_apart(events, changes, 130 / (width - 150))
            ]
        )
        x = alt.X(
            "week:T",
            title=None,
            axis=alt.Axis(format="%-d %b", grid=False, tickCount=3 if narrow else 6),
        )
        lines = alt.Axis(
            grid=True, labelLimit=130, minExtent=110, labelExpr="split(datum.label, '\\n')"
        )
        y = alt.Y("lane:N", title=None, sort=list(lanes.values()), axis=lines)
        base = alt.Chart(data)
        layers = [
            base.mark_point(
                shape="diamond", size=130, stroke="var(--overridden)", strokeWidth=1.6, opacity=1
            ).encode(x=x, y=y, fill=alt.Fill("fill:N", scale=None)),
            base.mark_text(
                align="left", dx=10, fontSize=12, fontWeight=600, color="var(--overridden-ink)"
            ).encode(x=x, y=y, text="code:N"),
        ]
        if changes:
            weeks = [e.week for e in events]
            layers += _change_layers(changes, weeks, width - 150, told=not narrow)
        lines = max(name.count("\n") + 1 for name in lanes.values())
        height = max(44, _LINE * lines + 10) * len(lanes) + 24
        return alt.layer(*layers).properties(width=width - (140 if narrow else 150), height=height)

    return _both(
        make, "; ".join(f"{e.lane}, week of {day_words(e.week)}: {e.code}" for e in events)
    )


def _codes_apart(
    events: Sequence[Event], changes: Sequence[tuple[str, str]], apart: float
) -> list[tuple[Event, str]]:
    """Each event with the codes written beside it: where the next of its lane is nearer than `apart`
    (a share of the span of all), its code stands with that one's."""
    days = [date.fromisoformat(day[:10]).toordinal() for day, _ in changes]
    weeks = [date.fromisoformat(e.week[:10]).toordinal() for e in events]
    near = apart * max(max(days + weeks) - min(days + weeks), 1)
    told: list[tuple[Event, str]] = []
    for lane in dict.fromkeys(e.lane for e in events):
        mine = sorted(
            ((week, e) for week, e in zip(weeks, events, strict=True) if e.lane == lane),
            key=lambda one: one[0],
        )
        waiting: list[str] = []
        for (week, event), following in zip_longest(mine, mine[1:]):
            waiting.append(event.code)
            if following is not None and following[0] - week < near:
                told.append((event, ""))
            else:
                told.append((event, ", ".join(dict.fromkeys(waiting))))
                waiting = []
    return told


def _apart(values: Sequence[float], high: Sequence[float]) -> list[float]:
    """Rising `values` moved up where their labels, so `high` and hanging from their first line, would meet the
    one below or the axis."""
    placed: list[float] = []
    for value, own in zip(values, high, strict=True):
        below = placed[-1] if placed else -min(high)
        placed.append(max(value, below + own))
    return placed


def _both(make: Callable[[int], Any], text: str, wide: int = WIDE) -> Chart:
    return Chart(_rendered(_spec(make(wide))), _rendered(_spec(make(NARROW))), text)


def _spec(chart: Any) -> str:
    """The chart's spec as JSON, in the report's own look."""
    themed = chart.properties(
        background="transparent", padding={"left": 2, "right": 2, "top": 0, "bottom": 3}
    ).configure(
        font=FONT,
        view={"stroke": None},
        axis={
            "labelColor": "var(--third)",
            "titleColor": "var(--third)",
            "titleFontWeight": "normal",
            "labelFontSize": 12,
            "gridColor": "var(--line)",
            "domain": False,
            "ticks": False,
            "labelPadding": 6,
        },
    )
    # The specs are ours and tested; validating each would take most of the time.
    with debug_mode(False):
        spec: str = themed.to_json(indent=None, validate=False)
    return spec


def _rendered(spec: str) -> str:
    import vl_convert as vlc

    return fitted(_slim(vlc.vegalite_to_svg(spec)))


_UNREAD = re.compile(
    r' (?:(?:aria-[a-z]+|role|class|version|xmlns(?::xlink)?)="[^"]*"|opacity="1"|transform="translate\(0,0\)")'
)
_NOTHING = re.compile(r'<path d="" display="none"/>|<path d="M0,0h[^>]*/>|<g/>|<g[^>]*></g>')
_UNSEEN = re.compile(r'<text\b[^>]* opacity="0"[^>]*>[^<]*</text>')
"""Labels of an axis that would meet their neighbours."""
_BARE_GROUP = re.compile(r"<g>((?:(?!</?g\b).)*)</g>", re.DOTALL)
_LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}")


def _slim(svg: str) -> str:
    """The same drawing in half the bytes: without labels of single marks (the chart's words stand on what
    holds it), groups of nothing, and digits below a tenth of a pixel. The font is said once."""
    svg = _UNREAD.sub("", _UNSEEN.sub("", svg))
    svg = _LONG_NUMBER.sub(lambda m: f"{float(m.group()):.1f}".removesuffix(".0"), svg)
    svg = svg.replace(f' font-family="{FONT}"', "")
    before = ""
    while before != svg:
        before = svg
        svg = _BARE_GROUP.sub(r"\1", _NOTHING.sub("", svg))
    return svg.replace("<svg ", f'<svg font-family="{FONT}" ', 1)
