"""What is lost, and where: not looking, overriding, following wrong advice."""

from __future__ import annotations

from takeup.drawing.section import Row, Section, axis_row, figure, mark, number, strips
from takeup.drawing.strips import FOLLOWED, MODEL, OVERRIDDEN, Series
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.questions.shared.whose import ALL
from takeup.questions.value.measure import Value, ValueOf
from takeup.stats.answer import Answer, CannotSay

_NOT = Series("not looking, against the advice", MODEL.token, MODEL.shape)
_OVER = Series("overriding, against the advice", OVERRIDDEN.token, OVERRIDDEN.shape)
_WRONG = Series("following wrong advice", FOLLOWED.token, FOLLOWED.shape)


def lost_section(diagnosis: Diagnosis) -> Section | None:
    """One row per population, its three losses on one axis."""
    value = diagnosis.measures.value
    if not isinstance(value, Value) or not value.populations:
        return None
    drawn = [
        [
            mark(series, e)
            for series, e in (
                (_NOT, v.not_consulting), (_OVER, v.overriding), (_WRONG, v.wrong_following)
            )
        ]
        for v in value.populations
    ]  # fmt: skip
    texts = [
        f"{_name(v, diagnosis)}: not looking {figure(v.not_consulting)}, overriding "
        f"{figure(v.overriding)}, following wrong advice {figure(v.wrong_following)}"
        for v in value.populations
    ]
    axis, charts = strips(drawn, zero=True, percent=False, texts=texts)
    if axis is None:
        return None
    rows = tuple(
        Row(
            _name(v, diagnosis),
            f"{v.judged:,} judged of {v.eligible:,}",
            chart,
            _total(v.lost, value.unit),
            f"decided {_short(v.decided)}, advice alone {_short(v.advice_alone)}",
            inset=v.population == ALL,
        )
        for v, chart in zip(value.populations, charts, strict=True)
    )
    return Section(
        _heading(diagnosis),
        f"{value.unit} lost per eligible decision; bar: 95 % interval.",
        ("Population", "Decided", "Advice alone", "Not looking", "Overriding",
         "Following wrong advice", "Lost by wrong overrides", "Saved by right overrides", "Lost over all decisions",
         "Of that beyond the advice alone"),
        tuple(_figures(v, diagnosis) for v in value.populations),
        rows,
        ((_NOT, ""), (_OVER, ""), (_WRONG, "")),
        axis_row(axis),
        ("Population", "Lost over all decisions"),
        note="Not looking and overriding are set against the advice alone: below zero, people saved something. "
        "Grade: paired, the same cases on both sides.",
    )  # fmt: skip


def _name(v: ValueOf, diagnosis: Diagnosis) -> str:
    return "All decisions" if v.population == ALL else diagnosis.name(v.population)


def _short(answer: Answer) -> str:
    return "–" if isinstance(answer, CannotSay) else number(answer.value)


def _total(answer: Answer, unit: str) -> str:
    if isinstance(answer, CannotSay):
        return "–"
    value, low, high = (
        f"{x:,.0f}".replace("-", "−") for x in (answer.value, answer.low, answer.high)
    )
    return f"{value} {unit} ({low} to {high})"


def _heading(diagnosis: Diagnosis) -> str:
    said = [f.title for f in diagnosis.findings if f.rule == "value_lost"]
    return "; ".join(said[:2]) or "What is lost cannot be told from chance yet"


def _figures(v: ValueOf, diagnosis: Diagnosis) -> tuple[str, ...]:
    return (
        _name(v, diagnosis),
        *(
            figure(a)
            for a in (
                v.decided,
                v.advice_alone,
                v.not_consulting,
                v.overriding,
                v.wrong_following,
                v.wrong_overrides,
                v.gained_by_overrides,
                v.lost,
                v.beyond_advice,
            )
        ),
    )


CARDS = (Card(100, lost_section),)
