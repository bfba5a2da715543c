"""What was hidden with a few people yesterday is not shown today as it was: yesterday's total less it would be theirs."""

from __future__ import annotations

import pandas as pd
import pytest

import takeup
from tests.disclosure.attacker import DAY, ELIGIBLE, isolated
from tests.disclosure.programmes import Programme


def two_days(more_of_second: int) -> pd.DataFrame:
    """A team of seven and one of thirty; on the second day an eighth comes to the first, all of which decide four
    cases, and those of the second `more_of_second` each."""
    p = Programme(6)
    for who in range(30):
        p.add("north", who, 20, team="second", came=0)
        p.add("south", who, 20, team="south", came=0)
    for who in range(30, 37):
        p.add("north", who, 20, team="first", came=0)
    for who in range(30, 38):
        p.add("north", who, 4, team="first", came=1)
    for who in range(30):
        p.add("north", who, more_of_second, team="second", came=1)
    return p.table


def documents_of(table: pd.DataFrame) -> list[tuple[dict, int]]:
    first = takeup.diagnose(table[table.came == 0].drop(columns="came"), only="adoption")
    told = first.document("share")
    both = takeup.diagnose(table.drop(columns="came"), only="adoption", last_shared=told)
    return [(told, 0), (both.document("share"), 1)]


def teams_hidden(document: dict) -> set[str]:
    groups = document["diagnoses"][0]["measures"]["adoption"]["groups"]["team"]
    return {g["key"] for g in groups if g["hidden"]}


@pytest.mark.parametrize("more_of_second", [0, 12])
def test_a_team_that_few_were_in_yesterday_is_not_found_by_what_is_shown_today(more_of_second):
    table = two_days(more_of_second)
    documents = documents_of(table)
    assert "first" in teams_hidden(documents[0][0])
    found = isolated(documents, table.assign(**{DAY: table.came}), ["population", "team", DAY], 8, (ELIGIBLE,))  # fmt: skip
    assert found == []


def test_it_is_shown_again_once_enough_is_new_of_what_was_hidden_with_it():
    document = documents_of(two_days(12))[1][0]
    assert teams_hidden(document) == set()
