"""A survey is answered once by each, on one screen after the other, and nothing in the database joins a person to an
answer."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from takeup.record.errors import InputError
from takeup.record.questionnaire import ITEMS, questionnaire
from tests.server.people import client_of, person, with_role
from tests.server.store import audited

pytestmark = pytest.mark.store
POPULATION = "north"


def people(n: int, population: str = POPULATION, since: date = date(2026, 1, 5), first: int = 0):
    from takeup.server.foundation.organization.models import Placement, Population, Team

    place, _ = Population.objects.get_or_create(key=population)
    made = []
    for i in range(first, first + n):
        team, _ = Team.objects.get_or_create(key=f"{population}-{i % 2}")
        one = person(f"{population}{i}", name=f"Person {i}")
        Placement.objects.create(person=one, population=place, team=team, from_day=since)
        made.append(one)
    return made


def today():
    from takeup.record.clock import now

    return now().date()


def opened(by="lead", days=14, starts=0):
    from takeup.server.acting.survey.services import open_round
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    first = today() + timedelta(days=starts)
    return open_round("credit", POPULATION, first, first + timedelta(days=days - 1), by=by)


def link(round_, someone) -> str:
    from takeup.server.acting.survey.services import path_of

    return path_of(round_.pk, someone.handle)


def answered(round_, someone, point=3, **other) -> None:
    from takeup.server.acting.survey.services import answer

    token = link(round_, someone).removeprefix("/survey/")
    answer(token, dict.fromkeys(ITEMS, point) | other, {"tenure": "over_10"})


def held(round_) -> list:
    """What lies in the round's box."""
    from takeup.server.acting.survey.models import Box

    return Box.objects.get(round=round_).answers


def ended(round_):
    """The round as it is on the day after its last."""
    from takeup.record.clock import at, now
    from takeup.server.acting.survey.services import begin_and_close

    with at(now() + timedelta(days=(round_.ends_on - today()).days + 1)):
        begin_and_close(today())
    round_.refresh_from_db()
    return round_


