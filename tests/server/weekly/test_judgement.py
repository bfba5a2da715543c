"""J of populations, as it may be shown: what is too little is hidden, and what would tell it by subtraction too."""

from __future__ import annotations

import pytest

from takeup.questions.reliance import Discriminated
from takeup.record.settings import DisclosureSettings
from takeup.stats.answer import CannotSay, Estimate, insufficient

J = Estimate(0.512, 0.431, 0.589, 0.95, 300, "", "descriptive", unit="points")


def disclosed(untold: frozenset[str] = frozenset(), **people: tuple[int, float]):
    from takeup.server.showing.weekly.taking import disclosed

    found = {key: Discriminated(J, n, most) for key, (n, most) in people.items()}
    return disclosed(found, set(untold), DisclosureSettings())


def told(found) -> set[str]:
    return {key for key, one in found.items() if isinstance(one, Estimate)}


def test_of_enough_people_all_are_told(django_ready):
    assert told(disclosed(a=(20, 0.1), b=(30, 0.1), c=(40, 0.1))) == {"a", "b", "c"}


@pytest.mark.parametrize("few", [(7, 0.2), (12, 0.6)], ids=["few people", "one with most"])
def test_one_that_is_hidden_takes_the_smallest_other_with_it(django_ready, few):
    assert told(disclosed(a=few, b=(30, 0.1), c=(40, 0.1))) == {"c"}


def test_one_whose_use_is_hidden_is_not_told(django_ready):
    assert told(disclosed(frozenset({"a"}), a=(50, 0.1), b=(30, 0.1), c=(40, 0.1))) == {"c"}


def test_of_fewer_than_twenty_people_it_is_rounded_outwards(django_ready):
    one = disclosed(a=(12, 0.2), b=(13, 0.2))["a"]
    assert (one.value, one.low, one.high) == (0.5, 0.4, 0.6)


def test_what_is_too_little_to_say_does_not_say_of_how_many(django_ready):
    from takeup.server.showing.weekly.taking import _coarse, told

    found = _coarse(insufficient("too few", "more", 7), 30, DisclosureSettings())
    assert isinstance(found, CannotSay)
    assert found.n is None
    assert "7" not in told(found)
