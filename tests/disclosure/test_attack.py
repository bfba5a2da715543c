"""Nobody finds a few people by calculating with all that a report to forward tells.

`make attack` sets TAKEUP_ATTACKS to 500 random programmes.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings

import takeup
from takeup.record.settings import Settings
from tests.disclosure.attacker import isolated
from tests.disclosure.programmes import CASES, CUTS, programmes

ATTACKS = int(os.environ.get("TAKEUP_ATTACKS", "500"))
FEWEST = Settings().disclosure.minimum_group


def found_by_attack(table):
    document = takeup.diagnose(table, only="adoption").document("share")
    return isolated([(document, table)], table, CUTS, FEWEST)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_nobody_who_is_alone_somewhere_is_found(case):
    assert found_by_attack(case()) == []


@pytest.mark.skipif("TAKEUP_ATTACKS" not in os.environ, reason="`make attack`: takes minutes")
@given(programmes())
@settings(
    max_examples=ATTACKS, deadline=None, suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)  # fmt: skip
def test_nobody_is_found_in_random_programmes(table):
    assert found_by_attack(table) == []


def test_the_attacker_finds_whom_a_count_too_many_gives_away():
    table = CASES[1]()
    document = takeup.diagnose(table, only="adoption").document("share")
    groups = document["diagnoses"][0]["measures"]["adoption"]["groups"]
    for group in groups["team"]:
        (rows,) = (table[table.team == group["key"]],)
        group |= {"hidden": False, "eligible": len(rows), "consulted": None, "unknown": None}
    (alone, *_) = isolated([(document, table)], table, CUTS, FEWEST)
    assert (alone.people, alone.truth, alone.low, alone.high) == (1, 40, 40, 40)