def fields(page: str) -> dict[str, str]:
    """What a browser would send back of a form: hidden fields and what is checked."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = (re.search(rf'{a}="([^"]*)"', tag) for a in ("name", "value"))
        if name and value and ('type="hidden"' in tag or " checked" in tag):
            found[name[1]] = value[1]
    return found


def test_whoever_is_asked_answers_on_one_screen_after_the_other_without_signing_in(store):
    asked = people(12)
    made = opened()
    browser, path = client_of(), link(made, asked[0])
    page = browser.get(path).content.decode()
    assert "without your name, address, time or day" in page
    screens = 0
    while 'name="screen"' in page:
        screens += 1
        given = fields(page) | dict.fromkeys(re.findall(r'type="radio" name="(\w\w\dr?)"', page), "4")  # fmt: skip
        page = browser.post(path, given | {"go": "next"}).content.decode()
    assert screens == 6
    assert "Thank you" in page
    assert held(made) == [{"items": dict.fromkeys(ITEMS, 4), "bands": {}}]
    assert "You have answered already" in browser.get(path).content.decode()


def test_going_back_and_forth_and_to_another_language_loses_nothing(store):
    people(12)
    made = opened()
    path = link(made, _first())
    browser = client_of()
    page = browser.post(path, {"screen": "0", "go": "next"}).content.decode()
    items = re.findall(r'name="(\w\w\dr?)" value="1"', page)
    assert len(items) == 5
    given = fields(page) | dict(zip(items, "12340", strict=True))
    page = browser.post(path, given | {"go": "next"}).content.decode()
    page = browser.post(path, fields(page) | {"go": "back"}).content.decode()
    assert {i: fields(page)[i] for i in items} == dict(zip(items, "12340", strict=True))
    page = browser.post(f"{path}?lang=de", fields(page) | {"go": "stay"}).content.decode()
    assert questionnaire().items[items[0]]["de"] in page
    assert {i: fields(page)[i] for i in items} == dict(zip(items, "12340", strict=True))
    assert held(made) == []


def _first():
    from takeup.server.foundation.organization.models import Person

    return Person.objects.get(person_id="north0")


def test_a_screen_with_a_statement_left_open_is_shown_again_with_what_was_chosen(store):
    people(12)
    path, browser = link(opened(), _first()), client_of()
    page = browser.post(path, {"screen": "0", "go": "next"}).content.decode()
    first, *_ = re.findall(r'name="(\w\w\dr?)" value="1"', page)
    found = browser.post(path, fields(page) | {first: "2", "go": "next"})
    assert found.status_code == 422
    assert "Choose an answer for each statement" in found.content.decode()
    assert fields(found.content.decode())[first] == "2"
    skipped = browser.post(path, {"screen": "5", "go": "next"})
    assert (skipped.status_code, 'value="1"' in skipped.content.decode()) == (422, True)


def test_the_database_is_the_same_whichever_of_two_people_gave_which_answers(store, monkeypatch):
    from django.core.serializers import serialize

    from takeup.server.acting.survey import models, services

    # Mixing is by chance; sorted, two boxes can be compared.
    monkeypatch.setattr(services._mixed, "shuffle", lambda every: every.sort(key=repr))

    def whole(points: dict[str, int]) -> list[str]:
        models.Round.objects.all().delete()
        made = opened()
        for someone in asked:
            answered(made, someone, points[someone.person_id])
        return [re.sub(r'"(pk|round)": \d+', "", serialize("json", model.objects.order_by("pk")))
                for model in (models.Invitation, models.Box)]  # fmt: skip

    asked = people(12)
    one = {p.person_id: 1 + i % 5 for i, p in enumerate(asked)}
    other = one | {"north0": one["north1"], "north1": one["north0"]}
    assert whole(one) == whole(other)


def test_answers_are_mixed_and_hold_nothing_but_what_was_answered(store):
    asked = people(40)
    made = opened()
    for i, someone in enumerate(asked):
        answered(made, someone, 1 + i % 5, **{item: 1 + (i >> b) % 2 for b, item in enumerate(list(ITEMS)[:6])})  # fmt: skip
    order = [sum((one["items"][item] - 1) << b for b, item in enumerate(list(ITEMS)[:6])) for one in held(made)]  # fmt: skip
    assert sorted(order) == list(range(40))
    assert order != list(range(40))
    assert {frozenset(one) for one in held(made)} == {frozenset({"items", "bands"})}
    assert not any(p.handle in repr(held(made)) for p in asked)


def test_a_link_answers_once_and_not_after_the_last_day(store):
    from takeup.record.clock import at, now

    asked = people(12)
    made = opened(days=3)
    answered(made, asked[0])
    with pytest.raises(InputError, match="answers no more"):
        answered(made, asked[0])
    with at(now() + timedelta(days=3)), pytest.raises(InputError, match="answers no more"):
        answered(made, asked[1])
    assert client_of().get("/survey/none-of-ours").status_code == 404
    assert client_of().get(link(made, with_role("executive"))).status_code == 404


def test_only_whoever_opened_it_reminds_and_only_those_who_have_not_answered_are_told(store):
    from takeup.server.acting.survey.services import remind
    from takeup.server.foundation.notices.models import Notice

    asked = people(12)
    made = opened(by="ann")
    answered(made, asked[0])
    with pytest.raises(InputError, match="only whoever opened"):
        remind(made.pk, by="bob")
    remind(made.pk, by="ann")
    told = set(Notice.objects.filter(key__contains="reminded").values_list("handle", flat=True))
    assert told == {p.handle for p in asked[1:]}
    with pytest.raises(InputError, match="wait three days"):
        remind(made.pk, by="ann")


def test_who_answered_is_forgotten_when_it_ends_and_told_by_group_alone(store):
    asked = people(24)
    made = opened()
    for someone in asked[:12]:
        answered(made, someone)
    ended(made)
    assert not made.invitations.exists()
    assert (made.people, len(held(made))) == (24, 12)
    assert made.response["team"] == {"north-0": [12, 0.5], "north-1": [12, 0.5]}
    page = client_of(with_role("programme_lead")).get("/surveys").content.decode()
    assert not any(p.name in page for p in asked)


def test_who_is_heard_is_told_in_tenths_and_never_of_one_or_two(store):
    from takeup.server.acting.survey.response import by_band

    said = [
        {"bands": {"tenure": "over_10" if i < 6 else "under_2", "used": "no" if i < 2 else "yes"}}
        for i in range(12)
    ]
    assert by_band(said, 10) == {"tenure": {"under_2": 5, "2_to_5": 0, "6_to_10": 0, "over_10": 5}}
    assert by_band(said[:9], 10) == {}


def test_nothing_of_fewer_than_ten_answers_is_shown_or_used(store):
    from takeup.server.acting.survey.services import answers_of

    asked = people(12)
    made = opened()
    for someone in asked[:9]:
        answered(made, someone)
    ended(made)
    assert "fewer than 10 answered" in made.withheld
    assert answers_of("credit") is None


def test_what_was_found_stands_in_the_next_snapshot(key):
    from takeup.record.clock import at, now
    from takeup.server.showing.overview.services import latest, take_snapshots
    from tests.server.overview.test_overview import send

    send(key, POPULATION, 24)
    assert take_snapshots() == {"credit": "taken"}
    asked = people(24)
    made = opened(days=3)
    for someone in asked[:12]:
        answered(made, someone, 2, TD1=5, TD2=5, TD3=5, TD4r=1)
    ended(made)
    with at(now() + timedelta(days=3)):
        assert take_snapshots() == {"credit": "taken"}
        document = latest("credit").document
    (north,) = document["diagnoses"][0]["measures"]["resistance"]["populations"]
    assert north["survey"]["respondents"] == 12
    assert max(north["survey"]["scores"], key=north["survey"]["scores"].get) == "TD"


def test_few_who_came_since_the_last_survey_wait_and_many_are_asked(store):
    from takeup.record.clock import at, now

    people(12)
    ended(opened(days=3))
    with at(now() + timedelta(days=40)):
        people(3, since=today() - timedelta(days=5), first=12)
        second = opened(days=3)
        assert second.people == 12
        ended(second)
    with at(now() + timedelta(days=80)):
        people(7, since=today() - timedelta(days=5), first=15)
        assert opened().people == 22


def test_what_two_surveys_would_tell_of_somebody_who_left_is_withheld(store):
    from takeup.record.clock import at, now
    from takeup.server.foundation.organization.models import Placement

    asked = people(12)
    first = opened(days=3)
    for someone in asked:
        answered(first, someone)
    assert ended(first).withheld == ""
    with at(now() + timedelta(days=40)):
        Placement.objects.filter(person=asked[0]).update(until_day=today() - timedelta(days=2))
        second = opened(days=3)
        assert second.people == 11
        for someone in asked[1:]:
            answered(second, someone)
        assert "few people left in between" in ended(second).withheld


def test_a_survey_is_refused_in_a_sentence(store):
    from takeup.server.acting.survey.services import open_round

    people(9)
    with pytest.raises(InputError, match=r"9 people can be asked.*hold conversations instead"):
        opened()
    people(3, first=9)
    with pytest.raises(InputError, match="would last 1 days"):
        opened(days=1)
    with pytest.raises(InputError, match="first day has passed"):
        opened(starts=-1)
    with pytest.raises(InputError, match="choose a population"):
        open_round("credit", "nowhere", today(), today() + timedelta(days=7), by="x")
    opened()
    with pytest.raises(InputError, match="28 days later"):
        opened()


def test_works_council_mode_asks_only_in_words_that_were_agreed(store, monkeypatch):
    from django.conf import settings

    from takeup.server.foundation.agreement.services import (
        announce_change,
        answer_change,
        record_agreement,
    )

    monkeypatch.setattr(settings, "TAKEUP", settings.TAKEUP.model_copy(update={"works_council": True}))  # fmt: skip
    people(12)
    with pytest.raises(InputError, match="agrees to the words of version 1 first"):
        opened()
    representative = client_of(with_role("worker_representative"))
    assert "Agree to these words" in representative.get("/surveys/text").content.decode()
    representative.post("/surveys/text/agree")
    record_agreement("BV-7", "list 3", today() + timedelta(days=100), by="x")
    with pytest.raises(InputError, match="announce the change"):
        opened()
    change = announce_change("credit", "a survey", by="ann")
    answer_change(change.pk, consents=True, answer="", by="rep")
    assert opened().people == 12


def test_single_answers_go_after_half_a_year(store):
    from takeup.server.acting.survey.services import KEPT, let_go

    asked = people(12)
    made = opened(days=3)
    for someone in asked:
        answered(made, someone)
    ended(made)
    let_go(made.ends_on + KEPT)
    assert len(held(made)) == 12
    let_go(made.ends_on + KEPT + timedelta(days=1))
    assert held(made) == []


def test_somebody_who_is_asked_sees_it_on_the_start_page_until_they_answered(store):
    asked = people(12)
    made = opened()
    browser = client_of(asked[0])
    # A link holds the second it was made in; what stands before that is theirs.
    assert link(made, asked[0]).split(":")[0] in browser.get("/").content.decode()
    answered(made, asked[0])
    assert "/survey/" not in browser.get("/").content.decode()


def test_an_erased_person_is_invited_no_more(store):
    from takeup.server.acting.survey.rows import erased

    asked = people(12)
    made = opened()
    erased(asked[0].handle)
    assert made.invitations.count() == 11
    assert client_of().get(link(made, asked[0])).status_code == 404


def test_a_lead_opens_a_survey_on_the_page_and_withdraws_it(store):
    from takeup.server.acting.survey.models import Round
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    people(12)
    lead = client_of(with_role("programme_lead"))
    given = {"use_case": "credit", "population": POPULATION, "starts_on": str(today()),
             "ends_on": str(today() + timedelta(days=13))}  # fmt: skip
    assert "12 people are asked" in lead.post("/surveys/open", given, follow=True).content.decode()
    found = lead.post("/surveys/open", given | {"starts_on": "soon"})
    assert (found.status_code, "write the day as" in found.content.decode()) == (422, True)
    (made,) = Round.objects.all()
    assert "keep nothing" in lead.get("/surveys").content.decode()
    lead.post(f"/surveys/{made.pk}/withdraw")
    assert not Round.objects.exists()


def test_answers_of_a_second_file_so_near_that_single_people_would_show_are_refused(store):
    from takeup.server.acting.survey.services import take_imports
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    people(14)
    said = [dict.fromkeys(ITEMS, 1 + i % 5) for i in range(12)]
    take_imports("credit", {POPULATION: said}, today() - timedelta(days=40), by="x")
    for days in (40, 39, 20):
        with pytest.raises(InputError, match="what the two differ by would be the answers of few"):
            take_imports(
                "credit",
                {POPULATION: [*said, dict.fromkeys(ITEMS, 5)]},
                today() - timedelta(days=days),
                by="x",
            )
    with pytest.raises(InputError, match="9 answers are too few"):
        take_imports("credit", {POPULATION: said[:9]}, today(), by="x")
    take_imports("credit", {POPULATION: said}, today(), by="x")


def test_who_was_reminded_is_forgotten_when_it_ends_or_is_withdrawn(store):
    from takeup.server.acting.survey.services import remind, withdraw
    from takeup.server.foundation.notices.models import Delivery, Notice

    def of_it(number):
        key = f"survey:{number}:"
        return [told.objects.filter(key__startswith=key).count() for told in (Notice, Delivery)]

    asked = people(12)
    made = opened(days=3, by=with_role("programme_lead").handle)
    Delivery.objects.create(
        channel="mail", address="a@example.org", key=f"survey:{made.pk}:reminded:x",
        subject="", text="", path="", made_at=made.opened_at, next_at=made.opened_at,
    )  # fmt: skip
    answered(made, asked[0])
    remind(made.pk, by=made.opened_by)
    assert of_it(made.pk) == [23, 1]
    ended(made)
    # What is left tells whoever opened it that too few answered.
    assert set(Notice.objects.values_list("handle", flat=True)) == {made.opened_by}
    assert of_it(made.pk) == [1, 0]
    other = _opened_for("credit", "south")
    withdraw(other.pk, by="ann")
    assert of_it(other.pk) == [0, 0]


def _opened_for(use_case, population):
    from takeup.server.acting.survey.services import open_round

    people(12, population)
    return open_round(use_case, population, today(), today() + timedelta(days=9), by="ann")


def test_by_trait_nothing_is_said_where_the_total_would_tell_that_everybody_answered():
    from takeup.server.acting.survey.response import by_trait

    def response(**groups):
        people = [(f"{team}{i}", team, i < k) for team, (k, n) in groups.items() for i in range(n)]
        return by_trait({h: said for h, _, said in people}, {h: ("", t) for h, t, _ in people}, 10)

    # 15 of 20 less 5 of 10 leaves 10 of 10.
    assert response(a=(10, 10), b=(5, 10)) == {}
    # Nobody of those told as "10 or fewer"; all of two who are too few and of the ten beside them.
    assert response(a=(0, 10), b=(6, 12)) == {}
    assert response(a=(2, 2), b=(10, 10), c=(6, 12)) == {}
    told = response(a=(10, 10), b=(5, 10), c=(1, 12))["team"]
    assert {team: round(share, 2) for team, (_, share) in told.items()} == {
        "a": 0.9,
        "b": 0.5,
        "c": 0.1,
    }
    assert response(a=(6, 10), b=(5, 10))["team"] == {"a": [10, 0.6], "b": [10, 0.5]}


def test_a_first_day_far_away_is_refused(store):
    people(12)
    with pytest.raises(InputError, match="more than a year away"):
        opened(starts=400)
    assert opened(starts=300).begun is False


def test_what_the_store_held_while_people_answered_goes_with_the_end(store):
    from pathlib import Path

    from django.conf import settings
    from django.db import connection

    from takeup.record.clock import at, now
    from takeup.server.acting.survey.timed import surveys

    asked = people(12)
    made = opened(days=3)
    for someone in asked:
        answered(made, someone)
    if connection.vendor != "sqlite":
        return
    journal = Path(f"{connection.settings_dict['NAME']}-wal")
    assert journal.stat().st_size > 0
    with at(now() + timedelta(days=3)):
        surveys(None, settings.TAKEUP)
    made.refresh_from_db()
    assert (made.closed, journal.stat().st_size) == (True, 0)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        assert cursor.fetchone() == (1,)


def test_whoever_looks_twice_at_an_open_survey_does_not_see_that_somebody_answered(store):
    asked = people(24)
    made = opened(days=3)
    lead = client_of(with_role("programme_lead"))

    def looked():
        page = lead.get("/surveys").content.decode()
        return re.search(r"<dt>answered</dt><dd>([^<]*)</dd>", page)[1], "in 100</dt>" in page

    assert looked() == ("fewer than 10", False)
    for someone in asked[:9]:
        answered(made, someone)
    assert looked() == ("fewer than 10", False)
    for someone in asked[9:13]:
        answered(made, someone)
    assert looked() == ("10 or more", False)
    ended(made)
    assert looked() == ("13", True)


def test_answers_that_were_brought_in_are_not_brought_in_again_a_day_later_with_one_more(store):
    from takeup.server.acting.survey.services import APART, take_imports
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    people(12)
    said = [dict.fromkeys(ITEMS, 3)] * 10
    take_imports("credit", {POPULATION: said}, today() - timedelta(days=40), by="x")
    later = [*said, dict.fromkeys(ITEMS, 5)]
    for days in (39, 40 - APART.days + 1, 41):
        with pytest.raises(InputError, match="28 days apart"):
            take_imports("credit", {POPULATION: later}, today() - timedelta(days=days), by="x")
    take_imports("credit", {POPULATION: later}, today() - timedelta(days=12), by="x")


def test_nobody_is_asked_anew_within_four_weeks_of_answers_that_were_brought_in(store):
    from takeup.server.acting.survey.services import take_imports, withdraw
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    people(12)
    said = {POPULATION: [dict.fromkeys(ITEMS, 3)] * 10}
    made = take_imports("credit", said, today() - timedelta(days=20), by="x")
    with pytest.raises(InputError, match=r"answers were brought in, given until .* 28 days later"):
        opened()
    withdraw(made[0].pk, by="lead", why="the file of another branch")
    assert opened()


def test_the_command_brings_in_each_population_and_the_rest_as_it_is_told(store, tmp_path):
    """The column of the file goes before `--population`, which is for rows that name none."""
    import json

    from typer.testing import CliRunner

    from takeup.cli import app
    from takeup.server.acting.survey.models import Box
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    people(12)
    people(12, population="south")
    rows = [(name, *(1 + (i + k) % 5 for k in range(20))) for i in range(12) for name in ("north", "")]  # fmt: skip
    file = tmp_path / "answers.csv"
    file.write_text("\n".join([f"population,{','.join(ITEMS)}", *(",".join(map(str, r)) for r in rows)]))  # fmt: skip
    asked = ["survey", "import", str(file), "--use-case", "credit", "--asked-on", str(today())]
    refused = CliRunner().invoke(app, asked)
    assert "12 answers name no population; say --population" in str(refused.exception)
    done = CliRunner().invoke(app, [*asked, "--population", "south", "--json"])
    assert json.loads(done.stdout)["populations"] == {"north": 12, "south": 12}
    assert {len(box.answers) for box in Box.objects.all()} == {12}


def _brought_in(answers=None, days_ago=40, population=POPULATION):
    from takeup.server.acting.survey.services import take_imports
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    given = answers or [dict.fromkeys(ITEMS, 1 + i % 5) for i in range(12)]
    asked_on = today() - timedelta(days=days_ago)
    (made,) = take_imports("credit", {population: given}, asked_on, by="lead")
    return made


def test_answers_that_were_brought_in_by_mistake_are_taken_back_and_those_before_count_again(store):
    from takeup.server.acting.survey.services import answers_of

    people(12)
    _brought_in(days_ago=80)
    before = answers_of("credit")
    wrong = _brought_in([dict.fromkeys(ITEMS, 5)] * 11 + [dict.fromkeys(ITEMS, 4)])
    assert len(answers_of("credit")) == 12
    assert not answers_of("credit").equals(before)
    lead = client_of(with_role("programme_lead"))
    path = f"/surveys/{wrong.pk}/withdraw"
    refused = lead.post(path, {"why": "no"})
    assert (refused.status_code, "say why it is taken back" in refused.content.decode()) == (422, True)  # fmt: skip
    assert held(wrong)
    lead.post(path, {"why": "It was the file of another branch"})
    assert answers_of("credit").equals(before)
    assert held(wrong) == []
    page = lead.get("/surveys").content.decode()
    assert "Taken back" in page
    assert "It was the file of another branch" in page
    [told] = audited("survey.taken_back")
    assert told.detail["reason"] == "It was the file of another branch"
    assert "was taken back" in lead.post(path, {"why": "once more, please"}).content.decode()


def test_after_it_was_taken_back_the_right_file_comes_in_unless_it_differs_by_a_few(store):
    from takeup.server.acting.survey.services import let_go, withdraw

    people(12)
    given = [dict.fromkeys(ITEMS, 1 + i % 5) | {"JS1": 1 + i // 5} for i in range(24)]
    wrong = _brought_in(given)
    withdraw(wrong.pk, by="lead", why="two rows were of another branch")
    with pytest.raises(InputError, match="these answers differ by 2 from those that were taken back"):  # fmt: skip
        _brought_in(given[:-2])
    with pytest.raises(InputError, match="differ by 1 from"):
        _brought_in([*given[:-1], dict.fromkeys(ITEMS, 2)])
    assert _brought_in(given).pk
    wrong.refresh_from_db()
    assert len(wrong.prints) == 24
    assert not any(str(given[0]) in one for one in wrong.prints)
    let_go(today() + timedelta(days=181))
    wrong.refresh_from_db()
    assert wrong.prints == []


def test_the_command_takes_back_what_it_brought_in(store, tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from takeup.cli import app

    people(12)
    wrong = _brought_in()
    monkeypatch.setattr("takeup.server.running.commands.survey.started", lambda: None)
    refused = CliRunner().invoke(app, ["survey", "withdraw", str(wrong.pk)])
    assert refused.exit_code != 0
    done = CliRunner().invoke(app, ["survey", "withdraw", str(wrong.pk), "--why", "the wrong file"])
    assert (done.exit_code, "is taken back" in done.output) == (0, True)
    assert held(wrong) == []


def test_a_survey_whose_opener_left_is_taken_over_and_reminded_of(store, monkeypatch):
    from takeup.server.acting.survey.services import remind, take_over
    from takeup.server.deployment.roles import Role
    from takeup.server.foundation.organization.membership import deactivate
    from takeup.server.foundation.organization.services import set_roles

    people(12)
    gone, stays = with_role("programme_lead"), with_role("role_owner")
    other = person("other-lead", name="Other Lead")
    set_roles(other, {Role.PROGRAMME_LEAD}, "test")
    made = opened(by=gone.handle)
    with pytest.raises(InputError, match="still there"):
        take_over(made.pk, by=stays.handle)
    assert "take it over" not in client_of(stays).get("/surveys").content.decode()
    deactivate(gone, today(), "test")
    told = []
    monkeypatch.setattr(
        "takeup.server.acting.survey.services.tell",
        lambda handles, *rest, **more: told.append((list(handles), rest)),
    )
    page = client_of(stays)
    assert "take it over" in page.get("/surveys").content.decode()
    assert page.post(f"/surveys/{made.pk}/take-over").status_code == 302
    assert [handles for handles, _ in told] == [[other.handle]]
    assert remind(made.pk, by=stays.handle) == 12
    with pytest.raises(InputError, match="only whoever opened"):
        remind(made.pk, by=gone.handle)


def test_somebody_who_moved_between_two_surveys_follows_from_neither_population_s_figures(store):
    """Everybody answers as before in both, but the one who moved, alone with a five: what is shown of both populations
    after the second survey holds nothing of it that was not among twelve before."""
    from takeup.record.clock import at, now
    from takeup.server.acting.survey.services import answers_of, begin_and_close, open_round
    from takeup.server.foundation.organization.models import Placement, Population
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    mover, *_ = people(12)
    people(12, population="south")

    def survey_of(population):
        made = open_round("credit", population, today(), today() + timedelta(days=6), by="lead")
        for invited in list(made.invitations.values_list("handle", flat=True)):
            own = type(mover)(handle=invited)
            answered(made, own, point=5 if invited == mover.handle else 2, JS1=1)
        return made

    def shown():
        found = answers_of("credit")
        return {name: part["CA1"].sum() for name, part in found.groupby("population")}

    first = [survey_of("north"), survey_of("south")]
    with at(now() + timedelta(days=8)):
        begin_and_close(today())
        before = shown()
    assert before == {"north": 11 * 2 + 5, "south": 24}
    with at(now() + timedelta(days=60)):
        Placement.objects.filter(person=mover).update(until_day=today() - timedelta(days=9))
        Placement.objects.create(
            person=mover, population=Population.objects.get(key="south"), from_day=today() - timedelta(days=9)
        )  # fmt: skip
        second = [survey_of("north"), survey_of("south")]
    assert all(mover.handle not in s.invitations.values_list("handle", flat=True) for s in second)
    assert [s.people for s in first] == [12, 12]
    with at(now() + timedelta(days=70)):
        begin_and_close(today())
        # The north's second survey would be the first less the mover's: it is not shown; the south's is as it was.
        assert shown() == before
    second[0].refresh_from_db()
    assert "few people left in between" in second[0].withheld
