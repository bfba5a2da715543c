"""Between two figures that are both shown there is nothing of too few people, whatever is subtracted
from what."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from takeup.disclosure.over_time import held_back
from takeup.record.settings import DisclosureSettings

RULES = DisclosureSettings()
FAMILIES = [
    (), ("population",), ("team",), ("segment",), ("week",), ("population", "segment"),
    ("population", "team"), ("population", "week"),
]  # fmt: skip

ROWS = st.lists(
    st.tuples(
        st.integers(0, 30), st.sampled_from("ab"), st.sampled_from("xyz"), st.sampled_from("st"),
        st.integers(1, 2),
    ),
    max_size=120,
)  # fmt: skip


def table(rows) -> pd.DataFrame:
    return pd.DataFrame(
        rows, columns=["person_id", "population", "team", "segment", "week"]
    ).assign(team=lambda d: d["population"] + d["team"])


@settings(deadline=None, max_examples=300)
@given(ROWS)
def test_no_figure_and_no_difference_of_figures_changes_by_fewer_people_than_the_minimum(rows):
    new = table(rows)
    wait = held_back(new, FAMILIES, RULES)
    added = new[~wait]
    for family in FAMILIES:
        groups = [added] if not family else [part for _, part in added.groupby(list(family))]
        for part in groups:
            if part.empty:
                continue
            each = part["person_id"].value_counts()
            assert len(each) >= RULES.minimum_group
            assert each.max() <= RULES.largest_share_of_decisions * each.sum() + 1e-9
            # The total less this group, and its population less this group.
            for whole in (added, added[added["population"] == part["population"].iloc[0]]):
                rest = whole.drop(part.index, errors="ignore")
                if len(family) == 1 and not rest.empty and family[0] in ("population", "team"):
                    assert rest["person_id"].nunique() >= RULES.minimum_group


def test_enough_people_wait_for_nothing():
    rng = np.random.default_rng(1)
    new = table([(i % 30, "a", "x", "s", 1) for i in rng.permutation(300)])
    assert not held_back(new, FAMILIES, RULES).any()


def test_rows_of_a_group_with_few_new_people_wait_and_the_others_do_not():
    many = [(i % 20, "a", "x", "s", 1) for i in range(100)]
    few = [(i % 3, "b", "y", "s", 1) for i in range(30)]
    wait = held_back(table(many + few), FAMILIES, RULES)
    assert not wait[:100].any()
    assert wait[100:].all()


def test_where_one_person_gives_most_of_what_is_new_it_waits():
    rows = [(i % 10, "a", "x", "s", 1) for i in range(20)] + [(99, "a", "x", "s", 1)] * 60
    assert held_back(table(rows), FAMILIES, RULES).all()


def test_persons_unknown_make_no_group_small():
    new = table([(None, "a", "x", "s", 1)] * 5)
    assert not held_back(new, FAMILIES, RULES).any()
