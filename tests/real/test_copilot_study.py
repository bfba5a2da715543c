"""The code-assistant study: decisions folded from an event stream, counts as published."""

from __future__ import annotations

from pathlib import Path

import pytest

import takeup
from takeup.stats.answer import CannotSay

MAPPING = Path(__file__).parent / "copilot_study.toml"


def test_event_stream_folds_into_the_published_decisions(copilot_study: Path) -> None:
    result = takeup.diagnose(copilot_study, mapping=MAPPING)
    counted = result.table.reconciliation
    assert (counted.rows_read, counted.rows_used) == (3490, 1096)
    assert counted.rows_folded == 1150 + 1239 + 5
    assert counted.balances
    overall = result.measures().adoption.overall
    assert overall.counts == {"followed": 386, "overridden": 710}
    assert overall.people == 21
    assert 1 - overall.override_rate.value == pytest.approx(0.3522, abs=5e-5)


def test_people_differ_as_published(copilot_study: Path) -> None:
    adoption = takeup.diagnose(copilot_study, mapping=MAPPING).measures().adoption
    spread = adoption.override_spread
    assert spread.people == 21
    assert 1 - spread.mean == pytest.approx(0.3611, abs=5e-5)
    assert 1 - spread.median == pytest.approx(0.3448, abs=5e-5)
    assert 1 - spread.highest == pytest.approx(0.1294, abs=5e-5)
    assert 1 - spread.lowest == pytest.approx(0.5714, abs=5e-5)
    confidence = adoption.confidence_by_action
    assert confidence["followed"].value == pytest.approx(0.647, abs=5e-4)
    assert confidence["overridden"].value == pytest.approx(0.561, abs=5e-4)


def test_what_the_study_cannot_answer_is_named(copilot_study: Path) -> None:
    result = takeup.diagnose(copilot_study, mapping=MAPPING)
    assert isinstance(result.measures().paired, CannotSay)
    questions = {q.question for q in result.diagnoses[0].cannot_answer}
    assert "Who is right more often, people or the model?" in questions
