"""Shadow reports: nothing of few people, neither in one report nor between two."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from takeup.questions.shadow.disclose import ALL, disclose_shadow, waiting_kinds
from takeup.questions.shadow.measure import Shadow, ShadowKind
from takeup.record.settings import DisclosureSettings
from takeup.stats.answer import CannotSay, Estimate

RULES = DisclosureSettings()
LEAST = RULES.minimum_group


def kind(key: str, people: int, largest: float = 0.1, dimension: str = "x_segment") -> ShadowKind:
    e = Estimate(0.01, -0.02, 0.04, 0.95, 100, "m", "paired", unit="points", se=0.01)
    s = Estimate(0.11, 0.05, 0.2, 0.95, 100, "m", "paired", k=11)
    return ShadowKind(
        dimension, key, 100, 0.2, people, largest, 20, 20, 12, 8, e, s, s, e
    )  # fmt: skip


def report(*kinds: ShadowKind, people: int = 40) -> Shadow:
    blind = Estimate(0.97, 0.9, 0.99, 0.95, 100, "m", "descriptive", k=97)
    return Shadow(
        kind("all", people, dimension=""), kinds, "2026-10-05", "2026-11-01", 20, blind, 50.0
    )


def hidden(found: Shadow) -> set[str]:
    return {
        k.key for k in found.kinds
        if isinstance(k.difference, CannotSay) and k.difference.status == "suppressed"
    }  # fmt: skip


def test_a_kind_of_few_people_is_hidden_and_another_with_it():
    found = disclose_shadow(report(kind("a", 30), kind("b", 12), kind("c", 3)), "share", RULES)
    assert isinstance(found, Shadow)
    assert hidden(found) == {"b", "c"}
    gone = next(k for k in found.kinds if k.key == "c")
    assert (gone.pairs, gone.people, gone.only_model) == (0, None, None)


def test_a_kind_that_one_person_decides_is_hidden():
    found = disclose_shadow(
        report(kind("a", 30), kind("b", 12, 0.6), kind("c", 25)), "share", RULES
    )
    assert isinstance(found, Shadow)
    assert "b" in hidden(found)
    assert len(hidden(found)) > 1


def test_a_cohort_of_few_people_has_no_report():
    found = disclose_shadow(report(kind("a", 5), people=5), "share", RULES)
    assert isinstance(found, CannotSay)
    assert found.status == "suppressed"


def test_under_twenty_people_rates_are_rounded_and_counts_left_out():
    found = disclose_shadow(report(kind("a", 12), people=12), "share", RULES)
    assert isinstance(found, Shadow)
    assert found.overall.only_model is None
    assert isinstance(found.overall.model_error, Estimate)
    assert (found.overall.model_error.value, found.overall.model_error.k) == (0.1, None)


PEOPLE = st.sets(st.integers(0, 25).map(str), max_size=26).map(frozenset)


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(st.sampled_from("abcde"), PEOPLE, max_size=5))
def test_no_step_between_two_reports_comes_from_fewer_people_than_the_minimum(added):
    """Whatever an onlooker subtracts (a kind's new figures less its old, the total less the others)
    is either nothing or of at least the minimum group."""
    everybody = frozenset().union(*added.values()) if added else frozenset()
    new = {("x", key): people for key, people in added.items()} | {ALL: everybody}
    waiting = waiting_kinds(new, LEAST)
    if waiting is None:
        return
    assert len(everybody) >= LEAST
    for key, people in new.items():
        if key not in waiting and people:
            assert len(people) >= LEAST
    left = frozenset().union(*(new[k] for k in waiting)) if waiting else frozenset()
    if left:
        assert len(waiting) > 1
        assert len(left) >= LEAST


def test_of_fewer_than_twenty_people_no_count_of_what_they_did_is_exact():
    """`They disagreed in 23, of which 17 are judged` stood above shares to five points."""
    exact = replace(kind("a", 12), disagreements=23, judged=17)
    found = disclose_shadow(report(exact, kind("b", 30)), "share", RULES)
    assert isinstance(found, Shadow)
    few, many = found.kinds
    assert (few.disagreements, few.judged, few.only_model, few.pairs) == (20, 20, None, 100)
    assert (many.disagreements, many.judged, many.only_model) == (20, 20, 12)
    assert isinstance(few.model_error, Estimate)
    assert (few.model_error.k, few.model_error.value) == (None, 0.1)
