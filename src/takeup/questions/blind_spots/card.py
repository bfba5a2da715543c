"""Kinds of case in which overrides beat the model, and in which overriding hurts."""

from __future__ import annotations

from takeup.drawing.section import (
    Row,
    Section,
    axis_row,
    difference,
    figure,
    interval,
    mark,
    strips,
)
from takeup.drawing.strips import MODEL, OVERRIDDEN, Series
from takeup.drawing.words import among, of_kind, upper_first
from takeup.questions.blind_spots.measure import BlindSpot, BlindSpots
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.stats.answer import CannotSay

_BETTER = Series("overrides beat the advice", OVERRIDDEN.token, OVERRIDDEN.shape)
_HURTS = Series("overriding hurts", MODEL.token, MODEL.shape)
_MOST = 12


def blind_spots_section(diagnosis: Diagnosis) -> Section | None:
    """One row per confirmed kind of case, on one axis of points gained by an override."""
    found = diagnosis.measures.blind_spots
    if not isinstance(found, BlindSpots):
        return None
    shown = [*_of(found, "overrides_better"), *_of(found, "overriding_hurts")]
    if not shown:
        return Section(
            "No kind of case stands out by what its overrides gain",
            f"{found.tried_in_words} tried over {found.overrides:,} judged overrides; "
            f"{found.candidates} looked so in one half of the people and were not confirmed in the "
            "other.",
            ("Kinds of case tried", "Found in one half only", "Judged overrides"),
            ((f"{found.tried:,}", f"{found.candidates:,}", f"{found.overrides:,}"),),
            note=_note(found),
            size="half",
        )
    drawn = [[mark(_series(s), s.gain, difference_=True)] for s in shown]
    texts = [f"{_name(s, diagnosis)}: {figure(s.gain, as_points=True)}" for s in shown]
    axis, charts = strips(drawn, zero=True, texts=texts)
    rows = tuple(
        Row(
            _name(s, diagnosis), f"{s.overrides:,} judged overrides", chart, _verdict(s), _detail(s)
        )
        for s, chart in zip(shown, charts, strict=True)
    )
    return Section(
        _heading(shown, diagnosis),
        "Points of right decisions that an override gains on the advice it rejects; bar: 95 % "
        "interval.",
        ("Kind of case", "Overrides judged", "People", "Gain", "Share of cases", "Model issue"),
        tuple(_figures(s, diagnosis) for s in [*found.found]),
        rows,
        ((_BETTER, ""), (_HURTS, "")),
        axis_row(axis),
        ("Kind of case", "What it says"),
        note=_note(found),
    )


def _of(found: BlindSpots, says: str) -> list[BlindSpot]:
    own = [s for s in found.found if s.says == says and not isinstance(s.gain, CannotSay)]
    return own[: _MOST // 2]


def _series(s: BlindSpot) -> Series:
    return _BETTER if s.says == "overrides_better" else _HURTS


def _name(s: BlindSpot, diagnosis: Diagnosis) -> str:
    return upper_first(among(s.kind, diagnosis.titles))


def _heading(shown: list[BlindSpot], diagnosis: Diagnosis) -> str:
    first = shown[0]
    where = of_kind(first.kind, diagnosis.titles)
    if first.says == "overrides_better":
        return f"Overrides beat the model most {where}"
    return f"Overriding hurts most {where}"


def _verdict(s: BlindSpot) -> str:
    return "–" if isinstance(s.gain, CannotSay) else difference(s.gain)


def _detail(s: BlindSpot) -> str:
    parts = [] if isinstance(s.gain, CannotSay) else [interval(s.gain)]
    parts.append(_series(s).name)
    if s.says == "overrides_better":
        parts.append("a blind spot of the model" if s.model_issue else "worth watching")
    if s.small:
        parts.append("a small part of all cases")
    return " · ".join(parts)


def _figures(s: BlindSpot, diagnosis: Diagnosis) -> tuple[str, ...]:
    return (
        _name(s, diagnosis),
        f"{s.overrides:,}",
        "–" if s.people is None else f"{s.people:,}",
        figure(s.gain, as_points=True),
        "–" if s.share is None else f"{100 * s.share:.0f} %",
        "yes" if s.model_issue else "no",
    )


def _note(found: BlindSpots) -> str:
    left = f" {found.left_out:,} more have too few overrides." if found.left_out else ""
    return (
        f"{found.tried_in_words} {found.was} tried.{left} What one half "
        "of the people shows (false discovery controlled) was confirmed in the other; of two kinds "
        "that say the same the coarser is told. Grade: paired."
    )


CARDS = (Card(60, blind_spots_section),)
