"""Nobody finds a few people by calculating with all that a report to forward tells.

`make attack` sets TAKEUP_ATTACKS to 500 random programmes.
"""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings

import takeup
from takeup.disclosure.over_time import held_back
from takeup.record.settings import Settings
from tests.disclosure.attacker import DAY, ELIGIBLE, isolated
from tests.disclosure.programmes import CASES, CUTS, people_who_come_and_go, programmes

ATTACKS = int(os.environ.get("TAKEUP_ATTACKS", "500"))
FEWEST = Settings().disclosure.minimum_group


def found_by_attack(table):
    document = takeup.diagnose(table, only="adoption").document("share")
    return isolated([(document, 0)], table, CUTS, FEWEST)


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


def day_by_day(table, days: int):
    """The documents of each day as a server makes them: what is new waits while it is of few people, and what
    was shown stays shown. `table` has `came`, the day on which a row is there."""
    rules = Settings().disclosure
    shown = pd.Series(-1, index=table.index)
    documents, last, hidden = [], None, None
    for day in range(days):
        new = table[(table.came <= day) & (shown < 0)]
        families = [(), *((cut,) for cut in (*CUTS, "week") if cut in table)]
        waits = (
            held_back(new.reset_index(drop=True), families, rules)
            if day
            else np.zeros(len(new), bool)
        )
        shown[new.index[~waits]] = day
        found = takeup.diagnose(
            table[shown >= 0].drop(columns=["came", "week"]), only="adoption", last_shared=last,
            hidden_so_far=hidden,
        )  # fmt: skip
        last, hidden = found.document("share"), found.hidden_so_far
        documents.append((last, day))
    counted = table[shown >= 0].assign(**{DAY: shown[shown >= 0]})
    return documents, counted


@pytest.mark.parametrize("seed", range(8 if "TAKEUP_ATTACKS" in os.environ else 1))
def test_nobody_is_found_by_keeping_every_days_document(seed):
    days = 30 if "TAKEUP_ATTACKS" in os.environ else 4
    documents, counted = day_by_day(people_who_come_and_go(seed, days), days)
    # How many cases they decided. What they did with the advice is held in each document, not between two.
    assert isolated(documents, counted, [*CUTS, DAY], FEWEST, (ELIGIBLE,)) == []


def test_the_attacker_finds_whom_a_count_too_many_gives_away():
    table = CASES[1]()
    document = takeup.diagnose(table, only="adoption").document("share")
    groups = document["diagnoses"][0]["measures"]["adoption"]["groups"]
    for group in groups["team"]:
        (rows,) = (table[table.team == group["key"]],)
        group |= {"hidden": False, "eligible": len(rows), "consulted": None, "unknown": None}
    (alone, *_) = isolated([(document, 0)], table, CUTS, FEWEST)
    assert (alone.people, alone.truth, alone.low, alone.high) == (1, 40, 40, 40)
