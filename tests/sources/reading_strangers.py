"""What is asked of every table that a stranger hands over, whatever it is.

Each command answers or refuses with words; every row read has one fate, every rejected one its reason.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import takeup
from takeup.log import Engine
from takeup.record.errors import TakeupError
from takeup.record.mapping import Mapping, parse_mapping, read_mapping
from takeup.sources.draft import Draft, first_draft, with_answer
from takeup.sources.mapping_text import mapping_text
from takeup.sources.open_table import open_table
from takeup.sources.opened import open_decisions
from tests.sources.strangers import Strange

_T = TypeVar("_T")
_QUESTIONS = 3
TABLES = int(os.environ.get("TAKEUP_TABLES", "70"))
"""How many; `make attack` tries five hundred."""


def try_tables(tables: st.SearchStrategy[Strange]) -> None:
    """Tables, the same ones each time. Fails also where most are refused at the door: such a fuzzer tries
    nothing."""
    came: Counter[str] = Counter()

    @settings(max_examples=TABLES, derandomize=True, deadline=None, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(tables)
    def each(table: Strange) -> None:
        came[read_as_a_stranger_would(table)] += 1

    each()
    assert came["diagnosed"] >= TABLES / 5, came


def read_as_a_stranger_would(table: Strange) -> str:
    """`map`, `check`, `diagnose` and `sample`; how far it came. Anything but an answer or a refusal in
    words fails."""
    mapping = _refused_or(lambda: _mapped(table))
    if table.columns is not None:
        mapping = parse_mapping({"columns": table.columns}, "by hand")
    if _refused_or(lambda: _checked(table, mapping)) is None:
        return "refused"
    found = _refused_or(lambda: takeup.diagnose(table.given, mapping=mapping, only=["adoption"]))
    _refused_or(lambda: takeup.sample(table.given, mapping=mapping))
    if found is None:
        return "checked"
    rejected = found.rejected_rows()
    assert len(rejected) == found.table.reconciliation.rows_rejected
    assert all(row > 0 and why for row, why in rejected)
    assert all(problem.sentence() for problem in found.facts.problems)
    assert found.to_json()
    return "diagnosed"


def _refused_or(step: Callable[[], _T]) -> _T | None:
    try:
        return step()
    except TakeupError as error:
        refusal = error
    assert str(refusal).strip()
    return None


def _mapped(table: Strange) -> Mapping:
    """The mapping of `takeup map`, with the first answer to each question, written and read again."""
    with tempfile.TemporaryDirectory() as folder:
        raw = open_table(table.given, Engine(), Path(folder))
        draft = first_draft(raw)
        for _ in range(_QUESTIONS):
            draft = _answered(raw, draft)
        path = Path(folder) / "mapping.toml"
        path.write_text(mapping_text(draft, raw.name, []))
        return read_mapping(path)


def _answered(raw: object, draft: Draft) -> Draft:
    question = next((q for q in draft.questions if q.answers), None)
    if question is None:
        return draft
    return _refused_or(lambda: with_answer(raw, draft, question.answers[0].lines)) or draft  # type: ignore[arg-type]


def _checked(table: Strange, mapping: Mapping | None) -> bool:
    opened = open_decisions(table.given, mapping=mapping)
    counts = opened.table.reconciliation
    assert counts.balances, counts
    opened.look_alikes()
    opened.unused_columns()
    return True
