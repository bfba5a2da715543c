"""The override value ledger: the human knew, the model was right, or nobody can tell."""

from __future__ import annotations

from collections import defaultdict

from takeup.drawing.section import Row, Section, figure
from takeup.drawing.strips import Part, Series, bar_strip
from takeup.drawing.words import name_of, reason_of
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.questions.override_ledger.measure import Ledger, LedgerLine

_KNEW = Series("the human knew", "overridden", "diamond")
_MODEL = Series("the model was right", "model", "square")
_OPEN = Series("cannot tell", "unseen", "square")


def ledger_section(diagnosis: Diagnosis) -> Section | None:
    """A row per reason; reason × kind of case × version in the table behind."""
    found = diagnosis.measures.override_ledger
    if not isinstance(found, Ledger) or not (found.total.human_knew + found.total.model_right):
        return None
    rows = [_row("All overrides", found.total.overrides, found.total.human_knew, found.total.model_right, inset=True)]  # fmt: skip
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for line in found.lines:
        if line.reason:
            own = sums[line.reason]
            own[0] += line.overrides
            own[1] += line.human_knew
            own[2] += line.model_right
    for reason, (n, knew, model) in sorted(sums.items(), key=lambda s: -s[1][0]):
        words = reason_of(reason)
        rows.append(_row(words[0].upper() + words[1:], n, knew, model))
    more = (
        f" {found.more} lines of too few people, or beyond the table, are not listed."
        if found.more
        else ""
    )
    return Section(
        _heading(found.total),
        "Overrides by reason, and who turned out right.",
        ("Reason", "Kind of case", "Model version", "Overrides", "Human knew", "Model right",
         "Cannot tell", "Human knew, of those told"),
        tuple(_figures(line) for line in (found.total, *found.lines)),
        tuple(rows),
        ((_KNEW, ""), (_MODEL, ""), (_OPEN, "")),
        heads=("Reason", "Of those told apart"),
        note="The human knew: the choice was right and the advice wrong. Cannot tell: both right, both "
        f"wrong, or not judged.{more} Grade: paired.",
    )  # fmt: skip


def _heading(total: LedgerLine) -> str:
    told = total.human_knew + total.model_right
    if total.human_knew > total.model_right:
        return (
            f"In {total.human_knew:,} of {told:,} overrides that can be told apart, the human knew"
        )
    return f"In {total.model_right:,} of {told:,} overrides that can be told apart, the model was right"


def _row(label: str, n: int, knew: int, model: int, *, inset: bool = False) -> Row:
    told = knew + model
    parts = [
        Part("human", knew / n if n else 0, "overridden", f"{knew:,}"),
        Part("model", model / n if n else 0, "model", f"{model:,}"),
        Part("open", (n - told) / n if n else 0, "unseen", f"{n - told:,}"),
    ]
    said = f"{100 * knew / told:.0f} % human" if told else "–"
    text = f"{label}: human knew {knew}, model right {model}, cannot tell {n - told}"
    return Row(label, f"{n:,} overrides", bar_strip(parts, text), said, "", inset)


def _figures(line: LedgerLine) -> tuple[str, ...]:
    whole = line.reason is None and line.segment is None and line.version is None
    return (
        "All" if whole else (reason_of(line.reason) if line.reason else "none given"),
        "all" if whole else (name_of(line.segment) if line.segment else "–"),
        "all" if whole else (line.version or "–"),
        f"{line.overrides:,}",
        f"{line.human_knew:,}",
        f"{line.model_right:,}",
        f"{line.cannot_tell:,}",
        figure(line.human_share),
    )


CARDS = (Card(180, ledger_section),)
