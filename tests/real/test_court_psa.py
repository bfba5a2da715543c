"""The court trial: counts and effects as published (Imai et al. 2023, Ben-Michael et al. 2024)."""

from __future__ import annotations

from pathlib import Path

import pytest

import takeup
from takeup.api import Result
from takeup.questions.rollout.measure import Rollout

MAPPING = Path(__file__).parent / "court_psa.toml"
EFFECTS = {
    "agreement": (0.0564, 0.0205),
    "choice:cash": (0.0039, 0.0200),
    "outcome:new_criminal_activity": (0.0146, 0.0198),
    "outcome:new_violent_criminal_activity": (0.0019, 0.0099),
    "outcome:failure_to_appear": (-0.0020, 0.0177),
    "misclassification:new_criminal_activity": (0.0420, 0.0364),
    "misclassification:new_violent_criminal_activity": (0.0077, 0.0253),
    "misclassification:failure_to_appear": (0.0088, 0.0335),
}


@pytest.fixture
def result(court_psa: Path) -> Result:
    return takeup.diagnose(court_psa, mapping=MAPPING)


def test_counts_of_the_two_arms_match_table_1(result: Result) -> None:
    assert result.measures().adoption.overall.counts == {
        "followed": 543 + 173,
        "overridden": 162 + 70,
        "off": 943,
    }


def test_agreement_without_and_with_advice_matches_the_papers(result: Result) -> None:
    rollout = result.measures().rollout
    assert isinstance(rollout, Rollout)
    agreement = rollout.effects[0]
    assert agreement.mean_without == pytest.approx((510 + 149) / 943, abs=1e-9)
    assert agreement.mean_with == pytest.approx((543 + 173) / 948, abs=1e-9)


def test_every_published_effect_is_reproduced_unadjusted(result: Result) -> None:
    rollout = result.measures().rollout
    assert isinstance(rollout, Rollout)
    found = {e.name: e.unadjusted for e in rollout.effects}
    for name, (value, se) in EFFECTS.items():
        assert found[name].value == pytest.approx(value, abs=1e-4), name
        assert found[name].se == pytest.approx(se, abs=1e-4), name


def test_report_says_no_outcome_effect_is_established(result: Result) -> None:
    page = result.to_html()
    assert "No effect on outcomes is established" in page
    assert "published research data" in page
