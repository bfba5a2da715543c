"""A person who leaves is nowhere in the home, and the erasure says what it looked at."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.server.people import client_of, with_role
from tests.server.running import decision
from tests.server.test_drain import DiesError, drain, verify

NAME, ADDRESS, ID = "Wilhelmina Østergård", "wilhelmina@bank.example", "officer-wilhelmina"


def erase(log):
    from takeup.server.recording.record_api.erasure import erase

    return erase(log, ID, "test")


@pytest.fixture
def known(key, log):
    """A person with traces everywhere: log, inbox, quarantine, notices, objection, sign-in, a covariate."""
    from allauth.account.models import EmailAddress
    from allauth.socialaccount.models import SocialAccount

    from takeup.server.foundation.organization.models import Person
    from takeup.server.recording.record_api.receive import receive
    from takeup.server.showing.practitioner.vault import object_to

    with_role("oversight_officer")
    held = Person.objects.create_user(ID, name=NAME, email=ADDRESS)
    EmailAddress.objects.create(user=held, email=ADDRESS)
    SocialAccount.objects.create(user=held, provider="bank", uid="wil-from-the-bank", extra_data={})
    client_of(held).get("/")
    rows = [
        decision(1, person_id=ID, override_comment=f"signed, {NAME}", x_signed=ID),
        decision(2, person_id="p2", x_signed=ID),
        decision(3, person_id="p3", x_signed="p3"),
        decision(4, person_id=ID, choice=None),
    ]
    receive("decisions", rows, key)
    drain(log)
    receive("decisions", [decision(5, person_id=ID, x_signed=ID)], key)
    object_to(held.handle, "what is kept of me is wrong", NAME)
    return held


def test_an_erased_person_is_in_no_table_no_file_and_no_statistics(known, log):
    from takeup.server.foundation.notices.models import Notice
    from takeup.server.recording.record_api.pseudonyms import pseudonym_of

    mark = pseudonym_of(ID)
    assert Notice.objects.filter(subject__contains=NAME).exists()
    drain(log)
    done = erase(log)
    assert done.searched.found == ()
    assert done.searched.tables > 40
    assert done.searched.log_rows == 4
    assert not Notice.objects.exists()
    for file in Path(log.url).rglob("*.json"):
        assert mark not in file.read_text()
    held = log.read("decisions").rows.sort_by("decision_id").to_pylist()
    assert [row["decision_id"] for row in held] == ["d1", "d2", "d3", "d5"]
    assert held[1]["x_signed"] == held[0]["x_signed"] == held[0]["person_id"]
    assert held[2]["x_signed"] == "p3"
    assert verify(log).problems == ()


@pytest.mark.parametrize("cut", ["log.vacuum", "forget_notices", "audit"])
def test_an_erasure_that_was_cut_off_is_finished_by_the_next(known, log, monkeypatch, cut):
    from takeup.log.delta import DecisionLog
    from takeup.server.recording.record_api import erasure

    drain(log)

    def dies(*_, **__):
        raise DiesError

    if cut == "log.vacuum":
        monkeypatch.setattr(DecisionLog, "vacuum", dies)
    elif cut == "audit":
        monkeypatch.setattr(erasure.audit, "record", dies)
    else:
        monkeypatch.setattr(erasure, "forget_notices", dies)
    with pytest.raises(DiesError):
        erase(log)
    monkeypatch.undo()
    (problem,) = verify(log).problems
    assert problem.startswith("an erasure was cut off: erase that person again")
    assert erase(log).searched.found == ()
    assert verify(log).problems == ()
    numbers = {row["x_signed"] for row in log.read("decisions").rows.to_pylist()} - {"p3", None}
    assert len(numbers) == 1


def test_a_file_of_a_write_that_was_killed_before_its_commit_goes_too(known, log):
    drain(log)
    (kept, *_) = sorted(Path(log.url).rglob("part-*.parquet"))
    shutil.copy(kept, kept.with_name("part-00000-of-a-killed-compaction.snappy.parquet"))
    assert erase(log).searched.found == ()


def test_what_others_wrote_names_them_no_more(known, key, log):
    """Once they are of no list of people any more, nothing would take their name out."""
    import json

    from takeup.record.clock import now
    from takeup.server.recording.record_api.models import InboxRow, Quarantined
    from takeup.server.recording.record_api.receive import receive

    rows = [
        decision(6, person_id="p6", override_comment="wilhelmina knows, call 4711000"),
        decision(7, person_id="p7", override_comment="as Ostergard and Ruth said", x_signed=ID),
        decision(8, person_id="p8", override_comment="no rule for it"),
    ]
    receive("decisions", rows, key)
    drain(log)
    waits = decision(9, person_id="p9", override_comment=f"see {ID}")
    receive("decisions", [waits, {**waits, "decision_id": "", "decided_at": "never"}], key)
    Quarantined.objects.create(
        kind="decisions", body=f'{{"override_comment": "ask {NAME}', reasons=["no JSON"],
        sender=key.sender, received_at=now(),
    )  # fmt: skip
    assert erase(log).searched.found == ()
    texts = {
        row["decision_id"]: row["override_comment"]
        for row in log.read("decisions").rows.to_pylist()
    }
    assert texts["d6"] == "… knows, call 4711000"
    assert texts["d7"] == "as … and Ruth said"
    assert texts["d8"] == "no rule for it"
    held = [
        json.loads(body)
        for body in InboxRow.objects.exclude(body="").values_list("body", flat=True)
    ]
    assert {row.get("override_comment") for row in held if row["decision_id"] == "d9"} == {"see …"}
    waiting = list(Quarantined.objects.order_by("id").values_list("body", flat=True))
    assert '"see …"' in waiting[0]
    assert waiting[1] == '{"override_comment": "ask …'
    assert verify(log).problems == ()


def test_a_text_in_quarantine_names_them_no_more_wherever_it_stands(known, key, log):
    from takeup.server.recording.record_api.models import Quarantined
    from takeup.server.recording.record_api.receive import receive

    row = decision(9, person_id="p9", comment="Wilhelmina said hello", x_town="Wilhelmina")
    receive("decisions", [row], key)
    assert erase(log).searched.found == ()
    waiting = json.loads(Quarantined.objects.get().body)
    assert (waiting["comment"], waiting["x_town"]) == ("… said hello", "Wilhelmina")


def test_what_others_wrote_on_pages_names_them_no_more(known, log):
    from takeup.record.clock import now
    from takeup.server.acting.rollout.models import Stop
    from takeup.server.foundation.agreement.models import Change

    Stop.objects.create(
        use_case="credit", kind={}, reason=f"{NAME} asked", made_at=now(), made_by="a"
    )
    Change.objects.create(
        use_case="credit", words="Wilhelmina's team begins", answer="not in December", announced_at=now(),
    )  # fmt: skip
    assert erase(log).searched.found == ()
    assert Stop.objects.get().reason == "… asked"
    assert Change.objects.get().words == "… team begins"
    assert Change.objects.get().answer == "not in December"


def test_every_text_that_people_write_on_pages_is_one_an_erasure_reads(django_ready):
    """A new field of texts says here whether people write it."""
    from django.apps import apps
    from django.db.models import TextField

    from takeup.server.recording.record_api.erasure import written_on_pages

    made_by_takeup = {
        "escalations.Escalation.raised_by", "feedback.Topic.members", "feedback.Flag.reporter", "organization.Declaration.text",
        "overview.Snapshot.body", "signals.Response.evidence", "signals.Response.question",
        "record_api.InboxRow.body", "record_api.Quarantined.body", "reasons.ReasonsOf.card", "conversations.Draw.names",
    }  # fmt: skip
    found = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("takeup.")
        for field in model._meta.fields
        if isinstance(field, TextField)
    }
    read = {f"{model._meta.label}.{name}" for model, names in written_on_pages() for name in names}
    assert {one for one in read if not one.endswith(".subject")} == found - made_by_takeup
    assert made_by_takeup <= found


def test_a_file_or_table_that_still_names_them_is_told(known, log, django_ready):
    from takeup.server.acting.rollout.services import set_draw

    drain(log)
    copy = django_ready.home / "people.csv"
    copy.write_text(f"person_id,name\n{ID},{NAME}\n")
    set_draw("credit", by="ann", blind=0.1, ask_first=False, reason=f"asked by {ADDRESS}")
    try:
        found = erase(log).searched.found
    finally:
        copy.unlink()
    assert any("people.csv" in place for place in found)
    assert any("audit_auditentry, which nothing is taken out of" in place for place in found)


def test_what_a_restore_set_aside_is_named_with_how_to_take_it_away(known, log, django_ready):
    from django.db import connection

    drain(log)
    aside = django_ready.home / "before_restore_20261129_035618_000001"
    aside.mkdir()
    (aside / "takeup.sqlite3").write_text(ID)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {aside.name}")
    try:
        found = erase(log).searched.found
    finally:
        shutil.rmtree(aside)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"DROP SCHEMA {aside.name}")
    wanted = [f"{aside} (rm -r {aside})"]
    if connection.vendor == "postgresql":
        wanted.append(f"the schema {aside.name} of the database (DROP SCHEMA {aside.name} CASCADE)")
    said = "what a restore set aside, which no erasure reaches: "
    assert [one for one in found if one.startswith(said)] == [f"{said}{one}" for one in wanted]
    assert not any(str(aside / "takeup.sqlite3") in one for one in found)


def test_a_table_beside_the_log_that_names_them_is_told_and_one_that_does_not_read_too(
    known, log, django_ready
):
    import pyarrow as pa
    import pyarrow.parquet as pq

    drain(log)
    export, broken = django_ready.home / "export.parquet", django_ready.home / "broken.parquet"
    pq.write_table(pa.table({"reviewer": [ID]}), export)
    broken.write_bytes(b"PAR1")
    try:
        found = erase(log).searched.found
    finally:
        export.unlink()
        broken.unlink()
    assert [one for one in sorted(found) if ".parquet" in one] == [
        f"1 value of {export}", f"perhaps in file {broken}, which cannot be read"
    ]  # fmt: skip


def test_statistics_of_the_logs_files_tell_nothing_of_people_and_words(known, log):
    drain(log)
    told = "".join(file.read_text() for file in Path(log.url).rglob("_delta_log/*.json"))
    assert "numRecords" in told
    for name in ("person_id", "override_comment", "decision_id", "x_signed"):
        assert not [line for line in told.splitlines() if '"add"' in line and name in line]


def test_a_short_id_is_no_reason_to_change_what_happens_to_read_alike(key, log):
    """Grade 17 is not the officer 17; the search says where to look."""
    from takeup.server.recording.record_api.erasure import erase
    from takeup.server.recording.record_api.receive import receive

    receive(
        "decisions", [decision(1, person_id="17", x_grade="17"), decision(2, x_grade="17")], key
    )
    drain(log)
    done = erase(log, "17", "test")
    held = log.read("decisions").rows
    assert held["x_grade"].to_pylist() == ["17", "17"]
    assert any("2 values of " in place for place in done.searched.found)
    assert verify(log).problems == ()


def test_notices_that_only_contain_the_letters_of_a_short_name_stay(store, log):
    from takeup.server.foundation.notices.models import Notice
    from takeup.server.foundation.notices.services import tell
    from takeup.server.foundation.organization.models import Person
    from takeup.server.recording.record_api.erasure import erase

    Person.objects.create_user("li-1042", name="Li", email="li@bank.example")
    tell(["lead"], "one", "Model and people: client line", "Quality fell.", "/")
    tell(["lead"], "two", "Li objects", "to what is kept", "/")
    erase(log, "li-1042", "test")
    assert list(Notice.objects.values_list("key", flat=True)) == ["one"]
