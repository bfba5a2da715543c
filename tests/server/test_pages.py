"""Senders, quarantine, recommendations, modes and people: what a person or a program asks of them."""

from __future__ import annotations

import json
import re

import pytest

from tests.server.people import client_of, with_role
from tests.server.running import STORES, decision, running, select_nothing

PAGE = "/quarantine"


def quarantined(key, **changes):
    from takeup.server.recording.record_api.receive import receive

    (result,) = receive("decisions", [decision(1, **changes)], key)
    return result.quarantine_id


def test_a_row_is_corrected_on_its_page_and_kept(key):
    from takeup.server.recording.record_api.models import InboxRow

    number = quarantined(key, confidence=7, colour="red")
    client = client_of(with_role("administrator"))
    listed = client.get(PAGE).content.decode()
    assert "1 row waits for a correction" in listed
    assert "colour: not a canonical column" in listed
    row = client.get(f"{PAGE}/{number}").content.decode()
    assert "2 things keep this row" in row
    half = client.post(f"{PAGE}/{number}", {"text": json.dumps(decision(1, confidence=7))})
    assert half.status_code == 422
    assert "confidence" in half.content.decode()
    not_json = client.post(f"{PAGE}/{number}", {"text": "{"})
    assert (not_json.status_code, b"not JSON" in not_json.content) == (422, True)
    done = client.post(f"{PAGE}/{number}", {"text": json.dumps(decision(1, confidence=0.7))})
    assert done.status_code == 302
    assert InboxRow.objects.get().key == "d1"
    assert "Nothing waits" in client.get(PAGE).content.decode()
    assert client.get(f"{PAGE}/{number}").status_code == 404


def test_who_opened_a_row_stands_where_its_person_can_see_it(key):
    from tests.server.people import person

    someone = person("p1")
    number = quarantined(key, confidence=7)
    mine = client_of(someone)
    assert "Nobody has looked" in mine.get("/my/access").content.decode()
    client_of(with_role("administrator")).get(f"{PAGE}/{number}")
    page = mine.get("/my/access").content.decode()
    assert "Some Administrator" in page
    assert "looked at" in page


def test_what_a_sender_wrote_is_shown_as_text_and_never_runs(key):
    number = quarantined(key, confidence=7, case_id="<script>alert(1)</script>")
    client = client_of(with_role("administrator"))
    for path in (PAGE, f"{PAGE}/{number}"):
        assert b"<script>alert" not in client.get(path).content


_RULES = "Use cases and their rules"


@pytest.mark.parametrize(
    ("role", "heading", "cards"),
    [
        ("programme_lead", "Too early to say", ["credit", _RULES]),
        ("administrator", "Everything that is recorded passes here",
         ["1 person", "1 sender", "Nothing in quarantine", _RULES]),
        ("practitioner", "Good to see you, Some Practitioner",
         ["What is recorded of your decisions", "Who sees it", _RULES]),
        ("manager", "Nothing is measured of your teams yet", ["My team", "The week", _RULES]),
    ],
)  # fmt: skip
def test_the_start_page_holds_what_concerns_the_role_in_one_order(key, role, heading, cards):
    from takeup.server.foundation.organization.services import declare_use_case

    declare_use_case("credit", "", "ann")
    page = client_of(with_role(role)).get("/").content.decode()
    assert re.findall("<h1>(.*?)</h1>", page) == [heading]
    assert re.findall("<h3>(.*?)</h3>", page) == cards


def test_the_list_of_use_cases_has_the_columns_that_a_role_may_follow(key):
    from takeup.server.foundation.organization.services import declare_use_case

    declare_use_case("credit", "", "ann")
    heads = {
        role: re.findall('<th scope="col">(.*?)</th>', client_of(with_role(role)).get("/use-cases").content.decode())
        for role in ("executive", "practitioner")
    }  # fmt: skip
    assert heads == {
        "executive": ["Use case", "Mode", "Diagnosis"],
        "practitioner": ["Use case", "Mode"],
    }


def test_a_key_is_shown_once_and_can_be_refused_from_the_page(store):
    from takeup.server.foundation.organization.services import use_case
    from takeup.server.recording.record_api.keys import key_of

    use_case("credit")
    client = client_of(with_role("administrator"))
    made = client.post("/senders/key", {"sender": "loan-system", "use_case": "credit"})
    secret = made.content.decode().split('class="secret">')[1].split("<")[0]
    key = key_of(secret)
    assert (key.sender.name, key.use_cases) == ("loan-system", ["credit"])
    assert secret not in client.get("/senders").content.decode()
    client.post(f"/senders/key/{key.prefix}/revoke")
    assert key_of(secret) is None


@pytest.fixture(scope="module", params=STORES)
def server(request, tmp_path_factory):
    with running(request.param, tmp_path_factory.mktemp(f"pages-{request.param}")) as (started, _):
        yield started


@pytest.fixture(scope="module")
def sender(server):
    server.command("rollout", "step", "shown", "assist")
    return server.command("key", "make", "loan-system").stdout.strip()


