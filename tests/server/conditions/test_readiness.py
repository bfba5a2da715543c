"""Readiness before go-live: answered without sign-in where that is allowed, shared by a link that expires."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from takeup.questions.conditions.readiness import readiness_questions
from tests.server.people import client_of, with_role


@pytest.fixture
def public(store, monkeypatch):
    from django.conf import settings

    allowed = settings.TAKEUP.model_copy(update={"public_readiness": True})
    monkeypatch.setattr(settings, "TAKEUP", allowed)


def answers(value: int = 5, evidence: str = "ticket 12", group: str = "process_owner", **more):
    """Everything in place: of a question where 5 is bad, 1."""
    told = {"group": group, "title": "Credit advice"}
    for q in readiness_questions():
        told[q.id] = str(6 - value if q.reverse else value)
        told[f"{q.id}-evidence"] = evidence
    return told | more


def assessment(**more):
    from takeup.record.clock import now
    from takeup.server.acting.conditions.services import open_assessment

    return open_assessment("Credit advice", now().date() + timedelta(days=9), by="test", **more)


def links_to_answer(lead, one, group="process_owner", many=1) -> list[str]:
    asked = {"group": group, "many": str(many)}
    page = lead.post(f"/readiness/of/{one.pk}/links", asked).content.decode()
    return re.findall(r"http://testserver(/readiness/answer/\S+)", page)


def test_without_the_setting_nobody_opens_it_signed_out_and_everybody_signed_in(store):
    assert client_of().get("/readiness").url.startswith("/sign-in")
    assert client_of(with_role("executive")).get("/readiness").status_code == 200


def test_signed_out_one_gets_a_first_result_of_which_nothing_is_kept(public):
    from takeup.server.acting.conditions.models import Answers, Assessment

    client = client_of()
    assert "On which screen is the final decision recorded" in client.get("/readiness").content.decode()  # fmt: skip
    answer = client.post("/readiness", answers())
    assert answer.status_code == 302
    page = client_of().get(answer.url).content.decode()
    assert "0 of eight conditions are expected to be absent" in page
    assert "This result does not hold yet" in page
    assert page.count("expected to be present") == 8
    assert not Assessment.objects.exists()
    assert not Answers.objects.exists()


def test_what_is_said_without_evidence_counts_as_a_draft(public):
    client = client_of()
    page = client.get(client.post("/readiness", answers(evidence="")).url).content.decode()
    assert page.count("expected to be partly there") == 8
    assert "counted as 3 for want of evidence: Q1a, Q1b, Q1c" in page


def test_a_result_is_printed_and_its_link_expires(public):
    from takeup.record.clock import at, now

    client = client_of()
    link = client.post("/readiness", answers(2, evidence="")).url
    assert client.get(f"{link}?as=pdf").content.startswith(b"%PDF")
    with at(now() + timedelta(days=31)):
        gone = client.get(link)
    assert gone.status_code == 410
    assert "This link has expired" in gone.content.decode()


def test_a_link_that_was_changed_opens_nothing(public):
    link = client_of().post("/readiness", answers()).url
    assert client_of().get(f"{link[:-2]}xx").status_code == 404
    assert client_of().get("/readiness/result/what:ever").status_code == 404


def test_answering_takes_a_group_and_an_answer_and_keeps_what_was_typed(public):
    client = client_of()
    none = client.post("/readiness", answers(group=""))
    assert none.status_code == 422
    assert "say for whom you answer" in none.content.decode()
    assert 'value="ticket 12"' in none.content.decode()
    assert client.post("/readiness", {"group": "practitioner"}).status_code == 422
    assert client.post("/readiness", {"group": "practitioner", "Q1a": "9"}).status_code == 422


def test_a_form_needs_its_token_signed_out_too(public):
    assert Client(enforce_csrf_checks=True).post("/readiness", answers()).status_code == 403


def test_an_assessment_holds_once_all_groups_have_answered_and_nobody_is_named(public):
    from takeup.server.acting.conditions.models import Answers
    from takeup.server.acting.conditions.services import result_of

    lead = client_of(with_role("programme_lead"))
    opened = lead.post(
        "/readiness/open",
        {"title": "Credit advice", "closes_on": "2099-01-01", "practitioners": ""},
    )
    one = assessment()
    assert opened.status_code == 302
    *four, last = links_to_answer(lead, one, "practitioner", 5)
    own = links_to_answer(lead, one) + links_to_answer(lead, one, "direct_manager")
    for at in [*own, *four]:
        assert client_of().post(at, answers(4)).status_code == 200
    assert result_of(one).missing == ("1 more practitioner",)
    assert {c.expected for c in result_of(one).conditions} == {"unknown"}
    client_of().post(last, answers(1))
    assert result_of(one).missing == ()
    assert {c.expected for c in result_of(one).conditions} == {"expected_present"}
    assert {f.name for f in Answers._meta.fields} == {
        "id",
        "assessment",
        "group",
        "values",
        "evidence",
        "day",
    }
    page = lead.get(f"/readiness/of/{one.pk}?share=1").content.decode()
    assert page.count("ticket 12") == len(readiness_questions())
    shared = re.search(r"http://testserver(/readiness/result/[^<]+)</code>", page)[1]
    assert "Credit advice: 0 of eight" in client_of().get(shared).content.decode()


def test_a_closed_assessment_takes_no_answer(public):
    from takeup.record.clock import at, now

    lead, one = client_of(with_role("programme_lead")), assessment()
    (link,) = links_to_answer(lead, one)
    with at(now() + timedelta(days=10)):
        assert "This assessment is closed" in client_of().get(link).content.decode()
        assert client_of().post(link, answers()).status_code == 422
    assert not one.answers.exists()


def test_what_an_assessment_expects_is_a_claim_and_no_evidence(public):
    from takeup.record.clock import now
    from takeup.server.acting.conditions.readiness_pages import _answers
    from takeup.server.acting.conditions.services import answer_assessment, records_of
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    one = assessment(use_case="credit", practitioners=1)
    for group in ("process_owner", "direct_manager", "practitioner"):
        answer_assessment(one, group, _answers(answers()))
    told = records_of("credit", now().date())
    assert told.records == ()
    assert [c.status for c in told.claims_of("officers", "C6")] == ["present"]


def test_only_leads_open_assessments(public):
    for role in ("executive", "practitioner", "product_team"):
        client = client_of(with_role(role))
        asked = {"title": "x", "closes_on": "2099-01-01"}
        assert client.post("/readiness/open", asked).status_code == 403
        assert client.get(f"/readiness/of/{assessment().pk}").status_code == 403
    lead = client_of(with_role("programme_lead"))
    assert (
        lead.post("/readiness/open", {"title": " ", "closes_on": "2099-01-01"}).status_code == 422
    )
    assert lead.post("/readiness/open", {"title": "x", "closes_on": "soon"}).status_code == 422
    assert lead.get("/readiness/of/9999").status_code == 404


@pytest.mark.parametrize("many", ["²", "9" * 30, "1" * 5000, "0", "-1"])
def test_how_many_decide_is_a_number_that_is_kept(public, many):
    lead = client_of(with_role("programme_lead"))
    asked = {"title": "x", "closes_on": "2099-01-01", "practitioners": many}
    assert lead.post("/readiness/open", asked).status_code == 422


def test_an_assessment_is_of_a_population_that_is_there(public):
    lead = client_of(with_role("programme_lead"))
    asked = {"title": "x", "closes_on": "2099-01-01", "population": "nowhere"}
    assert lead.post("/readiness/open", asked).status_code == 422


def test_what_one_practitioner_answered_follows_from_no_result(public):
    from takeup.server.acting.conditions.readiness_pages import _answers
    from takeup.server.acting.conditions.services import answer_assessment, evidence_of, result_of

    def values(one):
        return [c.value for c in result_of(one).conditions]

    alone, beside = assessment(practitioners=1), assessment()
    answer_assessment(alone, "practitioner", _answers(answers(2)))
    assert values(alone) == [None] * 8
    assert evidence_of(alone) == []
    for one in ("process_owner", "direct_manager"):
        answer_assessment(beside, one, _answers(answers(4 if one == "process_owner" else 2)))
    before = values(beside)
    answer_assessment(beside, "practitioner", _answers(answers(2, evidence="ours alone")))
    assert values(beside) == before
    assert result_of(beside).respondents["practitioner"] == 1
    assert {c.expected for c in result_of(beside).conditions} == {"unknown"}
    assert "ours alone" not in repr(evidence_of(beside))
    for _ in range(4):
        answer_assessment(beside, "practitioner", _answers(answers(2)))
    assert values(beside) != before


def test_each_link_answers_once_as_one_of_its_group_whatever_is_sent(public):
    lead, one = client_of(with_role("programme_lead")), assessment()
    first, second = links_to_answer(lead, one, "practitioner", 2)
    page = client_of().get(first).content.decode()
    assert "You answer as one of those who decide" in page
    assert 'name="group"' not in page
    assert client_of().post(first, {"group": "practitioner"}).status_code == 422
    assert client_of().post(first, answers(4, group="process_owner")).status_code == 200
    assert "This link has answered" in client_of().get(first).content.decode()
    again = client_of().post(first, answers(4))
    assert (again.status_code, "has answered already" in again.content.decode()) == (422, True)
    assert list(one.answers.values_list("group", flat=True)) == ["practitioner"]
    assert client_of().post(second, answers(4)).status_code == 200
    assert one.answers.count() == 2
    assert "2 of 2" in lead.get(f"/readiness/of/{one.pk}").content.decode()


def test_nothing_in_the_store_opens_a_link_or_tells_whose_it_is(public):
    from takeup.server.acting.conditions.models import Ticket

    lead, one = client_of(with_role("programme_lead")), assessment()
    (link,) = links_to_answer(lead, one)
    code = link.rsplit("/", 1)[1]
    held = Ticket.objects.get()
    assert code not in repr(list(Ticket.objects.values()))
    assert client_of().get(f"/readiness/answer/{held.sha256}").status_code == 404
    assert code not in lead.get(f"/readiness/of/{one.pk}").content.decode()
    assert {f.name for f in Ticket._meta.fields} == {
        "id", "assessment", "group", "sha256", "answered"
    }  # fmt: skip


@pytest.mark.parametrize("asked", [
    {"group": "practitioner", "many": "0"}, {"group": "practitioner", "many": "101"},
    {"group": "practitioner", "many": "many"}, {"group": "nobody", "many": "1"},
])  # fmt: skip
def test_links_are_of_a_group_and_not_too_many(public, asked):
    from takeup.server.acting.conditions.models import Ticket

    lead, one = client_of(with_role("programme_lead")), assessment()
    found = lead.post(f"/readiness/of/{one.pk}/links", asked)
    assert (found.status_code, Ticket.objects.exists()) == (422, False)
    assert (
        client_of(with_role("executive")).post(f"/readiness/of/{one.pk}/links", asked).status_code
        == 403
    )
