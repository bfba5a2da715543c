"""A sprint: planned, looked at, signed, moved, ended; what is wrong is a sentence and loses nothing."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from icalendar import Calendar

from takeup.record.clock import at, now
from takeup.record.errors import InputError
from tests.server.at_once import two_at_once
from tests.server.people import client_of, person, with_role
from tests.server.sprint.sprints import GATES, bank, begun, clear, days, look, state

__all__ = ["bank"]

M16 = (("responses.in_time", "", 0.95, 20),)


def put(sprint, who, item: str = "signed", milestone: str = "M05", **more):
    from takeup.server.acting.sprint.services import sign
    from takeup.server.foundation.organization.services import roles_of

    return sign(sprint, milestone, item, by=who.handle, roles=roles_of(who), note="in the minutes", **more)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"starts": -1}, "has passed: a sprint begins today or later"),
        ({"starts": 400}, "begins within a year"),
        ({"deciders": {"G30": "", "G60": "", "G90": ""}}, "name the one person who decides"),
    ],
)
def test_a_sprint_that_cannot_be_is_refused_with_what_to_do(bank, change, says):
    from takeup.server.acting.sprint.models import Sprint

    with pytest.raises(InputError, match=says):
        begun(bank, **change)
    assert not Sprint.objects.exists()


def test_one_sprint_of_a_use_case_runs_at_a_time_and_another_begins_once_it_ended(bank):
    from takeup.server.acting.sprint.services import end

    first = begun(bank)
    with pytest.raises(InputError, match="end that one first"):
        begun(bank)
    with pytest.raises(InputError, match="say why it ends"):
        end(first, " ", by="x")
    end(first, "the budget went", by="x")
    assert begun(bank).pk != first.pk
    with pytest.raises(InputError, match="that sprint is over"):
        put(first, bank["product_team"])


def test_a_milestone_is_done_on_the_day_all_of_it_holds_and_open_again_with_its_reason(bank):
    sprint = begun(bank)
    look(sprint, *M16)
    assert state(sprint, "M16").done_on == now().date()
    with at(now() + timedelta(days=3)):
        look(sprint, ("responses.in_time", "", 0.5, 20))
        assert state(sprint, "M16").done_on is None
        assert "50 % of 20" in state(sprint, "M16").reopened
        look(sprint, *M16)
        assert state(sprint, "M16").done_on == now().date()
    what = list(sprint.history.filter(about="M16").order_by("id").values_list("what", flat=True))
    assert what == ["done", "reopened", "done"]


def test_what_is_not_known_for_a_night_takes_nothing_back(bank):
    sprint = begun(bank)
    look(sprint, *M16)
    with at(now() + timedelta(days=1)):
        look(sprint)
    assert state(sprint, "M16").done_on is not None
    assert state(sprint, "M16").seen["in_time"]["holds"] is None


def test_what_nobody_knows_is_not_done_and_says_so(bank):
    sprint = begun(bank)
    look(sprint)
    for one in sprint.states.all():
        assert one.done_on is None, one.milestone
    seen = state(sprint, "M13").seen
    assert seen["live"]["holds"] is None
    assert seen["live"]["words"] == "nothing is known of this yet"


def test_what_is_not_known_leads_to_where_it_comes_about(bank):
    sprint = begun(bank)
    lead = client_of(bank["programme_lead"])
    for milestone, place in (
        ("M17", "/reviews/of/credit"), ("M09", "/conditions/credit/at/C7"), ("M06", "/queue/credit"), ("M01", "/conversations"), ("M08", "/rollout/credit"),
        ("M15", "/week/of/credit"), ("M16", "/signals"),
    ):  # fmt: skip
        assert (
            f'href="{place}"'
            in lead.get(f"/sprints/{sprint.pk}/{milestone}").content.decode().split("<main")[1]
        )
        assert lead.get(place).status_code == 200


def test_a_sprint_is_planned_of_what_has_none_that_runs(bank):
    lead = client_of(bank["programme_lead"])
    assert '<option value="credit">' in lead.get("/sprints").content.decode()
    begun(bank)
    page = lead.get("/sprints").content.decode()
    assert "Every use case has a sprint that runs" in page
    assert "Plan it" not in page


def test_four_of_five_populations_are_counted_and_those_that_lack_are_named(bank):
    sprint = begun(bank)
    live = (("use.live", "north", 1), ("use.live", "south", 0))
    look(sprint, *live, ("recording.quarantined", "", 0.0, 900), ("rollout.stop_drill", "", 1))
    seen = state(sprint, "M13").seen["live"]
    assert (seen["holds"], seen["words"], seen["lacking"]) == (False, "1 of 2 populations", ["south"])  # fmt: skip
    assert state(sprint, "M13").done_on is None


def test_a_population_below_the_minimum_group_is_neither_asked_for_nor_named(bank):
    from takeup.server.foundation.organization.services import import_people, read_people

    rows = [
        {"person_id": f"{place}-{n}", "population": place, "team": place}
        for place, many in (("north", 10), ("south", 10), ("few", 4))
        for n in range(many)
    ]
    import_people(read_people(rows, "test"), actor="test")
    sprint = begun(bank)
    look(sprint, *(("use.live", where, 1) for where in ("north", "south", "few")))
    assert state(sprint, "M13").seen["live"]["words"] == "2 of 2 populations"


def test_of_a_figure_that_may_not_be_shown_the_end_that_its_grade_reaches_counts(bank):
    from takeup.record.milestones import MilestoneRecord
    from takeup.server.acting.sprint.evaluating import evaluate

    sprint = begun(bank)
    fact = "condition.C3.2"
    for reaches, holds in ((0.9, True), (0.7, None)):
        hidden = {w: MilestoneRecord(fact, w, reaches=reaches) for w in ("north", "south")}
        evaluate(sprint, now().date(), {fact: hidden})
        assert state(sprint, "M12").seen["reasons"]["holds"] is holds


def test_five_conversations_are_asked_of_each_population_or_all_of_few(bank):
    sprint = begun(bank)
    told = [("reasons.told", w, 1) for w in ("north", "south")]
    look(sprint, *told, ("conversations.held", "north", 5), ("conversations.held", "south", 4))
    assert state(sprint, "M01").seen["conversations"]["lacking"] == ["south"]


def test_a_milestone_that_is_only_signed_says_that_nobody_verified_it(bank):
    from takeup.server.acting.sprint.models import MilestoneState

    sprint = begun(bank)
    put(sprint, bank["programme_lead"], "effect", "M18")
    look(sprint)
    assert state(sprint, "M18").attested_only
    page = client_of(bank["executive"]).get(f"/sprints/{sprint.pk}").content.decode()
    assert "attested, not verified" in page
    assert MilestoneState.objects.filter(done_on__isnull=False).count() == 1


def test_more_steps_may_be_signed_with_the_day_on_which_they_go(bank):
    sprint = begun(bank)
    steps = [("condition.C1.2", w, 3, 40) for w in ("north", "south")]
    put(sprint, bank["product_team"])
    look(sprint, *steps)
    assert state(sprint, "M05").done_on is None
    put(sprint, bank["product_team"], "exception")
    look(sprint, *steps)
    assert state(sprint, "M05").done_on == now().date()


def test_what_is_live_goes_into_shadow_where_the_advice_is_doubted_or_has_an_issue(bank):
    sprint = begun(bank, remediation=True)
    look(sprint)
    assert state(sprint, "M07").seen["days"]["holds"] is None
    known = [("reasons.told", "north", 1), ("model.net_harm", "", 0), ("use.live", "north", 1)]
    look(sprint, *known, ("reasons.doubt", "north", 0))
    assert state(sprint, "M07").done_on == now().date()
    look(sprint, *known, ("reasons.doubt", "north", 1))
    assert state(sprint, "M07").done_on is None
    assert "there was no shadow" in state(sprint, "M07").reopened


def test_a_statement_is_signed_by_the_roles_it_names_with_a_document_or_a_sentence(bank):
    from takeup.server.acting.sprint.services import sign, take_back
    from takeup.server.deployment.roles import Role

    sprint = begun(bank)
    with pytest.raises(InputError, match="signed by: AI product team, programme lead"):
        put(sprint, bank["role_owner"])
    with pytest.raises(InputError, match="that is measured, not signed"):
        put(sprint, bank["product_team"], "steps")
    with pytest.raises(InputError, match="hand in the document"):
        sign(sprint, "M05", "signed", by="x", roles=[Role.PRODUCT_TEAM])
    made = put(sprint, bank["product_team"])
    with pytest.raises(InputError, match="only who signed"):
        take_back(sprint, made.pk, by=bank["programme_lead"].handle, reason="no")
    take_back(sprint, made.pk, by=bank["product_team"].handle, reason="the wrong version")
    look(sprint)
    assert not state(sprint, "M05").seen["signed"]["holds"]


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("minutes.pdf", b"no pdf at all", "is called pdf and is none"),
        ("minutes.exe", b"MZ...", "hand in one of pdf"),
        ("minutes.pdf", b"", "is empty"),
        ("minutes.docx", b"PK\x03\x04nothing", "is called docx and is none"),
        ("big.pdf", b"%PDF-" + b"x" * (10 << 20), "more than 10 MB"),
    ],
)
def test_a_document_of_the_wrong_kind_or_size_is_refused_and_nothing_is_signed(bank, name, body, says):  # fmt: skip
    sprint = begun(bank)
    held = SimpleUploadedFile(name, body)
    answer = client_of(bank["product_team"]).post(f"/sprints/{sprint.pk}/M05/sign", {"item": "signed", "document": held, "note": "kept"})  # fmt: skip
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "kept" in answer.content.decode()
    assert not sprint.signatures.exists()


def test_a_document_is_kept_with_its_hash_and_read_back_by_those_who_read_every_population(bank):
    import hashlib

    sprint, body = begun(bank), b"%PDF-1.7 the design, signed"
    client_of(bank["product_team"]).post(f"/sprints/{sprint.pk}/M05/sign", {"item": "signed", "document": SimpleUploadedFile("design.pdf", body)})  # fmt: skip
    (signed,) = sprint.signatures.all()
    assert signed.sha256 == hashlib.sha256(body).hexdigest()
    path = f"/sprints/{sprint.pk}/documents/{signed.sha256}"
    answer = client_of(bank["executive"]).get(path)
    assert answer.content == body
    assert "attachment" in answer["Content-Disposition"]
    assert client_of(with_role("manager")).get(path).status_code == 403
    assert client_of(bank["executive"]).get(path[:-1] + "0").status_code in (404, 410)


def test_what_was_signed_is_never_changed_by_the_database_itself(bank):
    sprint = begun(bank)
    made = put(sprint, bank["product_team"])
    made.statement = "another"
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        made.save()


def test_a_day_moves_with_its_reason_and_tells_what_moved_with_it(bank):
    from takeup.server.acting.sprint.services import move, plan_of

    sprint = begun(bank)
    with pytest.raises(InputError, match="say why its day moves"):
        move(sprint, "M05", days(40), "", by="x")
    with pytest.raises(InputError, match="before the sprint begins"):
        move(sprint, "M05", days(-5), "early", by="x")
    with pytest.raises(InputError, match="due within a year"):
        move(sprint, "M05", days(500), "late", by="x")
    move(sprint, "M05", days(40), "the supplier is late", by="x")
    sprint.refresh_from_db()
    assert plan_of(sprint)["M07"].first == days(41)
    assert sprint.history.get(about="M05").words.endswith("the supplier is late")
    move(sprint, "M05", None, "they came", by="x")
    sprint.refresh_from_db()
    assert plan_of(sprint)["M07"].first == days(31)


def test_an_owner_who_left_is_told_to_leads_and_their_milestones_fall_to_the_role(bank):
    from takeup.server.acting.sprint.services import assign, holding_on, left, owners_of
    from takeup.server.foundation.notices.models import Notice

    sprint, gone = begun(bank), person("gone")
    assign(sprint, "M05", gone.handle, by="x")
    gone.is_active = False
    gone.save()
    sprint.refresh_from_db()
    assert left(sprint) == ["M05"]
    assert owners_of(sprint, holding_on(now().date()))["M05"] == (bank["product_team"].handle,)
    look(sprint)
    assert Notice.objects.filter(handle=bank["programme_lead"].handle, key__endswith="M05:left").count() == 1  # fmt: skip
    with pytest.raises(InputError, match="who has not left"):
        assign(sprint, "M05", gone.handle, by="x")


def test_owners_are_told_once_a_week_before_and_once_it_is_late(bank):
    from takeup.server.foundation.notices.models import Notice

    sprint, mine = begun(bank), Notice.objects.filter(key__contains=":M05:", handle=bank["product_team"].handle)  # fmt: skip
    for day in (0, 17, 18, 24, 26, 27):
        with at(now() + timedelta(days=day)):
            look(sprint)
    assert [n.key.split(":")[3] for n in mine.order_by("id")] == ["due", "late"]


def test_evidence_of_the_day_is_asked_of_every_capability_and_a_sprint_without_decisions_is_looked_at_too(bank):  # fmt: skip
    from takeup.server.acting.sprint.evaluating import evaluate_rest

    sprint = begun(bank)
    evaluate_rest(now().date())
    sprint.refresh_from_db()
    assert sprint.evaluated_on == now().date()
    assert state(sprint, "P0").seen["agreement"]["words"].startswith("yes")


def test_the_board_the_list_and_the_milestone_say_the_same_and_nothing_answers_403(bank):
    sprint = begun(bank)
    look(sprint)
    for role, who in bank.items():
        client = client_of(who)
        for path in (f"/sprints/{sprint.pk}", f"/sprints/{sprint.pk}/M05", "/sprints", "/"):
            page = client.get(path)
            assert page.status_code == 200, role
            for link in set(re.findall(r'href="(/[^"#?]*)', page.content.decode())):
                assert client.get(link).status_code != 403, (role, path, link)
    csv = client_of(bank["executive"]).get(f"/sprints/{sprint.pk}?as=csv").content.decode("utf-8-sig")  # fmt: skip
    assert csv.count("\n") >= 19
    assert "M05" in csv


def test_the_time_line_is_a_picture_too_and_printed(bank):
    sprint = begun(bank)
    look(sprint)
    client = client_of(bank["executive"])
    assert client.get(f"/sprints/{sprint.pk}?as=png").content.startswith(b"\x89PNG")
    assert client.get(f"/sprints/{sprint.pk}?as=pdf").content.startswith(b"%PDF-")
    drawing = client.get(f"/sprints/{sprint.pk}").content.decode()
    assert "M05 Workflow analysed, integration designed, " in drawing, "told to those who cannot see it"  # fmt: skip


def test_what_if_moves_days_and_keeps_nothing(bank):
    sprint = begun(bank)
    client = client_of(bank["executive"])
    for asked in ({"due-M05": days(40).isoformat()}, {"by-M05": "15"}):
        page = client.get(f"/sprints/{sprint.pk}/what-if", asked).content.decode()
        assert "<b>M07</b>" in page
    wrong = client.get(f"/sprints/{sprint.pk}/what-if", {"due-M05": "soon"}).content.decode()
    assert "M05: write the day as 2027-12-31" in wrong
    sprint.refresh_from_db()
    assert sprint.typed == {}


def test_due_days_stand_in_ones_own_calendar(bank):
    from takeup.server.foundation.calendar.feed import feed_path

    begun(bank)
    body = client_of().get(feed_path(bank["executive"])).content
    found = {str(e["summary"]): e["dtstart"].dt for e in Calendar.from_ical(body).walk("VEVENT")}
    assert found["credit: M05 Workflow analysed, integration designed is due"] == days(25)
    assert found["credit: Gate of day 30"] == days(30)


def test_each_role_reads_on_the_start_page_what_is_theirs_to_do(bank):
    sprint = begun(bank)
    clear(bank, sprint)
    with at(now() + timedelta(days=25)):
        look(sprint, ("use.baseline", "", 1), ("agreement.stands", "", 1))
        mine = client_of(bank["product_team"]).get("/").content.decode()
        assert "M05" in mine
        assert "M10" not in mine
        decides = client_of(bank["executive"]).get("/").content.decode()
        assert "You decide: Gate of day 30" in decides


def test_a_use_case_that_is_forgotten_takes_its_sprint_along(bank):
    from takeup.server.acting.sprint.models import Sprint
    from takeup.server.acting.sprint.services import forget_use_case

    sprint = begun(bank)
    put(sprint, bank["product_team"])
    look(sprint)
    forget_use_case("credit")
    assert not Sprint.objects.exists()


@pytest.mark.parametrize(
    "asked",
    [
        "due-P0=0001-01-01", "due-G90=9999-12-31", "due-T1=9999-12-31", "due-M01=0001-01-01",
    ],
)  # fmt: skip
def test_what_if_on_a_day_that_cannot_be_is_a_sentence(bank, asked):
    sprint = begun(bank)
    # Dragging asks for the part alone.
    for part in ({}, {"HX-Request": "true"}):
        page = client_of(bank["executive"]).get(
            f"/sprints/{sprint.pk}/what-if?{asked}", headers=part
        )
        assert page.status_code == 200
        assert "Not a day" in page.content.decode()


@pytest.mark.parametrize("dragged", ["²", "--5", "-", "1e9", "00000999999999999", "9" * 5_000, "x"])
def test_dragging_by_what_is_no_number_of_days_moves_nothing(bank, dragged):
    sprint = begun(bank)
    page = client_of(bank["executive"]).get(f"/sprints/{sprint.pk}/what-if", {"by-M14": dragged})
    assert page.status_code == 200
    assert "No day is tried yet." in page.content.decode()


def test_what_comes_before_the_start_is_due_within_a_year_of_it(bank):
    from takeup.server.acting.sprint.services import move

    sprint = begun(bank)
    with pytest.raises(InputError, match="more than a year before the sprint begins"):
        move(sprint, "P0", date(1, 1, 1), "a typing error", by="x")
    move(sprint, "P0", days(-300), "it was clear long ago", by="x")
    assert client_of(bank["executive"]).get(f"/sprints/{sprint.pk}").status_code == 200


def test_an_act_with_another_field_of_the_form_leads_back_to_the_sprint(bank):
    sprint = begun(bank)
    told = {"act": "end", "reason": "over", "gate": "nowhere"}
    answer = client_of(bank["programme_lead"]).post(f"/sprints/{sprint.pk}/act", told)
    assert answer.headers["Location"] == f"/sprints/{sprint.pk}"


def test_whoever_cannot_decide_or_has_left_is_not_named_to_decide(bank):
    from takeup.server.acting.sprint.services import name_decider

    gone = person("gone", name="Gone", is_active=False).handle
    clerk = person("clerk", name="Clerk").handle
    for handle, says in ((gone, "name the one person"), (clerk, "decides at a gate")):
        with pytest.raises(InputError, match=says):
            begun(bank, deciders=dict.fromkeys(GATES, handle))
    sprint = begun(bank)
    with pytest.raises(InputError, match="decides at a gate"):
        name_decider(sprint, "G30", clerk, by="x")


def test_who_left_is_told_of_what_is_still_to_do_alone(bank):
    from takeup.server.acting.sprint.deciding import decide, look_of
    from takeup.server.acting.sprint.services import end, left

    sprint = begun(bank)
    look(sprint)
    boss = bank["executive"]
    decide(sprint, "G30", "go", by=boss.handle, looked_at=look_of(sprint, "G30").sha256, reason="x")
    boss.is_active = False
    boss.save()
    sprint.refresh_from_db()
    assert left(sprint) == ["G60", "G90"]
    end(sprint, "given up", by="x")
    sprint.refresh_from_db()
    assert left(sprint) == []


def test_what_stood_in_place_of_a_measurement_and_is_taken_back_opens_the_milestone_again(bank):
    from takeup.server.acting.sprint.services import take_back

    sprint, product = begun(bank), bank["product_team"].handle
    signed = [_signed(sprint, item, product) for item in ("exception", "signed")]
    look(sprint)
    assert state(sprint, "M05").done_on
    take_back(sprint, signed[0].pk, by=product, reason="the day was wrong")
    look(sprint)
    assert state(sprint, "M05").done_on is None
    assert "more steps" in state(sprint, "M05").reopened


def _signed(sprint, item: str, by: str):
    from takeup.server.acting.sprint.services import sign
    from takeup.server.deployment.roles import Role

    return sign(sprint, "M05", item, by=by, roles=[Role.PRODUCT_TEAM], note="in the minutes")


def test_nothing_is_kept_of_a_document_that_is_not_theirs_to_sign(bank, monkeypatch):
    from takeup.server.deployment import documents

    kept = []
    monkeypatch.setattr(documents, "keep", kept.append)
    sprint = begun(bank)
    file = SimpleUploadedFile("design.pdf", b"%PDF-1.7 design")
    told = {"item": "signed", "document": file}
    answer = client_of(bank["role_owner"]).post(f"/sprints/{sprint.pk}/M05/sign", told)
    assert answer.status_code == 422
    assert kept == []


def test_a_document_is_handed_out_by_the_name_it_came_with(bank):
    sprint, client = begun(bank), client_of(bank["product_team"])
    file = SimpleUploadedFile("Entwurf–Ω.pdf", b"%PDF-1.7 of many letters")
    client.post(f"/sprints/{sprint.pk}/M05/sign", {"item": "signed", "document": file})
    one = sprint.signatures.get()
    answer = client.get(f"/sprints/{sprint.pk}/documents/{one.sha256}")
    assert (
        answer.headers["Content-Disposition"] == "attachment; filename*=utf-8''Entwurf-%CE%A9.pdf"
    )


def test_a_text_that_nobody_reads_or_prints_is_refused_with_its_length(bank):
    from takeup.server.acting.sprint.services import end, move

    sprint, long = begun(bank), "x" * 2_001
    with pytest.raises(InputError, match="has at most 2,000 characters; this one has 2,001"):
        _sign_with(sprint, bank["product_team"].handle, long)
    with pytest.raises(InputError, match="at most 2,000"):
        move(sprint, "M05", days(30), long, by="x")
    with pytest.raises(InputError, match="at most 2,000"):
        end(sprint, long, by="x")


def _sign_with(sprint, by: str, note: str):
    from takeup.server.acting.sprint.services import sign
    from takeup.server.deployment.roles import Role

    return sign(sprint, "M05", "signed", by=by, roles=[Role.PRODUCT_TEAM], note=note)


def test_a_calendar_sends_nobody_to_a_gate_that_they_may_not_open(bank):
    from takeup.server.foundation.calendar.feed import calendar_of

    begun(bank)
    assert b"/G30" in calendar_of(bank["executive"])
    assert b"/G30" not in calendar_of(bank["product_team"])
    assert b"/M05" in calendar_of(bank["product_team"])


def test_a_title_is_one_line(bank):
    assert begun(bank, title=" Credit\r\nBcc: all  ").title == "Credit Bcc: all"


def test_two_who_plan_the_same_at_once_leave_one_sprint_and_one_sentence(bank):
    from takeup.server.acting.sprint.models import Sprint

    said = two_at_once(lambda: begun(bank))
    assert said == ["a sprint of this use case is running; end that one first", "done"]
    assert Sprint.objects.count() == 1


def test_a_decider_who_may_decide_no_more_is_told_like_one_who_left(bank):
    from takeup.server.acting.sprint.services import left
    from takeup.server.foundation.organization.services import set_roles

    sprint = begun(bank)
    assert left(sprint) == []
    set_roles(bank["executive"], set(), "test")
    assert left(sprint) == list(GATES)


def test_two_looks_at_once_say_once_what_happened(bank):
    from takeup.server.acting.sprint.evaluating import evaluate

    sprint = begun(bank)
    for item in ("exception", "signed"):
        _signed(sprint, item, bank["product_team"].handle)
    assert two_at_once(lambda: evaluate(sprint, now().date(), {})) == ["done", "done"]
    assert sprint.history.filter(about="M05", what="done").count() == 1


def test_a_calendar_may_ask_whether_its_feed_is_there(bank):
    from takeup.server.foundation.calendar.feed import feed_path

    client = client_of()
    path = feed_path(bank["executive"])
    assert client.head(path).status_code == 200
    assert client.head(path.replace(".ics", "x.ics")).status_code == 404
