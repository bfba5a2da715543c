"""A simulated bank with history, so that an empty deployment has something to show.

Everything in it is invented: people, cases, outcomes. Sign-ins go into a file of the home folder,
because the database keeps only hashes of passwords.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc
import tomlkit

from takeup.log.delta import TIME_OF, DecisionLog
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.record.incoming import RecordKind
from takeup.server.organization.import_people import import_people
from takeup.server.organization.models import Person, Population, UseCase
from takeup.server.organization.people_file import PersonRow
from takeup.server.organization.roles import Role
from takeup.server.organization.services import declare_use_case
from takeup.server.overview.services import take_snapshots
from takeup.server.record_api.drain import drain
from takeup.server.record_api.import_history import import_history
from takeup.server.rollout.services import take_step
from takeup.server.settings import ServerSettings
from takeup.simulate import simulate, whole_history

_ACTOR = "sample"
_TITLES = {"LO1": "Branch officers North", "LO2": "Branch officers Metro"}
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
    ("Priya Nair", Role.PRODUCT_TEAM),
    ("Clara Brandt", Role.WORKER_REPRESENTATIVE),
    ("Idris Keller", Role.OVERSIGHT_OFFICER),
    ("Ana Moor", Role.ADMINISTRATOR),
)
_DOMAIN = "bank.example"


def fill(
    settings: ServerSettings, log: DecisionLog, step: Callable[[str], None]
) -> list[tuple[str, str, str]]:
    """Fill an empty deployment; role, address and password of each sign-in. One that was filled
    before keeps what it has."""
    file = settings.home / "sample-sign-ins.txt"
    if file.exists():
        lines = file.read_text(encoding="utf-8").splitlines()
        return [
            (role, address, word) for role, address, word in (line.split("\t") for line in lines)
        ]
    if UseCase.objects.exists():
        raise InputError("--sample fills an empty deployment; this one has use cases already")
    step("simulating a bank")
    programme = simulate("bank", seed=1, phases=whole_history(8))
    use_case = str(tomlkit.parse(programme.use_case)["name"])
    tables = _until_yesterday(
        {
            "decisions": _of(programme.decisions, use_case),
            "outcomes": _of(programme.outcomes, use_case),
            "eligible": _of(programme.eligible, use_case),
        }
    )
    step("making its organization")
    sign_ins = _people(tables["decisions"])
    declare_use_case(use_case, programme.use_case, _ACTOR)
    take_step(use_case, "assist", by=_ACTOR, reason="the sample has run for months")
    step("recording its decisions")
    import_history(tables, "sample bank")
    drain(log)
    step("taking the first snapshot")
    take_snapshots(step=step)
    file.touch(mode=0o600)
    file.write_text("".join("\t".join(one) + "\n" for one in sign_ins), encoding="utf-8")
    return sign_ins


def _of(table: pa.Table, use_case: str) -> pa.Table:
    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            plain = table[field.name].cast(field.type.value_type)
            table = table.set_column(place, field.name, plain)
    return table.append_column("use_case", pa.array([use_case] * table.num_rows))


def _until_yesterday(tables: dict[RecordKind, pa.Table]) -> dict[RecordKind, pa.Table]:
    """Every time moved by whole weeks, so that the last decision was made within a week."""
    last = pc.max(tables["decisions"]["decided_at"]).as_py()
    weeks = (now().replace(tzinfo=None) - timedelta(days=1) - last) // timedelta(weeks=1)
    moved: dict[RecordKind, pa.Table] = {}
    for kind, table in tables.items():
        for name in (TIME_OF[kind], "delivered_at", "needed_by"):
            if name in table.column_names:
                later = pc.add(table[name], pa.scalar(timedelta(weeks=weeks)))
                table = table.set_column(table.column_names.index(name), name, later)
        known = pc.less(table[TIME_OF[kind]], pa.scalar(now().replace(tzinfo=None)))
        moved[kind] = table.filter(known)
    return moved


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
    import_people(rows, actor=_ACTOR, day=first_day)
    for key, title in _TITLES.items():
        Population.objects.filter(key=key).update(title=title)
    chosen = [
        *((role.label, f"staff-{role.value}") for _, role in _STAFF),
        (Role.MANAGER.label, managers[teams[0]]),
        (Role.PRACTITIONER.label, officers[0][0]),
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
