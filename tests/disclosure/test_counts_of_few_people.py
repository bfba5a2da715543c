"""Of fewer than twenty people no count of what they did is told: it would tell what the shares were rounded for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

import takeup
from takeup.disclosure.rounding import to_one_digit
from takeup.drawing.plain import plain
from tests.made_once import made_once

PEOPLE, EACH = 12, 71


@made_once
def programme() -> tuple[dict, dict[str, int], str]:
    """What is shared of twelve people, what they did, and the page."""
    draw = np.random.default_rng(3)
    n = PEOPLE * EACH
    correct = draw.choice(["pay", "refuse"], n)
    right = draw.random(n) < 0.85
    advised = np.where(right, correct, np.where(correct == "pay", "refuse", "pay"))
    seen = draw.random(n) < 0.83
    over = seen & (draw.random(n) < 0.17)
    chosen = np.where(over, np.where(advised == "pay", "refuse", "pay"), advised)
    chosen = np.where(seen, chosen, draw.choice(["pay", "refuse"], n))
    frame = pd.DataFrame(
        {
            "case_id": [f"c{i}" for i in range(n)], "person_id": [f"p{i % PEOPLE}" for i in range(n)],
            "mode": "assist", "consulted": seen, "recommendation": advised, "choice": chosen,
            "correct_choice": correct, "x_line": draw.choice(["a", "b"], n),
            "decided_at": pd.Timestamp("2026-03-02") + pd.to_timedelta(np.arange(n) // PEOPLE, unit="D"),
        }
    )  # fmt: skip
    did = {
        "looked at": seen, "not looked at": ~seen, "overridden": over, "followed": seen & ~over,
        "right advice seen": seen & right, "wrong advice seen": seen & ~right,
    }  # fmt: skip
    result = takeup.diagnose(frame)
    return plain(result.shared[0]), {k: int(v.sum()) for k, v in did.items()}, result.to_html()


def numbers(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every number, and every number in a sentence."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from numbers(one, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for one in value:
            yield from numbers(one, path)
    elif isinstance(value, str):
        yield from (
            (path, found.replace(",", ""))
            for found in re.findall(r"(?<![\d.])\d[\d,]*(?![\d.])", value)
        )
    elif isinstance(value, int) and not isinstance(value, bool):
        yield path, str(value)


def test_no_count_of_what_twelve_people_did_is_in_the_document_or_on_the_page():
    told, did, page = programme()
    exact = {str(n) for n in did.values() if n > 20}
    assert not [(path, n) for path, n in numbers(told) if n in exact]
    words = re.sub(r"<(style|script|svg)\b.*?</\1>|<[^>]*>", " ", page, flags=re.S)
    assert (
        not {n.replace(",", "") for n in re.findall(r"(?<![\d.])\d[\d,]*(?![\d.])", words)} & exact
    )
    assert "counts of what they did to one digit" in page
    assert json.dumps(told["measures"]).count('"eligible": 852')


def test_a_count_of_one_digit_lies_within_half_of_its_first_place():
    assert [to_one_digit(n) for n in (0, 3, 14, 146, 702, 1_960)] == [0, 10, 10, 100, 700, 2_000]


def test_where_one_of_twelve_left_a_few_cases_no_rounded_count_says_that_the_others_were_looked_at():
    """851 of 852 looked at are 900 rounded, which 852 cases leave no other number for: it is not told at all."""
    people = np.arange(PEOPLE * EACH) % PEOPLE
    seen = ~((people == 4) & (np.arange(len(people)) < PEOPLE))
    draw = np.random.default_rng(5)
    advised = draw.choice(["pay", "refuse"], len(people))
    over = seen & (draw.random(len(people)) < 0.2)
    frame = pd.DataFrame(
        {
            "case_id": [f"c{i}" for i in range(len(people))], "person_id": [f"p{who}" for who in people],
            "mode": "assist", "consulted": seen, "recommendation": advised, "correct_choice": advised,
            "choice": np.where(over, np.where(advised == "pay", "refuse", "pay"), advised),
        }
    )  # fmt: skip
    assert to_one_digit(int(seen.sum())) == 900
    measures = takeup.diagnose(frame).document("share")["diagnoses"][0]["measures"]
    overall = measures["adoption"]
    assert overall["eligible"] == len(people)
    assert (overall["consulted"], overall["counts"]) == (None, {})
    for name in ("consult_rate", "override_rate", "effective_reliance"):
        assert overall[name]["status"] == "suppressed"
    for name in ("reliance", "comparison", "people", "not_consulted"):
        assert measures[name].get("status") in ("suppressed", "not_instrumented"), name
