"""How the conditions of a population stand night by night, and what people record of them."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from takeup.record.errors import InputError
from tests.server.feedback.test_queue import PEOPLE, credit, flag, sent, snapshot, topic  # noqa: F401
from tests.server.people import client_of, with_role
from tests.server.performance.test_report import placed
from tests.server.store import audited_actions

pytestmark = pytest.mark.on("postgres")

GOALS = b"The monthly target: overrides below 10 in 100."


def stood(name: str = "officers"):
    from takeup.server.acting.conditions.services import newest

    return next(one.told for one in newest("credit") if one.population == name)


def condition(key: str):
    return next(c for c in stood().conditions if c.condition == key)


def indicator(key: str):
    return next(i for i in condition(key.split(".")[0]).indicators if i.id == key)


def attest(client, holds: int, **more):
    asked = {
        "indicator": "C3.5", "population": "officers", "source": "attestation", "value": str(holds),
        "statement": "No goal rewards few overrides." if holds else "A target punishes overrides.",
        "document": SimpleUploadedFile("goals.txt", GOALS),
    }  # fmt: skip
    return client.post("/conditions/credit/record", asked | more)


@pytest.fixture
def declared(credit):  # noqa: F811
    """The use case and its people, before a night has told anything."""
    placed()
    return credit


@pytest.fixture
def measured(declared, log):
    sent(declared, days_ago=25, wrong=0.5, version="4.2", prefix="a")
    snapshot(log)
    return log


def test_the_night_tells_eight_conditions_from_telemetry_and_nothing_unknown_is_absent(measured):
    told = stood()
    assert len(told.conditions) == 8
    assert indicator("C4.1").grade == "met"
    # Twelve people: shares are told to five points.
    assert indicator("C4.1").figure.note == "at least 95 %"
    assert indicator("C4.1").figure.n > 400
    assert {c.status for c in told.conditions if c.condition in ("C5", "C6", "C7")} == {"unknown"}
    assert told.absent == 0
    page = client_of(with_role("programme_lead")).get("/conditions/credit").content.decode()
    assert "Officers: too little is known to say" in page
    assert "Role redesign" in page


def test_one_s_own_population_is_seen_and_no_other(measured):
    from takeup.server.foundation.organization.models import Person

    officer = client_of(Person.objects.get(person_id="p1"))
    assert "Officers:" in officer.get("/conditions/credit").content.decode()
    other = client_of(with_role("manager"))
    assert "Officers:" not in other.get("/conditions/credit").content.decode()


def test_an_attestation_holds_its_document_by_its_hash_and_decides_from_the_next_night(measured):
    from takeup.record.clock import at, now
    from takeup.server.acting.conditions.models import Record

    lead = client_of(with_role("programme_lead"))
    assert attest(lead, 0).status_code == 302
    kept = Record.objects.get()
    assert (kept.document, kept.sha256) == ("goals.txt", hashlib.sha256(GOALS).hexdigest())
    assert audited_actions("condition.") == ["condition.recorded"]
    with at(now() + timedelta(days=1)):
        snapshot(measured)
    found = condition("C3")
    assert (found.status, found.closes[0]) == ("absent", "A-OV4")
    assert "rogramme lead" in indicator("C3.5").said
    page = lead.get("/conditions/credit/at/C3").content.decode()
    assert "A target punishes overrides." in page
    assert "Some Programme_Lead" in page
    assert "Remove metrics/rules that punish override" in page


def test_a_later_record_takes_an_earlier_one_s_place_and_neither_is_edited(measured):
    from takeup.record.clock import at, now
    from takeup.server.acting.conditions.models import Record

    lead = client_of(with_role("programme_lead"))
    attest(lead, 0)
    attest(lead, 1)
    assert list(Record.objects.order_by("id").values_list("revision", "value")) == [(1, 0), (2, 1)]
    with at(now() + timedelta(days=1)):
        snapshot(measured)
    assert indicator("C3.5").grade == "met"


def test_a_record_holds_until_its_last_day(declared):
    from takeup.record.clock import at, now
    from takeup.server.acting.conditions.services import records_of

    until = now().date() + timedelta(days=3)
    attest(client_of(with_role("executive")), 1, valid_until=until.isoformat())
    assert [r.indicator for r in records_of("credit", until).of("officers", "C3.5")] == ["C3.5"]
    with at(now() + timedelta(days=4)):
        assert records_of("credit", now().date()).of("officers", "C3.5") == ()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"document": ""}, "SHA-256"),
        ({"indicator": "C4.1", "k": "3", "n": "9", "value": ""}, "is counted, not attested"),
        ({"value": ""}, "one of the two"),
        ({"value": "many"}, "no number"),
        ({"value": "nan"}, "finite number"),
        ({"value": "1e400"}, "finite number"),
        ({"beside": "-inf"}, "finite number"),
        ({"source": "record", "value": "", "k": "1", "n": "1e30"}, "less than or equal"),
        ({"source": "telemetry"}, "a record, an attestation or a claim"),
        ({"held_on": "2026-02-02", "valid_until": "2026-02-01"}, "or later"),
        ({"population": "nobody"}, "choose a population"),
        ({"held_on": "2999-01-01"}, "still to come"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_what_cannot_be_recorded_is_refused_in_a_sentence(declared, more, says):
    from takeup.server.acting.conditions.models import Record

    answer = attest(client_of(with_role("programme_lead")), 1, **more)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Record.objects.exists()


def test_a_claim_without_a_document_is_noted_and_decides_nothing(measured):
    from takeup.record.clock import at, now

    lead = client_of(with_role("programme_lead"))
    assert attest(lead, 0, source="claim", document="").status_code == 302
    with at(now() + timedelta(days=1)):
        snapshot(measured)
    assert condition("C3").status == "unknown"
    assert "does not count" in indicator("C3.5").said


def test_triage_answers_and_reports_are_told_by_the_rooms_that_hold_them(measured, credit):  # noqa: F811
    from takeup.record.clock import at, now
    from takeup.server.acting.feedback.services import answer_topic, label_topic

    assert indicator("C3.3").grade == "unknown"
    for _ in range(5):
        flag(credit, measured, of=f"f{_}")
    reported = topic(flag_kind="missing_input").pk
    label_topic(reported, "data_gap", by="test")
    answer_topic(reported, "It comes with 4.3.", by="test")
    for one in (topic(reason="info_model_lacks", level="seasonal"),):
        label_topic(one.pk, "confirmed_error", by="test")
    team = client_of(with_role("product_team"))
    team.post("/performance/credit/draft")
    month = f"{now():%Y-%m}"
    team.post(f"/performance/credit/{month}/approve", {"words": "Weak on harvests."})
    with at(now() + timedelta(days=5)):
        snapshot(measured)
    assert indicator("C2.5").figure.value == 5
    assert indicator("C3.3").grade == "met"
    assert indicator("C8.1").grade == "met"
    assert indicator("C8.4").grade == "partial"
    with at(now() + timedelta(days=40)):
        snapshot(measured)
        # By then overrides wait that nobody has read for 28 days.
        assert indicator("C3.3").grade == "partial"
        assert indicator("C2.5").grade == "partial"


def test_that_people_looked_at_their_own_comparison_is_counted_and_nobody_knows_who(measured):
    from takeup.record.clock import now
    from takeup.server.foundation.organization.models import Person
    from takeup.server.showing.practitioner.condition_records import tell
    from takeup.server.showing.practitioner.models import Compared

    for name in PEOPLE[:9]:
        assert client_of(Person.objects.get(person_id=name)).get("/my/calibration").status_code == 200  # fmt: skip
    (told,) = tell("credit", now().date())
    assert (told.indicator, told.population, told.k, told.n) == ("C4.3", "officers", 9, 12)
    handles = set(Person.objects.values_list("handle", flat=True))
    assert not handles & set(Compared.objects.values_list("reader", flat=True))
    assert tell("credit", now().date() + timedelta(days=57)).__next__().k == 0


def test_since_when_a_condition_stands_and_how_it_stood_before(measured):
    from takeup.record.clock import at, now
    from takeup.server.acting.conditions.services import newest

    lead = client_of(with_role("programme_lead"))
    attest(lead, 0)
    with at(now() + timedelta(days=1)):
        snapshot(measured)
        tomorrow = now().date()
    with at(now() + timedelta(days=2)):
        snapshot(measured)
        (found,) = newest("credit")
        assert found.since["C3"] == (tomorrow, "unknown")
        page = lead.get("/conditions/credit").content.decode()
    assert "before: unknown" in page


def test_a_use_case_that_is_forgotten_leaves_nothing(measured):
    from takeup.server.acting.conditions.day import forget
    from takeup.server.acting.conditions.models import ConditionsDay, Record

    attest(client_of(with_role("programme_lead")), 1)
    forget("credit")
    assert not Record.objects.exists()
    assert not ConditionsDay.objects.exists()


def test_the_page_prints_and_its_indicators_come_as_rows(measured):
    lead = client_of(with_role("programme_lead"))
    rows = lead.get("/conditions/credit?as=csv").content.decode("utf-8-sig").splitlines()
    assert len([r for r in rows if r.startswith("Officers")]) == 41
    assert lead.get("/conditions/credit?as=pdf").content.startswith(b"%PDF")


def test_a_record_of_an_indicator_that_is_none_is_refused(declared):
    from takeup.server.acting.conditions.services import Document, Figure, record_indicator

    with pytest.raises(InputError, match="one of the indicators"):
        record_indicator(
            "credit", "C9.1", "", Figure(value=1), source="claim", statement="", by="x", role="",
            document=Document(), held_on=stood_day(), valid_until=None,
        )  # fmt: skip


def stood_day():
    from takeup.record.clock import now

    return now().date()


def test_a_claim_against_the_evidence_asks_the_leads_for_evidence_once_and_changes_nothing(
    measured,
):
    from takeup.record.clock import at, now
    from takeup.server.acting.conditions.readiness_pages import _answers
    from takeup.server.acting.conditions.services import answer_assessment, open_assessment
    from takeup.server.foundation.notices.models import Notice
    from tests.server.conditions.test_readiness import answers

    someone = with_role("programme_lead")
    attest(client_of(someone), 0)
    one = open_assessment(
        "Credit advice", now().date(), by="test", use_case="credit", practitioners=1
    )
    for group in ("process_owner", "direct_manager", "practitioner"):
        answer_assessment(one, group, _answers(answers()))
    for days in (1, 2):
        with at(now() + timedelta(days=days)):
            snapshot(measured)
    assert condition("C3").status == "absent"
    assert "says present, the evidence says absent" in condition("C3").contradiction
    told = Notice.objects.filter(handle=someone.handle, key__startswith="contradiction:credit:officers:C3")  # fmt: skip
    assert told.count() == 1
    page = client_of(someone).get("/conditions/credit/at/C3").content.decode()
    assert "Contradiction:" in page
    assert condition("C5").status == "unknown"
    assert condition("C5").claimed == "present"


def test_people_of_elsewhere_are_no_population_of_this_use_case(measured):
    from takeup.record.clock import at, now
    from takeup.server.acting.conditions.services import newest
    from takeup.server.foundation.organization.services import import_people, read_people

    rows = [{"person_id": f"e{i}", "population": "elsewhere", "team": "t"} for i in range(12)]
    rows += [{"person_id": p, "population": "officers", "team": "t"} for p in PEOPLE]
    import_people(read_people(rows, "test"), actor="test")
    attest(client_of(with_role("programme_lead")), 1)
    with at(now() + timedelta(days=1)):
        snapshot(measured)
        assert [one.population for one in newest("credit")] == ["officers"]


def test_in_works_council_mode_nobody_counts_who_looked(measured, monkeypatch):
    from django.conf import settings

    from takeup.record.clock import now
    from takeup.server.foundation.organization.models import Person
    from takeup.server.showing.practitioner.condition_records import tell
    from takeup.server.showing.practitioner.models import Compared

    on = settings.TAKEUP.model_copy(update={"works_council": True})
    monkeypatch.setattr(settings, "TAKEUP", on)
    client_of(Person.objects.get(person_id="p1")).get("/my/calibration")
    assert not Compared.objects.exists()
    assert list(tell("credit", now().date())) == []
