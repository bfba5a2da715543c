"""Negative controls: programmes in which a diagnosis must not find what is not there."""

from __future__ import annotations

import numpy as np

from takeup.questions.ladder.measure import LevelRange
from takeup.questions.resistance.measure import Resistance
from takeup.questions.signals.measure import Signals
from takeup.stats.answer import CannotSay
from tests.questions.programmes import simulated

SEEDS = range(1, 4)


def result(name: str, seed: int):
    return simulated(name, seed)[1]


def verdicts(name: str) -> list[str]:
    found = []
    for seed in SEEDS:
        resistance = result(name, seed).measures().resistance
        assert isinstance(resistance, Resistance)
        found.append(resistance.populations[0].scored.verdict)
    return found


def test_n1_without_a_reason_none_is_found_and_most_people_are_active():
    assert verdicts("N1") == ["none"] * len(SEEDS)
    for seed in SEEDS:
        (level,) = result("N1", seed).measures().ladder.populations
        assert sum(level.distribution[3:]) >= 0.5 * level.graded


def test_n2_where_all_reasons_are_alike_none_is_dominant():
    assert set(verdicts("N2")) <= {"unclear", "leaning"}


def test_n3_a_bad_model_is_the_finding_and_nothing_is_asked_of_people():
    assert verdicts("N3") == ["none"] * len(SEEDS)
    for seed in SEEDS:
        findings = result("N3", seed).findings()
        assert findings[0].kind == "model"
        assert "low_precision" in {f.rule for f in findings}
        asked = {f.rule for f in findings if f.kind == "people"}
        assert not asked & {"often_overridden", "seldom_seen", "overriding_hurts"}
        assert not any(rule.startswith("reason_") for rule in asked)
        accuracy = result("N3", seed).measures().reliance.override_accuracy.value
        assert abs(accuracy - 0.91) < 0.03


def test_n4_of_five_people_nothing_is_shown_and_no_reason_is_named():
    for seed in SEEDS:
        found = result("N4", seed)
        assert verdicts("N4") == ["insufficient_evidence"] * len(SEEDS)
        shared = found.shared[0].measures
        assert shared.adoption.overall.hidden
        for name in ("resistance", "people", "value", "signals", "blind_spots", "override_ledger"):
            answer = getattr(shared, name)
            assert isinstance(answer, CannotSay)
            assert answer.status == "suppressed"


def test_n5_a_high_rate_with_low_quality_stands_at_trial():
    for seed in SEEDS:
        found = result("N5", seed)
        (level,) = found.measures().ladder.populations
        assert isinstance(level.level, LevelRange)
        assert level.level.certain == level.level.possible == 2
        assert level.headline == "High rate, low quality"
        overall = found.measures().adoption.overall
        assert abs(overall.quality_gap.value - 0.60) < 1e-9
        signals = found.measures().signals
        assert isinstance(signals, Signals)
        assert "RR3" in {s.id for s in signals.seen if s.open}


def test_n6_waved_through_advice_is_a_signal_and_no_high_level():
    for seed in SEEDS:
        found = result("N6", seed)
        assert "over_reliance" in {f.rule for f in found.findings()}
        assert "RR8" in {s.id for s in found.measures().signals.seen if s.open}
        (level,) = found.measures().ladder.populations
        assert level.level.possible <= 3
        assert np.isclose(found.measures().adoption.overall.override_rate.value, 0.01, atol=0.01)
