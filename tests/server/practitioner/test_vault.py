"""The own-feedback vault: what comes back to the person who decided, and to nobody else."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.server.people import client_of, person

pytestmark = pytest.mark.on("postgres")


def sent(
    key,
    log,
    who: str,
    n: int = 3,
    *,
    prefix: str = "d",
    right: bool = True,
    days_ago: int = 2,
    **more,
):
    from takeup.record.clock import now
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.receive import receive

    at = now() - timedelta(days=days_ago)
    rows = [
        {"decision_id": f"{prefix}{i}", "use_case": "credit", "case_id": f"secret-case-{prefix}{i}",
         "person_id": who, "decided_at": at.isoformat(), "mode": "assist", "consulted": True,
         "recommendation": "decline", "choice": "approve", "override_reason": "info_model_lacks",
         "x_segment": "seasonal", "confidence": 0.7, **more}
        for i in range(n)
    ]  # fmt: skip
    assert {r.status for r in receive("decisions", rows, key)} <= {"stored", "revised"}
    outcomes = [
        {"decision_id": r["decision_id"], "use_case": "credit", "observed_at": at.isoformat(),
         "correct_choice": "approve" if right else "decline"}
        for r in rows
    ]  # fmt: skip
    receive("outcomes", outcomes, key)
    drain(log)


@pytest.fixture
def maya(key):
    return person("maya")


@pytest.fixture
def settings_of(monkeypatch):
    from django.conf import settings

    def change(**values):
        for name, value in values.items():
            monkeypatch.setattr(settings, name, value)

    return change


def page(who, path: str) -> str:
    answer = client_of(who).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_own_decisions_come_back_with_how_they_ended(key, log, maya):
    sent(key, log, "maya")
    cases = page(maya, "/my/cases")
    assert "3 cases of yours" in cases
    assert "secret-case-d1" in cases
    assert "I know something the model lacks" in cases
    assert cases.count(">right</td>") == 3
    assert "3 of 3 went to you" in page(maya, "/my/calibration")
    told = json.loads(client_of(maya).get("/my/data.json").content)
    assert {row["decision_id"] for row in told["decisions"]} == {"d0", "d1", "d2"}
    assert len(told["outcomes"]) == 3


def test_an_end_that_came_before_its_decision_comes_back_too(key, log, maya):
    from takeup.record.clock import now
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.receive import receive

    early = {"decision_id": "d0", "use_case": "credit", "observed_at": now().isoformat(),
             "correct_choice": "decline"}  # fmt: skip
    receive("outcomes", [early], key)
    drain(log)
    decision = {
        "decision_id": "d0", "use_case": "credit", "person_id": "maya", "mode": "assist", "consulted": True,
        "decided_at": (now() - timedelta(days=2)).isoformat(), "recommendation": "decline", "choice": "approve",
    }  # fmt: skip
    receive("decisions", [decision], key)
    drain(log)
    cases = page(maya, "/my/cases")
    assert "not known yet" not in cases
    assert "wrong" in cases


def test_enough_judged_overrides_say_where_to_back_oneself_and_where_to_look_twice(key, log, maya):
    from takeup.server.foundation.organization.services import declare_use_case

    declare_use_case("credit", 'segment = ["x_segment"]\n', "test")
    sent(key, log, "maya", 40, prefix="a", x_segment="seasonal")
    sent(key, log, "maya", 40, prefix="b", x_segment="thin_file", right=False)
    sent(key, log, "maya", 4, prefix="c", x_segment="other")
    said = page(maya, "/my/calibration")
    assert "On seasonal back yourself; on thin file look twice" in said
    assert "40 of 40 went to you" in said
    assert "0 of 40 went to you" in said
    assert "more judged overrides, if it goes on like this" in said


def test_an_end_counts_once_its_time_has_come_for_all(key, log, maya):
    from takeup.record.clock import at, now
    from takeup.server.foundation.organization.services import declare_use_case
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.receive import receive

    declare_use_case("credit", '[outcome]\nbetter = "higher"\nmaturation_days = 30\n', "test")
    decided = now() - timedelta(days=2)
    rows = [
        {"decision_id": f"m{i}", "use_case": "credit", "person_id": "maya", "mode": "assist",
         "consulted": True, "decided_at": decided.isoformat(), "recommendation": "approve",
         "choice": "approve"}
        for i in range(10)
    ]  # fmt: skip
    receive("decisions", rows, key)
    early = [
        {
            "decision_id": f"m{i}",
            "use_case": "credit",
            "outcome": 0.0,
            "observed_at": now().isoformat(),
        }
        for i in range(4)
    ]
    receive("outcomes", early, key)
    drain(log)
    assert "0 of your decisions" in page(maya, "/my/calibration")
    with at(now() + timedelta(days=31)):
        assert "4 of your decisions" in page(maya, "/my/calibration")


def test_where_ends_are_seen_under_one_choice_that_choice_alone_is_compared(key, log, maya):
    from takeup.record.clock import now
    from takeup.server.foundation.organization.services import declare_use_case
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.receive import receive

    declare_use_case(
        "credit", '[outcome]\nbetter = "higher"\nobserved_when = ["approve"]\n', "test"
    )
    at = (now() - timedelta(days=3)).isoformat()
    rows = [
        {"decision_id": f"s{i}", "use_case": "credit", "person_id": "maya", "mode": "assist",
         "consulted": True, "decided_at": at, "recommendation": advice, "choice": choice}
        for i, (advice, choice) in enumerate(
            [("approve", "approve")] * 30 + [("decline", "approve")] * 20 + [("decline", "decline")] * 15
        )
    ]  # fmt: skip
    receive("decisions", rows, key)
    ends = [
        {
            "decision_id": f"s{i}",
            "use_case": "credit",
            "outcome": float(i % 10 > 0),
            "observed_at": at,
        }
        for i in range(50)
    ]
    receive("outcomes", ends, key)
    drain(log)
    told = page(maya, "/my/calibration")
    assert "only where you chose approve" in told
    assert "50 of your decisions" in told
    assert "You overrode the advice in 20 of them." in told
    assert "27 of 30" in told
    assert "18 of 20" in told


def test_the_own_level_says_what_keeps_from_the_next(key, log, maya):
    sent(key, log, "maya", 40, choice="decline", override_reason=None)
    said = page(maya, "/my/calibration")
    assert "Your own level: trial" in said
    assert "What keeps you from active" in said
    assert (
        "From the 40 cases with advice of the 28 days up to your last one, looked at or not."
        in said
    )
    sent(key, log, "omar", 1, prefix="z")
    few = person("omar")
    sent(key, log, "omar", 3, prefix="y")
    assert "Your own level: too early to say" in page(few, "/my/calibration")


@pytest.mark.parametrize("role", [
    "programme_lead", "executive", "product_team", "worker_representative", "oversight_officer",
    "administrator", "manager", "champion",
])  # fmt: skip
def test_nobody_else_finds_anything_of_it_on_any_page(key, log, maya, role):
    from django.urls import get_resolver, reverse

    from tests.server.people import with_role

    sent(key, log, "maya", 12)
    other = client_of(with_role(role))
    values = {"name": "credit", "day": "2026-11-24", "handle": maya.handle, "cohort": "north",
              "key": "officers"}  # fmt: skip
    for name, routes in get_resolver().reverse_dict.lists():
        parameters = routes[0][0][0][1]
        if not isinstance(name, str) or not set(parameters) <= set(values):
            continue
        if name == "account_logout":
            continue
        answer = other.get(reverse(name, kwargs={p: values[p] for p in parameters}))
        assert "secret-case" not in answer.content.decode("utf-8", "ignore"), name
        assert "of 12 went to you" not in answer.content.decode("utf-8", "ignore"), name


def test_the_store_alone_tells_neither_whose_nor_what(key, log, maya):
    from takeup.server.showing.practitioner.models import OwnRow, VaultKey

    sent(key, log, "maya")
    rows = OwnRow.objects.all()
    assert rows.count() == 6
    whole = b"".join(bytes(r.sealed) + r.owner.encode() + r.mark.encode() for r in rows)
    for word in (b"maya", b"secret-case", b"approve", b"seasonal", maya.handle.encode()):
        assert word not in whole
    assert "maya" not in VaultKey.objects.get().sealed


def test_one_persons_key_does_not_open_anothers_row(key, log, maya):
    from takeup.server.showing.practitioner.models import OwnRow, VaultKey
    from takeup.server.showing.practitioner.vault import rows_of

    omar = person("omar")
    sent(key, log, "maya")
    sent(key, log, "omar", prefix="o")
    mine = {row["decision_id"] for row in rows_of(maya.handle)[0]}
    assert mine == {"d0", "d1", "d2"}
    VaultKey.objects.filter(handle=omar.handle).delete()
    assert rows_of(omar.handle) == ([], [])
    assert OwnRow.objects.count() == 12


def test_another_secret_of_the_deployment_opens_nothing_and_stops_nothing(
    key, log, maya, settings_of
):
    from takeup.server.showing.practitioner.models import OwnRow

    sent(key, log, "maya")
    settings_of(SECRET_KEY="another" * 10)
    assert "cannot be opened" in page(maya, "/my/cases")
    sent(key, log, "maya", prefix="n")
    assert OwnRow.objects.count() == 6


def test_an_objection_reaches_those_who_oversee_with_the_persons_name(key, log, maya):
    from tests.server.people import with_role

    officer, other = with_role("oversight_officer"), with_role("executive")
    client = client_of(maya)
    client.post("/my/objection", {"text": " "})
    client.post("/my/objection", {"text": "I was in training that week."})
    assert "I was in training that week." in page(maya, "/my/data")
    assert "maya objects to what is recorded of them" in page(officer, "/notices")
    assert "objects" not in page(other, "/notices")


def test_a_closed_vault_is_empty_at_once_and_stays_so_until_it_is_opened(key, log, maya):
    from takeup.server.showing.practitioner.models import OwnRow

    sent(key, log, "maya")
    client = client_of(maya)
    client.post("/my/vault", {"keep": "no"})
    assert not OwnRow.objects.exists()
    sent(key, log, "maya", prefix="e")
    assert not OwnRow.objects.exists()
    assert "Your vault is closed" in page(maya, "/my/calibration")
    client.post("/my/vault", {"keep": "yes"})
    sent(key, log, "maya", prefix="f")
    assert "3 cases of yours" in page(maya, "/my/cases")


def test_who_is_erased_leaves_nothing_and_old_rows_go(key, log, maya):
    from takeup.record.clock import now
    from takeup.server.recording.record_api.erasure import erase
    from takeup.server.showing.practitioner.models import OwnRow, VaultKey
    from takeup.server.showing.practitioner.vault import forget_old

    person("omar")
    sent(key, log, "maya")
    sent(key, log, "omar", prefix="o")
    erase(log, "maya", "test")
    assert OwnRow.objects.count() == 6
    assert VaultKey.objects.count() == 1
    assert forget_old(now().date()) == 0
    assert forget_old(now().date() + timedelta(days=366)) == 6
    sent(key, log, "omar", prefix="old", days_ago=400)
    assert OwnRow.objects.count() == 0


def test_a_correction_and_a_drain_that_is_done_again_change_what_they_must(key, log, maya):
    from takeup.server.recording.record_api.models import InboxRow
    from takeup.server.showing.practitioner.models import OwnRow
    from takeup.server.showing.practitioner.vault import keep_own, rows_of

    sent(key, log, "maya")
    sent(key, log, "maya", choice="decline", revision=2, override_reason=None)
    assert {row["choice"] for row in rows_of(maya.handle)[0]} == {"decline"}
    bodies = list(
        InboxRow.objects.filter(kind="decisions").order_by("id").values_list("body", flat=True)
    )
    keep_own("decisions", bodies)
    assert OwnRow.objects.count() == 6
    assert {row["choice"] for row in rows_of(maya.handle)[0]} == {"decline"}


def test_decisions_of_people_the_organization_does_not_know_are_not_kept(key, log, store):
    from takeup.server.showing.practitioner.models import OwnRow

    sent(key, log, "a stranger")
    assert not OwnRow.objects.exists()
