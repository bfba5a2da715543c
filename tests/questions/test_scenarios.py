"""Three programmes diagnosed from their files alone: verdicts, model issues, first actions."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from takeup.questions.comparison.card import comparison_sections
from takeup.questions.paired.card import same_cases_section
from takeup.questions.resistance.measure import Resistance
from takeup.report.sections import sections
from takeup.simulate import simulate
from takeup.stats.answer import Estimate
from tests.made_once import made_once
from tests.questions.programmes import bank, diagnosed

SEEDS = range(1, 9)


@made_once
def of_reasons(name: str, seed: int):
    programme = simulate(name, seed=seed)
    return programme, diagnosed(
        programme, only=("ladder", "model_issue", "reliance", "paired", "resistance")
    )


def diagnosis(name: str, seed: int):
    return bank(seed) if name == "bank" else of_reasons(name, seed)


def reasons(name: str, seed: int):
    found = diagnosis(name, seed)[1].measures().resistance
    assert isinstance(found, Resistance)
    return {p.population: p.scored for p in found.populations}


def issues(name: str, seed: int) -> set[tuple[str, str, str | None]]:
    found = diagnosis(name, seed)[1].measures().model_issue
    return {(i.kind, i.scope, i.segment) for i in found.issues}


@pytest.mark.parametrize(
    ("name", "population", "reason"),
    [("bank", "LO1", "JS"), ("bank", "LO2", "TD"), ("hospital", "PH1", "TD"),
     ("planning", "PL1", "WD"), ("planning", "PL2", "CA")],
)  # fmt: skip
def test_the_dominant_reason_is_the_one_that_most_people_have(name, population, reason):
    """8 seeds, at least 6 dominant: where 95 % are this fails in 0.6 % of draws, where 40 % are it passes in 5 %."""
    verdicts = [reasons(name, seed)[population] for seed in SEEDS]
    assert all(v.named[:1] == (reason,) for v in verdicts)
    assert np.mean([v.verdict == "dominant" for v in verdicts]) >= 0.75


def test_on_the_ward_values_come_first_and_competence_second():
    verdicts = [reasons("hospital", seed)["PH2"] for seed in SEEDS]
    assert np.mean([v.order[0] == "VM" for v in verdicts]) >= 0.75
    mixed = [v for v in verdicts if v.verdict == "mixed"]
    assert mixed
    assert Counter(v.named[1] for v in mixed if v.named[0] == "VM").most_common(1)[0][0] == "CA"


@pytest.mark.parametrize("seed", SEEDS)
def test_model_issues_are_those_of_the_scenarios(seed):
    assert ("blind_spot", "LO2", "local_income") in issues("bank", seed)
    assert not any(scope == "LO1" for _, scope, _ in issues("bank", seed))
    hospital = issues("hospital", seed)
    assert ("low_precision", "PH1", None) in hospital
    assert ("net_harm", "PH1", "elderly_multimorbid") in hospital
    assert ("net_harm", "PH1", "other_patients") not in hospital
    assert ("overrides_mostly_right", "PH1", None) in hospital
    assert not any(scope == "PH2" for _, scope, _ in hospital)
    planning = issues("planning", seed)
    for population in ("PL1", "PL2"):
        assert ("blind_spot", population, "promo_not_entered") in planning
        assert ("missing_input", population, "promo_not_entered") in planning


def test_planners_overrides_are_mostly_right_in_most_programmes():
    held = [("overrides_mostly_right", "PL1", None) in issues("planning", s) for s in SEEDS]
    assert np.mean(held) >= 0.75


@pytest.mark.parametrize(
    ("name", "rule", "first"),
    [("bank", "reason_JS", ["A-RR1", "A-RR3", "A-RR2"]), ("bank", "reason_TD", ["A-TR4", "A-SH1", "A-PF2"]),
     ("hospital", "low_precision", ["A-MD2"]), ("hospital", "net_harm", ["A-MD1"]),
     ("hospital", "reason_VM", ["A-GV1", "A-OV5", "A-MD4"]), ("planning", "reason_WD", ["A-WF2", "A-WF1"]),
     ("planning", "missing_input", ["A-WF5", "A-MD3"]), ("planning", "reason_CA", ["A-CA1", "A-CH1", "A-CH5", "A-CA3"])],
)  # fmt: skip
def test_first_actions_are_those_of_the_reason_or_issue(name, rule, first):
    seen = set()
    for seed in SEEDS:
        for f in diagnosis(name, seed)[1].findings():
            if f.rule == rule:
                seen.add(tuple(a.id for a in f.actions)[: len(first)])
    if rule == "missing_input":
        return  # told within its blind spot where both hold
    assert seen == {tuple(first)}


def test_the_model_comes_before_people_and_reasons_wait_where_it_is_wrong_too_often():
    for seed in SEEDS:
        findings = diagnosis("hospital", seed)[1].findings()
        kinds = [f.kind for f in findings]
        assert kinds.index("model") < kinds.index("people")
        waiting = [f for f in findings if f.rule == "reason_TD" and f.scope == "PH1"]
        assert waiting
        assert all(f.first_action.startswith("Once the model is mended") for f in waiting)


STATED = {  # means over 20 seeds of the scenarios' definition; mean ± .02, one seed ± max(3 sd, .03)
    "PH1": {"consult_rate": 0.30, "override_rate": 0.42, "effective_reliance": 0.18, "q": 0.47, "r_c": 0.85, "r_w": 0.72, "oa": 0.81},
    "PH2": {"consult_rate": 0.38, "override_rate": 0.31, "effective_reliance": 0.27, "q": 0.17, "r_c": 0.77, "r_w": 0.70, "oa": 0.38},
    "PL1": {"consult_rate": 0.17, "override_rate": 0.26, "effective_reliance": 0.13, "q": 0.18, "r_c": 0.87, "r_w": 0.85, "oa": 0.58},
    "PL2": {"consult_rate": 0.28, "override_rate": 0.20, "effective_reliance": 0.23, "q": 0.13, "r_c": 0.88, "r_w": 0.72, "oa": 0.48},
}  # fmt: skip
RELIEVED = {"LO1": 0.63, "LO2": 0.59, "PH1": 0.54, "PH2": 0.61, "PL1": 0.48, "PL2": 0.55}


def test_simulated_populations_are_as_their_definition_states():
    found: dict[tuple[str, str], list[float]] = {}
    for name in ("hospital", "planning"):
        for seed in range(1, 21):
            for population, truth in simulate(name, seed=seed).truth["populations"].items():
                r = truth["reliance"]
                values = truth["adoption"] | {
                    "q": r["model_error"], "r_c": r["r_c"], "r_w": r["r_w"], "oa": r["override_accuracy"]
                }  # fmt: skip
                for figure, value in values.items():
                    found.setdefault((population, figure), []).append(value)
    for population, figures in STATED.items():
        for figure, mean in figures.items():
            got = np.mean(found[population, figure])
            assert got == pytest.approx(mean, abs=0.03 if figure in ("r_w", "oa") else 0.021), (
                population,
                figure,
            )


def test_matched_actions_raise_looking_as_defined():
    for name in ("bank", "hospital", "planning"):
        rates: dict[str, list[float]] = {}
        for seed in range(1, 11):
            programme = simulate(name, seed=seed, relief=0.6)
            for population, truth in programme.truth["populations"].items():
                rates.setdefault(population, []).append(truth["adoption"]["consult_rate"])
        for population, found in rates.items():
            assert np.mean(found) == pytest.approx(RELIEVED[population], abs=0.025)


@pytest.mark.parametrize("name", ["bank", "hospital", "planning"])
def test_the_paired_answer_stands_first_and_no_association_on_the_same_question_is_a_finding(name):
    found = diagnosed(
        simulate(name, seed=1), only=("adoption", "paired", "comparison", "model_issue")
    )
    measures = found.measures()
    assert isinstance(measures.paired.overall.person_minus_model, Estimate)
    assert any(c.outcome == "correctness" for c in measures.comparison.outcomes)
    findings = found.diagnoses[0].findings
    assert "paired" in [f.grade for f in findings]
    assert not any(f.rule == "association" and "correctness" in f.id for f in findings)
    shown = [s.heading for s in sections(found.diagnoses[0])]
    same_cases = same_cases_section(found.diagnoses[0]).heading
    for association in comparison_sections(found.diagnoses[0]):
        assert shown.index(same_cases) < shown.index(association.heading)
