"""Where choices differ from the advice, which way, and how those cases went."""

from __future__ import annotations

from takeup.drawing.section import (
    STATUS,
    Row,
    Section,
    axis_row,
    difference,
    figure,
    interval,
    mark,
    strips,
)
from takeup.drawing.strips import FOLLOWED, OVERRIDDEN, Series
from takeup.drawing.words import among, of_kind, points, points_range, upper_first, whole_percent
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.questions.disagreement.measure import Direction, Disagreement, OneSidedOutcome
from takeup.stats.answer import CannotSay, Estimate

_DIFFERS = Series("differs from the advice", OVERRIDDEN.token, OVERRIDDEN.shape)
_WITH = Series("with the advice", FOLLOWED.token, FOLLOWED.shape)
_AGAINST = Series("against it", OVERRIDDEN.token, OVERRIDDEN.shape)


def disagreement_sections(diagnosis: Diagnosis) -> list[Section]:
    """Directions and kinds of case, then each one-sided outcome."""
    found = diagnosis.measures.disagreement
    if not isinstance(found, Disagreement) or found.differed == 0:
        return []
    return [_where(found), *(_outcome(one) for one in found.one_sided)]


def _where(found: Disagreement) -> Section:
    labels = [_direction(d) for d in found.directions]
    kinds = [among(k.kind) for k in found.half[:8]]
    marks = [[mark(_DIFFERS, d.rate)] for d in found.directions]
    marks += [[mark(_DIFFERS, k.rate)] for k in found.half[:8]]
    texts = [*(f"{label}: {figure(d.rate)}" for label, d in zip(labels, found.directions, strict=True)),
             *(f"{k}: {figure(h.rate)}" for k, h in zip(kinds, found.half, strict=False))]  # fmt: skip
    axis, charts = strips(marks, texts=texts)
    rows = [
        Row(
            label,
            "" if d.cases is None else f"{d.cases:,} cases",
            chart,
            _percent(d.rate),
            "of cases so advised",
            True,
        )
        for label, d, chart in zip(labels, found.directions, charts, strict=False)
    ]
    rows += [
        Row(
            upper_first(kind),
            f"{k.cases:,} cases" if k.differed is None else f"{k.differed:,} of {k.cases:,} differ",
            chart,
            _percent(k.rate),
            f"{whole_percent(k.part)} of all disagreement",
        )
        for kind, k, chart in zip(kinds, found.half, charts[len(labels) :], strict=False)
    ]
    part = sum(k.part for k in found.half)
    cases = sum(k.cases for k in found.half) / found.compared
    heading = (
        f"{whole_percent(part)} of the disagreement comes from {whole_percent(cases)} of the cases"
        if found.half and part - cases > 0.1
        else f"{_percent(found.rate)} of choices differ from the advice"
    )
    return Section(
        heading,
        "Share of choices that differ from the advice, by direction, then the kinds of case that "
        "make half of the disagreement.",
        ("What", "Cases", "Differ", "Rate"),
        (
            *(
                (label, "–", _known(d.cases), figure(d.rate))
                for label, d in zip(labels, found.directions, strict=True)
            ),
            *(
                (among(k.kind), f"{k.cases:,}", _known(k.differed), figure(k.rate))
                for k in found.half
            ),
        ),
        tuple(rows),
        ((_DIFFERS, ""),),
        axis_row(axis),
        ("Direction, then kind of case", "How often"),
        note=f"{found.kinds_tried} kinds of case were looked at; these are the largest, each interval is for "
        f"one kind by itself. {_above(found)}A difference from the advice is not an override unless the "
        "advice was seen. Grade: descriptive.",
    )


def _above(found: Disagreement) -> str:
    """What is told of a kind when all of them are tried, or why nothing is."""
    if isinstance(found.above, CannotSay):
        return f"No kind is told apart: {found.above.reason}. " if found.half else ""
    if found.highest is None:
        return ""
    return (
        f"People differ {points(found.above.value)} ({points_range(found.above)}) more often "
        f"{of_kind(found.highest.kind)} than on their other cases; {found.above.note}. "
    )


def _known(count: int | None) -> str:
    return "–" if count is None else f"{count:,}"


def _percent(rate: object) -> str:
    if isinstance(rate, Estimate):
        return f"{100 * rate.value:.0f} % ({100 * rate.low:.0f} to {100 * rate.high:.0f})"
    return "–"


def _direction(d: Direction) -> str:
    kind = "" if d.upgrade is None else "Upgrade: " if d.upgrade else "Downgrade: "
    return f"{kind}{d.advice} → {d.choice}"


def _outcome(one: OneSidedOutcome) -> Section:
    rows = [
        (f"All decided {one.choice}", one.with_advice, one.against_advice),
    ]
    marks = [[mark(_WITH, a), mark(_AGAINST, b)] for _, a, b in rows]
    sides = (one.with_advice, one.against_advice)
    share = any(isinstance(side, Estimate) and side.unit == "share" for side in sides)
    axis, charts = strips(
        marks, percent=share, texts=[f"with {figure(a)}, against {figure(b)}" for _, a, b in rows]
    )
    d = one.difference
    said = STATUS[d.status] if isinstance(d, CannotSay) else difference(d)
    detail = (
        d.reason
        if isinstance(d, CannotSay)
        else f"{interval(d)} · against minus with, in the same score band"
    )
    bounds = ""
    if isinstance(one.bounds, Estimate):
        bounds = (
            f" For all cases advised otherwise it could be anything from {100 * one.bounds.low:.0f} "
            f"to {100 * one.bounds.high:.0f} %: bounds, the unseen at 0 and at 1."
        )
    return Section(
        f"{one.label[0].upper()}{one.label[1:]} where people chose {one.choice} against the advice",
        f"One-sided: {one.label} is seen only when the choice is {one.choice}. It says nothing of "
        "the cases whose outcome nobody saw.",
        ("Score band", "With: cases", "With: mean", "Against: cases", "Against: mean"),
        tuple(
            (b.band, f"{b.with_n:,}", _mean(b.with_mean), f"{b.against_n:,}", _mean(b.against_mean))
            for b in one.bands
        ),
        (Row(f"Decided {one.choice}", "with and against the advice", charts[0], said, detail),),
        ((_WITH, ""), (_AGAINST, "")),
        axis_row(axis),
        ("Cases", "Against minus with"),
        note=f"Not a comparison of advice with judgement.{bounds} Grade: descriptive, one-sided.",
    )


def _mean(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


CARDS = (Card(140, disagreement_sections),)
