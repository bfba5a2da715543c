"""The sample bank's people: officers with invented names, a manager for each team, the programme's staff. Sign-ins go into a
file of the home folder, because the database keeps only hashes of passwords."""

from __future__ import annotations

import secrets

import pyarrow as pa
import pyarrow.compute as pc

from takeup.server.deployment.roles import Role
from takeup.server.deployment.sampled import ACTOR, Bank
from takeup.server.foundation.organization.import_people import import_people
from takeup.server.foundation.organization.models import Cohort, Person, Population, Team
from takeup.server.foundation.organization.people_file import PersonRow
from takeup.server.foundation.organization.services import declare_use_case

_TITLES = {
    "LO1": "Branch officers Metro", "LO2": "Branch officers Rural",
    "SOUTH": "Branch officers South", "PRIVATE": "Private bankers",
}  # fmt: skip
_BRANCHES = (
    "Elm Street", "Harbour", "Mill Lane", "Station Road", "Old Market", "Queen's Square", "Riverside", "Northgate",
    "Castle Hill", "Park Avenue", "Bridge Street", "Linden", "Quayside",
)  # fmt: skip
"""Of the teams, in the order of their keys."""
_GIVEN = (
    "Ruth", "Tomas", "Priya", "Ingrid", "Marek", "Lena", "Omar", "Chiara", "Jonas", "Aisha", "Piotr",
    "Nadia", "Elif", "Hugo", "Sofia", "Kofi", "Greta", "Mateo", "Yara", "Felix",
)  # fmt: skip
_FAMILY = (
    "Adeyemi", "Wilk", "Nair", "Solheim", "Petrov", "Brandt", "Haddad", "Moor", "Keller", "Rossi",
    "Novak", "Lindqvist", "Demir", "Costa", "Mensah", "Vogel", "Santos", "Iversen", "Kaya", "Dubois",
)  # fmt: skip
_STAFF = (
    ("Ruth Adeyemi", Role.PROGRAMME_LEAD),
    ("Henrik Solheim", Role.EXECUTIVE),
    ("Marta Vogel", Role.ROLE_OWNER),
    ("Priya Nair", Role.PRODUCT_TEAM),
    ("Clara Brandt", Role.WORKER_REPRESENTATIVE),
    ("Idris Keller", Role.OVERSIGHT_OFFICER),
    ("Ana Moor", Role.ADMINISTRATOR),
)
_DOMAIN = "bank.example"
_CHAMPION = 1
"""Which officer is one, in the order of their ids."""


def prepare(bank: Bank) -> None:
    """Its people, and what its use case declares."""
    bank.step("making its organization")
    bank.sign_ins = _people(bank.tables["decisions"])
    declare_use_case(bank.use_case, bank.declared, ACTOR)


def _people(decisions: pa.Table) -> list[tuple[str, str, str]]:
    """The officers with invented names, a manager for each team, the programme's staff."""
    placed = (
        decisions.select(["person_id", "population", "team"])
        .group_by("person_id")
        .aggregate([("population", "max"), ("team", "max")])
    )
    officers = sorted(
        zip(
            *(placed[c].to_pylist() for c in ("person_id", "population_max", "team_max")),
            strict=True,
        )
    )
    names = [f"{g} {f}" for f in _FAMILY for g in _GIVEN]
    taken = {name for name, _ in _STAFF}
    free = [name for name in names if name not in taken]
    # Spread over both lists, so that neighbours do not share a family name.
    free = [free[(i * 37) % len(free)] for i in range(len(free))]
    teams = sorted({team for _, _, team in officers})
    managers = {team: f"manager-{team}" for team in teams}
    rows = [
        PersonRow(
            person_id=person, name=free[i], email=_address(free[i]), population=population,
            team=team, team_manager=managers[team], cohort=f"{population}-first",
            roles=(Role.CHAMPION.value,) if i == _CHAMPION else (),
        )
        for i, (person, population, team) in enumerate(officers)
    ]  # fmt: skip
    for i, (_team, person) in enumerate(managers.items(), len(rows)):
        rows.append(PersonRow(person_id=person, name=free[i], email=_address(free[i])))
    for name, role in _STAFF:
        rows.append(
            PersonRow(
                person_id=f"staff-{role.value}",
                name=name,
                email=_address(name),
                roles=(role.value,),
            )
        )
    first_day = pc.min(decisions["decided_at"]).as_py().date()
    import_people(rows, actor=ACTOR, day=first_day)
    for key, title in _TITLES.items():
        Population.objects.filter(key=key).update(title=title)
        Cohort.objects.filter(key=f"{key}-first").update(title=f"{title}, first group")
    for team, title in zip(teams, _BRANCHES, strict=False):
        Team.objects.filter(key=team).update(title=title)
    chosen = [
        *((role.label, f"staff-{role.value}") for _, role in _STAFF),
        (Role.MANAGER.label, managers[teams[0]]),
        (Role.PRACTITIONER.label, officers[0][0]),
        (Role.CHAMPION.label, officers[_CHAMPION][0]),
    ]
    return [(str(label), *_signs_in(person)) for label, person in chosen]


def _signs_in(person_id: str) -> tuple[str, str]:
    person = Person.objects.get(person_id=person_id)
    word = secrets.token_urlsafe(12)
    person.set_password(word)
    person.save()
    return str(person.email), word


def _address(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@{_DOMAIN}"
