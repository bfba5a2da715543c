"""Who sees advice: uniform, stable, moved only where it must, and the same in every place that asks."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from takeup.record.assignment import Rules, Stage, assigned, drawn, person_mark
from takeup_client.assignment import assigned as in_client
from takeup_client.assignment import without_drills

NAMES = st.text(min_size=1, max_size=12)
SHARES = st.sampled_from((0.0, 0.01, 0.3, 0.5, 0.99, 1.0))
STAGES = st.builds(
    Stage, st.sampled_from(("off", "shadow", "assist")), SHARES,
    st.sampled_from(("case", "person", "team")),
)  # fmt: skip
RULES = st.builds(
    Rules,
    st.text("0123456789abcdef", min_size=1, max_size=32),
    st.dictionaries(st.sampled_from(("", "north", "south")), STAGES),
    st.sampled_from((0.0, 0.05, 0.5)),
    st.booleans(),
    st.lists(
        st.dictionaries(st.sampled_from(("segment", "stakes")), st.sampled_from(("local", "high", "true")), min_size=1),
        max_size=2,
    ).map(tuple),
    st.booleans(),
)  # fmt: skip


@settings(deadline=None, max_examples=400)
@given(
    RULES,
    st.none() | NAMES,
    st.none() | NAMES,
    st.none() | st.sampled_from(("north", "south", "east")),
    st.none() | NAMES,
    st.dictionaries(
        st.sampled_from(("segment", "x_segment", "stakes")),
        st.sampled_from(("local", "high", True, 3.5)),
    ),
)
def test_client_and_server_come_to_the_same_answer(rules, case, person, cohort, team, known):
    mine = assigned(
        rules, case_id=case, person_id=person, team=team, cohort=cohort, known=known
    )  # fmt: skip
    told = {
        "rollouts": {"credit": rules.to_json()}, "people_salt": "s",
        "people": {person_mark("s", person): [cohort or "", team or ""]} if person else {},
    }  # fmt: skip
    beside = {} if person else {"cohort": cohort, "team": team}
    theirs = in_client(told, "credit", case_id=case, person_id=person, known=known | beside)
    assert theirs[:3] == (mine.mode, mine.probability, mine.unit)
    assert theirs.cohort == (cohort or None)


COHORTS = st.none() | st.sets(st.sampled_from(("", "north", "east"))).map(sorted)


@settings(deadline=None, max_examples=200)
@given(RULES, COHORTS, st.sampled_from((None, "north", "south", "east")))
def test_a_drill_stops_its_cohorts_alone_and_a_client_that_ends_it_is_as_without(rules, on, cohort):
    asked = {"case_id": "c", "person_id": None, "team": "t", "cohort": cohort, "known": {}}
    before, during = assigned(rules, **asked), rules.rehearsed(7, 60.0, on)
    drilled = on is None or (cohort or "") in on
    assert assigned(during, **asked).mode == ("shadow" if drilled and before.mode == "assist" else before.mode)  # fmt: skip
    told = {"rollouts": {"credit": during.to_json(), "else": rules.to_json()}, "people": {}}
    beside = {"cohort": cohort, "team": "t"}
    over = in_client(
        without_drills(told, ["credit"]), "credit", case_id="c", person_id=None, known=beside
    )
    assert over[:3] == (before.mode, before.probability, before.unit)
    still = in_client(without_drills(told, []), "credit", case_id="c", person_id=None, known=beside)
    assert still.mode == assigned(during, **asked).mode


@settings(deadline=None, max_examples=100)
@given(st.text("0123456789abcdef", min_size=8, max_size=32), SHARES, SHARES)
def test_a_changed_share_moves_only_those_between_the_two(salt, before, after):
    def shown(share: float) -> set[int]:
        rules = Rules(salt, {"": Stage("assist", share)})
        return {
            i
            for i in range(300)
            if assigned(
                rules, case_id=f"c{i}", person_id=f"p{i}", team=None, cohort=None, known={}
            ).mode
            == "assist"
        }

    few, many = sorted((before, after))
    assert shown(few) <= shown(many)
    assert shown(few) == shown(few)
    assert (len(shown(0.0)), len(shown(1.0))) == (0, 300)


def test_units_are_drawn_uniformly_and_apart_from_the_blind_slice():
    many = 20_000
    places = [drawn("salt", "assist", "person", f"p{i}") for i in range(many)]
    for tenth in range(10):
        inside = sum(tenth / 10 <= place < (tenth + 1) / 10 for place in places)
        # Five standard deviations of a binomial: fails for one salt in millions.
        assert abs(inside - many / 10) < 5 * math.sqrt(many * 0.1 * 0.9)
    both = sum(
        drawn("salt", "assist", "case", f"c{i}") < 0.5 and drawn("salt", "blind", "case", f"c{i}") < 0.5
        for i in range(many)
    )  # fmt: skip
    assert abs(both - many / 4) < 5 * math.sqrt(many * 0.25 * 0.75)


def test_another_salt_draws_anew():
    same = sum(
        (drawn("a", "assist", "person", f"p{i}") < 0.5)
        == (drawn("b", "assist", "person", f"p{i}") < 0.5)
        for i in range(2_000)
    )
    assert 850 < same < 1_150


def test_a_withheld_kind_a_stop_and_a_blind_case_are_without_advice_whatever_was_drawn():
    rules = Rules("s", {"": Stage("assist")}, withheld=({"segment": "local"},))

    def mode(rules: Rules, **known):
        return assigned(
            rules, case_id="c1", person_id="p1", team=None, cohort=None, known=known
        )  # fmt: skip

    assert mode(rules, segment="city").mode == "assist"
    assert mode(rules, x_segment="local").why == "withheld"
    assert mode(rules, segment="local").probability is None
    assert mode(Rules("s", {"": Stage("assist")}, stopped=True)).why == "stopped"
    assert mode(Rules("s", {"": Stage("off")}, stopped=True)).mode == "off"


def test_the_probability_of_advice_is_recorded_with_what_was_drawn():
    half = Rules("s", {"": Stage("assist", 0.5, "person")}, blind=0.1)
    found = assigned(half, case_id="c1", person_id="p1", team=None, cohort=None, known={})
    assert (found.probability, found.unit) == (0.45, "person")
    blind = Rules("s", {"": Stage("assist")}, blind=0.1)
    found = assigned(blind, case_id="c1", person_id=None, team=None, cohort=None, known={})
    assert (found.probability, found.unit) == (0.9, "case")
    unknown = assigned(half, case_id="c1", person_id=None, team=None, cohort=None, known={})
    assert (unknown.mode, unknown.why) == ("shadow", "unit_unknown")
