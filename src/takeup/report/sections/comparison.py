"""Followed against overridden: as recorded, standardised, adjusted, or why not."""

from __future__ import annotations

from takeup.diagnosis.diagnose import Diagnosis
from takeup.diagnosis.words import whole_percent
from takeup.measure.comparison import CORRECTNESS, Comparison, OutcomeComparison
from takeup.measure.paired import Paired
from takeup.report.charts import LIKE_WITH_LIKE, RAW, Series
from takeup.report.sections.section import (
    STATUS,
    Row,
    Section,
    axis_row,
    difference,
    figure,
    interval,
    mark,
    strips,
    told,
)
from takeup.stats.answer import Answer, CannotSay, Estimate

_ADJUSTED = (
    ("As recorded", "no adjustment", "raw", RAW),
    ("Standardised", "to the eligible mix of kinds of case", "standardised", LIKE_WITH_LIKE),
    ("Adjusted", "overlap-weighted, doubly robust", "adjusted", LIKE_WITH_LIKE),
    ("Adjusted, with own tendency", "and each person’s readiness to follow", "with_readiness",
     LIKE_WITH_LIKE),
)  # fmt: skip


def comparison_sections(diagnosis: Diagnosis) -> list[Section]:
    """One card for each outcome."""
    comparison = diagnosis.measures.comparison
    if not isinstance(comparison, Comparison):
        return []
    paired = isinstance(diagnosis.measures.paired, Paired)
    return [_section(one, paired) for one in comparison.outcomes]


def _section(one: OutcomeComparison, paired: bool) -> Section:
    if isinstance(one.raw, CannotSay):
        return _not_compared(one, one.raw)
    marks = [
        [mark(series, getattr(one, name), difference_=True)] for _, _, name, series in _ADJUSTED
    ]
    texts = [f"{label}: {figure(getattr(one, name))}" for label, _, name, _ in _ADJUSTED]
    percent = isinstance(one.raw, Estimate) and one.raw.unit == "points"
    axis, charts = strips(marks, zero=True, percent=percent, texts=texts)
    rows = tuple(
        _row(label, definition, getattr(one, name), chart, one)
        for (label, definition, name, _), chart in zip(_ADJUSTED, charts, strict=True)
    )
    return Section(
        _heading(one),
        f"{one.label[0].upper()}{one.label[1:]}: followed minus overridden. Followed "
        f"{figure(one.mean_followed)}; overridden {figure(one.mean_overridden)}.",
        ("How compared", "Followed minus overridden", "Decisions", "Grade", "Method"),
        tuple(
            (label, figure(a), f"{a.n:,}", a.grade, a.method)
            if isinstance(a := getattr(one, name), Estimate)
            else (label, STATUS[a.status], "–", "–", a.reason)
            for label, _, name, _ in _ADJUSTED
        ),
        rows,
        ((RAW, ""), (LIKE_WITH_LIKE, "")),
        axis_row(axis),
        ("How compared", "Followed minus overridden"),
        note=_note(one, paired),
    )


def _not_compared(one: OutcomeComparison, why: CannotSay) -> Section:
    bounds = ""
    rows: tuple[Row, ...] = ()
    if isinstance(one.bounds, Estimate):
        bound = Series("worst-case bounds", "third", "circle", False)
        axis, charts = strips(
            [[mark(bound, one.bounds, difference_=True)]], zero=True, texts=[interval(one.bounds)]
        )
        rows = (
            Row(
                "What it could be",
                "every unknown outcome at 0, and at 1",
                charts[0],
                f"{interval(one.bounds)} points",
                "bounds: the unknown could make it anything between",
            ),
        )
        bounds = axis_row(axis)  # type: ignore[assignment]
    return Section(
        f"Whether following does better than overriding on {one.label} cannot be said",
        f"{why.reason[0].upper()}{why.reason[1:]}.",
        ("Question", "Status", "Would answer it"),
        ((f"Followed minus overridden on {one.label}", STATUS[why.status], why.needs),),
        rows,
        axis=bounds or None,  # type: ignore[arg-type]
        heads=("Bounds", "Followed minus overridden"),
        note=f"Would answer it: {why.needs}.",
    )


def _heading(one: OutcomeComparison) -> str:
    if one.reversed:
        return f"The raw comparison on {one.label} points the wrong way"
    adjusted = one.adjusted
    if isinstance(adjusted, CannotSay):
        return f"Followed against overridden on {one.label}: no adjusted answer"
    if not adjusted.excludes():
        return f"Like with like, the difference on {one.label} may be nothing"
    if one.better is None:
        return f"Like with like, followed and overridden cases differ on {one.label}"
    good = (adjusted.value > 0) == (one.better == "higher")
    who = "followed" if good else "overridden"
    if one.outcome == CORRECTNESS:
        return f"Like with like, {who} decisions were right more often"
    return f"Like with like, {who} cases went better on {one.label}"


def _row(label: str, definition: str, answer: Answer, chart: object, one: OutcomeComparison) -> Row:
    if isinstance(answer, CannotSay):
        return Row(label, definition, None, STATUS[answer.status], answer.reason)
    if one.better is None:
        words = told(answer, "followed higher", "followed lower")
    else:
        better = one.better == "higher"
        words = told(
            answer,
            "followed went better" if better else "overridden went better",
            "overridden went better" if better else "followed went better",
        )
    return Row(
        label,
        definition,
        chart,  # type: ignore[arg-type]
        difference(answer),
        f"{interval(answer)} · {words} · {answer.grade}",
    )


def _note(one: OutcomeComparison, paired: bool) -> str:
    parts = ["An association, not an effect: people choose which cases they override."]
    if paired and one.outcome == CORRECTNESS:
        parts = [
            "An association that can miss the truth by far, because people override for what only "
            "they know: the answer on the same cases, above, is the one to go by."
        ]
    if one.reversed:
        parts.append("Raw and adjusted point in different directions: do not quote the raw figure.")
    o = one.overlap
    if o is not None:
        parts.append(
            f"{whole_percent(o.share)} of decisions are of a kind that goes both ways (effective sample "
            f"{o.effective_n:,.0f}, {o.effective_people:.0f} effective people); largest imbalance "
            f"{o.imbalance_before:.2f} before and {o.imbalance_after:.2f} after weighting."
        )
    if one.standard_coverage is not None:
        parts.append(
            f"The standardised figure covers {whole_percent(one.standard_coverage)} of eligible cases."
        )
    if one.robustness is not None and one.robustness == one.robustness:
        parts.append(
            f"A hidden cause that explains {whole_percent(one.robustness)} of what is left of both action and "
            "outcome would erase it (robustness value)."
        )
    if one.e_value is not None:
        parts.append(f"E-value {one.e_value:.2f}.")
    s = one.specification
    if s is not None:
        names = ", ".join(f.name.removeprefix("x_").replace("_", " ") for f in s.factors)
        parts.append(
            f"Adjusted for {names or 'nothing recorded'} ({s.terms} terms, {s.cells:,} cells)."
        )
    return " ".join(parts)
