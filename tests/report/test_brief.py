"""The first screen: what leads, what is done first, and what is said once."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from takeup.diagnosis.verdict import contradicting
from takeup.questions.adoption.over_weeks import Moved
from takeup.questions.finding import Finding, finding
from takeup.questions.knowledge import actions
from takeup.questions.ladder.card import clause_in_words
from takeup.questions.ladder.pooled import Clause
from takeup.report.brief import brief_of, do_first
from takeup.simulate import simulate, whole_history
from takeup.stats.answer import Estimate
from tests.made_once import made_once
from tests.questions.programmes import diagnosed, simulated


def found(rule: str, at_stake: float, where: str = "") -> Finding:
    return finding(rule, where, f"{rule}.", "", "paired", at_stake)


def share(value: float, half: float) -> Estimate:
    return Estimate(value, value - half, value + half, 0.95, 100, "counted", "descriptive")


@made_once
def history():
    return diagnosed(simulate("bank", seed=1, phases=whole_history(8)))


def test_the_fall_of_use_leads_and_names_every_population_it_holds_in():
    told = history().shared[0]
    assert re.match(
        r"Looking at the advice fell from \d+ to \d+\s% among metro officers, and from \d+ to \d+\s% among rural officers, "
        r"since a pilot of 21 people\.",
        told.verdict,
    )
    assert "the model alone is right more often than people with it" in told.verdict
    assert brief_of(told).first[0].rule == "use_fell"


def test_what_it_costs_stands_in_the_summary_of_page_terminal_and_notebook():
    result = history()
    cost = re.search(
        r"[\d,]+ EUR lost \([\d,]+ to [\d,]+\) against the advice alone, most by not looking",
        result.shared[0].summary,
    )
    assert cost
    for told in (result.to_html(), repr(result), result._repr_html_()):
        assert cost.group() in told


def test_the_fact_of_what_it_costs_says_the_summarys_words():
    told = history().shared[0]
    (cost,) = (f for f in brief_of(told).facts if f.label == "What it costs")
    ends, against = re.fullmatch(r"([\d,]+ to [\d,]+) EUR (against .*)", cost.detail).groups()
    assert f"{cost.figure} ({ends}) {against}." in told.summary


def test_nothing_is_asked_of_people_before_a_model_that_is_wrong_too_often_is_mended():
    first = do_first(
        [found("seldom_seen", 900), found("low_precision", 10), found("blind_spot", 500)]
    )
    assert first is not None
    assert first.rule == "low_precision"


def test_of_one_question_the_whole_is_acted_on_before_its_parts_unless_one_is_the_opposite():
    whole, part = found("people_ahead", 10), found("overriding_hurts", 500, "kind")
    kind = found("model_ahead", 5, "x_kind:new")
    assert do_first([whole, part, kind]) == whole
    other = replace(found("model_ahead", 5, "population:north"), scope="north")
    assert do_first([whole, part]) == whole
    assert contradicting(whole, [whole, part, other]) == other
    assert do_first([whole, part, other]) == part


def test_a_population_of_which_the_opposite_holds_is_in_the_verdict():
    verdict = simulated("hospital", 1)[1].shared[0].verdict
    assert "people are right more often than the model." in verdict
    assert "Among ward seniors, the model alone is right more often" in verdict


def test_where_nothing_can_be_acted_on_what_would_tell_is_first_and_not_said_again():
    told = history().shared[0]
    unknown = tuple(replace(f) for f in told.findings if f.kind == "unknown" and f.actions)
    brief = brief_of(replace(told, findings=unknown))
    assert brief.first == unknown[:2]
    assert not {f.title for f in brief.first} & {q.left_open for q in brief.unsaid}


def test_each_reason_why_something_cannot_be_said_stands_once():
    unsaid = brief_of(history().shared[0]).unsaid
    assert len({q.why for q in unsaid}) == len(unsaid)


@pytest.mark.parametrize(("last", "tells"), [(share(0.30, 0.03), True), (share(0.58, 0.06), False)])
def test_weeks_apart_by_more_than_their_intervals_are_told_apart(last, tells):
    moved = Moved("all", "consult_rate", "2026-01-05", share(0.60, 0.06), "2026-03-02", last)
    assert moved.fell
    assert (moved.p < 0.01) is tells


@pytest.mark.parametrize(
    ("needs", "words"),
    [("60\u00a0%", "at least 60\u00a0%"), ("30", "at least 30"), ("steady", "steady"),
     ("near experts' 16\u00a0%", "near experts' 16\u00a0%"), ("depends on r*", "depends on the experts' rate")],
)  # fmt: skip
def test_a_levels_clause_says_which_way_is_better(needs, words):
    assert clause_in_words(Clause("people at L3", False, "2 %", needs)) == (
        "people on level 3 or above", "2 %", words,
    )  # fmt: skip


def test_what_an_action_must_move_is_told_in_words():
    for action in actions().values():
        assert not re.search(
            r"\b[A-Z]{1,3}\d|[a-z]_[a-z]|[↑↓]", f"{action.do} {action.indicator}"
        ), action


@pytest.mark.parametrize("name", ["bank", "hospital", "planning"])
def test_no_page_shows_a_code_of_a_rule_or_a_scale_that_only_statisticians_read(name):
    result = history() if name == "bank" else simulated(name, 1)[1]
    page = re.sub(
        r"<style>.*?</style>|<pre.*?</pre>|<[^>]*>", " ", result.to_html(), flags=re.DOTALL
    )
    for code in (
        r"\bRR\d",
        r"\b(?:TD|JS|CA|VM|WD)\b",
        r"log-odds",
        r"\(none given\)",
        r"\br\*",
        r"\bA-[A-Z]{2}\d",
    ):
        assert not re.search(code, page), re.search(f".{{60}}{code}.{{40}}", page)


def test_several_use_cases_are_told_in_words_before_any_table():
    from takeup.report.html import render_html
    from takeup.report.page import Page

    result = history()
    page = render_html(Page("two", result.facts, result.shared * 2))
    start = page.index('<section class="portfolio">')
    assert page.index("2 use cases: 2 have something to do first.") > start
    assert page.index(result.shared[0].verdict, start) < page.index("<table", start)
