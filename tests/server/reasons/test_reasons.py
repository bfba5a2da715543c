"""Reasons of a population: model and access first, every term on display, the same words for all, nothing of few."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from takeup.record.questionnaire import ITEMS
from tests.server.overview.test_overview import send
from tests.server.people import client_of, person, with_role

pytestmark = pytest.mark.on("postgres")


def placed(person_id: str, population: str):
    from takeup.server.foundation.organization.models import Placement, Population

    place, _ = Population.objects.get_or_create(key=population)
    made = person(person_id, name=person_id.title())
    Placement.objects.create(person=made, population=place, from_day=date(2026, 1, 5))
    return made


@pytest.fixture
def measured(key):
    """North, of whom twelve answered; south, of whom nobody did; four people in tiny."""
    from takeup.record.clock import now
    from takeup.server.acting.survey.services import take_imports
    from takeup.server.foundation.organization.services import use_case
    from takeup.server.showing.overview.services import take_snapshots

    for name, people in (("north", 24), ("south", 30), ("tiny", 4)):
        send(key, name, people)
        placed(f"somebody-{name}", name)
    use_case("credit")
    distrust = dict.fromkeys(ITEMS, 2) | {"TD1": 5, "TD2": 5, "TD3": 5, "TD4r": 1}
    said = [distrust | {"WD1": 1 + i % 3} for i in range(12)]
    take_imports("credit", {"north": said}, now().date() - timedelta(days=3), by="x")
    assert take_snapshots() == {"credit": "taken"}
    return key


def page(who, path: str = "/reasons/credit/of/north"):
    return client_of(who).get(path)


def test_the_page_says_what_is_known_and_what_to_collect_next(measured):
    text = page(with_role("programme_lead")).content.decode()
    first, terms, known = (text.index(part) for part in ("First: the model", "Every term of the evidence", "What is known so far"))  # fmt: skip
    assert first < terms < known
    assert "12 people answered" in text
    assert "Trust deficit" in text
    assert "/surveys?use_case=credit&amp;population=north#ask" in text


def test_everybody_in_the_population_reads_the_same_page_and_others_do_not(measured):
    from takeup.server.foundation.organization.models import Person

    mine = page(Person.objects.get(person_id="somebody-north")).content.decode()
    lead = page(with_role("programme_lead")).content.decode()
    card = mine[mine.index("Every term") : mine.index("What is known so far")]
    assert card in lead
    assert page(Person.objects.get(person_id="somebody-south")).status_code == 403
    start = client_of(Person.objects.get(person_id="somebody-north")).get("/").content.decode()
    assert "/reasons/credit/of/north" in start


def test_nothing_is_said_of_few_people_nor_by_name_of_anybody(measured):
    lead = with_role("programme_lead")
    assert page(lead, "/reasons/credit/of/tiny").status_code == 404
    texts = page(lead).content.decode() + page(lead, "/reasons").content.decode()
    assert "tiny" not in texts
    assert "Somebody" not in texts


def test_answers_that_came_since_make_the_figures_anew_and_nothing_else_does(measured):
    from takeup.record.clock import at, now
    from takeup.server.acting.survey.services import take_imports
    from takeup.server.showing.overview.services import take_snapshots

    with at(now() + timedelta(days=1)):
        assert take_snapshots() == {"credit": "unchanged"}
    answers = [dict.fromkeys(ITEMS, 1 + i % 4) | {"JS1": 5} for i in range(15)]
    with at(now() + timedelta(days=2)):
        take_imports("credit", {"south": answers}, now().date(), by="x")
        assert take_snapshots() == {"credit": "taken"}
        assert "15 people answered" in page(with_role("executive"), "/reasons/credit/of/south").content.decode()  # fmt: skip


def test_a_use_case_that_goes_takes_its_reasons_with_it(measured):
    from takeup.server.recording.record_api.beside_no_drain import forget_days

    forget_days("credit")
    assert page(with_role("programme_lead")).status_code == 404


def test_the_figures_go_out_as_a_table_too(measured):
    answer = client_of(with_role("programme_lead")).get("/reasons?as=csv")
    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    assert lines[0].replace(";", ",").startswith("use_case,population,verdict")
    assert len(lines) == 3
