"""What is left out on purpose (by a filter, by the time asked for) is nobody's omission."""

from __future__ import annotations

import pandas as pd
import pytest

import takeup

CASES = 400
FEBRUARY = "2026-02-01"
DESK = [{"keep": "channel == 'desk'", "reason": "decided in a batch"}]


@pytest.fixture(scope="module")
def decisions() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "case_id": [f"c{i}" for i in range(CASES)],
            "person_id": [f"p{i % 20}" for i in range(CASES)],
            "decided_at": pd.date_range("2026-01-01", periods=CASES, freq="4h", tz="UTC"),
            "recommendation": "yes",
            "choice": ["yes", "no"] * (CASES // 2),
            "consulted": True,
            "channel": ["desk" if i % 4 else "batch" for i in range(CASES)],
        }
    )


@pytest.fixture(scope="module")
def eligible(decisions) -> pd.DataFrame:
    nobodys = pd.DataFrame(
        {
            "case_id": ["january", "february"],
            "eligible_at": pd.to_datetime(["2026-01-10", "2026-02-10"], utc=True),
        }
    )
    listed = decisions[["case_id"]].assign(eligible_at=decisions["decided_at"])
    return pd.concat([listed, nobodys], ignore_index=True)


def unaccounted(result) -> int:
    return result.measures().adoption.overall.counts.get("unaccounted", 0)


@pytest.mark.parametrize(
    ("asked", "nobodys"),
    [({}, 2), ({"since": FEBRUARY}, 1), ({"until": FEBRUARY}, 1), ({"since": "2026-03-01"}, 0)],
)
def test_a_case_decided_outside_the_time_asked_for_is_not_unaccounted(
    decisions, eligible, asked, nobodys
):
    found = takeup.diagnose(decisions, eligible=eligible, only="adoption", **asked)
    assert unaccounted(found) == nobodys


def test_a_case_whose_decision_a_filter_leaves_out_is_not_unaccounted(decisions, eligible):
    names = [c for c in decisions if c != "channel"]
    found = takeup.diagnose(
        decisions, eligible=eligible, only="adoption",
        mapping={"columns": {name: name for name in names}, "filters": DESK},
    )  # fmt: skip
    assert unaccounted(found) == 2
    assert found.facts.side_counts["eligible_left_out"] == CASES // 4


def test_a_list_without_times_says_that_its_undecided_cases_are_counted_whenever_they_were(
    decisions, eligible
):
    untimed = eligible.drop(columns="eligible_at")
    found = takeup.diagnose(decisions, eligible=untimed, only="adoption", since=FEBRUARY)
    assert unaccounted(found) == 2
    assert any("the list has no eligible_at" in one for one in found.facts.assumptions)
    all_of_it = takeup.diagnose(decisions, eligible=untimed, only="adoption")
    assert not any("eligible_at" in one for one in all_of_it.facts.assumptions)


def test_a_column_of_the_records_names_that_a_mapping_forgets_is_named(decisions):
    given = decisions.rename(columns={"channel": "x_channel"}).assign(other=1)
    names = [c for c in decisions if c != "channel"]
    mapping = {"columns": {name: name for name in names}}
    said = takeup.diagnose(given, mapping=mapping, only="adoption").facts.notes
    assert [note for note in said if "x_channel" in note]
    assert not [note for note in said if "other" in note]
    mapping["ignore"] = ["x_channel"]
    assert not takeup.diagnose(given, mapping=mapping, only="adoption").facts.notes
