"""Stopping advice: on kinds of case that are there, with how many it hits, and whether it is obeyed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from takeup.record.errors import InputError
from tests.server.people import client_of, with_role
from tests.server.running import decision

SEGMENTS = ("local", "local", "seasonal")


@pytest.fixture
def recorded(key):
    """Six recent decisions and one of long ago, of two segments and one that is seen no more."""
    from takeup.record.clock import now
    from takeup.server.recording.record_api.receive import receive

    lately = (now() - timedelta(days=2)).isoformat()
    rows = [
        decision(i, decided_at=lately, x_segment=SEGMENTS[i % 3], x_new=i % 2 == 0, x_amount=i,
                 stakes="high" if i else "low")
        for i in range(6)
    ]  # fmt: skip
    rows.append(decision(9, decided_at="2025-01-01T00:00:00Z", x_segment="gone"))
    receive("decisions", rows, key)
    return key


def test_the_picker_offers_what_was_recorded_with_its_cases(recorded):
    from takeup.server.acting.rollout.kinds import Recorded

    found = {one.key: one.cases for one in Recorded("credit").kinds()}
    assert found == {
        "": 6, "segment=local": 4, "segment=seasonal": 2, "new=true": 3, "new=false": 3,
        "stakes=high": 5, "stakes=low": 1,
    }  # fmt: skip


def test_a_corrected_case_counts_once_as_it_stands_now_drained_or_not(recorded, log):
    from takeup.record.clock import now
    from takeup.server.acting.rollout.kinds import Recorded
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.receive import receive

    lately = (now() - timedelta(days=2)).isoformat()
    corrected = decision(0, decided_at=lately, x_segment="seasonal", stakes="low", revision=2)
    receive("decisions", [corrected], recorded)
    drain(log)
    receive("decisions", [corrected | {"x_segment": "regional", "revision": 3}], recorded)
    counted = {one.key: one.cases for one in Recorded("credit").kinds()}
    assert (counted[""], counted["segment=local"], counted["segment=regional"]) == (6, 3, 1)
    assert counted["segment=seasonal"] == 2


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ({"segment": "lokal"}, "no case was ever segment: lokal; there is: local, seasonal, gone"),
        ({"region": "north"}, "nothing tells cases apart by 'region' here; what is recorded: "),
        ({"amount": "3"}, "'amount' is a number"),
        ({"segment": "local", "stakes": "highest"}, "no case was ever stakes: highest"),
    ],
)
def test_a_stop_that_would_stop_nothing_is_refused(recorded, kind, words):
    from takeup.server.acting.rollout.models import Stop
    from takeup.server.acting.rollout.services import stop

    with pytest.raises(InputError, match=words):
        stop("credit", by="ann", reason="wrong there", kind=kind)
    assert not Stop.objects.exists()


def test_a_stop_of_a_use_case_that_is_not_there_is_refused_and_makes_none(recorded):
    from takeup.server.acting.rollout.models import Stop
    from takeup.server.acting.rollout.services import lift, stop
    from takeup.server.foundation.organization.services import use_case_names

    with pytest.raises(InputError, match="there is no use case 'credit-line'; there is none yet"):
        stop("credit-line", by="ann", reason="wrong")
    with pytest.raises(InputError, match="there is no stop 77"):
        lift(77, by="ann", reason="right again")
    assert not Stop.objects.exists()
    assert use_case_names() == []
    stop("credit", by="ann", reason="wrong")
    assert use_case_names() == ["credit"]


def _lately() -> dict[str, str]:
    from takeup.record.clock import now

    return {"decided_at": (now() - timedelta(days=2)).isoformat()}


def test_a_stop_keeps_about_how_many_cases_it_would_have_hit_where_they_are_of_enough_people(
    recorded,
):
    from takeup.server.acting.rollout.services import stop
    from takeup.server.recording.record_api.receive import receive

    of_few = stop("credit", by="ann", reason="wrong", kind={"segment": "local", "stakes": "high"})
    assert of_few.cases is None
    receive(
        "decisions", [decision(100 + i, **_lately(), x_segment="wide") for i in range(37)], recorded
    )
    assert stop("credit", by="ann", reason="wrong", kind={"segment": "wide"}).cases == 40
    assert stop("credit", by="ann", reason="old ones", kind={"segment": "gone"}).cases == 0


def test_obedience_is_counted_by_what_was_shown_and_by_who_has_heard(recorded):
    from takeup.record.clock import now
    from takeup.server.acting.rollout.models import Heard
    from takeup.server.acting.rollout.services import Hearing, obeyed, stop
    from takeup.server.recording.record_api.receive import receive

    before, hearing = now() - timedelta(hours=1), Hearing()
    Heard.objects.create(key="old", sender="till", tag="a", at=before)
    Heard.objects.create(key="else", sender="ward", tag="a", at=before, use_cases=["triage"])
    stop("credit", by="ann", reason="wrong there", kind={"segment": "local"})
    later = (now() + timedelta(seconds=1)).isoformat()
    rows = [
        decision(20, decided_at=later, delivered_at=before.isoformat(), x_segment="local"),
        decision(21, decided_at=later, x_segment="local"),
        decision(22, decided_at=later, x_segment="local", mode="shadow"),
        decision(23, decided_at=later, x_segment="seasonal"),
    ]
    receive("decisions", rows, recorded)
    from takeup.record import clock

    with pytest.MonkeyPatch.context() as patch:
        ahead = clock.now() + timedelta(minutes=1)
        for module in ("takeup.server.acting.rollout.obedience.now",):
            patch.setattr(module, lambda: ahead)
        ((_, found),) = obeyed("credit")
        assert (found.cases.cases, found.shown.cases, found.heard, found.deaf) == (
            3,
            1,
            (),
            ("till",),
        )
        assert hearing.due("old", "b")
        hearing.keep("old", "till", (), "b")
        assert not hearing.due("old", "b")
        ((_, found),) = obeyed("credit")
        assert (found.heard, found.deaf) == (("till",), ())


def test_the_page_says_what_was_stopped_whom_it_hits_and_that_it_was_decided(recorded):
    from takeup.server.acting.rollout.services import take_step

    take_step("credit", "assist", by="ann", reason="first wave")
    lead = client_of(with_role("programme_lead"))
    page = lead.get("/rollout/credit").content.decode()
    assert '<option value="segment=local">segment: local · a few people’s</option>' in page
    asked = {"kind": "segment=local", "reason": "wrong there"}
    page = lead.post("/rollout/credit/stop", asked, follow=True).content.decode()
    assert "Advice is stopped on cases of “segment: local”" in page
    assert "of it in the 28 days before" not in page
    assert "No case decided since" in page
    assert "not on segment: local" in page
    assert "<b>segment: local</b> · advice stopped" in page
    made_up = lead.post("/rollout/credit/stop", {"kind": "segment=lokal", "reason": "x"})
    assert (made_up.status_code, "no case was ever" in made_up.content.decode()) == (422, True)


def test_a_text_with_a_null_character_is_refused_before_a_page_asks_the_store(recorded):
    from takeup.server.acting.rollout.models import Stop

    lead = client_of(with_role("programme_lead"))
    for asked in ({"kind": "", "reason": "a\0b"}, {"kind": "segment=\0", "reason": "x"}):
        assert lead.post("/rollout/credit/stop", asked).status_code == 400
    assert lead.get("/use-cases", {"q": "\0"}).status_code == 400
    assert not Stop.objects.exists()


def test_a_page_looked_at_twice_counts_nobodys_case(recorded):
    """`segment: seasonal · 2` and then 3 was one person's case, as it was decided; `3 cases decided since` likewise."""
    from takeup.record.clock import now
    from takeup.server.acting.rollout.services import stop, take_step
    from takeup.server.recording.record_api.receive import receive

    take_step("credit", "assist", by="ann", reason="first wave")
    stop("credit", by="ann", reason="wrong there", kind={"segment": "local"})
    wide = [decision(100 + i, **_lately(), x_segment="wide") for i in range(120)]
    receive("decisions", wide, recorded)
    lead, later = client_of(with_role("programme_lead")), (now() + timedelta(seconds=1)).isoformat()

    def page() -> str:
        return main_of(lead.get("/rollout/credit").content.decode())

    first = page()
    assert "segment: wide · 100</option>" in first
    receive("decisions", [decision(300, **_lately(), x_segment="seasonal"),
                          decision(301, **_lately(), x_segment="wide")], recorded)  # fmt: skip
    assert page() == first
    several = [
        decision(310 + i, person_id="p1", decided_at=later, x_segment="local") for i in range(3)
    ]
    with pytest.MonkeyPatch.context() as patch:
        ahead = now() + timedelta(minutes=1)
        patch.setattr("takeup.server.acting.rollout.obedience.now", lambda: ahead)
        receive("decisions", several[:1], recorded)
        one = page()
        assert 'Some cases decided since, <b class="alarm">some with advice all the same</b>' in one
        receive("decisions", several, recorded)
        assert page() == one


def main_of(page: str) -> str:
    """Without what changes with every answer."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page[page.index("<main") :])
