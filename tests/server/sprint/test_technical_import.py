"""Dates of the technical track, as project tools export them."""

from __future__ import annotations

from datetime import date

import pytest

from takeup.record.errors import InputError
from tests.server.people import client_of
from tests.server.sprint.sprints import bank, begun, days

__all__ = ["bank"]

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
    assert dates(read("azure.csv", AZURE)) == {
        "T3": (date(2027, 10, 28), None), "T4": (date(2027, 10, 27), date(2027, 10, 27)),
    }  # fmt: skip
    assert dates(read("project.csv", PROJECT)) == {"T5": (date(2027, 10, 29), date(2027, 10, 29))}
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
        ("plan.ics", "no calendar", "cannot be read as a calendar"),
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
    assert "1 dates were kept" in page
    assert plan_of(sprint)["M07"].first == days(51)
    assert "plan.csv, row 2" in client_of(bank["executive"]).get(f"/sprints/{sprint.pk}").content.decode()  # fmt: skip
