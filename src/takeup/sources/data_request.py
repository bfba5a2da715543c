"""The data request a head of AI sends to their data team: columns, what each unlocks, rows."""

from __future__ import annotations

from pathlib import Path

from takeup.record.columns import DECISION_COLUMNS, ELIGIBLE_COLUMNS, OUTCOME_COLUMNS, Column
from takeup.record.population import Population

_FIRST = ("person_id", "decided_at", "recommendation", "choice")
_SOON = (
    "decision_id",
    "consulted",
    "confidence",
    "population",
    "team",
    "path",
    "stakes",
    "override_reason",
    "model_version",
    "outcome",
    "correct_choice",
)
_EXAMPLE = {
    "decision_id": ("d-1001", "d-1002", "d-1003"),
    "case_id": ("a-77", "a-78", "a-79"),
    "person_id": ("p-014", "p-014", "p-022"),
    "population": ("branch-north", "branch-north", "branch-south"),
    "team": ("n1", "n1", "s2"),
    "decided_at": ("2026-03-02T09:12:00+01:00", "2026-03-02T09:40:00+01:00", "2026-03-02T10:05:00+01:00"),
    "mode": ("assist", "assist", "shadow"),
    "consulted": ("yes", "no", "no"),
    "recommendation": ("approve", "decline", "decline"),
    "confidence": ("0.91", "0.64", "0.72"),
    "choice": ("approve", "approve", "decline"),
    "override_reason": ("", "", ""),
    "stakes": ("low", "high", "low"),
    "path": ("ai", "legacy", "legacy"),
    "model_version": ("2.0", "2.0", "2.0"),
    "x_segment": ("standard", "local_income", "thin_file"),
    "outcome": ("1", "0", ""),
    "correct_choice": ("approve", "decline", ""),
}  # fmt: skip
_LETTER = (
    "Data request: how is our AI used, overridden or ignored?",
    "",
    "Please send one row for each decision a person made where a recommendation existed or should have.",
    "The four columns marked 'start' are enough to begin. Each further column unlocks more (see 'Columns').",
    "Leave a cell blank where nobody knows: blank means unknown, never zero and never no.",
    "Replace names by pseudonyms (p-014): the same person keeps the same one.",
    "CSV, Excel, Parquet or a DuckDB table are fine; your own column names too (takeup map finds them).",
    "A list of all eligible cases, also those that went another way, gives a true denominator.",
    "Outcomes may come later and in a file of their own, by decision_id or case_id.",
)


def write_request(path: Path) -> Path:
    """The request as a workbook of four sheets: letter, columns, example, what no table holds."""
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path))
    title = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bottom": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    letter = book.add_worksheet("Request")
    letter.set_column(0, 0, 110)
    for row, line in enumerate(_LETTER):
        letter.write(row, 0, line, title if row == 0 else wrap)
    page = book.add_worksheet("Columns")
    for column, (name, width) in enumerate(_HEADS):
        page.write(0, column, name, head)
        page.set_column(column, column, width)
    for row, cells in enumerate(request_rows(), 1):
        for column, cell in enumerate(cells):
            page.write_string(row, column, cell, wrap)
    page.freeze_panes(1, 1)
    example = book.add_worksheet("Example")
    for column, (name, values) in enumerate(_EXAMPLE.items()):
        example.write(0, column, name, head)
        example.set_column(column, column, max(14, len(values[0]) + 2))
        for row, value in enumerate(values, 1):
            example.write_string(row, column, value)
    facts = book.add_worksheet("What no table holds")
    facts.set_column(0, 0, 32)
    facts.set_column(1, 1, 90)
    facts.write(0, 0, "entry of the population file", head)
    facts.write(0, 1, "what it is", head)
    for row, (name, meaning) in enumerate(population_entries(), 1):
        facts.write(row, 0, name, wrap)
        facts.write(row, 1, meaning, wrap)
    book.close()
    return path


_HEADS = (
    ("column", 24),
    ("ask", 10),
    ("file", 12),
    ("what it is", 60),
    ("unlocks", 60),
    ("values", 34),
)


def request_rows() -> list[tuple[str, str, str, str, str, str]]:
    """One row per column of the record: name, how urgent, file, meaning, unlocks, values."""
    every: list[Column] = [*DECISION_COLUMNS, *OUTCOME_COLUMNS, *ELIGIBLE_COLUMNS]
    order = {name: i for i, name in enumerate((*_FIRST, *_SOON))}
    rows = [
        (c.name, _urgency(c.name), c.home, c.meaning, c.unlocks, ", ".join(c.words) or c.kind)
        for c in sorted(every, key=lambda c: order.get(c.name, len(order)))
    ]
    covariate = (
        "x_…",
        "useful",
        "decisions",
        "anything about the case known before the decision: segment, region, amount",
        "like-with-like comparison; where the model is blind",
        "text or number",
    )
    return [*rows[: len(_FIRST) + 3], covariate, *rows[len(_FIRST) + 3 :]]


def _urgency(name: str) -> str:
    return "start" if name in _FIRST else "useful" if name in _SOON else "later"


def population_entries() -> list[tuple[str, str]]:
    """Entries of a population file and what each means."""
    meanings = {
        "title": "the population's name in reports",
        "people": "people in it, also those without a decision",
        "trained_share": "share who completed basic training, 0 to 1",
        "comparison_available_share": "share who can see how their followed and overridden cases went",
        "comparison_opened_share": "share who opened that in the last 56 days",
        "contributing_share": "share who gave a flag, feedback or useful override note in 56 days",
        "advocate_share": "share who help peers, with evidence",
        "substituted_time_share": "share of working time in tasks that the AI can take over",
        "tenure_over_10_share": "share with more than ten years in the role",
        "prior_incident": "an earlier AI or analytics failure touched them (true or false)",
        "side_application": "the advice stands in another application (true or false)",
        "fiduciary_duty": "the role owes a duty to a third party (true or false)",
        "low_users_practising_share": "share of those who seldom use the advice who practise in private",
        "formal_objections_per_100": "documented objections to the governance body per 100 people in 90 days",
        "expert_benchmark": "r*: share of advice that experts would override, { rate = 0.10, sd = 0.03 }",
    }
    return [(name, meanings[name]) for name in Population.model_fields]
