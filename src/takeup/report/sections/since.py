"""What changed since an earlier diagnosis."""

from __future__ import annotations

from takeup.diagnosis.change import Change, Changes
from takeup.drawing.section import Row, Section, axis_row, number, strips
from takeup.drawing.strips import Mark, Series
from takeup.questions.diagnosis import Diagnosis

_REAL = Series("more than noise", "model", "square")
_NOISE = Series("within noise", "second", "circle", False)
_MOST = 10


def since_section(diagnosis: Diagnosis, found: Changes | None) -> Section | None:
    """Changes of shares on one axis; other figures and words in the table behind."""
    if found is None:
        return None
    shares = [c for c in found.figures if c.unit in ("share", "points")][:_MOST]
    drawn = [[_mark(c)] for c in shares]
    texts = [f"{_label(c, diagnosis)}: {_said(c)}" for c in shares]
    axis, charts = strips(drawn, zero=True, texts=texts)
    rows = tuple(
        Row(
            _label(c, diagnosis), f"{_value(c, c.before)} before, {_value(c, c.now)} now", chart,
            _said(c), "more than noise" if c.beyond_noise else "within noise",
        )
        for c, chart in zip(shares, charts, strict=True)
    )  # fmt: skip
    table = [(_label(c, diagnosis), _value(c, c.before), _value(c, c.now), _said(c), "yes" if c.beyond_noise else "no") for c in found.figures]  # fmt: skip
    table += [(what, before, now, "", "") for what, before, now in found.words]
    table += [("finding", "–", t, "new", "") for t in found.findings_new]
    table += [("finding", t, "–", "gone", "") for t in found.findings_gone]
    note = f"{len(found.figures)} figures compared{_how(found)}; false discovery held to 10 %. "
    note += f"Read with care: {found.overlap}." if found.overlap else "The two share no weeks."
    if found.definitions:
        note += f" Defined otherwise than before: {'; '.join(found.definitions)}."
    return Section(
        _heading(found, diagnosis),
        "Now minus before; bar: 95 % interval of the change.",
        ("What", "Before", "Now", "Change", "More than noise"),
        tuple(table),
        rows,
        ((_REAL, ""), (_NOISE, "")),
        axis_row(axis),
        ("Figure", "Change"),
        note=note,
        first=True,
    )


def _how(found: Changes) -> str:
    paired = sum(c.paired for c in found.figures)
    if not paired:
        return ", as if other people had decided (one of the two holds nothing that pairs them)"
    return f", {'all' if paired == len(found.figures) else paired} paired by person"


def _heading(found: Changes, diagnosis: Diagnosis) -> str:
    real = [c for c in found.figures if c.beyond_noise]
    if not real:
        return "Nothing changed since the last diagnosis beyond noise"
    first = real[0]
    way = "rose" if first.change > 0 else "fell"
    label = _label(first, diagnosis)
    return f"Since the last diagnosis: {label[0].lower()}{label[1:]} {way}"


def _label(c: Change, diagnosis: Diagnosis) -> str:
    text = c.figure[0].upper() + c.figure[1:]
    return text if c.population == "all" else f"{text}, {diagnosis.name(c.population)}"


def _mark(c: Change) -> Mark:
    series = _REAL if c.beyond_noise else _NOISE
    return Mark(series, c.change, c.low, c.high, _points(c.change))


def _points(value: float) -> str:
    shown = round(100 * value, 1)
    return f"{'−' if shown < 0 else '+'}{abs(shown):.1f}"


def _value(c: Change, value: float) -> str:
    if c.unit == "share":
        return f"{100 * value:.0f} %"
    if c.unit == "points":
        return f"{_points(value)} points"
    return number(value)


def _said(c: Change) -> str:
    if c.unit in ("share", "points"):
        return f"{_points(c.change)} ({_points(c.low)} to {_points(c.high)})"
    return f"{number(c.change)} ({number(c.low)} to {number(c.high)})"
