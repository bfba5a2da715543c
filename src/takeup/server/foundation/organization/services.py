"""What other capabilities may ask of the organization: who was where on which day, who holds which
role, what a use case declares; and the import that keeps it up to date."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import tomlkit
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Count, Q

from takeup.disclosure.names import Called
from takeup.record.clock import now
from takeup.record.errors import DeclarationError, InputError
from takeup.record.settings import DisclosureSettings
from takeup.record.toml_file import declare, read_toml_text
from takeup.record.use_case import UseCase as Declared
from takeup.server.deployment.roles import Role
from takeup.server.foundation.agreement.services import need_agreed_change
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization.import_people import Change, import_people
from takeup.server.foundation.organization.membership import (
    deactivate,
    end,
    holders,
    on,
    on_path,
    roles_of,
    set_roles,
)
from takeup.server.foundation.organization.models import (
    Cohort,
    Declaration,
    Lead,
    Person,
    Placement,
    Population,
    Team,
    UseCase,
)
from takeup.server.foundation.organization.people_file import read_people, read_people_csv


def use_case(name: str, from_sender: str = "") -> UseCase:
    """The use case of this name, made where it is new: by somebody here, or `from_sender`."""
    return UseCase.objects.get_or_create(name=name, defaults={"from_sender": from_sender})[0]


def refused_use_cases() -> list[str]:
    """Use cases of which nothing is taken in."""
    return list(UseCase.objects.exclude(refused_at=None).values_list("name", flat=True))


@transaction.atomic
def refuse_use_case(name: str, actor: str) -> None:
    """Nothing more of it is taken in: a sender's mistake, or nobody's."""
    UseCase.objects.filter(name=name).update(refused_at=now(), refused_by=actor)
    audit.record("use_case.refused", actor=actor, use_case=name)


@transaction.atomic
def admit_use_case(name: str, actor: str) -> None:
    """It is taken in again."""
    UseCase.objects.filter(name=name).update(refused_at=None, refused_by="")
    audit.record("use_case.admitted", actor=actor, use_case=name)


@transaction.atomic
def declare_use_case(name: str, text: str, actor: str) -> Declared:
    """Keep what a use case declares (TOML of one use case) as its next revision.

    Raises DeclarationError naming every mistake; nothing changes then.
    """
    declared = declare(Declared, read_toml_text(text, name), name)
    if declared.name not in (None, name):
        raise DeclarationError(name, [f"name: {declared.name!r} is another use case"])
    held = use_case(name)
    last = held.declarations.order_by("revision").last()
    if last is None or last.text != text:
        need_agreed_change(name, "what a use case declares")
        Declaration.objects.create(
            use_case=held,
            revision=last.revision + 1 if last else 1,
            text=text,
            declared_at=now(),
            declared_by=actor,
        )
        audit.record(
            "use_case.declared", actor=actor, use_case=name,
            before=last.text if last else None, after=text,
        )  # fmt: skip
    return declared


def declare_from_file(path: Path, actor: str) -> list[str]:
    """Keep every use case of a use-case file; their names. Raises DeclarationError."""
    text = path.read_text(encoding="utf-8")
    contents = read_toml_text(text, str(path))
    name = contents.get("name")
    if "use_case" in contents or not isinstance(name, str):
        tables = contents.get("use_case", {})
        for key, one in tables.items():
            declare_use_case(str(key), tomlkit.dumps(one), actor)
        return [str(key) for key in tables]
    declare_use_case(name, text, actor)
    return [name]


def declared(name: str) -> Declared:
    """What a use case declares now; the defaults where nothing was declared yet."""
    last = Declaration.objects.filter(use_case__name=name).order_by("revision").last()
    if last is None:
        return Declared(name=name)
    found = declare(Declared, read_toml_text(last.text, name), name)
    return found if found.name else found.model_copy(update={"name": name})


def is_declared(name: str) -> bool:
    """Whether somebody here said what a use case is."""
    return Declaration.objects.filter(use_case__name=name).exists()


def forget_use_case(name: str) -> None:
    """Nothing is kept of it any more: it is no longer there, unless it is refused, which holds."""
    UseCase.objects.filter(name=name, refused_at=None, declarations=None).delete()


def use_case_names() -> list[str]:
    """Every use case there is."""
    return list(UseCase.objects.order_by("name").values_list("name", flat=True))


def population_titles() -> dict[str, str]:
    """Titles of the populations that have one, by key."""
    return dict(Population.objects.exclude(title="").values_list("key", "title"))


def team_titles() -> dict[str, str]:
    """Titles of the teams that have one, by key."""
    return dict(Team.objects.exclude(title="").values_list("key", "title"))


def use_case_title(name: str) -> str:
    """What a use case is called on pages: its declared title, else its name."""
    return declared(name).title or name


def cohort_titles() -> dict[str, str]:
    """What every cohort is called on pages: its title, else its key as words."""
    return {
        key: title or key.replace("_", " ").replace("-", " ")
        for key, title in Cohort.objects.values_list("key", "title")
    }


def cohort_title(key: str) -> str:
    """What one cohort is called on pages; empty for everybody else."""
    return cohort_titles().get(key, key)


@transaction.atomic
def give_title(
    kind: type[Population] | type[Cohort] | type[Team], key: str, title: str, actor: str
) -> None:
    """What a population, cohort or team is called on pages from now on; empty: by its key.

    Raises InputError where there is none of this key."""
    found = kind.objects.filter(key=key).first()
    if found is None:
        keys = ", ".join(kind.objects.order_by("key").values_list("key", flat=True)) or "none yet"
        word = kind.__name__.lower()
        raise InputError(f"{key!r} is no {word} of the organization's file; there are {keys}")
    before, found.title = found.title, title.strip()
    found.save(update_fields=["title"])
    audit.record("organization.titled", actor=actor, before=before, after=found.title, of=key)


def population_keys() -> list[str]:
    """Every population of the organization."""
    return list(Population.objects.order_by("key").values_list("key", flat=True))


def active_person(handle: str) -> Person | None:
    """The active person of this handle."""
    return Person.objects.filter(handle=handle, is_active=True).first()


def active_among(handles: Collection[str]) -> set[str]:
    """Those of these people who are here."""
    found = Person.objects.filter(handle__in=set(handles), is_active=True)
    return set(found.values_list("handle", flat=True))


def names_of(handles: Iterable[str]) -> dict[str, str]:
    """What people are called, by handle."""
    return {p.handle: str(p) for p in Person.objects.filter(handle__in=set(handles))}


def called() -> list[Called]:
    """What everybody is called who is or was there."""
    known = Person.objects.values_list("name", "person_id", "email")
    return [Called(name, person_id, address or "") for name, person_id, address in known]


def addresses_of(handles: Iterable[str]) -> dict[str, str]:
    """Mail addresses of the active people who have one, by handle."""
    found = Person.objects.filter(handle__in=set(handles), is_active=True, email__isnull=False)
    return {handle: str(email) for handle, email in found.values_list("handle", "email")}


def handle_of_address(address: str) -> str:
    """The handle of the active person of this address; empty where there is none."""
    found = Person.objects.filter(email__iexact=address, is_active=True)
    return found.values_list("handle", flat=True).first() or ""


def handle_of(person_id: str) -> str:
    """The handle of a person as senders call them; empty where nobody is known so."""
    found = Person.objects.filter(person_id=person_id).values_list("handle", flat=True).first()
    return found or ""


class Place(NamedTuple):
    """Where a person was from a day until another (not included; None: still)."""

    from_day: date
    until_day: date | None
    population: str
    team: str | None
    cohort: str | None


def handles_of(person_ids: Collection[str]) -> dict[str, str]:
    """Handles of active people by person id."""
    found: dict[str, str] = {}
    wanted = sorted(person_ids)
    for start in range(0, len(wanted), 500):
        people = Person.objects.filter(person_id__in=wanted[start : start + 500], is_active=True)
        found |= dict(people.values_list("person_id", "handle"))
    return found


def places_of(person_ids: Collection[str]) -> dict[str, list[Place]]:
    """Of each person known by these ids, every place, oldest first."""
    found: dict[str, list[Place]] = {}
    rows = Placement.objects.filter(person__person_id__in=person_ids).order_by("from_day")
    for person, began, ended, population, team, cohort in rows.values_list(
        "person__person_id", "from_day", "until_day", "population__key", "team__key", "cohort__key"
    ):
        found.setdefault(person, []).append(Place(began, ended, population, team, cohort))
    return found


def places_on(person_ids: Collection[str], day: date) -> dict[str, Place]:
    """Of each person known by these ids, the place of one day."""
    return {
        person: place
        for person, places in places_of(person_ids).items()
        for place in places
        if place.from_day <= day and (place.until_day is None or day < place.until_day)
    }


def cohort_and_team_on(
    day: date, cohorts: Collection[str] | None
) -> list[tuple[str, str | None, str | None]]:
    """Person, cohort and team of everybody placed on `day`; of these cohorts alone where given."""
    rows = Placement.objects.filter(on(day))
    if cohorts is not None:
        rows = rows.filter(cohort__key__in=cohorts)
    return list(rows.values_list("person__person_id", "cohort__key", "team__key"))


def cohort_keys() -> list[str]:
    """Every cohort of the organization."""
    return list(Cohort.objects.order_by("key").values_list("key", flat=True))


def cohort_sizes(day: date) -> dict[str, int]:
    """How many people are in each cohort on `day`."""
    counted = (
        Placement.objects.filter(on(day), cohort__isnull=False)
        .values_list("cohort__key")
        .annotate(n=Count("id"))
    )
    return dict(counted)


def handles_in(cohort: str, day: date) -> set[str]:
    """Who is in a cohort on `day`; empty: who is placed and in none."""
    rows = Placement.objects.filter(on(day))
    rows = rows.filter(cohort__key=cohort) if cohort else rows.filter(cohort=None)
    return set(rows.values_list("person__handle", flat=True))


def placed_in(population: str, day: date) -> dict[str, tuple[str, str]]:
    """Everybody active who was in a population on `day`, by handle: their cohort and team (empty: none)."""
    rows = Placement.objects.filter(on(day), population__key=population, person__is_active=True)
    found = rows.values_list("person__handle", "cohort__key", "team__key")
    return {handle: (cohort or "", team or "") for handle, cohort, team in found}


def who_lead(day: date) -> set[str]:
    """Handles of everybody who leads a team on `day`."""
    return set(Lead.objects.filter(on(day)).values_list("person__handle", flat=True))


class Manages(NamedTuple):
    """A manager by handle, the team they lead, a population that people of it are in, and since when they lead it."""

    handle: str
    team: str
    population: str
    since: date


def who_manages(day: date) -> list[Manages]:
    """Everybody active who leads a team on `day`, once a team and population of its people."""
    led = Lead.objects.filter(on(day), person__is_active=True)
    leads = {
        team: (key, handle, since)
        for team, key, handle, since in led.values_list(
            "team_id", "team__key", "person__handle", "from_day"
        )
    }
    placed = Placement.objects.filter(on(day), team_id__in=leads, person__is_active=True)
    pairs = placed.values_list("team_id", "population__key").distinct()
    return sorted(
        Manages(handle, key, population, since)
        for team, population in pairs
        for key, handle, since in [leads[team]]
    )


def import_days(most: int = 20) -> list[tuple[date, str]]:
    """Days on which people came to a place, the newest first; how many, unless they are few."""
    began = Placement.objects.values("from_day").annotate(n=Count("id")).order_by("-from_day")
    found = [(one["from_day"], one["n"]) for one in began[:most]]
    few = DisclosureSettings().minimum_group
    return [(day, f"{n:,} people placed" if n >= few else "some people moved") for day, n in found]


def own_populations(person: Person, day: date) -> set[str]:
    """The population a person is in on `day`, and those of the team they lead."""
    mine = Q(person=person) | Q(team__in=person.leads.filter(on(day)).values("team"))
    found = Placement.objects.filter(on(day)).filter(mine)
    return set(found.values_list("population__key", flat=True))


def placement_of(person: Person, day: date) -> str:
    """The population in which a person decides on `day`; empty where in none."""
    found = Placement.objects.filter(on(day), person=person)
    return found.values_list("population__key", flat=True).first() or ""


def own_cohorts(person: Person, day: date) -> set[str]:
    """The cohort a person is in on `day` (empty: placed and in none), and those of the teams they
    lead."""
    mine = Q(person=person) | Q(team__in=person.leads.filter(on(day)).values("team"))
    found = Placement.objects.filter(on(day)).filter(mine).values_list("cohort__key", flat=True)
    return {key or "" for key in found}


def named_with(roles: Collection[Role], day: date) -> list[tuple[str, str]]:
    """Handle and name of everybody active who was given one of these roles."""
    found = Person.objects.filter(
        on_path("grants", day), grants__role__in=[role.value for role in roles], is_active=True
    ).distinct()
    return sorted(((p.handle, str(p)) for p in found), key=lambda one: one[1])


def managers_of(handle: str) -> list[str]:
    """Handles of who leads a person's team today."""
    today = now().date()
    teams = Placement.objects.filter(on(today), person__handle=handle).values("team")
    found = Person.objects.filter(on_path("leads", today), leads__team__in=teams, is_active=True)
    return sorted(set(found.values_list("handle", flat=True)))


