"""Works-council mode: nothing is begun or measured without an agreement, and what is shown shrinks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from takeup.record.errors import InputError
from tests.server.overview.test_overview import send
from tests.server.people import client_of, with_role


@pytest.fixture
def council(store, monkeypatch):
    from django.conf import settings

    monkeypatch.setattr(
        settings, "TAKEUP", settings.TAKEUP.model_copy(update={"works_council": True})
    )


def agree(days: int = 100) -> None:
    from takeup.record.clock import now
    from takeup.server.foundation.agreement.services import record_agreement

    record_agreement("BV-7", "list 3", now().date() + timedelta(days=days), by="x")


def consented(use_case: str) -> None:
    from takeup.server.foundation.agreement.services import announce_change, answer_change

    change = announce_change(use_case, "assist, since the gate is passed", by="ann")
    answer_change(change.pk, consents=True, answer="", by="rep")


def configure() -> list:
    """Every way to change the configuration of `credit`."""
    from takeup.record.clock import now
    from takeup.server.acting.rollout.gates import declare_gate
    from takeup.server.acting.rollout.services import set_draw, take_step
    from takeup.server.foundation.organization.services import Role, declare_use_case, named_with

    with_role("executive")
    ((decider, _), *_rest) = named_with([Role.EXECUTIVE], now().date())
    gate = {"starts": "2026-11-01", "pairs": 100}
    return [
        lambda: take_step("credit", "shadow", by="ann"),
        lambda: set_draw("credit", by="ann", blind=0.1, ask_first=False),
        lambda: declare_gate("credit", "", gate, decider=decider, by="ann"),
        lambda: declare_use_case("credit", 'name = "credit"\nsegment = ["x_a"]\n', "ann"),
    ]


def test_configuration_changes_by_consent_or_after_fourteen_days_without_objection(council):
    from takeup.record.clock import at, now
    from takeup.server.foundation.agreement.services import announce_change, answer_change

    agree()
    ways = configure()

    def refused() -> bool:
        for way in ways:
            with pytest.raises(InputError, match="announce the change"):
                way()
        return True

    assert refused()
    objected = announce_change("credit", "a first try", by="ann")
    with pytest.raises(InputError, match="what speaks against it"):
        answer_change(objected.pk, consents=False, answer=" ", by="rep")
    answer_change(objected.pk, consents=False, answer="the blind slice is too small", by="rep")
    announce_change("credit", "a second try", by="ann")
    announce_change("another", "not this use case", by="ann")
    with at(now() + timedelta(days=13)):
        assert refused()
    with at(now() + timedelta(days=14 + 29)):
        assert refused()
    with at(now() + timedelta(days=15)):
        for way in ways:
            way()


def test_a_change_is_announced_by_a_lead_and_answered_by_a_representative(council):
    from takeup.server.foundation.agreement.services import changes
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    lead, representative = with_role("programme_lead"), with_role("worker_representative")
    asked = {"use_case": "credit", "words": "shadow for the north"}
    assert client_of(lead).post("/agreement/change", asked).status_code == 302
    page = client_of(representative).get("/agreement").content.decode()
    assert "shadow for the north" in page
    assert "waits for an answer" in page
    (change,) = changes()
    answer = {"consents": "no", "answer": "not in December"}
    assert client_of(lead).post(f"/agreement/change/{change.pk}", answer).status_code == 403
    assert (
        client_of(representative).post(f"/agreement/change/{change.pk}", answer).status_code == 302
    )
    assert (
        client_of(representative).post(f"/agreement/change/{change.pk}", answer).status_code == 422
    )
    assert "not in December" in client_of(lead).get("/agreement").content.decode()


def test_nothing_begins_and_nothing_is_measured_without_an_agreement(council, key):
    from takeup.server.acting.rollout.services import modes, stop, take_step
    from takeup.server.showing.overview.services import take_snapshots

    send(key, "north", 24)
    for mode in ("shadow", "assist"):
        with pytest.raises(InputError, match="no agreement is in force"):
            take_step("credit", mode, by="ann")
    with pytest.raises(InputError, match="no agreement is in force"):
        take_snapshots()
    stop("credit", by="ann", reason="stopping is always possible")
    take_step("credit", "off", by="ann")
    assert modes() == {"credit": "off"}
    agree()
    consented("credit")
    take_step("credit", "assist", by="ann")
    assert take_snapshots() == {"credit": "taken"}


def test_an_agreement_that_has_expired_makes_it_read_only(council, key):
    from takeup.record.clock import at, now
    from takeup.server.showing.overview.services import take_snapshots

    send(key, "north", 24)
    agree(days=3)
    take_snapshots()
    with at(now() + timedelta(days=4)):
        with pytest.raises(InputError, match="no agreement"):
            take_snapshots()
        assert client_of(with_role("executive")).get("/overview/credit").status_code == 200


def test_groups_are_larger_and_teams_are_not_shown(council, key):
    from takeup.server.showing.overview.services import latest, take_snapshots

    send(key, "north", 24)
    send(key, "nine", 9)
    agree()
    take_snapshots()
    page = client_of(with_role("executive")).get("/overview/credit").content.decode()
    assert page.count("Not shown, on purpose") == 1
    adoption = latest("credit").document["diagnoses"][0]["measures"]["adoption"]
    assert "team" not in adoption["groups"]


def test_people_are_told_apart_for_at_most_91_days(council):
    from takeup.record.use_case import OutcomeRule, UseCase
    from takeup.server.foundation.agreement.services import keep_days

    assert keep_days(UseCase(outcome=OutcomeRule(maturation_days=400))) == 91
    assert keep_days(UseCase(keep_person_days=300)) == 91
    assert keep_days(UseCase(keep_person_days=30)) == 30


def test_a_worker_representative_records_it_and_nobody_else(council):
    representative = client_of(with_role("worker_representative"))
    told = {"number": "BV-7", "data_list": "3", "valid_until": "2030-12-31"}
    assert client_of(with_role("programme_lead")).post("/agreement/record", told).status_code == 403
    assert representative.post("/agreement/record", told | {"number": ""}).status_code == 422
    assert (
        representative.post("/agreement/record", told | {"valid_until": "soon"}).status_code == 422
    )
    assert representative.post("/agreement/record", told).status_code == 302
    assert (
        "Agreement BV-7 holds until 31 December 2030"
        in representative.get("/agreement").content.decode()
    )


def test_without_the_switch_nothing_is_asked_for(key):
    from takeup.server.acting.rollout.services import take_step
    from takeup.server.foundation.agreement.services import record_agreement, showing

    take_step("credit", "assist", by="ann")
    assert showing().minimum_group == 8
    with pytest.raises(InputError, match="has passed"):
        record_agreement("x", "y", date(2020, 1, 1), by="z")


def test_the_key_of_people_is_another_one_after_91_days(council, key, log):
    from takeup.record.clock import at, now
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.models import PseudonymKey
    from takeup.server.recording.record_api.pseudonyms import pseudonym_of, pseudonyms_of
    from takeup.server.recording.record_api.retention import retain

    send(key, "north", 10, each=2)
    drain(log)
    before = pseudonym_of("north-1")
    retain(log, 35, 24)
    assert pseudonym_of("north-1") == before
    with at(now() + timedelta(days=92)):
        retain(log, 35, 24)
        after = pseudonym_of("north-1")
    assert after != before
    assert pseudonyms_of("north-1") == {before, after}
    assert PseudonymKey.objects.count() == 2
