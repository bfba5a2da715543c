"""Dates of the technical track, as project tools export them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from takeup.record.clock import at, now
from takeup.record.errors import InputError
from tests.server.people import client_of
from tests.server.sprint.sprints import bank, begun, days

__all__ = ["bank"]

AFTERWARDS = datetime(2027, 12, 1, tzinfo=UTC)

JIRA = (
    "Summary,Issue key,Status,Due date,Resolved,Labels,Labels\n"
    "Data contract,ADV-7,Done,14/Sep/27 12:00 AM,13/Sep/27 4:05 PM,rollout,T1\n"
    "Shadow environment,ADV-8,In Progress,29/Sep/27 12:00 AM,,T2,rollout\n"
    "Lunch,ADV-9,To Do,,,,\n"
)
AZURE = (
    'ID,Work Item Type,Title,State,Target Date,Tags\n12,Feature,"Ready for production",Active,10/28/2027 12:00:00 AM,T3; go-live\n'
    "13,Feature,Rollback tested,Closed,10/27/2027 12:00:00 AM,T4\n"
)
PROJECT = (
    "ID;Name;Duration;Start;Finish;% Complete;Predecessors\n"
    "5;T5 Monitoring;3 days;Mon 25.10.27;Fri 29.10.27;100%;\n6;Something else;1 day;Mon 25.10.27;Mon 25.10.27;0%;5\n"
)
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:VEVENT\r\nUID:1@x\r\nSUMMARY:T2 shadow environment\r\n"
    "DTSTART;VALUE=DATE:20270920\r\nDTEND;VALUE=DATE:20270930\r\nEND:VEVENT\r\nBEGIN:VTODO\r\nUID:2@x\r\nSUMMARY:Go\r\n"
    "CATEGORIES:T3,rollout\r\nDUE:20271028T160000Z\r\nCOMPLETED:20271027T090000Z\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"
)


def read(name: str, text: str, **more):
    from takeup.server.acting.sprint.technical_import import read_file

    return read_file(name, text.encode(), **more)


def dates(found) -> dict:
    return {one.key: (one.due, one.done_on) for one in found.found}


def test_jira_azure_project_and_calendars_are_read_each_by_its_own_columns(django_ready):
    assert dates(read("jira.csv", JIRA)) == {
        "T1": (date(2027, 9, 14), date(2027, 9, 13)), "T2": (date(2027, 9, 29), None),
    }  # fmt: skip
    with at(AFTERWARDS):
        assert dates(read("azure.csv", AZURE)) == {
            "T3": (date(2027, 10, 28), None), "T4": (date(2027, 10, 27), date(2027, 10, 27)),
        }  # fmt: skip
        assert dates(read("project.csv", PROJECT)) == {
            "T5": (date(2027, 10, 29), date(2027, 10, 29))
        }
    assert dates(read("plan.ics", CALENDAR)) == {
        "T2": (date(2027, 9, 29), None), "T3": (date(2027, 10, 28), date(2027, 10, 27)),
    }  # fmt: skip


def test_marks_on_several_lines_of_categories_are_all_read(django_ready):
    told = CALENDAR.replace("CATEGORIES:T3,rollout\r\n", "CATEGORIES:rollout\r\nCATEGORIES:T3\r\n")
    assert set(dates(read("plan.ics", told))) == {"T2", "T3"}


def test_rows_with_other_names_are_taken_by_the_names_that_are_given(django_ready):
    plain = JIRA.replace(",T1", ",").replace(",T2,", ",,")
    assert dates(read("jira.csv", plain)) == {}
    assert read("jira.csv", plain).others == ("Data contract", "Shadow environment", "Lunch")
    named = {"Data contract": "T1", "ADV-8": "T2"}
    assert set(dates(read("jira.csv", plain, mapping=named))) == {"T1", "T2"}


def test_a_day_that_can_be_two_days_is_asked_for_and_not_guessed(django_ready):
    told = "Title,Due Date\nT1 contract,03/04/2027\nT2 shadow,05/06/2027\n"
    with pytest.raises(InputError, match="days like 03/04/2027 can be read as two days"):
        read("plan.csv", told)
    assert dates(read("plan.csv", told.replace("05/06", "05/26")))["T1"] == (date(2027, 3, 4), None)


def test_each_wrong_row_is_a_sentence_and_costs_no_good_one(django_ready):
    told = "Title,Due Date\nT1 contract,2027-09-14\nT2 shadow,\nT3 ready,in autumn\nT1 again,2027-09-20\n"
    found = read("plan.csv", told)
    assert dates(found) == {"T1": (date(2027, 9, 14), None)}
    assert found.problems == (
        "row 3: T2 shadow has no day on which it is due",
        "row 4: the days of T3 ready cannot be read; write them as 2027-12-31",
        "row 5: T1 stands in row 2 already; that one is taken",
    )


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("plan.csv", "a,b\n1,2\n", "no column says when something is due"),
        ("plan.mpp", "anything", "hand in a .csv or an .ics file"),
        ("plan.ics", "no calendar", "cannot be read as a calendar; export it once more"),
        ("plan.ics", "", "cannot be read as a calendar"),
        ("plan.csv", "", "no column says when something is due"),
        ("plan.csv", f'Summary,Due date\n"T1 {"x" * 200_000}",2027-10-10\n', "a cell is longer"),
    ],
)
def test_a_file_that_is_none_is_refused_with_what_to_export(django_ready, name, text, says):
    with pytest.raises(InputError, match=says):
        read(name, text)


def test_a_file_on_the_page_moves_the_plan_and_says_where_each_date_is_from(bank):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from takeup.server.acting.sprint.services import plan_of

    sprint = begun(bank)
    body = f"Title,Due Date\nT2 shadow,{days(50).isoformat()}\nT3 ready,no\n".encode()
    answer = client_of(bank["product_team"]).post(f"/sprints/{sprint.pk}/technical", {"file": SimpleUploadedFile("plan.csv", body)})  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "row 3: the days of T3 ready cannot be read" in page
    assert "Kept: T2." in page
    assert plan_of(sprint)["M07"].first == days(51)
    assert "plan.csv, row 2" in client_of(bank["executive"]).get(f"/sprints/{sprint.pk}").content.decode()  # fmt: skip


EVENT = "BEGIN:VEVENT\r\nSUMMARY:{summary}\r\n{days}\r\nEND:VEVENT\r\n"


def calendar(*events: tuple[str, str]) -> str:
    told = "".join(EVENT.format(summary=summary, days=days) for summary, days in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{told}END:VCALENDAR\r\n"


def handed_in(bank, sprint, name: str, text: str):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile(name, text.encode())
    return client_of(bank["product_team"]).post(f"/sprints/{sprint.pk}/technical", {"file": file})


def test_what_is_closed_before_its_day_is_done_today_and_costs_no_other_row(bank):
    sprint = begun(bank)
    text = f"Summary,Due date,Status\nT1 env,{days(20)},Done\nT2 shadow,{days(30)},Open\n"
    assert handed_in(bank, sprint, "plan.csv", text).status_code == 302
    assert {one.key: one.done_on for one in sprint.technical.all()} == {"T1": now().date(), "T2": None}  # fmt: skip


def test_a_row_whose_day_cannot_be_costs_no_good_one(bank):
    sprint = begun(bank)
    text = f"Summary,Due date\nT1 env,9999-12-31\nT2 shadow,{days(30)}\nT3 ready,{days(50)}\n"
    page = handed_in(bank, sprint, "plan.csv", text).content.decode()
    assert "row 2: T1 is due within a year of the start" in page
    assert "Kept: T2, T3." in page
    assert {one.key for one in sprint.technical.all()} == {"T2", "T3"}


def test_a_file_of_wrong_days_alone_does_not_say_that_no_row_was_found(bank):
    page = handed_in(bank, begun(bank), "plan.csv", "Summary,Due date\nT1 env,46387\n").content.decode()  # fmt: skip
    assert "the days of T1 env cannot be read" in page
    assert "No row names one of" not in page


def test_a_day_that_can_be_two_days_is_asked_for_beside_a_cell_that_is_none(django_ready):
    for beside in ("TBD", "2027-13-40", "14.09.2027"):
        with pytest.raises(InputError, match="can be read as two days"):
            read("plan.csv", f"Summary,Due date\nT1 env,03/04/2027\nLunch,{beside}\n")


def test_one_per_cent_is_not_done(django_ready):
    for share, done in (("1%", None), ("1", date(2027, 9, 14)), ("100 %", date(2027, 9, 14))):
        with at(AFTERWARDS):
            found = dates(read("p.csv", f"Name,Finish,% Complete\nT1 env,2027-09-14,{share}\n"))
        assert found == {"T1": (date(2027, 9, 14), done)}


def test_commas_in_titles_do_not_hide_semicolons_between_cells(django_ready):
    text = "Summary;Due date\nT1 a, b, c, d, e, f;2027-09-14\nLunch, tea, and cake;2027-09-15\n"
    assert dates(read("plan.csv", text)) == {"T1": (date(2027, 9, 14), None)}


def test_a_whole_day_event_is_done_on_its_last_day_and_one_that_lasts_ends_after_it(django_ready):
    told = calendar(
        ("T1 env", "DTSTART;VALUE=DATE:20270910\r\nDTEND;VALUE=DATE:20270911\r\nSTATUS:COMPLETED"),
        ("T2 shadow", "DTSTART;VALUE=DATE:20270910\r\nDURATION:P5D"),
    )  # fmt: skip
    with at(AFTERWARDS):
        found = dates(read("plan.ics", told))
    assert found == {"T1": (date(2027, 9, 10), date(2027, 9, 10)), "T2": (date(2027, 9, 14), None)}


@pytest.mark.parametrize(
    "wrong",
    [
        "DTSTART;VALUE=DATE:20271340",
        "DTSTART;VALUE=DATE:00010101\r\nDTEND;VALUE=DATE:00010101",
        "DTSTART;TZID=Nowhere/Zone:20271340T090000",
    ],
)
def test_a_day_that_no_calendar_has_is_a_sentence_and_costs_no_good_event(django_ready, wrong):
    found = read("plan.ics", calendar(("T1 env", wrong), ("T2 shadow", "DTSTART;VALUE=DATE:20270910")))  # fmt: skip
    assert dates(found) == {"T2": (date(2027, 9, 10), None)}
    assert found.problems == ("event 1: the days of T1 env cannot be read",)


def test_a_property_that_stands_twice_is_read_once_and_two_calendars_are_read_both(django_ready):
    twice = "DTSTART;VALUE=DATE:20270910\r\nDTEND;VALUE=DATE:20270911\r\nDTEND;VALUE=DATE:20270915"
    both = calendar(("T1 env", twice)) + calendar(("T2 x", "DTSTART;VALUE=DATE:20270920"))
    assert dates(read("plan.ics", both)) == {
        "T1": (date(2027, 9, 10), None), "T2": (date(2027, 9, 20), None),
    }  # fmt: skip


def test_a_link_that_was_set_stays_when_its_date_is_imported(bank):
    from takeup.server.acting.sprint.services import set_technical

    sprint = begun(bank)
    set_technical(sprint, "T1", days(20), by="x", link="https://plan.example/T1")
    handed_in(bank, sprint, "plan.csv", f"Summary,Due date\nT1 env,{days(22)}\n")
    assert sprint.technical.get().link == "https://plan.example/T1"


def test_a_technical_date_that_cannot_be_is_a_sentence(bank):
    sprint = begun(bank)
    client = client_of(bank["product_team"])
    for wrong in (
        {"done_on": "0001-01-01"},
        {"due": "9999-12-31"},
        {"link": "https://" + "a" * 600},
    ):
        told = {"key": "T1", "due": days(20).isoformat()} | wrong
        assert client.post(f"/sprints/{sprint.pk}/technical", told).status_code == 422, wrong
    assert not sprint.technical.exists()