def known_as(person_id: str) -> list[str]:
    """Name and address of a person, and what the company's sign-in calls them."""
    person = Person.objects.filter(person_id=person_id).first()
    if person is None:
        return []
    abroad = SocialAccount.objects.filter(user=person).values_list("uid", flat=True)
    return [text for text in (person.name, person.email, *abroad) if text]


@transaction.atomic
def forget_person(person_id: str, actor: str) -> str:
    """Name, address and sign-in of a person go for good; the handle that stays, empty where nobody
    is known by this id."""
    person = Person.objects.filter(person_id=person_id).first()
    if person is None:
        return ""
    deactivate(person, now().date(), actor)
    person.name, person.email, person.erased_at = "", None, now()
    person.person_id = f"erased-{person.handle}"
    person.set_unusable_password()
    person.save()
    for signs_in in (SocialAccount, EmailAddress, Authenticator):
        signs_in.objects.filter(user=person).delete()
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            session.delete()
    return person.handle


def practitioners(day: date) -> set[str]:
    """Handles of everybody active who decides cases: who is placed on that day."""
    found = Person.objects.filter(on_path("placements", day), is_active=True)
    return set(found.values_list("handle", flat=True).distinct())


def people_by_population(day: date) -> dict[str, int]:
    """By population: how many active people decide there on that day."""
    held = Placement.objects.filter(on(day), person__is_active=True)
    counted = held.values_list("population__key").annotate(n=Count("person", distinct=True))
    return {key: n for key, n in counted if key is not None}


