"""Pages show daily snapshots in share disclosure, never the log as it is this second."""

from __future__ import annotations

from datetime import timedelta

import pytest

from takeup.record.clock import at, now
from takeup.record.errors import InputError
from tests.server.people import client_of, with_role
from tests.server.running import decision

pytestmark = pytest.mark.on("postgres")


def send(key, people: int, each: int = 12, first: int = 0):
    from takeup.server.recording.record_api.receive import receive

    rows = [
        decision(first + p * each + i, person_id=f"p{p}", population="officers")
        for p in range(people)
        for i in range(each)
    ]
    for start in range(0, len(rows), 1000):
        receive("decisions", rows[start : start + 1000], key)


def taken(**options):
    from takeup.server.showing.overview.services import take_snapshots

    return take_snapshots(**options)


def test_a_snapshot_is_taken_once_a_day_and_never_replaced(key):
    from takeup.server.showing.overview.services import latest

    send(key, 20)
    assert taken() == {"credit": "taken"}
    before = latest("credit").document
    send(key, 20, first=10_000)
    assert taken() == {"credit": "kept"}
    assert latest("credit").document == before
    with at(now() + timedelta(days=1)):
        assert taken() == {"credit": "taken"}
    assert latest("credit").document != before


def test_a_use_case_without_news_is_not_measured_again(key):
    from takeup.server.foundation.organization.services import declare_use_case
    from takeup.server.showing.overview.services import latest

    send(key, 20)
    start = now()
    assert taken() == {"credit": "taken"}
    first = latest("credit")
    with at(start + timedelta(days=1)):
        assert taken() == {"credit": "unchanged"}
        second = latest("credit")
        assert second.day == now().date()
        assert (second.document, second.body, second.taken_at) == (
            first.document, first.body, first.taken_at,
        )  # fmt: skip
        rows = [list(s.populations.values_list("key", "place", "row")) for s in (first, second)]
        assert rows[0] == rows[1] != []
    with at(start + timedelta(days=2)):
        declare_use_case("credit", 'title = "Credit lines"\n', "test")
        assert taken() == {"credit": "taken"}
    with at(start + timedelta(days=3)):
        send(key, 1, first=10_000)
        assert taken() == {"credit": "taken"}
    with at(start + timedelta(days=11)):
        assert taken() == {"credit": "taken"}


def test_files_that_an_erasure_takes_away_meanwhile_do_not_keep_the_figures_from_being_made(
    key, log
):
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.showing.overview.services import latest

    send(key, 20)
    drain(log)
    told = []

    def meanwhile(what: str) -> None:
        if what == "checking rows" and what not in told:
            log.rewrite("decisions", lambda rows: rows)
            log.vacuum("decisions")
        told.append(what)

    assert taken(step=meanwhile) == {"credit": "taken"}
    assert told.count("checking rows") == 2
    assert latest("credit").document["diagnoses"][0]["measures"]["adoption"]["eligible"] == 240


def test_a_snapshot_is_in_share_disclosure_and_hides_few_people(key):
    from takeup.server.showing.overview.services import latest

    send(key, 5)
    taken()
    document = latest("credit").document
    assert document["disclosure"] == "share"
    adoption = document["diagnoses"][0]["measures"]["adoption"]
    assert adoption["consult_rate"]["status"] == "suppressed"
    assert "Not shown, on purpose" in latest("credit").body


def test_the_differences_of_a_snapshot_hold_at_every_look(key):
    """A page that stands there every day is looked at every day."""
    from takeup.server.recording.record_api.receive import receive
    from takeup.server.showing.overview.services import latest

    send(key, 20)
    judged = [
        {"decision_id": f"d{i}", "use_case": "credit", "observed_at": "2026-11-10T00:00:00Z",
         "correct_choice": "approve" if i % 5 else "decline"}
        for i in range(240)
    ]  # fmt: skip
    receive("outcomes", judged, key)
    taken()
    found = latest("credit")
    paired = found.document["diagnoses"][0]["measures"]["paired"]["person_minus_model"]
    assert paired["method"].endswith("; holds at every look")
    assert "Intervals hold at every look" in found.cards["same_cases"]


def test_without_a_decision_there_is_nothing_to_measure_and_it_says_so(store):
    with pytest.raises(InputError, match="no decision has been recorded"):
        taken()


def test_the_page_shows_the_verdict_of_the_snapshot(key):
    from takeup.server.showing.overview.services import latest

    send(key, 20)
    taken()
    (told,) = latest("credit").document["diagnoses"]
    page = client_of(with_role("executive")).get("/diagnosis/credit").content.decode()
    assert told["verdict"].split(".")[0] in page
    assert "<style" not in page
    assert ' style="' not in page


def test_the_button_asks_for_one_and_the_worker_takes_it(key):
    from django.core.management import call_command

    from takeup.server.showing.overview.services import latest

    send(key, 20)
    client = client_of(with_role("programme_lead"))
    taken_before = client.get("/diagnosis/credit")
    assert taken_before.status_code == 404  # not drained, not declared: unknown yet
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    assert "Diagnose from the log now" in client.get("/diagnosis/credit").content.decode()
    client.post("/diagnosis/credit/take")
    client.post("/diagnosis/credit/take")
    assert "being taken" in client.get("/diagnosis/credit").content.decode()
    call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)
    assert latest("credit") is not None
    page = client.get("/diagnosis/credit").content.decode()
    assert "Diagnose from the log now" not in page
    answer = client.post("/diagnosis/credit/take", follow=True)
    assert "would show what single people decided" in answer.content.decode()


def test_only_counters_are_live(key):
    send(key, 3)
    page = client_of(with_role("administrator")).get("/senders/counters").content.decode()
    assert "36" in page
    assert "host" in page


def test_a_damaged_log_is_not_measured_and_the_pages_name_the_file(key, log):
    from pathlib import Path

    from takeup.server.recording.record_api.drain import drain
    from takeup.server.showing.overview.models import Snapshot
    from takeup.server.showing.overview.services import take_snapshot_of

    send(key, 20)
    drain(log)
    file = next(Path(log.url).rglob("part-*.parquet"))
    file.write_bytes(file.read_bytes()[:500])
    with pytest.raises(InputError, match=file.name):
        taken()
    lead, administrator = (
        client_of(with_role("programme_lead")),
        client_of(with_role("administrator")),
    )
    told = take_snapshot_of.func("credit")["credit"]
    assert file.name in told
    assert not Snapshot.objects.exists()
    _asked_for("credit", told)
    assert file.name in lead.get("/diagnosis/credit").content.decode()
    for path in ("/senders", "/senders/counters"):
        shown = administrator.get(path).content.decode()
        assert "Files of the log are damaged" in shown
        assert "it held 240 rows" in shown


def _asked_for(use_case: str, answer: str):
    """As the worker leaves a snapshot that a page asked for."""
    from django_tasks import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    from takeup.server.showing.overview.services import take_snapshot_of

    take_snapshot_of.enqueue(use_case)
    DBTaskResult.objects.update(
        status=TaskResultStatus.SUCCESSFUL, finished_at=now(), return_value={use_case: answer}
    )
