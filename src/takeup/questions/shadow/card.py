"""The shadow report: model and people on the same cases, before anybody is asked to use advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from takeup.drawing.charts import LookPoint, looks_chart
from takeup.drawing.section import (
    STATUS,
    Row,
    Section,
    axis_row,
    difference,
    figure,
    mark,
)
from takeup.drawing.strips import MODEL, Axis, Chart, Mark, axis_over, strip
from takeup.drawing.words import points, points_range
from takeup.questions.shadow.measure import Shadow, ShadowKind
from takeup.stats.answer import CannotSay, Estimate

Said = tuple[str, str]
"""A verdict and its detail, as a gate says of a kind of case."""
Looks = Sequence[tuple[str, Shadow]]
"""Day and report, oldest first."""


def name_of_kind(kind: ShadowKind) -> str:
    """What a kind of case is called."""
    return kind.key.replace("_", " ").capitalize() if kind.dimension else "All cases"


def shadow_heading(shadow: Shadow) -> str:
    """The report's answer in a sentence."""
    found = shadow.overall.difference
    if isinstance(found, CannotSay):
        return "Too early to say who is right more often"
    whole = "neither is clearly ahead over all cases"
    if found.excludes():
        whole = (
            "the model is right more often" if found.value > 0 else "people are right more often"
        )
    ahead, behind = _apart(shadow, 1), _apart(shadow, -1)
    parts = [f"On the same cases, {whole}."]
    if behind and not (found.excludes() and found.value < 0):
        parts.append(f"On {_list(behind)} people are.")
    elif ahead and not (found.excludes() and found.value > 0):
        parts.append(f"On {_list(ahead)} the model is ahead.")
    return " ".join(parts)


def _apart(shadow: Shadow, sign: int) -> list[str]:
    return [
        name_of_kind(k).lower()
        for k in shadow.kinds
        if isinstance(k.difference, Estimate)
        and k.difference.excludes()
        and sign * k.difference.value > 0
    ]


