"""Events of one decision fold into what they tell, in whatever order they come."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from takeup.record.events import Event, clock_difference, event_of, fold, read_event
from takeup.record.incoming import Refusal, Row, read_row


def event(name: str, minute: int, **data) -> dict:
    return {
        "specversion": "1.0", "id": f"{name}-{minute}", "source": "loan-system",
        "type": f"takeup.{name}", "subject": "d1", "time": f"2026-11-03T09:{minute:02d}:00Z",
        "data": {"use_case": "credit", **data},
    }  # fmt: skip


def folded(*given: dict) -> dict | None:
    events = [read_event(one) for one in given]
    assert all(isinstance(e, Event) for e in events), events
    return fold(events)


STORY = (
    event("delivered", 1, recommendation="approve", confidence=0.8, person_id="p1"),
    event("viewed", 2),
    event("viewed", 3, kind="evidence"),
    event("made", 5, choice="decline", override_reason="info_model_lacks"),
)


def test_a_decision_exists_once_it_is_made():
    assert folded(*STORY[:3]) is None
    row = folded(*STORY)
    assert row["consulted"] is True
    assert row["evidence_opened"] is True
    assert (row["recommendation"], row["choice"]) == ("approve", "decline")
    assert row["decided_at"] == "2026-11-03T09:05:00+00:00"
    assert isinstance(read_row("decisions", row), Row)


def test_the_order_of_arrival_does_not_matter():
    hashes = {read_row("decisions", folded(*order)).hash for order in permutations(STORY)}
    assert len(hashes) == 1


@pytest.mark.parametrize(
    ("events", "consulted"),
    [
        ([], False),
        ([event("viewed", 2)], True),
        ([event("viewed", 9)], False),
        ([event("viewed", 2), event("abandoned", 3)], False),
    ],
    ids=["never viewed", "viewed", "viewed after the decision", "opened, then left"],
)
def test_consulted_follows_from_what_was_viewed_before_the_decision(events, consulted):
    made = event("made", 5, recommendation="approve", choice="approve", consulted=True)
    assert folded(*events, made)["consulted"] is consulted


@pytest.mark.parametrize(
    ("source", "seconds", "consulted"),
    [("browser", 3, True), ("browser", 31, False), ("loan-system", 3, False)],
    ids=["another's clock", "too late for any clock", "the same clock"],
)
def test_a_view_just_after_the_decision_by_anothers_clock_was_before_it(source, seconds, consulted):
    made = event("made", 5, choice="decline", recommendation="approve")
    time = f"2026-11-03T09:05:{seconds:02d}Z"
    viewed = {**event("viewed", 5), "source": source, "time": time}
    row = folded(made, viewed)
    assert row["consulted"] is consulted
    difference = clock_difference(read_event(one) for one in (made, viewed))
    expected = ("browser", "loan-system", timedelta(seconds=seconds)) if consulted else None
    assert difference == expected


def test_in_shadow_nothing_is_called_consulted():
    made = event("made", 5, mode="shadow", recommendation="approve", choice="approve")
    assert "consulted" not in folded(made)


def test_a_body_gives_the_event_back():
    one = read_event(STORY[0])
    assert event_of(one.body()) == one


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"subject": ""}, "subject"),
        ({"time": "2026-11-03T09:00:00"}, "time"),
        ({"type": "takeup.thought"}, "type: 'takeup.thought' is not one of"),
        ({"data": {}}, "data.use_case: needed"),
        ({"data": {"use_case": "credit", "confidence": 3}}, "confidence:"),
        ({"data": {"use_case": "credit", "colour": 3}}, "colour: not a canonical column"),
    ],
)
def test_an_event_that_cannot_be_used_says_why(changes, words):
    found = read_event({**STORY[0], **changes})
    assert isinstance(found, Refusal)
    assert any(words in reason for reason in found.reasons), found.reasons