def active_handles() -> list[tuple[str, str]]:
    """Person id and handle of everybody active."""
    return list(Person.objects.filter(is_active=True).values_list("person_id", "handle"))


def active_people() -> int:
    """How many people are active."""
    return Person.objects.filter(is_active=True).count()


__all__ = [
    "Change",
    "Person",
    "Place",
    "Role",
    "active_people",
    "addresses_of",
    "admit_use_case",
    "called",
    "cohort_and_team_on",
    "cohort_keys",
    "cohort_sizes",
    "cohort_title",
    "cohort_titles",
    "deactivate",
    "declare_from_file",
    "declare_use_case",
    "declared",
    "end",
    "forget_person",
    "forget_use_case",
    "give_title",
    "handle_of",
    "handle_of_address",
    "handles_in",
    "holders",
    "import_days",
    "import_people",
    "is_declared",
    "managers_of",
    "named_with",
    "names_of",
    "on",
    "on_path",
    "own_cohorts",
    "own_populations",
    "places_of",
    "places_on",
    "population_keys",
    "population_titles",
    "read_people",
    "read_people_csv",
    "refuse_use_case",
    "refused_use_cases",
    "roles_of",
    "set_roles",
    "team_titles",
    "use_case",
    "use_case_names",
    "use_case_title",
]  # fmt: skip
