"""What having the advice changes, where it was given at random."""

from __future__ import annotations

from takeup.drawing.section import (
    STATUS,
    Row,
    Section,
    axis_row,
    difference,
    figure,
    in_its_unit,
    interval,
    mark,
    number,
    of_looks,
    strips,
    told,
)
from takeup.drawing.strips import LIKE_WITH_LIKE, Chart, Series
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.questions.rollout.measure import Effect, Rollout
from takeup.questions.rollout.words import changes_of
from takeup.stats.answer import CannotSay, Estimate

_UNADJUSTED = Series("unadjusted", "followed", "circle")
_ADJUSTED = Series("adjusted", LIKE_WITH_LIKE.token, LIKE_WITH_LIKE.shape)


def rollout_section(diagnosis: Diagnosis) -> Section | None:
    """A row for each quantity."""
    rollout = diagnosis.measures.rollout
    if not isinstance(rollout, Rollout):
        return None
    # One axis of points: what has another unit stands in figures alone.
    marks = [
        [mark(_UNADJUSTED, e.unadjusted, difference_=True),
         mark(_ADJUSTED, e.adjusted, difference_=True)]
        if _in_points(e) else []
        for e in rollout.effects
    ]  # fmt: skip
    texts = [f"{e.label}: {figure(e.unadjusted)}" for e in rollout.effects]
    axis, charts = strips(marks, zero=True, texts=texts)
    rows = tuple(
        _row(e, chart, diagnosis) for e, chart in zip(rollout.effects, charts, strict=True)
    )
    checks = f"Sample ratio p = {rollout.sample_ratio_p:.2f}"
    if rollout.balance_p is not None:
        checks += f", balance p = {rollout.balance_p:.2f}"
    return Section(
        _heading(rollout, diagnosis),
        f"{rollout.with_advice:,} decisions drawn to have the advice, {rollout.without_advice:,} "
        "drawn to go without; with minus without.",
        ("Quantity", "Without", "With", "Difference", "Adjusted"),
        tuple(
            (e.label, _level(e, e.mean_without), _level(e, e.mean_with), in_its_unit(e.unadjusted),
             in_its_unit(e.adjusted))
            for e in rollout.effects
        ),
        rows,
        ((_UNADJUSTED, ""), (_ADJUSTED, "")),
        axis_row(axis),
        ("Quantity", "With the advice minus without"),
        note=f"By intention to treat, every row in the arm it was drawn into. {checks}. "
        f"{''.join(f'{a[0].upper()}{a[1:]}. ' for a in rollout.alerts)}Grade: randomised. {of_looks(diagnosis.every_look)}",
    )  # fmt: skip


def _hides_level(e: Effect) -> bool:
    """The risk of misclassification is identified as a difference only."""
    return e.name.startswith("misclassification:")


def _in_points(e: Effect) -> bool:
    return isinstance(e.unadjusted, Estimate) and e.unadjusted.unit == "points"


def _level(e: Effect, value: float) -> str:
    if _hides_level(e) or isinstance(e.unadjusted, CannotSay):
        return "–"
    if _in_points(e):
        return f"{100 * value:.1f} %"
    return f"{number(value)} {e.unadjusted.unit}"


def _heading(rollout: Rollout, diagnosis: Diagnosis) -> str:
    clear = [changes_of(e) for e in rollout.effects if diagnosis.says("drawn at random", e.name)]
    if clear:
        return "Having the advice " + " and ".join(clear[:2])
    return "No effect of having the advice is established"


def _row(e: Effect, chart: Chart | None, diagnosis: Diagnosis) -> Row:
    u = e.unadjusted
    label = f"{e.label[0].upper()}{e.label[1:]}"
    if isinstance(u, CannotSay):
        return Row(label, "", None, STATUS[u.status], u.reason)
    passed = diagnosis.says("drawn at random", e.name)
    return Row(
        label,
        "only the difference is known"
        if _hides_level(e)
        else f"{_level(e, e.mean_without)} without, {_level(e, e.mean_with)} with",
        chart,
        difference(u) if _in_points(e) else f"{difference(u)} {u.unit}",
        f"{interval(u)} · {told(u, 'more with the advice', 'less with the advice', passed=passed)}",
    )


CARDS = (Card(105, rollout_section),)
