"""The override value ledger: what overrides knew, by reason, kind of case and model version.

Each override whose truth is known is one of three: the human knew (the choice was right, the
advice wrong), the model was right (the other way round), or neither can be told apart (both
right or both wrong); overrides not judged cannot be told. Counts of what happened. Refuses
where truth is not known evenly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import ibis
import ibis.expr.types as ir
import pandas as pd

from takeup.disclosure.group_size import few
from takeup.log import fetch
from takeup.questions.inquiry import Inquiry
from takeup.questions.shared.known_truth import PANEL, uneven_truth
from takeup.questions.shared.whose import person_of
from takeup.record.settings import DisclosureSettings, Settings
from takeup.stats.answer import Answer, CannotSay, insufficient, not_instrumented, suppressed
from takeup.stats.rates import share

MOST_LINES = 60


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """Overrides of one reason in one kind of case under one model version (None: not
    recorded). `human_knew`, `model_right` of those judged; `cannot_tell` the rest. `people`
    overrode (None: unknown); `human_share`: the first of the first two. `told_by`: how many people's overrides
    one of the first two counts; in no document."""

    reason: str | None
    segment: str | None
    version: str | None
    overrides: int
    human_knew: int
    model_right: int
    cannot_tell: int
    people: int | None
    human_share: Answer
    told_by: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Ledger:
    """`total` over all overrides, then lines, most overrides first; `more` are left out. `dimension`: the column
    of the lines' kinds of case; in no document."""

    total: LedgerLine
    lines: tuple[LedgerLine, ...]
    more: int
    dimension: str | None = field(default=None, repr=False)


def measure_override_ledger(
    decisions: ir.Table, segments: Sequence[str], settings: Settings
) -> Ledger | CannotSay:
    """The ledger by override reason, first declared segment and model version."""
    if refusal := cannot_score(decisions, settings):
        return refusal
    names = {
        "reason": "override_reason",
        "segment": next((s for s in segments if s in decisions.columns), None),
        "version": "model_version",
    }
    frame = overrides_counted(decisions, names)
    if frame.empty:
        return insufficient("no override", "overrides", 0)
    persons = "person_id" in decisions.columns
    total = ledger_line((None, None, None), frame, persons, settings)
    lines = [
        ledger_line(key, part, persons, settings)
        for key, part in frame.groupby(list(names), dropna=False)
    ]
    lines.sort(key=lambda line: -line.overrides)
    more = max(len(lines) - MOST_LINES, 0)
    return Ledger(total, tuple(lines[:MOST_LINES]), more, names["segment"])


def cannot_score(decisions: ir.Table, settings: Settings) -> CannotSay | None:
    """Why it cannot be told who was right; None where it can."""
    if not {"advice_right", "choice_right"} <= set(decisions.columns):
        return not_instrumented("overrides cannot be scored", PANEL)
    seen = decisions.filter(decisions.action.isin(["followed", "modified", "overridden"]))
    return uneven_truth(seen, settings)


def overrides_counted(decisions: ir.Table, names: Mapping[str, str | None]) -> pd.DataFrame:
    """Overrides by `names` (name → column; where that is None or absent, unknown) and `person`: `n`, in
    how many the person `knew`, in how many the `model` was right."""
    t = decisions.filter(decisions.action == "overridden")
    judged: dict[str, ir.Value] = {}
    if {"advice_right", "choice_right"} <= set(t.columns):
        knew = (t.choice_right & ~t.advice_right).fill_null(False)
        model = (~t.choice_right & t.advice_right).fill_null(False)
        judged = {"knew": knew.cast("int64").sum(), "model": model.cast("int64").sum()}
    by = {
        name: t[column].cast("string") if column in t.columns else ibis.literal(None, "string")
        for name, column in names.items()
    }
    frame: pd.DataFrame = fetch(
        t.group_by(**by, person=person_of(t).cast("string")).aggregate(n=t.count(), **judged)
    ).to_pandas()
    for name in ("knew", "model"):
        frame[name] = frame.get(name, 0)
    keys = list(by)
    frame[keys] = frame[keys].astype(object).where(frame[keys].notna(), None)
    return frame


def ledger_line(
    key: Sequence[object], part: pd.DataFrame, persons: bool, settings: Settings
) -> LedgerLine:
    """One line from counts by person (`overrides_counted`); `key`: reason, kind of case, version."""
    n, knew, model = (int(part[c].sum()) for c in ("n", "knew", "model"))
    sums = part.groupby("person")[["knew", "model"]].sum()
    told = (sums["knew"] + sums["model"]).to_numpy(float)
    answer: Answer = insufficient("no override here can be told", "judged overrides", 0)
    if told.sum():
        answer = share(
            sums["knew"].to_numpy(float),
            told,
            settings.confidence,
            clustered=persons,
            grade="paired",
        )
    reason, segment, version = (
        None if k is None or (isinstance(k, float) and pd.isna(k)) else str(k) for k in key
    )
    people = part["person"].nunique() if persons else None
    return LedgerLine(
        reason,
        segment,
        version,
        n,
        knew,
        model,
        n - knew - model,
        people,
        answer,
        int((told > 0).sum()) if persons else 0,
    )


def told_by_few(line: LedgerLine, rules: DisclosureSettings) -> bool:
    """Whether some people's overrides tell who was right, and too few people's."""
    return few(line.told_by or None, "share", rules)


def without_judgement(line: LedgerLine) -> LedgerLine:
    """Without who was right, which too few people's overrides tell."""
    return replace(
        line,
        human_knew=0,
        model_right=0,
        cannot_tell=line.overrides,
        human_share=suppressed(),
        told_by=0,
    )


def ask(inquiry: Inquiry) -> Ledger | CannotSay:
    """The question, of one use case."""
    return measure_override_ledger(inquiry.decisions, inquiry.segments, inquiry.settings)
