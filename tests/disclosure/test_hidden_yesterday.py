"""What was hidden with a few people yesterday is not shown today as it was: yesterday's total less it would be theirs."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import takeup
from takeup.disclosure.release.earlier import KEPT, Earlier, Then
from takeup.disclosure.release.inner_counts import ALL
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


def documents_of(table: pd.DataFrame, hidden_is_kept: bool) -> list[tuple[dict, int]]:
    first = takeup.diagnose(table[table.came == 0].drop(columns="came"), only="adoption")
    told, hidden = first.document("share"), first.hidden_so_far if hidden_is_kept else None
    both = takeup.diagnose(
        table.drop(columns="came"), only="adoption", last_shared=told, hidden_so_far=hidden
    )
    return [(told, 0), (both.document("share"), 1)]


def teams_hidden(document: dict) -> set[str]:
    groups = document["diagnoses"][0]["measures"]["adoption"]["groups"]["team"]
    return {g["key"] for g in groups if g["hidden"]}


@pytest.mark.parametrize("hidden_is_kept", [True, False])
@pytest.mark.parametrize("more_of_second", [0, 12])
def test_a_team_that_few_were_in_yesterday_is_not_found_by_what_is_shown_today(
    more_of_second, hidden_is_kept
):
    table = two_days(more_of_second)
    documents = documents_of(table, hidden_is_kept)
    assert "first" in teams_hidden(documents[0][0])
    found = isolated(documents, table.assign(**{DAY: table.came}), ["population", "team", DAY], 8, (ELIGIBLE,))  # fmt: skip
    assert found == []


@pytest.mark.parametrize("hidden_is_kept", [True, False])
def test_it_is_shown_again_once_enough_is_new_of_what_was_hidden_with_it(hidden_is_kept):
    document = documents_of(two_days(12), hidden_is_kept)[1][0]
    assert teams_hidden(document) == set()


def test_a_team_that_few_were_in_is_not_found_when_others_decide_much_some_days_later():
    """Yesterday's document says little of it, that of the day before everything."""
    p = Programme(6)
    for who in range(30):
        p.add("north", who, 20, team="second", came=0)
        p.add("north", who, 4, team="second", came=2)
    for who in range(30, 37):
        p.add("north", who, 20, team="first", came=0)
    for who in range(30, 38):
        p.add("north", who, 1, team="first", came=1)
    table, documents, last, hidden = p.table, [], None, None
    for day in range(3):
        found = takeup.diagnose(
            table[table.came <= day].drop(columns="came"), only="adoption", last_shared=last,
            hidden_so_far=hidden,
        )  # fmt: skip
        last, hidden = found.document("share"), found.hidden_so_far
        documents.append((last, day))
    cuts = ["population", "team", DAY]
    assert isolated(documents, table.assign(**{DAY: table.came}), cuts, 8, (ELIGIBLE,)) == []


GROUP = ("team", "a", None)


def test_what_is_kept_comes_back_from_json_as_it_was():
    kept = Earlier().then({GROUP: (12.0, True), ALL: (90.0, False)}, [[(GROUP, 1.0)]], [[GROUP]])
    assert Earlier.from_json(json.loads(json.dumps(kept.as_json()))) == kept


def test_of_a_group_that_was_never_hidden_only_the_last_count_is_kept():
    kept = Earlier()
    for count in (10.0, 20.0, 30.0):
        kept = kept.then({GROUP: (count, False)}, [], [])
    assert kept.counts[GROUP] == (Then(3, 30.0, False),)


def test_a_hidden_count_is_forgotten_after_forty_releases_and_not_before():
    kept = Earlier().then({GROUP: (10.0, True)}, [[(GROUP, 1.0)]], [[GROUP]])
    for day in range(KEPT - 1):
        kept = kept.then({GROUP: (20.0 + day, False)}, [], [])
    assert kept.counts[GROUP][0] == Then(1, 10.0, True)
    assert kept.sums
    assert kept.guarded
    kept = kept.then({GROUP: (90.0, False)}, [], [])
    assert not any(then.hidden for then in kept.counts[GROUP])
    assert not kept.sums
    assert not kept.guarded
