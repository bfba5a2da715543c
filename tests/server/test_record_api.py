"""Recording decisions over HTTP: kept once, answered row by row, readable at once."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from deltalake import DeltaTable

from tests.server.running import STORES, Server, decision, running


# The tests of one store share one server, also where they run side by side.
@pytest.fixture(scope="module", params=STORES)
def server(request, tmp_path_factory):
    with running(request.param, tmp_path_factory.mktemp(request.param)) as (started, _):
        yield started


@pytest.fixture(scope="module")
def key(server: Server) -> str:
    return server.command("key", "make", "loan-system").stdout.strip()


def statuses(answer) -> list[str]:
    return [one["status"] for one in answer["results"]]


def test_a_batch_is_kept_and_sending_it_again_changes_nothing(server, key):
    batch = [decision(i) for i in range(5)]
    status, answer = server.send("/api/v1/decisions", batch, key)
    assert (status, answer["stored"]) == (200, 5)
    status, answer = server.send("/api/v1/decisions", batch, key)
    assert (status, answer["unchanged"], answer["stored"]) == (200, 5, 0)


def test_other_content_is_the_next_revision_where_named_else_a_conflict_that_names_both(
    server, key
):
    server.send("/api/v1/decisions", [decision(100)], key)
    _, answer = server.send("/api/v1/decisions", [decision(100, choice="decline")], key)
    assert statuses(answer) == ["unchanged"]  # 100 is a multiple of four: declined already
    _, answer = server.send("/api/v1/decisions", [decision(100, choice="approve")], key)
    (conflict,) = answer["results"]
    assert conflict["status"] == "conflict"
    assert "kept as revision 1 with other content" in conflict["reasons"][0]
    _, answer = server.send("/api/v1/decisions", [decision(100, choice="approve", revision=2)], key)
    assert (statuses(answer), answer["results"][0]["revision"]) == (["revised"], 2)
    later = decision(100, choice="refer", updated_at="2026-11-05T08:00:00Z")
    _, answer = server.send("/api/v1/decisions", [later], key)
    assert (statuses(answer), answer["results"][0]["revision"]) == (["revised"], 3)
    _, answer = server.send("/api/v1/decisions", [later], key)
    assert statuses(answer) == ["unchanged"]


def test_bad_rows_are_quarantined_with_every_reason_and_good_rows_of_the_batch_are_kept(
    server, key
):
    batch = [
        decision(200),
        decision(201, confidence=1.7, decided_at="2026-11-03T09:12:04", colour="red"),
        decision(202),
        "no object",
    ]
    status, answer = server.send("/api/v1/decisions", batch, key)
    assert status == 200
    assert statuses(answer) == ["stored", "quarantined", "stored", "quarantined"]
    reasons = " ".join(answer["results"][1]["reasons"])
    for part in ("confidence:", "decided_at: a time needs its zone", "colour: not a canonical"):
        assert part in reasons


def test_the_character_nul_is_quarantined_and_never_an_error(server, key):
    rows = [decision(250, decision_id="a\x00b"), {"x\x00": "\x00"}, decision(251, x_note="\x00")]
    status, answer = server.send("/api/v1/decisions", rows, key)
    assert status == 200
    assert statuses(answer) == ["quarantined"] * 3


def test_an_id_with_control_characters_is_quarantined_for_it_would_order_a_terminal(server, key):
    rows = [
        decision(260, case_id="c\x1b[31m"),
        decision(261, person_id="p\n1"),
        decision(262, use_case="a\x9bb"),
    ]
    status, answer = server.send("/api/v1/decisions", rows, key)
    assert status == 200
    assert statuses(answer) == ["quarantined"] * 3


def test_lines_of_ndjson_fail_alone(server, key):
    body = b"\n".join([json.dumps(decision(300)).encode(), b"{broken", b""])
    status, answer = server.send("/api/v1/decisions", body, key, "application/x-ndjson")
    assert status == 200
    assert statuses(answer) == ["stored", "quarantined"]


def test_a_covariate_keeps_the_type_it_came_with(server, key):
    server.send("/api/v1/decisions", [decision(400, x_amount=12_000)], key)
    _, answer = server.send("/api/v1/decisions", [decision(401, x_amount="much")], key)
    assert answer["results"][0]["reasons"] == ["x_amount: number in this use case, text here"]


def test_a_key_sends_only_what_it_is_for_and_nothing_once_revoked(server):
    key = server.command("key", "make", "forecasts", "--use-case", "demand").stdout.strip()
    _, answer = server.send("/api/v1/decisions", [decision(500)], key)
    assert "this key may send demand" in answer["results"][0]["reasons"][0]
    server.command("key", "revoke", key.split("_")[1])
    status, _ = server.send("/api/v1/decisions", [decision(501, use_case="demand")], key)
    assert status == 401


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [(b"[]", "application/json", 400), (b"{", "application/json", 400),
     (b"[1]", "text/csv", 415), (json.dumps([{}] * 1001).encode(), "application/json", 413)],
)  # fmt: skip
def test_what_is_no_batch_is_a_problem_document(server, key, body, content_type, status):
    got, problem = server.send("/api/v1/decisions", body, key, content_type)
    assert got == status == problem["status"]
    assert problem["detail"]


def test_without_a_key_nothing_is_taken(server):
    assert server.send("/api/v1/decisions", [decision(600)], None)[0] == 401
    assert server.send("/api/v1/decisions", [decision(600)], "tk_00000000_no")[0] == 401


def test_outcomes_come_later_and_the_log_opens_with_any_reader(server, key):
    outcome = {"decision_id": "d1", "use_case": "credit", "observed_at": "2027-02-01T00:00:00Z"}
    _, answer = server.send("/api/v1/outcomes", [{**outcome, "outcome": 1}], key)
    assert answer["stored"] == 1
    case = {"case_id": "c1", "use_case": "credit", "eligible_at": "2026-11-03T08:00:00Z"}
    assert server.send("/api/v1/eligible", [case], key)[1]["stored"] == 1
    sent = [decision(900), decision(900, choice="refer", revision=2)]
    assert statuses(server.send("/api/v1/decisions", sent, key)[1]) == ["stored", "revised"]
    server.command("log", "drain")
    table = DeltaTable(server.home / "log" / "decisions")
    frame = table.to_pandas()
    assert table.metadata().partition_columns == ["use_case_folder", "month"]
    assert sorted(frame.loc[frame["decision_id"] == "d900", "revision"]) == [1, 2]
    assert server.command("log", "verify").returncode == 0


def test_counters_show_what_was_sent_and_what_can_be_asked(server):
    counting = server.command("key", "make", "counted-system").stdout.strip()

    def status():
        found = json.loads(server.command("log", "status", "--json").stdout)
        (mine,) = [s for s in found["senders"] if s["name"] == "counted-system"]
        return mine, found["tables"][0]["queryable"]

    _, before = status()
    server.send("/api/v1/decisions", [decision(700), decision(700), {"bad": 1}], counting)
    mine, after = status()
    assert {name: mine[name] for name in ("sent", "stored", "unchanged", "quarantined")} == {
        "sent": 3, "stored": 1, "unchanged": 1, "quarantined": 1,
    }  # fmt: skip
    assert after - before == 1


def test_events_are_folded_into_a_decision_and_a_late_one_makes_its_next_revision(server, key):
    def event(name, minute, **data):
        return {
            "specversion": "1.0", "id": f"{name}-{minute}", "source": "host", "subject": "e1",
            "type": f"takeup.{name}", "time": f"2026-11-03T09:{minute:02d}:00Z",
            "data": {"use_case": "credit", **data},
        }  # fmt: skip

    batch = [
        event("viewed", 2),
        event("delivered", 1, recommendation="approve", person_id="p1", x_region="north"),
        event("made", 5, choice="decline"),
    ]
    _, answer = server.send("/api/v1/events", batch, key, "application/cloudevents-batch+json")
    assert statuses(answer) == ["stored"] * 3
    late = event("flagged", 9, kind="wrong")
    _, answer = server.send("/api/v1/events", late, key, "application/cloudevents+json")
    assert statuses(answer) == ["stored"]
    _, answer = server.send("/api/v1/events", late, key, "application/cloudevents+json")
    assert statuses(answer) == ["unchanged"]
    server.command("log", "drain")
    rows = DeltaTable(server.home / "log" / "decisions").to_pandas()
    mine = rows[rows["decision_id"] == "e1"].sort_values("revision")
    assert mine["consulted"].tolist() == [True, True]
    assert mine["flagged"].tolist()[1] == "wrong"
    assert mine["x_region"].tolist() == ["north", "north"]
    assert server.command("log", "verify").returncode == 0


def test_events_that_arrive_side_by_side_are_all_in_the_decision(server, key):
    def event(number, name, minute, **data):
        return {
            "specversion": "1.0", "id": f"{name}-{minute}", "source": f"host-{number}",
            "subject": f"side-{number}", "type": name, "time": f"2026-11-03T09:{minute:02d}:00Z",
            "data": {"use_case": "credit", **data},
        }  # fmt: skip

    numbers = range(12)
    calls = [
        one
        for n in numbers
        for one in (
            event(n, "made", 5, recommendation="approve", choice="decline"),
            event(n, "viewed", 2),
            event(n, "flagged", 3, kind="late"),
        )
    ]
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda one: server.send("/api/v1/events", one, key), calls))
    assert {status for status, _ in done} == {200}
    server.command("log", "drain")
    rows = DeltaTable(server.home / "log" / "decisions").to_pandas()
    mine = rows[rows["decision_id"].str.startswith("side-")].sort_values("revision")
    last = mine.groupby("decision_id").last()
    assert len(last) == len(numbers)
    assert last["consulted"].all()
    assert (last["flagged"] == "late").all()


def test_cds_hooks_feedback_is_a_decision_once_the_card_log_is_there(server, key):
    def item(card, outcome="overridden", at="2026-11-03T09:12:04.51Z", **more):
        return {"card": card, "outcome": outcome, "outcomeTimestamp": at, **more}

    def suggestion(name, recommended=False):
        return {"uuid": f"s-{name}", "label": name, "isRecommended": recommended}

    why = {"reason": {"code": "patient-contraindication", "system": "http://example.org"},
           "userComment": "renal function"}  # fmt: skip
    early = {"feedback": [item("card-1", overrideReason=why)]}
    _, answer = server.send("/api/v1/cds-services/sepsis/feedback", early, key)
    assert "not in this service's card log" in answer["results"][0]["reasons"][0]
    number = answer["results"][0]["quarantine_id"]
    log = [
        {
            "hookInstance": f"h{i}", "hook": "order-sign", "requestedAt": "2026-11-03T09:00:00Z",
            "context": {"userId": "Practitioner/7"},
            "cards": [{"uuid": f"card-{i}", "summary": "Sepsis?", "indicator": "warning",
                       "suggestions": [suggestion("lactate", True), suggestion("culture", True),
                                       suggestion("wait")]}],
        }
        for i in (1, 2, 3, 4, 5)
    ]  # fmt: skip
    _, answer = server.send("/api/v1/cds-services/sepsis/cards", log, key)
    assert statuses(answer) == ["stored"] * 5
    waiting = {"service": "sepsis", "item": early["feedback"][0]}
    assert server.send(f"/api/v1/quarantine/{number}", waiting, key)[1]["status"] == "stored"

    def accepted(card, *names):
        return item(card, "accepted", acceptedSuggestions=[{"id": f"s-{n}"} for n in names])

    later = item("card-4", at="2026-11-03T10:00:00Z", overrideReason={"userComment": "again"})
    sent = [accepted("card-2", "lactate", "culture"), accepted("card-3", "wait"),
            accepted("card-4", "lactate"), later]  # fmt: skip
    _, answer = server.send("/api/v1/cds-services/sepsis/feedback", {"feedback": sent}, key)
    assert statuses(answer) == ["stored"] * 4
    server.command("log", "drain")
    rows = DeltaTable(server.home / "log" / "decisions").to_pandas()
    mine = rows[rows["use_case"] == "sepsis"].sort_values("revision")
    last = mine.groupby("decision_id").last()
    assert set(last.index) == {"card-1", "card-2", "card-3", "card-4"}  # card-5 was ignored
    assert last.loc["card-1", ["action", "override_reason"]].tolist() == [
        "overridden", "patient-contraindication",
    ]  # fmt: skip
    assert last.loc["card-2", "choice"] == last.loc["card-2", "recommendation"]
    assert last.loc["card-3", "choice"] == "wait"
    assert last.loc["card-4", "action"] == "overridden"
    assert last["consulted"].all()
    eligible = DeltaTable(server.home / "log" / "eligible").to_pandas()
    assert (eligible["use_case"] == "sepsis").sum() == 5
    assert server.command("log", "verify").returncode == 0


def test_a_card_log_is_read_as_loosely_as_hl7_writes_it_and_an_answer_without_card_is_no_advice(
    server, key, tmp_path
):
    def entry(number, cards, **more):
        return {"hook": "order-sign", "hookInstance": f"loose-{number}",
                "requestedAt": "2026-11-24T09:00:00Z", "cards": cards, **more}  # fmt: skip

    long = "Reduce the dose " * 20
    log = [
        entry(1, [{"summary": "For information", "indicator": "info"},
                  {"uuid": "loose-c1", "summary": "Reduce", "indicator": "warning",
                   "suggestions": [{"uuid": "loose-s1", "label": long}, {"label": "no uuid"}]}],
              context={"userId": "Practitioner/77"}),
        entry(2, []),
        entry(3, [], systemActions=[{"type": "create", "description": "order"}]),
        entry(4, [{"summary": "For information"}]),
        entry(5, [{"uuid": "loose-c5", "summary": "Look", "suggestions": None}], context=None),
    ]  # fmt: skip
    _, answer = server.send("/api/v1/cds-services/loose/cards", log, key)
    assert statuses(answer) == ["stored"] * 5, answer["results"]
    said = [
        {"card": "loose-c1", "outcome": "accepted", "acceptedSuggestions": [{"id": "loose-s1"}],
         "outcomeTimestamp": "2026-11-24T09:00:09Z"},
        {"card": "loose-c5", "outcome": "overridden", "acceptedSuggestions": None,
         "outcomeTimestamp": "2026-11-24T09:01:09Z"},
    ]  # fmt: skip
    _, answer = server.send("/api/v1/cds-services/loose/feedback", {"feedback": said}, key)
    assert statuses(answer) == ["stored"] * 2, answer["results"]
    server.command("log", "drain")
    rows = DeltaTable(server.home / "log" / "decisions").to_pandas()
    mine = rows[rows["use_case"] == "loose"].set_index("decision_id")
    assert mine.loc["loose-c1", "choice"].endswith("…")  # of several, none recommended: all
    assert mine.loc["loose-c1", "recommendation"].startswith(mine.loc["loose-c1", "choice"][:100])
    assert mine.loc["loose-c5", "action"] == "overridden"
    eligible = DeltaTable(server.home / "log" / "eligible").to_pandas()
    mine = eligible[eligible["use_case"] == "loose"].set_index("case_id")["excluded_reason"]
    assert mine[mine == "no_card"].index.sort_values().tolist() == ["loose-2", "loose-3", "loose-4"]
    done = server.command("diagnose", "log:", "--json", "-", "--out", str(tmp_path / "r.html"))
    told = json.loads(done.stdout)
    assert told["input"]["eligible_excluded"] == 3


def test_a_faulty_row_that_is_sent_again_waits_once_and_is_answered_alike(server):
    key, other = (server.command("key", "make", who).stdout.strip() for who in ("again", "another"))
    wrong, worse = decision(810, confidence=7), decision(811, confidence=7)
    _, first = server.send("/api/v1/decisions", [wrong, worse, decision(812)], key)
    _, again = server.send("/api/v1/decisions", [wrong, worse, wrong, decision(812)], key)
    numbers = [one.get("quarantine_id") for one in first["results"]]
    assert [one.get("quarantine_id") for one in again["results"]] == [
        *numbers[:2],
        numbers[0],
        None,
    ]
    assert statuses(again) == [*["quarantined"] * 3, "unchanged"]
    assert again["results"][0]["reasons"] == first["results"][0]["reasons"]
    # Another sender's row, or one of another kind, is another; and so is one after its correction.
    _, theirs = server.send("/api/v1/decisions", [wrong], other)
    assert theirs["results"][0]["quarantine_id"] not in numbers
    _, kind = server.send("/api/v1/outcomes", [wrong], key)
    assert kind["results"][0]["quarantine_id"] not in numbers
    assert (
        server.send(f"/api/v1/quarantine/{numbers[0]}", decision(810), key)[1]["status"] == "stored"
    )
    _, after = server.send("/api/v1/decisions", [wrong], key)
    assert after["results"][0]["quarantine_id"] not in numbers
    _, rows = server.send("/api/v1/quarantine?most=1000", None, key)
    assert len(rows) == 3


def test_faulty_events_cards_and_recommendations_sent_again_wait_once_too(server):
    key = server.command("key", "make", "events-again").stdout.strip()
    for path in ("events", "recommendations"):
        (first, again) = (server.send(f"/api/v1/{path}", [{"bad": 1}], key)[1] for _ in range(2))
        assert first["results"][0]["status"] == "quarantined"
        assert first["results"][0] == again["results"][0]
    _, rows = server.send("/api/v1/quarantine?most=1000", None, key)
    assert len(rows) == 2


def test_a_correction_that_is_faulty_itself_waits_once_whatever_else_waits(server):
    key = server.command("key", "make", "corrector").stdout.strip()
    one, two = decision(820, confidence=7), decision(820, confidence=8)
    _, answer = server.send("/api/v1/decisions", [one, two], key)
    first, second = (row["quarantine_id"] for row in answer["results"])
    # As it was: it waits on.
    assert server.send(f"/api/v1/quarantine/{first}", one, key)[1]["quarantine_id"] == first
    # With another fault: under its number, and known under it when that is sent as a batch.
    new = decision(820, confidence=9)
    assert server.send(f"/api/v1/quarantine/{first}", new, key)[1]["quarantine_id"] == first
    assert server.send("/api/v1/decisions", [new], key)[1]["results"][0]["quarantine_id"] == first
    # The same as another that waits: that one goes on alone.
    assert server.send(f"/api/v1/quarantine/{first}", two, key)[1]["quarantine_id"] == second
    _, rows = server.send("/api/v1/quarantine?most=1000", None, key)
    assert [row["quarantine_id"] for row in rows] == [second]


def test_a_quarantined_row_is_corrected_and_replayed_by_its_sender_alone(server, key):
    wrong = decision(800, confidence=7)
    _, answer = server.send("/api/v1/decisions", [wrong], key)
    number = answer["results"][0]["quarantine_id"]
    _, rows = server.send("/api/v1/quarantine?most=1000", None, key)
    (mine,) = [row for row in rows if row["quarantine_id"] == number]
    assert mine["row"]["confidence"] == 7
    other = server.command("key", "make", "other-system").stdout.strip()
    assert server.send(f"/api/v1/quarantine/{number}", decision(800), other)[0] == 404
    _, still = server.send(f"/api/v1/quarantine/{number}", {**wrong, "stakes": "huge"}, key)
    assert still["status"] == "quarantined"
    assert len(still["reasons"]) == 2
    _, kept = server.send(f"/api/v1/quarantine/{number}", decision(800), key)
    assert kept["status"] == "stored"
    assert server.send(f"/api/v1/quarantine/{number}", decision(800), key)[0] == 404
    assert server.command("log", "verify").returncode == 0


def test_the_api_answers_as_its_openapi_says_and_never_with_a_server_error(server, key):
    # That check does not know that 413 refuses a batch of 1,001 rows.
    done = subprocess.run(
        [Path(sys.executable).parent / "schemathesis", "run",
         server.address("/api/v1/openapi.json"), "-H", f"Authorization: Bearer {key}",
         "--max-examples", "25", "--phases", "examples,coverage,fuzzing", "--seed", "1",
         "--exclude-checks", "negative_data_rejection",
         # A machine that is slow, or a connection closed while idle, is no answer of the API.
         "--request-timeout", "60", "--request-retries", "2"],
        capture_output=True, text=True, cwd=server.home, check=False,
    )  # fmt: skip
    assert done.returncode == 0, "\n".join(line[:300] for line in done.stdout.splitlines())
    assert server.command("log", "verify").returncode == 0
