"""The organization follows its file: who was where on which day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takeup.record.clock import at, now
from takeup.record.errors import DeclarationError

FILE = """person_id,name,email,population,team,team_manager,cohort,roles
o1,Ada,ada@example.org,north,n1,m1,first,
o2,Bo,bo@example.org,north,n1,m1,first,champion
m1,Mo,mo@example.org,,,,,
l1,Lea,lea@example.org,,,,,programme_lead; executive
"""
MONDAY = date(2026, 3, 2)


def today() -> date:
    """Asked when a test runs: a run may pass midnight."""
    return now().date()


def imported(text: str, day: date = MONDAY, **options):
    from takeup.server.foundation.organization.import_people import import_people
    from takeup.server.foundation.organization.people_file import read_people_csv

    return import_people(read_people_csv(text), actor="test", day=day, **options)


def someone(person_id: str):
    from takeup.server.foundation.organization.models import Person

    return Person.objects.get(person_id=person_id)


def where(person_id: str, day: date) -> tuple[str, str] | None:
    from takeup.server.foundation.organization.services import on

    place = someone(person_id).placements.filter(on(day)).select_related().first()
    return place and (place.population.key, place.team and place.team.key)


def roles(person_id: str, day: date = MONDAY) -> set[str]:
    from takeup.server.foundation.organization.services import roles_of

    return {role.value for role in roles_of(someone(person_id), day)}


def test_a_file_makes_people_places_managers_and_roles(store):
    imported(FILE)
    assert where("o1", MONDAY) == ("north", "n1")
    assert roles("o1") == {"practitioner"}
    assert roles("o2") == {"practitioner", "champion"}
    assert roles("m1") == {"manager"}
    assert roles("l1") == {"programme_lead", "executive"}


def test_a_population_a_cohort_and_a_team_are_called_by_the_title_they_were_given(store):
    from takeup.server.foundation.organization import services
    from takeup.server.foundation.organization.models import Cohort, Population, Team

    imported(FILE)
    services.give_title(Team, "n1", "Elm Street", "test")
    assert services.team_titles() == {"n1": "Elm Street"}
    services.give_title(Population, "north", " Officers north ", "test")
    services.give_title(Cohort, "first", "First group", "test")
    assert services.population_titles() == {"north": "Officers north"}
    assert services.cohort_title("first") == "First group"
    imported(FILE)
    assert services.population_titles() == {"north": "Officers north"}
    services.give_title(Population, "north", "", "test")
    assert services.population_titles() == {}


def test_a_title_of_what_is_not_there_is_refused_with_what_is(store):
    from takeup.record.errors import InputError
    from takeup.server.foundation.organization import services
    from takeup.server.foundation.organization.models import Population

    imported(FILE)
    with pytest.raises(InputError, match=r"'south' is no population .* there are north"):
        services.give_title(Population, "south", "South", "test")


def test_the_same_file_again_changes_nothing(store):
    assert imported(FILE)
    assert imported(FILE) == []
    assert imported(FILE, MONDAY + timedelta(days=30)) == []


def test_a_dry_run_says_what_would_change_and_keeps_nothing(store):
    from takeup.server.foundation.organization.models import Person

    changes = imported(FILE, dry_run=True)
    assert {c.person_id for c in changes if c.what == "joins"} == {"o1", "o2", "m1", "l1"}
    assert not Person.objects.exists()


def test_every_day_before_a_move_is_kept(store):
    imported(FILE)
    later = MONDAY + timedelta(days=40)
    (change,) = imported(
        FILE.replace("o1,Ada,ada@example.org,north,n1", "o1,Ada,ada@example.org,north,n2"), later
    )[:1]
    assert (change.what, change.before, change.after) == (
        "moves",
        "north · n1 · first",
        "north · n2 · first",
    )
    assert where("o1", later - timedelta(days=1)) == ("north", "n1")
    assert where("o1", later) == ("north", "n2")


def test_who_is_gone_from_the_file_is_deactivated_and_may_return(store):
    imported(FILE)
    later = MONDAY + timedelta(days=10)
    without = FILE.replace("o2,Bo,bo@example.org,north,n1,m1,first,champion\n", "")
    assert [(c.person_id, c.what) for c in imported(without, later)] == [("o2", "leaves")]
    assert not someone("o2").is_active
    assert roles("o2", later) == set()
    assert where("o2", later - timedelta(days=1)) == ("north", "n1")
    assert where("o2", later) is None
    again = imported(FILE, later + timedelta(days=5))
    assert {c.what for c in again} == {"returns", "moves", "roles"}
    assert roles("o2", later + timedelta(days=5)) == {"practitioner", "champion"}


def test_people_made_by_hand_stay_when_a_file_comes(store):
    from tests.server.people import with_role

    with_role("administrator")
    imported(FILE)
    assert roles("some-administrator", today()) == {"administrator"}


def test_roles_given_by_hand_stay_when_the_file_takes_its_own(store):
    from takeup.server.deployment.roles import Role
    from takeup.server.foundation.organization.services import set_roles

    with at(datetime.fromisoformat("2026-03-02T08:00:00+00:00")):
        imported(FILE)
        set_roles(someone("l1"), {Role.OVERSIGHT_OFFICER}, "test")
        imported(FILE.replace("programme_lead; executive", ""))
    assert roles("l1") == {"oversight_officer"}


def test_a_session_ends_when_its_person_leaves(store):
    from tests.server.people import client_of

    imported(FILE, today() - timedelta(days=3))
    client = client_of(someone("l1"))
    assert client.get("/").status_code == 200
    imported(FILE.replace("l1,Lea,lea@example.org,,,,,programme_lead; executive\n", ""), today())
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name\nAda\n", "the columns are person_id"),
        ("person_id,colour\no1,red\n", "columns colour are not known"),
        ("person_id\n", "would deactivate everybody"),
        ("person_id,email\no1,ada\n", "line 2, email: 'ada' is no address"),
        ("person_id\no1\no1\n", "line 2, person_id: 'o1' stands 2 times"),
        ("person_id,roles\no1,king\n", "line 2, roles: 'king' is none of"),
        ("person_id,roles\no1,manager\n", "line 2, roles: 'manager' is none of"),
        ("person_id,team\no1,t\n", "line 2, population: a person in a team is in a population"),
        ("person_id,population,team,team_manager\no1,p,t,zz\n", "team_manager: 'zz' is not in the file"),
        ("person_id,population,team,team_manager\na,p,t,a\nb,p,t,b\n", "a team has one direct manager"),
        ("person_id,name\no1,x,y\n", "line 2: more cells than columns"),
        ("person_id,email\na,x@y.zz\nb,X@y.zz\n", "belongs to more than one person"),
    ],
)  # fmt: skip
def test_a_file_with_a_mistake_is_not_used_and_the_mistake_is_named(store, text, words):
    from takeup.server.foundation.organization.models import Person

    with pytest.raises(DeclarationError) as refused:
        imported(text)
    assert words in " ".join(refused.value.problems)
    assert not Person.objects.exists()


def test_semicolons_tabs_and_a_byte_order_mark_are_read_too(store):
    assert len(imported("\ufeffperson_id;name\no1;Ada\n")) == 1
    assert imported("person_id\tname\no1\tAda\n") == []


def test_an_address_can_pass_from_one_person_to_another(store):
    imported("person_id,email\na,x@example.org\nb,y@example.org\n")
    imported("person_id,email\na,y@example.org\nb,x@example.org\n")
    assert someone("a").email == "y@example.org"
    assert someone("b").email == "x@example.org"


_PERSON = st.fixed_dictionaries(
    {
        "person_id": st.sampled_from(["a", "b", "c", "d"]),
        "population": st.sampled_from(["north", "south", None]),
        "team": st.sampled_from(["t1", "t2", None]),
        "roles": st.sampled_from(["", "executive", "champion;executive"]),
    }
)


def _sound(rows):
    for row in rows:
        if row["population"] is None:
            row = row | {"team": None}
        yield row


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    files=st.lists(
        st.lists(_PERSON, min_size=1, max_size=4, unique_by=lambda r: r["person_id"]),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_after_any_row_of_files_the_organization_is_what_the_last_one_says(store, files):
    from takeup.server.foundation.organization.import_people import import_people
    from takeup.server.foundation.organization.models import Grant, Lead, Person, Placement
    from takeup.server.foundation.organization.people_file import read_people

    for model in (Placement, Lead, Grant, Person):
        model.objects.all().delete()
    for days, file in enumerate(files):
        day = MONDAY + timedelta(days=days)
        rows = read_people(list(_sound(file)))
        import_people(rows, actor="test", day=day)
        assert import_people(rows, actor="test", day=day) == []
        for row in rows:
            there = where(row.person_id, day)
            assert there == ((row.population, row.team) if row.population else None)
            assert roles(row.person_id, day) - {"practitioner"} == set(row.roles)
        active = set(Person.objects.filter(is_active=True).values_list("person_id", flat=True))
        assert active == {row.person_id for row in rows}
    # On no day is anybody in two places.
    for days in range(len(files)):
        from takeup.server.foundation.organization.services import on

        held = list(
            Placement.objects.filter(on(MONDAY + timedelta(days=days))).values_list(
                "person", flat=True
            )
        )
        assert len(held) == len(set(held))


def test_the_page_shows_what_would_change_before_anything_does(store):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from takeup.server.foundation.organization.models import Person
    from tests.server.people import client_of, with_role

    client = client_of(with_role("administrator"))
    given_file = SimpleUploadedFile("people.csv", FILE.encode(), "text/csv")
    answer = client.post("/organization/import", {"file": given_file})
    assert "changes would be made" in answer.content.decode()
    assert not Person.objects.filter(person_id="o1").exists()
    answer = client.post("/organization/import", {"text": FILE, "apply": "1"})
    assert answer.status_code == 302
    assert Person.objects.filter(person_id="o1").exists()
    wrong = SimpleUploadedFile("people.csv", b"person_id,email\no9,nonsense\n", "text/csv")
    answer = client.post("/organization/import", {"file": wrong})
    assert (answer.status_code, b"is no address" in answer.content) == (422, True)


def test_the_last_administrator_cannot_give_up_the_role(store):
    from tests.server.people import client_of, with_role

    administrator = with_role("administrator")
    client = client_of(administrator)
    client.post(f"/people/{administrator.handle}/roles", {"role": ["executive"]})
    assert "administrator" in roles("some-administrator", today())


def test_a_sign_in_link_works_once_and_sets_a_password_that_signs_in(store):
    from takeup.server.foundation.organization.sign_in import sign_in_link
    from tests.server.people import client_of, person

    found = person("o7", name="Oda")
    path = "/" + sign_in_link(found).split("/", 3)[3]
    client = client_of()
    form = client.get(path, follow=True)
    word = "a-long-and-rare-password"
    done = client.post(form.request["PATH_INFO"], {"new_password1": word, "new_password2": word})
    assert done.url == "/password/done"
    assert "used up" in client_of().get(path, follow=True).content.decode()
    answer = client_of().post("/sign-in", {"login": "o7@example.org", "password": word})
    assert (answer.status_code, answer.url) == (302, "/")


def test_short_and_common_passwords_are_refused(store):
    from takeup.server.foundation.organization.sign_in import sign_in_link
    from tests.server.people import client_of, person

    path = "/" + sign_in_link(person("o8")).split("/", 3)[3]
    client = client_of()
    form = client.get(path, follow=True).request["PATH_INFO"]
    for word in ("short", "password1234"):
        answer = client.post(form, {"new_password1": word, "new_password2": word})
        assert answer.status_code == 200


def test_a_use_case_keeps_every_version_and_refuses_mistakes_by_name(store):
    from takeup.server.acting.rollout.services import modes
    from takeup.server.foundation.organization.models import Declaration
    from takeup.server.foundation.organization.services import declare_use_case, declared

    declare_use_case("credit", 'title = "Credit"\nchoices = ["approve", "decline"]\n', "test")
    declare_use_case("credit", 'title = "Credit lines"\n', "test")
    declare_use_case("credit", 'title = "Credit lines"\n', "test")
    assert Declaration.objects.count() == 2
    assert declared("credit").title == "Credit lines"
    assert modes() == {"credit": "shadow"}
    with pytest.raises(DeclarationError) as refused:
        declare_use_case("credit", "colour = 3\n", "test")
    assert "colour is not a key takeup knows" in refused.value.problems[0]
    with pytest.raises(DeclarationError):
        declare_use_case("credit", 'name = "forecast"\n', "test")


def test_guessing_passwords_is_slowed_down(store):
    from django.core.cache import cache

    from tests.server.people import PASSWORD, client_of, person

    cache.clear()
    person("guessed")
    browser = client_of()

    def tried(password: str):
        return browser.post("/sign-in", {"login": "guessed@example.org", "password": password})

    try:
        for _ in range(8):
            tried("a-wrong-long-password")
        answer = tried(PASSWORD)
        assert answer.status_code in (200, 429)
        assert client_of().get("/").status_code == 302
        assert "sessionid" not in browser.cookies
        assert "_auth_user_id" not in browser.session
    finally:
        cache.clear()


def test_signing_out_ends_the_session(store):
    from tests.server.people import PASSWORD, client_of, person

    person("leaver")
    browser = client_of()
    browser.post("/sign-in", {"login": "leaver@example.org", "password": PASSWORD})
    cookie = browser.cookies["takeup"].value
    assert browser.get("/").status_code == 200
    browser.post("/sign-out")
    again = client_of()
    again.cookies["takeup"] = cookie
    assert again.get("/").status_code == 302


def test_a_new_password_ends_the_other_sessions(store):
    from tests.server.people import PASSWORD, client_of, person

    person("changer")
    here, there = client_of(), client_of()
    for browser in (here, there):
        browser.post("/sign-in", {"login": "changer@example.org", "password": PASSWORD})
        assert browser.get("/").status_code == 200
    word = "another-long-and-rare-one"
    here.post("/password", {"oldpassword": PASSWORD, "password1": word, "password2": word})
    assert there.get("/").status_code == 302
