"""The dates of a sprint: as in the plan when nothing slips, and as a reference of the critical path has them when things do."""

from __future__ import annotations

import random
from datetime import date, timedelta

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeup.record.errors import InputError

START = date(2027, 9, 1)


@pytest.fixture
def plans(django_ready):
    from takeup.server.acting.sprint import plan

    return plan


def day(n: int) -> date:
    return START + timedelta(n)


def test_nothing_moves_where_nothing_slips_but_the_review_and_its_gate_that_come_thirty_days_after_going_live(plans):  # fmt: skip
    known = plans.windows()
    found = plans.plan(START, known, plans.Facts(START))
    moved = {key for key, one in found.items() if one.slip}
    assert moved == {"G90"}
    assert found["M13"].due == day(61)
    assert found["M17"].due == found["G90"].due == day(91)


def test_a_late_shadow_environment_moves_going_live_and_says_that_adoption_waits_for_technology(plans):  # fmt: skip
    known = plans.windows()
    found = plans.plan(START, known, plans.Facts(START, typed={"T2": day(45)}))
    assert found["M07"].first == day(46)
    assert found["M13"].due == day(76)
    assert found["M17"].due == day(106)
    assert plans.waits_for_technology(found, known) == {"M07": ["T2"]}
    assert plans.critical(found, "G90") == ["T2", "M07", "M08", "G60", "M13", "M17", "G90"]


def test_what_is_ready_and_not_used_says_that_technology_waits_for_adoption(plans):
    known = plans.windows()
    facts = plans.Facts(day(40), done={"T2": day(20)})
    found = plans.plan(START, known, facts)
    assert plans.technology_waits(found, known, day(40)) == {"T2": ["M05"]}


def test_what_is_overdue_moves_what_depends_on_it_with_every_day(plans):
    known = plans.windows()
    first = plans.plan(START, known, plans.Facts(day(40)))
    after = plans.plan(START, known, plans.Facts(day(45)))
    assert first["M05"].late(day(40))
    assert (after["M07"].first - first["M07"].first).days == 5
    done = plans.plan(START, known, plans.Facts(day(45), done={"M05": day(20)}))
    assert done["M07"].first == day(31)


def test_a_technical_date_that_nobody_told_holds_nothing_up(plans):
    found = plans.plan(START, plans.windows(), plans.Facts(day(80)))
    assert not found["T2"].late(day(80))
    told = plans.plan(START, plans.windows(), plans.Facts(day(80), typed={"T2": day(30)}))
    assert told["T2"].late(day(80))


def test_a_day_that_is_moved_earlier_pulls_nothing_and_shortens_its_own_window(plans):
    found = plans.plan(START, plans.windows(), plans.Facts(START, typed={"M02": day(10)}))
    assert (found["M02"].first, found["M02"].due) == (day(5), day(10))
    assert found["M09"].first == day(31)


def test_a_sprint_over_a_leap_day_and_a_change_of_clocks_counts_whole_days(plans):
    start = date(2028, 1, 31)
    found = plans.plan(start, plans.windows(), plans.Facts(start))
    assert found["G30"].due == date(2028, 3, 1)
    assert found["G60"].due == date(2028, 3, 31)


def test_remediation_asks_for_the_model_and_the_way_through_the_tool_before_managers_and_roles(plans):  # fmt: skip
    found = plans.plan(START, plans.windows(True), plans.Facts(START))
    order = sorted(("M01", "M12", "M08", "M10", "M14"), key=lambda key: found[key].due)
    assert order == ["M01", "M12", "M08", "M10", "M14"]
    assert found["G90"].due == day(90)


def test_milestones_that_would_wait_for_each_other_are_refused_with_the_circle(plans):
    from takeup.server.acting.sprint.milestone import Need

    with pytest.raises(InputError, match=r"wait for each other: .*M05.*M13|M13.*M05"):
        plans.with_needs(plans.windows(), {"M05": [Need("M13")]})
    with pytest.raises(InputError, match="no milestone M99"):
        plans.with_needs(plans.windows(), {"M05": [Need("M99")]})


def reference(plans, known, facts):
    """The same dates as a longest path: a node for each beginning, due day and end, an edge for each
    constraint."""
    graph = nx.DiGraph()
    for key, one in known.items():
        was = one.last
        due = (facts.typed[key] - START).days if key in facts.typed else was
        first = min(one.first, due)
        graph.add_edge("start", (key, "first"), weight=first + 1000)
        graph.add_edge("start", (key, "due"), weight=due + 1000)
        graph.add_edge((key, "first"), (key, "due"), weight=min(due, was) - first)
        if key in facts.done:
            graph.add_edge("start", (key, "end"), weight=(facts.done[key] - START).days + 1000)
        else:
            graph.add_edge((key, "due"), (key, "end"), weight=0)
            if not key.startswith("T") or key in facts.typed:
                graph.add_edge("start", (key, "end"), weight=(facts.today - START).days + 1000)
        for need in one.needs:
            its = known[need.on]
            if need.from_start or one.first < its.last:
                graph.add_edge((need.on, "first"), (key, "first"), weight=one.first - its.first)
            else:
                graph.add_edge((need.on, "end"), (key, "first"), weight=min(one.first - its.last, 1))  # fmt: skip
            if not need.from_start and one.first < its.last:
                graph.add_edge((need.on, "end"), (key, "due"), weight=max(one.last - its.last, 0))
    longest = dict.fromkeys(graph.nodes, -(10**6))
    longest["start"] = 0
    for node in nx.topological_sort(graph):
        for _, after, held in graph.out_edges(node, data=True):
            longest[after] = max(longest[after], longest[node] + held["weight"])
    return {key: tuple(day(longest[key, what] - 1000) for what in ("first", "due", "end")) for key in known}  # fmt: skip


def test_a_thousand_random_slips_are_planned_as_the_longest_path_has_them(plans):
    rng = random.Random(27)
    for _ in range(1_000):
        known = plans.windows(rng.random() < 0.3)
        keys = list(known)
        typed = {k: day(rng.randint(0, 150)) for k in rng.sample(keys, rng.randint(0, 8))}
        done = {k: day(rng.randint(0, 120)) for k in rng.sample(keys, rng.randint(0, 10))}
        facts = plans.Facts(day(rng.randint(-10, 120)), typed, done)
        found = plans.plan(START, known, facts)
        assert {k: (p.first, p.due, p.end) for k, p in found.items()} == reference(plans, known, facts)  # fmt: skip


KEYS = tuple(f"M{n:02d}" for n in range(1, 19))


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)), max_size=12))
def test_whatever_is_added_the_plan_stays_without_a_circle(django_ready, pairs):
    from takeup.server.acting.sprint.milestone import Need
    from takeup.server.acting.sprint.plan import Facts, plan, windows, with_needs

    needs: dict = {}
    for key, on in pairs:
        tried = {**needs, key: [*needs.get(key, []), Need(on)]}
        try:
            with_needs(windows(), tried)
        except InputError:
            continue
        needs = tried
    graph = nx.DiGraph((n.on, key) for key, one in with_needs(windows(), needs).items() for n in one.needs)  # fmt: skip
    assert nx.is_directed_acyclic_graph(graph)
    assert set(plan(START, with_needs(windows(), needs), Facts(START))) == set(windows())
