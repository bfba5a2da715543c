"""Where the advice is wrong, and whether those who refuse it are right. Before any word
about people."""

from __future__ import annotations

from takeup.drawing.section import Row, Section, axis_row, figure, mark, strips
from takeup.drawing.strips import MODEL, OVERRIDDEN, Series
from takeup.drawing.words import (
    among,
    inside,
    of_hundred,
    of_kind,
    percent_between,
    upper_first,
    whole_percent,
)
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.questions.model_issue.measure import ModelIssues, SegmentError
from takeup.questions.shared.whose import ALL
from takeup.stats.answer import CannotSay, Estimate

_ERROR = Series("advice wrong", MODEL.token, MODEL.shape)
_RIGHT = Series("overrides right", OVERRIDDEN.token, OVERRIDDEN.shape)
_ISSUE = {
    "blind_spot": "a blind spot of the model",
    "missing_input": "people know what the model lacks",
    "net_harm": "harms more than it helps",
    "low_precision": "wrong too often overall",
    "overrides_mostly_right": "people are right more often than the advice they reject",
    "above_promise": "errs more than promised",
    "worth_watching": "worth watching",
}


def model_section(diagnosis: Diagnosis) -> Section | None:
    """Rows by scope and kind of case."""
    found = diagnosis.measures.model_issue
    if not isinstance(found, ModelIssues):
        return None
    several = len(found.scopes) > 1
    shown = [found.scopes[0]]
    for scope in found.scopes[1:] if several else found.scopes:
        shown += [scope] if several else []
        shown += [s for s in found.segments if s.scope == scope.scope and s.judged >= 10]
    marks = [[mark(_ERROR, s.error), mark(_RIGHT, s.override_accuracy)] for s in shown]
    texts = [f"{_label(s, diagnosis)}: advice wrong {figure(s.error)}" for s in shown]
    axis, charts = strips(marks, texts=texts)
    rows = tuple(
        Row(
            _label(s, diagnosis),
            f"{s.cases:,} cases, {s.judged:,} judged",
            chart,
            f"wrong in {of_hundred(s.error.value)}" if isinstance(s.error, Estimate) else "–",
            _verdict(s, found),
            inset=not s.dimension,
        )
        for s, chart in zip(shown, charts, strict=True)
    )
    promised = ""
    if found.promised_error is not None:
        promised = (
            f" The model was bought with a promised error of {whole_percent(found.promised_error)}."
        )
    return Section(
        _heading(found, diagnosis),
        "Share of advice that is wrong, and of judged overrides that improved on it; bar: 95 % "
        f"interval.{promised}",
        ("Kind of case", "Cases", "Judged", "Advice wrong", "Elsewhere", "Times", "Overrides right",
         "Reason: model lacks"),
        tuple(_figures(s, diagnosis) for s in [*found.scopes, *found.segments]),
        rows,
        ((_ERROR, ""), (_RIGHT, "")),
        axis_row(axis),
        ("Kind of case", "What it says"),
        note="Always read overrides that were right beside the share of advice that is wrong. "
        "Thresholds are expert priors. Grade: descriptive.",
    )  # fmt: skip


def _label(s: SegmentError, diagnosis: Diagnosis) -> str:
    if not s.dimension:
        return "All cases" if s.scope == ALL else diagnosis.name(s.scope)
    where = "" if s.scope == ALL else f" · {diagnosis.name(s.scope)}"
    return f"{upper_first(among(((s.dimension, s.segment or ''),)))}{where}"


def _heading(found: ModelIssues, diagnosis: Diagnosis) -> str:
    blind = [i for i in found.issues if i.kind == "blind_spot"]
    if blind:
        one = max(blind, key=lambda i: (i.scope != ALL, i.evidence.judged)).evidence
        error = one.error
        assert isinstance(error, Estimate)
        where = "" if one.scope == ALL else f"Among {inside(one.scope, diagnosis.titles)}, "
        on = of_kind(((one.dimension or "", one.segment or ""),))
        return upper_first(f"{where}the model is blind {on}: wrong in {of_hundred(error.value)}")
    if found.issues:
        return f"The model, first: {_ISSUE[found.issues[0].kind]}"
    error = found.scopes[0].error
    if isinstance(error, CannotSay):
        return "Is the model the finding? Too early to say"
    return f"The advice is wrong in {percent_between(error)}; no kind of case stands out"


def _verdict(s: SegmentError, found: ModelIssues) -> str:
    kinds = [
        _ISSUE[i.kind]
        for i in (*found.issues, *found.watch)
        if i.scope == s.scope and i.segment == (s.segment if s.dimension else None)
    ]
    right = f"{s.right_in_words} right"
    parts = [*kinds, right if s.overrides_judged else "no judged override"]
    if isinstance(s.ratio, Estimate):
        parts.insert(
            0, f"{s.ratio.value:.1f} times the rest ({s.ratio.low:.1f} to {s.ratio.high:.1f})"
        )
    return " · ".join(parts)


def _figures(s: SegmentError, diagnosis: Diagnosis) -> tuple[str, ...]:
    return (
        _label(s, diagnosis),
        f"{s.cases:,}",
        f"{s.judged:,}",
        figure(s.error),
        figure(s.error_elsewhere) if s.dimension else "–",
        figure(s.ratio) if s.dimension else "–",
        figure(s.override_accuracy),
        "–" if s.missing_input_share is None else f"{whole_percent(s.missing_input_share)}",
    )


CARDS = (Card(50, model_section),)