def advice(i: int, **changes):
    return {"decision_id": f"r{i}", "use_case": "shown", "case_id": f"c{i}", "person_id": "p1",
            "recommendation": "approve", **changes}  # fmt: skip


def test_a_recommendation_says_whether_people_may_see_it(server, sender):
    rows = [advice(1), advice(2, use_case="new"), advice(3, mode="off"), {"use_case": "shown"}]
    status, answer = server.send("/api/v1/recommendations", rows, sender)
    assert status == 200
    assert [r.get("show") for r in answer["results"]] == [True, False, False, None]
    assert [r["status"] for r in answer["results"]] == ["stored"] * 3 + ["quarantined"]
    _, again = server.send(
        "/api/v1/recommendations", [advice(1, delivered_at="2026-11-24T09:00:00Z")], sender
    )
    assert again["results"][0]["status"] == "conflict"


def test_a_recommendation_and_the_decision_that_follows_are_one_row(server, sender):
    server.send("/api/v1/recommendations", [advice(10, confidence=0.8)], sender)
    made = {
        "specversion": "1.0", "id": "m10", "source": "h", "type": "takeup.made", "subject": "r10",
        "time": "2026-12-24T10:00:00Z", "data": {"use_case": "shown", "choice": "decline"},
    }  # fmt: skip
    status, _ = server.send("/api/v1/events", [made], sender, "application/cloudevents-batch+json")
    assert status == 200
    server.command("log", "drain")
    from deltalake import DeltaTable

    rows = DeltaTable(server.home / "log" / "decisions").to_pandas().set_index("decision_id")
    row = rows.loc["r10"]
    assert (row["recommendation"], row["choice"], row["confidence"]) == ("approve", "decline", 0.8)


def test_an_event_after_a_whole_decision_is_its_next_revision(server, sender):
    server.send("/api/v1/decisions", [decision(900, use_case="shown")], sender)
    flag = {
        "specversion": "1.0", "id": "f900", "source": "h", "type": "takeup.flagged",
        "subject": "d900", "time": "2026-11-24T10:00:00Z",
        "data": {"use_case": "shown", "kind": "wrong"},
    }  # fmt: skip
    server.send("/api/v1/events", [flag], sender, "application/cloudevents-batch+json")
    server.command("log", "drain")
    from deltalake import DeltaTable

    rows = DeltaTable(server.home / "log" / "decisions").to_pandas()
    mine = rows[rows["decision_id"] == "d900"].sort_values("revision")
    assert mine["flagged"].tolist()[1:] == ["wrong"]
    assert mine["consulted"].tolist() == [True, True]
    assert mine["choice"].nunique() == 1


def test_modes_are_answered_with_a_tag_and_only_for_the_keys_use_cases(server, sender):
    import urllib.error
    import urllib.request

    server.command("rollout", "step", "other", "shadow")
    scoped = server.command("key", "make", "s", "--use-case", "other").stdout.strip()
    _, answer = server.send("/api/v1/modes", None, scoped)
    assert (answer["modes"], list(answer["rollouts"])) == ({"other": "shadow"}, ["other"])
    request = urllib.request.Request(
        server.address("/api/v1/modes"), headers={"Authorization": f"Bearer {scoped}"}
    )
    with urllib.request.urlopen(request) as first:
        request.add_header("If-None-Match", first.headers["ETag"])
    with pytest.raises(urllib.error.HTTPError) as same:
        urllib.request.urlopen(request)
    assert same.value.code == 304


def test_the_organization_comes_by_the_api_first_dry_then_for_good(server):
    key = server.command("key", "make", "hr", "--organization").stdout.strip()
    people = [{"person_id": "a1", "name": "Ada", "population": "north"}, {"person_id": "a2"}]
    status, dry = server.send("/api/v1/people?dry_run=true", people, key)
    assert (status, len(dry["changes"]), dry["dry_run"]) == (200, 3, True)
    assert server.send("/api/v1/people", people, key)[1]["changes"] == dry["changes"]
    assert server.send("/api/v1/people", people, key)[1]["changes"] == []
    status, problem = server.send("/api/v1/people", [{"person_id": "a1"}, {"name": "x"}], key)
    assert (status, "row" not in problem) == (422, True)
    assert "line 2, person_id: needed" in problem["detail"]
    text = b"person_id,name,population\na1,Ada,north\n"
    status, answer = server.send("/api/v1/people", text, key, "text/csv")
    assert [(c["person_id"], c["what"]) for c in answer["changes"]] == [("a2", "leaves")]


def test_a_decision_is_visible_to_measures_at_once_and_soon_in_the_log(server, sender):
    server.send("/api/v1/decisions", [decision(777, use_case="quick")], sender)
    status = json.loads(server.command("log", "status", "--json").stdout)
    assert status["tables"][0]["queryable"] >= 1
    # How soon is a benchmark's question; that nobody needs to ask for it is this one's.
    while "d777" not in logged(server):
        select_nothing()


def logged(server) -> set[str]:
    from deltalake import DeltaTable

    place = server.home / "log" / "decisions" / "_delta_log"
    if not place.exists():
        return set()
    return set(DeltaTable(place.parent).to_pyarrow_table()["decision_id"].to_pylist())
