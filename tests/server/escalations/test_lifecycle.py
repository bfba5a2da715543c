"""An escalation from the champion who raises it to what was shipped: who may do what, who is told, what is refused."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from takeup.record.clock import at
from takeup.record.errors import InputError
from tests.server.escalations.raised import MONDAY, again, does, granted, notices, placed, raised
from tests.server.escalations.raised import bank as bank
from tests.server.people import client_of
from tests.server.store import audited, audited_actions

SOON = date(2026, 12, 11)


def test_the_champion_raises_it_and_is_told_of_each_step(bank):
    client, team = client_of(bank["north"]), client_of(bank["team"])
    with at(MONDAY):
        answer = client.post("/escalations/open", {"use_case": "credit", "priority": "P2", "text": "Reasons are hidden"})  # fmt: skip
    assert answer.status_code == 302
    path = answer.url
    assert notices(bank["team"].handle) == ["North: a champion’s escalation, P2"]
    with at(MONDAY + timedelta(hours=2)):
        assert "to be acknowledged" in team.get("/").content.decode()
        assert team.post(f"{path}/act", {"act": "acknowledge"}).status_code == 302
        decided = {
            "act": "decide",
            "decision": "accepted",
            "promised_on": SOON.isoformat(),
            "reason": "with 2.4",
        }
        assert team.post(f"{path}/act", decided).status_code == 302
        later = {"act": "promise", "promised_on": "2026-12-18", "reason": "the vendor is late"}
        assert team.post(f"{path}/act", later).status_code == 302
        assert team.post(f"{path}/act", {"act": "ship", "changed": "Reasons stand on top"}).status_code == 302  # fmt: skip
        page = client.get(path).content.decode()
    assert notices(bank["north"].handle) == [
        "Your escalation of 23 November (P2) is acknowledged",
        "Your escalation of 23 November (P2) is accepted: by 11 December 2026",
        "Your escalation of 23 November (P2) comes on another day: 18 December 2026",
        "Your escalation of 23 November (P2) is shipped",
    ]
    assert "Reasons stand on top" in page
    assert "with 2.4" in page
    assert "Moved from 11 December to 18 December 2026: the vendor is late" in page
    assert audited_actions("escalation.") == [
        "escalation.opened", "escalation.acknowledged", "escalation.decided", "escalation.promised", "escalation.shipped",
    ]  # fmt: skip
    assert bank["north"].handle not in {entry.actor for entry in audited("escalation.")}
    assert {e.actor for e in audited("escalation.")[1:]} == {bank["team"].handle}


def test_it_is_kept_with_its_times_without_names_and_with_a_sealed_writer(bank):
    one = again(raised(bank, "P1", text="Bo Ekman’s customer 0176 5550123 is refused, write to bo@example.org"))  # fmt: skip
    assert one.acknowledge_by == MONDAY + timedelta(hours=4)
    assert one.decide_by.date() == date(2026, 11, 24)
    assert one.population == "north"
    for gone in ("Ekman", "0176", "example.org"):
        assert gone not in one.text
    assert "is refused" in one.text
    assert bank["north"].handle not in one.raised_by


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"priority": ""}, "choose how grave it is"),
        ({"priority": "P4"}, "choose how grave it is"),
        ({"text": "  "}, "say what happens"),
        ({"text": "x" * 2001}, "at most 2,000 characters, and this one has 2,001"),
        ({"use_case": "none"}, "choose which use case"),
        ({"kind": "nonsense"}, "choose a kind of case from the list"),
        ({"kind": "segment=moon"}, "choose a kind of case from the list"),
    ],
)
def test_what_cannot_be_raised_is_said_and_what_was_typed_is_kept(bank, asked, words):
    from takeup.server.acting.escalations.models import Escalation

    typed = {"use_case": "credit", "priority": "P3", "text": "my own words"} | asked
    answer = client_of(bank["north"]).post("/escalations/open", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert typed["text"] in page
    assert not Escalation.objects.exists()
    assert audited_actions("escalation.") == []


def test_of_a_kind_of_case_that_the_queue_tells_of(bank):
    from takeup.server.acting.escalations.models import Escalation
    from takeup.server.acting.feedback.models import Topic

    for dimension, level in (("x_segment", "thin"), ("", "")):
        Topic.objects.create(
            use_case="credit", dimension=dimension, level=level, reason="not_convinced", opened_on=MONDAY.date()
        )  # fmt: skip
    client = client_of(bank["north"])
    assert '<option value="segment=thin">' in client.get("/escalations").content.decode()
    asked = {"use_case": "credit", "priority": "P2", "text": "wrong", "kind": "segment=thin"}
    page = client.post("/escalations/open", asked, follow=True).content.decode()
    assert Escalation.objects.get().kind == {"segment": "thin"}
    assert "segment: thin" in page


def test_twice_sent_is_once_raised(bank):
    raised(bank)
    with pytest.raises(InputError, match="raised that already"):
        raised(bank)
    assert raised(bank, who="south").population == "south"


def test_who_is_no_champion_or_is_placed_nowhere_raises_none(bank):
    from takeup.server.acting.escalations.services import open_escalation

    clerk, nowhere = placed("cy", "north"), granted("champion", "dee")
    with pytest.raises(InputError, match="raised by champions"):
        open_escalation("credit", "P3", "slow", by=clerk.handle)
    with pytest.raises(InputError, match="in no population today"):
        open_escalation("credit", "P3", "slow", by=nowhere.handle)
    assert "Ask an administrator to place you" in client_of(nowhere).get("/escalations").content.decode()  # fmt: skip


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"decision": "declined"}, "say why it is declined"),
        ({"decision": "declined", "reason": " "}, "say why it is declined"),
        ({"decision": "accepted"}, "say by which day it is there"),
        ({"decision": "accepted", "promised_on": "2026-11-22"}, "is past: choose one that comes"),
        ({"decision": "accepted", "promised_on": "2027-11-25"}, "promise a day within a year"),
        ({"decision": "accepted", "promised_on": "9999-12-31"}, "promise a day within a year"),
        ({"decision": "accepted", "promised_on": "soon"}, "write the day as"),
        ({"decision": "perhaps"}, "accepted or declined"),
        ({}, "accepted or declined"),
    ],
)
def test_a_decision_that_is_none_is_refused_in_a_sentence_and_decides_nothing(bank, given, words):
    one = raised(bank)
    with at(MONDAY):
        answer = client_of(bank["team"]).post(f"/escalations/{one.pk}/act", {"act": "decide", **given})  # fmt: skip
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert again(one).decision == ""
    assert notices(bank["north"].handle) == []


def test_the_database_keeps_no_decline_without_a_reason(bank):
    from takeup.server.acting.escalations.models import Escalation

    one = raised(bank)
    found = Escalation.objects.filter(pk=one.pk)
    decided = {"acknowledged_at": MONDAY, "decided_at": MONDAY}
    for wrong in ({"decision": "declined"}, {"decision": "accepted"}, {"shipped_at": MONDAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            found.update(**decided, **wrong)


def test_a_decision_acknowledges_what_nobody_had(bank):
    one = raised(bank)
    does("decide", one, MONDAY + timedelta(hours=1), "declined", reason="policy asks for it")
    assert again(one).acknowledged_at == one.decided_at
    assert notices(bank["north"].handle) == ["Your escalation of 23 November (P2) is declined, with the reason"]  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "given", "words"),
    [
        ("acknowledge", (), "acknowledged already"),
        ("decide", ("accepted",), "decided meanwhile"),
        ("ship", ("x",), "only what was accepted is shipped"),
        ("decide_pause", ("pause", "x"), "only where harm is possible"),
    ],
)
def test_what_is_over_is_not_done_again(bank, verb, given, words):
    one = raised(bank)
    does("decide", one, MONDAY, "declined", reason="no")
    with pytest.raises(InputError, match=words):
        does(verb, one, MONDAY, *given)


def test_what_was_shipped_is_not_shipped_again_and_needs_what_changed(bank):
    one = raised(bank)
    does("decide", one, MONDAY, "accepted", promised_on=SOON)
    with pytest.raises(InputError, match="say what changed"):
        does("ship", one, MONDAY, " ")
    with pytest.raises(InputError, match="already"):
        does("move_promise", one, MONDAY, SOON, "why")
    does("ship", one, MONDAY, "a column")
    with pytest.raises(InputError, match="shipped already"):
        does("ship", one, MONDAY, "a column")


def test_of_two_who_decide_at_the_same_moment_one_is_refused(bank):
    from django.db import connection

    one = raised(bank)
    said: list[str] = []
    both = threading.Barrier(2)

    def decide(decision: str) -> None:
        both.wait()
        try:
            does("decide", one, MONDAY, decision, reason="x", promised_on=SOON)
            said.append("decided")
        except InputError as error:
            said.append(str(error))
        finally:
            connection.close()

    people = [threading.Thread(target=decide, args=(d,)) for d in ("accepted", "declined")]
    for each in people:
        each.start()
    for each in people:
        each.join()
    assert sorted(said) == ["decided", "it was decided meanwhile: read what was decided"]
    assert audited_actions("escalation.").count("escalation.decided") == 1
    assert len(notices(bank["north"].handle)) == 1


# Possible harm: a pause.


def test_where_harm_is_possible_a_pause_is_decided_first_and_the_leads_are_told(bank):
    one = raised(bank, "P1")
    team = client_of(bank["team"])
    with at(MONDAY):
        page = team.get(f"/escalations/{one.pk}").content.decode()
        assert "Advice is not stopped." in page
        assert 'href="/rollout/credit"' in page
        with pytest.raises(InputError, match="decide first whether advice is kept or paused"):
            does("decide", one, MONDAY, "declined", reason="no")
        refused = team.post(f"/escalations/{one.pk}/act", {"act": "pause", "pause": "keep"})
        assert "say why the advice is kept or paused" in refused.content.decode()
        assert team.post(f"/escalations/{one.pk}/act", {"act": "pause", "pause": "pause", "why": "wrong doses"}).status_code == 302  # fmt: skip
    assert notices(bank["lead"].handle) == ["Pause the advice: North"]
    assert notices(bank["north"].handle) == ["Your escalation of 23 November (P1): the advice is to be paused"]  # fmt: skip
    does("decide_pause", one, MONDAY + timedelta(minutes=5), "keep", "a stop is in force")
    does("decide", one, MONDAY + timedelta(minutes=6), "declined", reason="the stop suffices")
    assert len(notices(bank["lead"].handle)) == 2


# Who sees what.


def test_nobody_reads_somebody_elses(bank):
    one = raised(bank)
    path = f"/escalations/{one.pk}"
    colleague, manager = placed("cy", "north"), granted("role_owner")
    assert client_of(bank["north"]).get(path).status_code == 200
    other = client_of(bank["south"])
    assert other.get(path).status_code == 404
    assert "hides the reasons" not in other.get("/escalations").content.decode()
    for who in (colleague, manager, bank["executive"]):
        assert client_of(who).get(path).status_code == 403
    for who in (colleague, manager):
        assert client_of(who).get("/escalations").status_code == 403
    for who in (bank["north"], bank["south"], bank["lead"], bank["executive"]):
        refused = client_of(who).post(f"{path}/act", {"act": "acknowledge"})
        assert refused.status_code == 403
    assert again(one).acknowledged_at is None
    assert client_of(bank["team"]).get("/escalations/4711").status_code == 404


def test_who_raised_it_is_named_to_nobody(bank):
    one = raised(bank)
    does("acknowledge", one, MONDAY, bank=bank)
    for who in ("team", "lead", "executive", "south"):
        for path in ("/", "/escalations", f"/escalations/{one.pk}", "/notices"):
            page = client_of(bank[who]).get(path).content.decode()
            assert "Lindgren" not in page, (who, path)
            assert bank["north"].handle not in page, (who, path)


def test_an_executive_reads_counts_and_no_text(bank):
    raised(bank)
    raised(bank, "P1", who="south", text="wrong doses")
    with at(MONDAY + timedelta(hours=5)):
        page = client_of(bank["executive"]).get("/escalations").content.decode()
    assert "wrong doses" not in page
    assert "South" not in page
    assert '<b class="waits">1</b>' in page
    assert "not told: fewer than 3" in page


# Erasure, and what is past its time.


def test_an_erased_champion_leaves_neither_text_nor_way_to_them(bank, log):
    from takeup.server.recording.record_api.erasure import erase

    one, other = raised(bank), raised(bank, who="south", text="Slow")
    does("decide", one, MONDAY, "declined", reason="asked by Ada Lindgren already", bank=bank)
    assert notices(bank["north"].handle)
    erase(log, "ada", "test")
    assert (again(one).text, one.raised_by) == ("", "")
    assert "Lindgren" not in one.reason
    assert one.decision == "declined"
    assert (again(other).text, bool(other.raised_by)) == ("Slow", True)
    assert notices(bank["north"].handle) == []
    page = client_of(bank["team"]).get(f"/escalations/{one.pk}").content.decode()
    assert "What was written is gone" in page


def test_what_was_written_goes_half_a_year_after_the_end(bank):
    from takeup.server.acting.escalations.rows import aged

    over, open_ = raised(bank), raised(bank, text="still there")
    does("decide", over, MONDAY, "declined", reason="policy")
    aged((MONDAY + timedelta(days=180)).date())
    assert again(over).text
    aged((MONDAY + timedelta(days=181)).date())
    assert (again(over).text, over.reason, again(open_).text) == ("", "policy", "still there")


def test_nothing_of_a_use_case_is_kept_that_is_forgotten(bank):
    from takeup.server.acting.escalations.day import forget
    from takeup.server.acting.escalations.models import Escalation

    raised(bank)
    forget("other")
    assert Escalation.objects.count() == 1
    forget("credit")
    assert not Escalation.objects.exists()


# What is due, where people look.


def test_calendars_have_what_is_due_for_who_answers_and_what_is_promised_for_its_champion(bank):
    from takeup.server.acting.escalations.calendar_days import days

    one = raised(bank)
    (first,) = days(bank["team"])
    assert (first.day, first.path) == (date(2026, 11, 24), f"/escalations/{one.pk}")
    assert "acknowledged by 17:00" in first.words
    assert [list(days(bank[who])) for who in ("south", "lead", "executive")] == [[], [], []]
    does("decide", one, MONDAY, "accepted", promised_on=SOON)
    for who in ("team", "north"):
        assert [day.day for day in days(bank[who])] == [SOON]
    does("ship", one, MONDAY, "done")
    assert list(days(bank["team"])) == []


def test_the_start_page_says_what_is_late(bank):
    raised(bank)
    with at(MONDAY + timedelta(days=2)):
        page = client_of(bank["team"]).get("/").content.decode()
        own = client_of(bank["north"]).get("/").content.decode()
    assert "1 is late." in page
    assert "Raise an escalation" in own
    assert "to be acknowledged" in own
