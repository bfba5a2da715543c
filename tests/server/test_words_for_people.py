"""What records, gates and reports hold, as people read it."""

from __future__ import annotations

import pytest

from takeup.drawing.dates import day_words, days_in_words
from takeup.server.foundation.pages.detail import key_words, kind_words, value_words
from takeup.server.foundation.pages.for_people import page_words, words


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("margin", 0.02, "2 points"), ("share", 1.0, "100 %"), ("opened", 0.6, "60 % of the cohort"),
        ("own_answer_first", 0.95, "95 % of cases"), ("pairs", 3000, "3,000"),
        ("decide_by", None, "–"), ("starts", "2026-10-05", "5 October 2026"),
        ("from_at", "2026-10-05T06:00:00+00:00", "5 October 2026, 06:00"), ("unit", "person", "people"),
        ("closes", True, "yes"), ("attested", [], "nothing"), ("attested", ["a", "b"], "a, b"),
        ("kind", "segment=local_income and stakes=high", "segment: local income, stakes: high"),
        ("rows", {"decisions_stored": 38136}, "decisions stored 38,136"),
    ],
)  # fmt: skip
def test_a_held_value_reads_as_words(django_ready, key, value, told):
    assert value_words(key, value) == told


def test_a_clause_of_a_gate_is_named_in_words(django_ready):
    from takeup.server.acting.rollout.gate import Gate

    for key in Gate.model_fields:
        assert "_" not in key_words(key)


def test_a_kind_of_case_reads_as_words():
    assert kind_words({"x_segment": "thin_file", "stakes": "high"}) == (
        "segment: thin file, stakes: high"
    )


def test_a_day_reads_as_people_write_it():
    assert day_words("2026-09-07") == "7 September 2026"
    assert day_words("not a day") == "not a day"
    assert (
        days_in_words("weeks 2026-09-07 to 2026-11-23")
        == "weeks 7 September 2026 to 23 November 2026"
    )
    assert days_in_words("file-2026-09-07.csv") == "file-2026-09-07.csv"


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ("60 cases judged blind (takeup sample) first", "60 cases judged blind first"),
        ("a blinded panel (<code>takeup sample</code>)", "a blinded panel"),
        ("the sheet is drawn by takeup sample.", "the sheet is drawn at random."),
        ("initial_choice: what the person chose before", "a first answer: what the person chose before"),
        ("over 16 cells of x_segment, score_band", "over 16 cells of segment, score band"),
        ("touch values (value_tagged) and", "touch values and"),
        ("a file of answers (--survey)", "a file of answers"),
    ],
)  # fmt: skip
def test_a_report_speaks_without_commands_and_columns(held, told):
    assert page_words(held) == told
    assert words(held.replace("<code>", "").replace("</code>", "")) == told


def test_tags_and_listings_stay_and_what_is_read_aloud_is_in_words():
    page = '<a href="/on/2026-09-07" class="a_b" aria-label="week of 2026-09-07">x_segment</a>'
    assert page_words(page) == (
        '<a href="/on/2026-09-07" class="a_b" aria-label="week of 7 September 2026">segment</a>'
    )
    assert page_words("<pre>x_segment</pre> x_segment") == "<pre>x_segment</pre> segment"


def test_a_drawing_keeps_its_colours():
    drawn = '<line stroke="var(--line)" style="fill: var(--ink)"></line>'
    assert page_words(drawn) == drawn
