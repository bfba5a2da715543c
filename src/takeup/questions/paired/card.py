"""On the same cases: the model alone against people with its advice."""

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
    of_looks,
    strips,
    told,
)
from takeup.drawing.strips import MODEL, PEOPLE
from takeup.drawing.words import about, among, upper_first
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.questions.paired.measure import Paired, PairedGroup
from takeup.questions.reliance import Reliance
from takeup.stats.answer import CannotSay, Estimate


def same_cases_section(diagnosis: Diagnosis) -> Section | None:
    """Rows for all judged cases and for each kind."""
    paired = diagnosis.measures.paired
    if not isinstance(paired, Paired):
        return None
    groups = [("All judged cases", paired.overall, diagnosis.says("paired"))]
    groups += [
        (_name(diagnosis, dimension, g), g, diagnosis.says(f"paired by {dimension}", g.key))
        for dimension, found in paired.groups.items()
        if len(found) > 1
        for g in found
    ]
    drawn = [[mark(MODEL, g.model_right), mark(PEOPLE, g.person_right)] for _, g, _ in groups]
    texts = [
        f"{label}: model right {figure(g.model_right)}, people right {figure(g.person_right)}"
        for label, g, _ in groups
    ]
    axis, charts = strips(drawn, texts=texts)
    rows = tuple(
        _row(label, g, chart, passed=passed, inset=i == 0)
        for i, ((label, g, passed), chart) in enumerate(zip(groups, charts, strict=True))
    )
    return Section(
        _heading(paired, diagnosis),
        f"Share right, {paired.scope}; bar: 95 % interval.",
        ("Kind of case", "Judged", "Model right", "People right", "People minus model",
         "Only people right", "Only model right"),
        tuple(_figures(label, g) for label, g, _ in groups),
        rows,
        ((MODEL, ""), (PEOPLE, "")),
        axis_row(axis),
        ("Kind of case", "People with advice minus model"),
        note=_note(diagnosis, paired),
    )  # fmt: skip


def _name(diagnosis: Diagnosis, dimension: str, g: PairedGroup) -> str:
    if dimension == "population":
        return diagnosis.name(g.key)
    return upper_first(among(((dimension, g.key),)))


def _heading(paired: Paired, diagnosis: Diagnosis) -> str:
    d = paired.overall.person_minus_model
    if isinstance(d, CannotSay) or not diagnosis.says("paired"):
        return "On the same cases, neither people nor model is clearly ahead"
    if d.value > 0:
        return "On the same cases, people with the advice beat the model alone"
    return "On the same cases, the model alone is right more often than people with it"


def _row(label: str, g: PairedGroup, chart: object, *, passed: bool, inset: bool) -> Row:
    d = g.person_minus_model
    if isinstance(d, CannotSay):
        words = STATUS[d.status]
        return Row(label, f"{g.judged:,} judged" if g.judged else "", None, words, d.reason, inset)
    said = told(d, "people right more often", "the model right more often", passed=passed)
    caught = ""
    if g.person_only is not None and g.model_only is not None:
        caught = f" · {g.person_only:,} only people right, {g.model_only:,} only the model"
    return Row(
        label,
        f"{about(g.judged, g.person_right)} judged cases",
        chart,  # type: ignore[arg-type]
        difference(d),
        f"{interval(d)} · {said}{caught}",
        inset,
    )


def _note(diagnosis: Diagnosis, paired: Paired) -> str:
    text = (
        "Same cases on both sides, so no adjustment is needed. Where only some cases were judged, "
        "each counts by one over its chance of being judged. Grade: paired. "
        f"{of_looks(diagnosis.every_look)}"
    )
    if isinstance(paired.loss_difference, Estimate):
        text += f" Loss, people minus model: {figure(paired.loss_difference)}."
    r = diagnosis.measures.reliance
    if isinstance(r, Reliance):
        parts = [
            f"good advice kept {figure(r.keeps_right)}",
            f"wrong advice caught {figure(r.catches_wrong)}",
        ]
        if isinstance(r.rair, Estimate):
            parts += [f"took right advice after a wrong first answer {figure(r.rair)}"]
        if isinstance(r.rsr, Estimate):
            parts += [f"kept a right first answer against wrong advice {figure(r.rsr)}"]
        text += f" Reliance: {'; '.join(parts)}."
    return text


def _figures(label: str, g: PairedGroup) -> tuple[str, ...]:
    return (
        label,
        f"{g.judged:,}" if g.judged else "–",
        figure(g.model_right),
        figure(g.person_right),
        figure(g.person_minus_model, as_points=True),
        "–" if g.person_only is None else f"{g.person_only:,}",
        "–" if g.model_only is None else f"{g.model_only:,}",
    )


CARDS = (Card(70, same_cases_section),)