def _list(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def kinds_section(shadow: Shadow, margin: float, said: Mapping[tuple[str, str], Said]) -> Section:
    """Rows for all cases and each kind: model minus people, and what the gate says of it."""
    every = shadow.every()
    marks = [_bare(mark(MODEL, k.difference, difference_=True)) for k in every]
    axis, charts = _drawn(marks, [f"{name_of_kind(k)}: model minus people {figure(k.difference)}" for k in every], margin)  # fmt: skip
    rows = tuple(
        _row(k, chart, said.get((k.dimension, k.key)))
        for k, chart in zip(every, charts, strict=True)
    )
    return Section(
        _kinds_heading(shadow),
        "Same cases on both sides: people decided before any advice was seen. Ranges hold at every "
        f"look. Dashed: {100 * margin:g} points behind, the margin declared. Grade: paired.",
        ("Kind of case", "Pairs", "Disagreed", "Judged", "Only model right", "Only people right",
         "Model minus people", "Model wrong", "People wrong"),
        tuple(_figures(k) for k in every),
        rows,
        axis=axis_row(axis),
        heads=("Kind of case", "Model minus people, and the gate"),
        note=_note(shadow),
    )  # fmt: skip


def _bare(one: Mark | None) -> Mark | None:
    """Without its figure, which stands beside the strip: near zero it would cover the margin."""
    return None if one is None else replace(one, shown="")


def _drawn(
    marks: Sequence[Mark | None], texts: Sequence[str], margin: float
) -> tuple[Axis | None, list[Chart | None]]:
    """One strip for each mark, on an axis that holds the margin too."""
    there = [m for m in marks if m is not None]
    if not there:
        return None, [None for _ in marks]
    ends = Mark(MODEL, 0.0, -1.5 * margin, 1.5 * margin, "")
    axis = replace(axis_over([*there, ends], zero=True, percent=True), marked=-margin)
    return axis, [
        None if one is None else strip(axis, [one], text)
        for one, text in zip(marks, texts, strict=True)
    ]


def _kinds_heading(shadow: Shadow) -> str:
    ahead, behind = len(_apart(shadow, 1)), len(_apart(shadow, -1))
    if not ahead and not behind:
        return "Kind by kind, nothing can be told apart yet"
    words = []
    if ahead:
        words.append(f"the model is ahead in {ahead} kind{'s' * (ahead > 1)} of case")
    if behind:
        words.append(f"people are ahead in {behind} kind{'s' * (behind > 1)} of case")
    text = "; ".join(words)
    return text[0].upper() + text[1:]


def _row(kind: ShadowKind, chart: Chart | None, said: Said | None) -> Row:
    found = kind.difference
    inset = not kind.dimension
    if isinstance(found, CannotSay):
        counted = f"{kind.pairs:,} pairs" if kind.pairs else ""
        return Row(
            name_of_kind(kind), counted, None, STATUS[found.status],
            "" if found.status == "suppressed" else f"{found.reason}; needs {found.needs}", inset,
        )  # fmt: skip
    counted = f"{kind.pairs:,} pairs" + ("" if inset else f", {100 * kind.share:.0f} in 100")
    verdict = difference(found)
    detail = points_range(found)
    if said is not None:
        detail = f"{detail} · {said[0]}" + (f" · {said[1]}" if said[1] else "")
    return Row(name_of_kind(kind), counted, chart, verdict, detail, inset)


def _figures(kind: ShadowKind) -> tuple[str, ...]:
    def count(n: int | None) -> str:
        return "–" if n is None else f"{n:,}"

    if isinstance(kind.difference, CannotSay) and kind.difference.status == "suppressed":
        return (name_of_kind(kind), *["–"] * 5, STATUS["suppressed"], "–", "–")
    return (
        name_of_kind(kind), count(kind.pairs), count(kind.disagreements), count(kind.judged),
        count(kind.only_model), count(kind.only_person), figure(kind.difference),
        figure(kind.model_error), figure(kind.person_error),
    )  # fmt: skip


def _note(shadow: Shadow) -> str:
    whole = shadow.overall
    text = (
        "Where both gave the same answer, neither is ahead, so only disagreements need a judge; "
        "where a sample was judged, each counts by one over its chance of being judged."
    )
    if isinstance(whole.model_error, Estimate) and isinstance(whole.person_error, Estimate):
        return (
            f"{text} In all the model errs in {figure(whole.model_error)} of cases, people in "
            f"{figure(whole.person_error)}."
        )
    return f"{text} How often both are wrong together is not known: no agreement was judged."


def changed_section(shadow: Shadow) -> Section | None:
    """What following the advice in every case would have changed."""
    whole = shadow.overall
    if whole.only_model is None or not isinstance(whole.difference, Estimate):
        return None
    kinds = [k for k in shadow.every() if isinstance(k.difference, Estimate)]

    def net(kind: ShadowKind) -> str:
        d = kind.difference
        assert isinstance(d, Estimate)
        low, high = round(d.low * kind.pairs), round(d.high * kind.pairs)
        return f"{_signed(round(d.value * kind.pairs))} ({_signed(low)} to {_signed(high)})"

    return Section(
        f"Had advice always been followed: {net(whole)} right decisions",
        "Judged disagreements that the model would have put right, and those it would have spoiled; "
        "the net is over all disagreements.",
        ("Kind of case", "Put right", "Spoiled", "Net, decisions"),
        tuple(
            (name_of_kind(k), "–" if k.only_model is None else f"{k.only_model:,}",
             "–" if k.only_person is None else f"{k.only_person:,}", net(k))
            for k in kinds
        ),
        note="A best case: people do not always follow. The blind slice will tell.",
        size="half",
    )  # fmt: skip


def _signed(n: int) -> str:
    return f"{'−' if n < 0 else '+'}{abs(n):,}"


def looks_cards(looks: Looks, margin: float, most: int = 3) -> tuple[tuple[str, str, Chart], ...]:
    """How the comparison narrowed: all cases, and the kinds furthest from level; title, words, chart.
    Nothing with fewer than two looks."""
    if len(looks) < 2:
        return ()
    last = looks[-1][1]
    ranked = sorted(
        (k for k in last.kinds if isinstance(k.difference, Estimate)),
        key=lambda k: -abs(k.difference.value),  # type: ignore[union-attr]
    )
    chosen = [last.overall, *ranked[: most - 1]]
    series = [(k, _series(looks, k)) for k in chosen]
    series = [(k, drawn) for k, drawn in series if len(drawn) > 1]
    if not series:
        return ()
    # By the newest looks: the first ones are wide, and would flatten all the others.
    ends = (
        1.3 * min(-1.5 * margin, *(drawn[-1].low for _, drawn in series)),
        1.3 * max(1.5 * margin, *(drawn[-1].high for _, drawn in series)),
    )
    return tuple(
        (name_of_kind(k), _so_far(drawn), looks_chart(drawn, margin, ends)) for k, drawn in series
    )


def _series(looks: Looks, kind: ShadowKind) -> list[LookPoint]:
    found = []
    for day, shadow in looks:
        one = next(
            (k for k in shadow.every() if (k.dimension, k.key) == (kind.dimension, kind.key)), None
        )
        if one is not None and isinstance(one.difference, Estimate):
            d = one.difference
            found.append(LookPoint(day, d.value, d.low, d.high))
    return found


def _so_far(looks: Sequence[LookPoint]) -> str:
    last = looks[-1]
    return f"{points(last.value)} at look {len(looks)}"


def kinds_table(shadow: Shadow) -> tuple[list[str], list[list[object]]]:
    """The report as numbers, shares of cases: for CSV."""
    columns = ["kind", "pairs", "people", "disagreements", "judged", "only_model", "only_person",
               "difference", "low", "high", "status"]  # fmt: skip
    rows: list[list[object]] = []
    for kind in shadow.every():
        d = kind.difference
        if isinstance(d, CannotSay):
            hidden = d.status == "suppressed"
            counts: list[object] = [None] * 6 if hidden else [
                kind.pairs, kind.people, kind.disagreements, kind.judged, None, None
            ]  # fmt: skip
            rows.append([name_of_kind(kind), *counts, None, None, None, d.status])
            continue
        rows.append(
            [name_of_kind(kind), kind.pairs, kind.people, kind.disagreements, kind.judged,
             kind.only_model, kind.only_person, d.value, d.low, d.high, "shown"]
        )  # fmt: skip
    return columns, rows
