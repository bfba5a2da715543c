"""What the embedded recommendation may tell and ask, by the token of its page."""

from __future__ import annotations

import hashlib
import json
import time
from datetime import timedelta

import jwt
import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient as Http

from takeup_client.page import signed

ORIGIN = "https://desk.bank.example"


@pytest.fixture
def text(store):
    from takeup.server.recording.record_api.keys import make_key

    return make_key("desk")


def claims(**changed):
    return {
        "sub": "p1", "use_case": "credit", "case_id": "c1", "decision_id": "d1", "origin": ORIGIN,
        "known": {"segment": "seasonal"}, "confidence": 0.7,
    } | changed  # fmt: skip


def event(name="viewed", of="d1", **data):
    return {
        "specversion": "1.0", "id": f"{of}-{name}", "source": "takeup-recommendation", "subject": of,
        "type": f"takeup.{name}", "time": "2026-11-24T09:00:00Z", "data": {"use_case": "credit", **data},
    }  # fmt: skip


def long_lived(key, minutes):
    """A token made by hand, as a page would that asks for more time than is given."""
    _, name, secret = key.split("_", 2)
    begins = int(time.time())
    whole = claims() | {"iat": begins, "exp": begins + 60 * minutes}
    made = hashlib.sha256(f"takeup-component:{secret}".encode()).hexdigest()
    return jwt.encode(whole, made, algorithm="HS256", headers={"kid": name})


async def told(token, one, origin=ORIGIN):
    return await Http().post(
        "/api/v1/component/events", json.dumps(one), content_type="application/cloudevents+json",
        headers={"authorization": f"Bearer {token}", "origin": origin},
    )  # fmt: skip


def held():
    from takeup.server.recording.record_api.models import InboxRow

    return sorted(InboxRow.objects.filter(kind="events").values_list("subject", flat=True))


def run(work):
    async def waited():
        return await work

    return async_to_sync(waited)()


def test_a_page_tells_what_was_seen_of_its_own_decision(text):
    answer = run(told(signed(text, claims()), event(kind="summary")))
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Origin"] == ORIGIN
    assert held() == ["d1"]


@pytest.mark.parametrize(
    "one",
    [event(of="d2"), event("made", choice="approve"), event(choice="approve"),
     event() | {"data": {"use_case": "other"}}, "text", 7],
)  # fmt: skip
def test_it_tells_of_nothing_else_and_never_decides(text, one):
    assert run(told(signed(text, claims()), one)).status_code in (400, 403)
    assert held() == []


def test_a_token_is_good_for_its_origin_its_time_and_its_key(text):
    from takeup.record.clock import at, now
    from takeup.server.recording.component.token import token_of
    from takeup.server.recording.record_api.keys import make_key, revoke_key

    good = signed(text, claims())
    assert run(told(good, event(), "https://elsewhere.example")).status_code == 403
    assert token_of(good) is not None
    for minutes in (-2, 31):
        with at(now() + timedelta(minutes=minutes)):
            assert token_of(good) is None
    head, body, proof = good.split(".")
    for forged in (
        "x.y.z", "", f"{head}.{body}.", signed(make_key("other") + "x", claims()),
        f"{head}.{signed(text, claims(decision_id='d9')).split('.')[1]}.{proof}",
        signed(text, claims(origin="")),
    ):  # fmt: skip
        assert run(told(forged, event())).status_code == 401
    assert run(told(long_lived(text, 61), event())).status_code == 401
    assert run(told(long_lived(text, 60), event("viewed", "d1"))).status_code == 204
    narrow = make_key("narrow", ["another"])
    assert run(told(signed(narrow, claims()), event())).status_code == 401
    revoke_key(text.split("_")[1])
    assert run(told(good, event())).status_code == 401
    assert held() == ["d1"]


def test_a_browser_whose_clock_is_ahead_has_still_seen_it_before(text):
    from takeup.record.clock import now
    from takeup.record.events import event_of
    from takeup.server.recording.record_api.models import InboxRow

    ahead = event() | {"time": (now() + timedelta(minutes=20)).isoformat()}
    assert run(told(signed(text, claims()), ahead)).status_code == 204
    (row,) = InboxRow.objects.filter(kind="events")
    assert event_of(row.body).time <= now()


def test_a_browser_may_ask_before_it_sends(store):
    answer = run(Http().options("/api/v1/component/events", headers={"origin": ORIGIN}))
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Headers"] == "authorization, content-type"


def test_the_record_is_told_for_this_certainty_and_this_kind_and_early_is_said(text):
    from takeup.server.foundation.organization.services import declare_use_case
    from takeup.server.recording.record_api.keys import key_of
    from takeup.server.showing.overview.services import take_snapshots
    from tests.server.rollout.shadow_cases import record, shadow_rows

    async def asked(**changed):
        answer = await Http().get(
            "/api/v1/component/context",
            headers={
                "authorization": f"Bearer {signed(text, claims(**changed))}", "origin": ORIGIN,
            },
        )  # fmt: skip
        return answer.json()

    assert run(asked()) == {"judged": 0}
    declare_use_case("credit", 'segment = ["x_segment"]\n', "test")
    decisions, outcomes = shadow_rows(4_000)
    segments = {row["x_segment"] for row in decisions}
    for i, row in enumerate(decisions):
        row["confidence"] = (0.5, 0.7, 0.95)[i % 3]
    record(key_of(text), decisions, outcomes)
    take_snapshots()
    kind = sorted(segments)[0]
    found = run(asked(known={"segment": kind}))
    assert found["judged"] > 0
    own, others = found["kinds"]
    assert own["label"] == kind
    assert own["low"] < own["value"] < own["high"]
    assert others["label"] == "other cases"
    assert found["weaker"] == (own["high"] < others["low"])
    sure = found["confidence"]
    assert sure["low"] <= sure["right"] / sure["judged"] <= sure["high"]
    assert "kinds" not in run(asked(known={"segment": "never seen"}))
