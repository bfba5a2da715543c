"""Followed against overridden: as recorded, standardised, adjusted, or why not."""

from __future__ import annotations

from collections.abc import Iterable

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
from takeup.drawing.strips import LIKE_WITH_LIKE, RAW, Mark, Series
from takeup.drawing.words import whole_percent
from takeup.questions.comparison.measure import CORRECTNESS, LOSS, Comparison, OutcomeComparison
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.questions.paired import Paired
from takeup.stats.answer import Answer, CannotSay, Estimate

_ADJUSTED = (
    ("As recorded", "no adjustment", "raw", RAW),
    ("Standardised", "to the eligible mix of kinds of case", "standardised", LIKE_WITH_LIKE),
    ("Adjusted", "overlap-weighted, doubly robust", "adjusted", LIKE_WITH_LIKE),
    ("Adjusted, with own tendency", "and each person’s readiness to follow", "with_readiness",
     LIKE_WITH_LIKE),
    ("Adjusted, without blanks", "only decisions that say all that many leave blank", "without_blanks",
     LIKE_WITH_LIKE),
)  # fmt: skip


def comparison_sections(diagnosis: Diagnosis) -> list[Section]:
    """One card for each outcome."""
    comparison = diagnosis.measures.comparison
    if not isinstance(comparison, Comparison):
        return []
    refused = [one for one in comparison.outcomes if isinstance(one.raw, CannotSay)]
    made = [_section(one, diagnosis) for one in comparison.outcomes if one not in refused]
    return [*made, *([_not_compared(refused)] if refused else [])]


def _section(one: OutcomeComparison, diagnosis: Diagnosis) -> Section:
    ways = [way for way in _ADJUSTED if getattr(one, way[2]) is not None]
    marks = [[mark(series, getattr(one, name), difference_=True)] for _, _, name, series in ways]
    texts = [f"{label}: {figure(getattr(one, name))}" for label, _, name, _ in ways]
    percent = isinstance(one.raw, Estimate) and one.raw.unit == "points"
    axis, charts = strips(marks, zero=True, percent=percent, texts=texts)
    rows = tuple(
        _row(label, definition, getattr(one, name), chart, one)
        for (label, definition, name, _), chart in zip(ways, charts, strict=True)
    )
    paired = isinstance(diagnosis.measures.paired, Paired)
    return Section(
        _heading(one, diagnosis),
        f"{one.label[0].upper()}{one.label[1:]}: followed minus overridden. Followed "
        f"{figure(one.mean_followed)}; overridden {figure(one.mean_overridden)}.",
        ("How compared", "Followed minus overridden", "Decisions", "Grade", "Method"),
        tuple(
            (label, figure(a), f"{a.n:,}", a.grade, a.method)
            if isinstance(a := getattr(one, name), Estimate)
            else (label, STATUS[a.status], "–", "–", a.reason)
            for label, _, name, _ in ways
        ),
        rows,
        ((RAW, ""), (LIKE_WITH_LIKE, "")),
        axis_row(axis),
        ("How compared", "Followed minus overridden"),
        note=f"{_note(one, paired)} {of_looks(diagnosis.every_look)}",
    )


_BOUND = Series("worst-case bounds", "third", "circle", False)


def _not_compared(refused: list[OutcomeComparison]) -> Section:
    """One card for all outcomes that cannot be compared, with the bounds that hold anyway."""
    drawn = [[_bound_mark(one.bounds)] for one in refused]
    axis, charts = strips(drawn, zero=True, texts=[_bound_words(one.bounds) for one in refused])
    rows = tuple(
        Row(
            f"{one.label[0].upper()}{one.label[1:]}",
            f"{one.followed:,} followed, {one.overridden:,} overridden with a known outcome",
            chart,
            _bound_words(one.bounds),
            one.raw.reason if isinstance(one.raw, CannotSay) else "",
        )
        for one, chart in zip(refused, charts, strict=True)
    )
    needs = dict.fromkeys(one.raw.needs for one in refused if isinstance(one.raw, CannotSay))
    labels = " or ".join(one.label for one in refused[:2])
    more = "" if len(refused) < 3 else f" or {len(refused) - 2} more"
    return Section(
        f"Whether following does better than overriding on {labels}{more} cannot be said",
        "The two groups are not compared; drawn is what the difference could be, every unknown "
        "outcome at 0 and at 1.",
        ("Outcome", "Status", "Why", "Would answer it"),
        tuple(
            (one.label, STATUS[one.raw.status], one.raw.reason, one.raw.needs)
            for one in refused
            if isinstance(one.raw, CannotSay)
        ),
        rows,
        axis=axis_row(axis),
        heads=("Outcome", "Followed minus overridden"),
        note=f"Would answer it: {'; '.join(needs)}. Grade: bounds.",
    )


def _bound_mark(bounds: Answer) -> Mark | None:
    if isinstance(bounds, CannotSay):
        return None
    return Mark(_BOUND, bounds.value, bounds.low, bounds.high, "")


def _bound_words(bounds: Answer) -> str:
    return "no bounds" if isinstance(bounds, CannotSay) else f"{interval(bounds)} points"


def _heading(one: OutcomeComparison, diagnosis: Diagnosis) -> str:
    passed = diagnosis.says("followed against overridden", one.outcome)
    if one.reversed and passed:
        return f"The raw comparison on {one.label} points the wrong way"
    adjusted = one.adjusted
    if isinstance(adjusted, CannotSay):
        return f"Followed against overridden on {one.label}: no adjusted answer"
    said = one.told if passed else None
    if said is None:
        return f"Like with like, the difference on {one.label} may be nothing"
    if one.better is None:
        return f"Like with like, followed and overridden cases differ on {one.label}"
    good = (said.value > 0) == (one.better == "higher")
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
    if paired and one.outcome in (CORRECTNESS, LOSS):
        parts = [
            "An association that can miss the truth by far, because people override for what only "
            "they know: the answer on the same cases, above, is the one to go by."
        ]
    if one.reversed:
        parts.append("Raw and adjusted point in different directions: do not quote the raw figure.")
    o = one.overlap
    if o is not None:
        parts.append(
            f"{whole_percent(o.share)} of decisions are of a kind of which more than one in ten go each way "
            f"(effective sample {o.effective_n:,.0f}, {o.effective_people:.0f} effective people); largest imbalance "
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
        names = _named([f.name for f in s.factors])
        parts.append(
            f"Adjusted for {names or 'nothing recorded'} ({s.terms} terms, {s.cells:,} cells)."
        )
        if s.left_out:
            parts.append(
                f"Recorded and not adjusted for, as there are too few decisions: {_named(s.left_out)}."
            )
    if one.blanks:
        listed = ", ".join(f"{_named([c])} in {whole_percent(b)}" for c, b in one.blanks.items())
        parts.append(f"Blank: {listed} of decisions; nothing tells those apart by it.")
    return " ".join(parts)


def _named(covariates: Iterable[str]) -> str:
    return ", ".join(c.removeprefix("x_").replace("_", " ") for c in covariates)


CARDS = (Card(110, comparison_sections),)
