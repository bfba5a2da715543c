"""Ids belong to a use case: what is called 1001 in one is nothing to another."""

from __future__ import annotations


def advice(name: str, use_case: str = "credit", **more):
    return {
        "decision_id": name, "use_case": use_case, "case_id": f"c-{name}", "person_id": "p1",
        "recommendation": "approve", **more,
    }  # fmt: skip


def recommend(key, *rows):
    from takeup.server.recording.record_api.receive_recommendations import receive_recommendations

    return receive_recommendations(list(rows), key)


def event(name: str, use_case: str, decision_id: str = "1001", kind: str = "viewed"):
    return {
        "specversion": "1.0", "id": name, "source": "/api/v1/recommendations",
        "type": f"takeup.{kind}", "subject": decision_id, "time": "2026-11-03T09:00:00Z",
        "data": {"use_case": use_case},
    }  # fmt: skip


def events(key, *given, **within):
    from takeup.server.recording.record_api.receive_events import receive_events

    return receive_events(list(given), key, **within)


def test_the_same_id_in_two_use_cases_is_two_pieces_of_advice(key):
    told = recommend(key, advice("1001"), advice("1001", "triage"))
    assert [one.status for one in told] == ["stored", "stored"]
    told = events(key, event("e1", "credit"), event("e1", "triage"))
    assert [one.status for one in told] == ["stored", "stored"]


def test_the_same_recommendation_sent_again_is_unchanged_and_shown_as_before(key, monkeypatch):
    from datetime import timedelta

    from takeup.record.clock import now
    from takeup.server.recording.record_api import receive_recommendations as module

    (first,) = recommend(key, advice("1001"))
    monkeypatch.setattr(module, "now", lambda: now() + timedelta(minutes=5))
    (again,) = recommend(key, advice("1001"))
    assert (again.status, again.show) == ("unchanged", first.show)
    (other,) = recommend(key, advice("1001", recommendation="decline"))
    assert other.status == "conflict"


def test_advice_that_was_hidden_stays_hidden_when_it_is_sent_again(key, monkeypatch):
    from takeup.server.recording.record_api import receive_recommendations as module

    monkeypatch.setattr(module, "_with_mode", lambda given, _: given | {"mode": "shadow"})
    (first,) = recommend(key, advice("1001"))
    monkeypatch.setattr(module, "_with_mode", lambda given, _: given | {"mode": "assist"})
    (again,) = recommend(key, advice("1001"))
    assert (first.show, again.status, again.show) == (False, "unchanged", False)


def test_a_page_takes_no_id_of_other_advice(key):
    """The ids a page gives are its own decision's."""
    told = events(key, event("1002", "credit", "1001"), within="1001")
    assert told[0].status == "stored"
    (advised,) = recommend(key, advice("1002"))
    assert advised.status == "stored"


def test_an_event_of_the_longest_names_is_kept_and_known_again(key):
    long = event('"' * 200, "融" * 200, "\\" * 200) | {"source": '"' * 200}
    assert [one.status for one in events(key, long, long)] == ["stored", "unchanged"]
    made = event("m", "融" * 200, "\\" * 200, "made")
    made["data"] |= {"recommendation": "a", "choice": "b", "mode": "assist"}
    assert events(key, made)[0].status == "stored"
    from takeup.server.recording.record_api.models import InboxRow

    assert InboxRow.objects.filter(kind="decisions", folded=True).count() == 1
