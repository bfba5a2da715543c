"""Bring the organization up to its file: what would change, then the change itself.

The same file again changes nothing. Whoever came by a file and is in it no more is deactivated;
people made by hand stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.db import transaction

from takeup.record.clock import now
from takeup.record.errors import DeclarationError, InputError
from takeup.server.deployment.roles import Role
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization.membership import (
    administrator_remains,
    deactivate,
    end,
    need_second_person,
)
from takeup.server.foundation.organization.models import (
    Cohort,
    Grant,
    Lead,
    Person,
    Placement,
    Population,
    Team,
)
from takeup.server.foundation.organization.people_file import PersonRow

What = Literal[
    "joins", "returns", "leaves", "moves", "renamed", "leads", "no longer leads", "roles"
]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that the import changes for one person; `before` and `after` in words."""

    person_id: str
    what: What
    before: str = ""
    after: str = ""


@transaction.atomic
def import_people(
    rows: Sequence[PersonRow],
    *,
    actor: str,
    day: date | None = None,
    dry_run: bool = False,
) -> list[Change]:
    """Make the organization as of `day` (none: today) what `rows` say; what changed.

    With `dry_run`, what would change; nothing is kept then. Raises DeclarationError where nobody would be
    administrator any more, or where the actor would give themselves what shows figures.
    """
    try:
        with administrator_remains():
            changes = _Import(rows, actor, day or now().date()).run()
    except InputError as error:
        raise DeclarationError("the organization's file", [str(error)]) from None
    if dry_run:
        transaction.set_rollback(True)
    elif changes:
        audit.record(
            "organization.imported", actor=actor, rows=len(rows),
            changes={w: sum(c.what == w for c in changes) for w in sorted({c.what for c in changes})},
        )  # fmt: skip
    return changes


class _Import:
    def __init__(self, rows: Sequence[PersonRow], actor: str, day: date) -> None:
        self.rows, self.actor, self.day = rows, actor, day
        self.changes: list[Change] = []
        self.people = {p.person_id: p for p in Person.objects.filter(erased_at=None)}
        self.places = {p.person_id: p for p in Placement.objects.filter(until_day=None)}
        self.grants: dict[int, dict[str, Grant]] = {}
        for grant in Grant.objects.filter(until_day=None):
            self.grants.setdefault(grant.person_id, {})[grant.role] = grant
        self.named: dict[type, dict[str, Any]] = {
            model: {one.key: one for one in model.objects.all()}
            for model in (Population, Team, Cohort)
        }

    def run(self) -> list[Change]:
        self._adopt()
        given = {row.email: row.person_id for row in self.rows if row.email}
        # An address that passes from one person to another is free before it is given again.
        for person in self.people.values():
            if given.get(person.email or "", person.person_id) != person.person_id:
                Person.objects.filter(pk=person.pk).update(email=None)
                person.email = None
        for row in self.rows:
            person = self._person(row)
            self._place(person, row)
            self._roles(person, row)
        self._leads()
        there = {row.person_id for row in self.rows}
        for person in self.people.values():
            if person.imported and person.is_active and person.person_id not in there:
                deactivate(person, self.day, self.actor)
                self._changed(person, "leaves")
        return self.changes

    def _adopt(self) -> None:
        """Who was made by hand under the same address (the first administrator) is the one whom
        the file names, not another person."""
        by_hand = {p.email: p for p in self.people.values() if p.email and not p.imported}
        for row in self.rows:
            person = by_hand.get(row.email or "")
            if person is not None and row.person_id not in self.people:
                del self.people[person.person_id]
                person.person_id = row.person_id
                self.people[row.person_id] = person

    def _changed(self, person: Person, what: What, before: str = "", after: str = "") -> None:
        self.changes.append(Change(person.person_id, what, before, after))

    def _person(self, row: PersonRow) -> Person:
        name = row.name or ""
        person = self.people.get(row.person_id)
        if person is None:
            person = Person.objects.create_user(
                row.person_id, name=name, email=row.email, imported=True
            )
            self.people[row.person_id] = person
            self._changed(person, "joins", after=name)
            return person
        if not person.is_active:
            person.is_active, person.deactivated_at = True, None
            self._changed(person, "returns")
        if (person.name, person.email) != (name, row.email):
            self._changed(
                person, "renamed", f"{person.name} {person.email or ''}".strip(),
                f"{name} {row.email or ''}".strip(),
            )  # fmt: skip
            person.name, person.email = name, row.email
        person.imported = True
        person.save()
        return person

    def _one(self, model: type[Population] | type[Team] | type[Cohort], key: str | None) -> Any:
        if key is None:
            return None
        known = self.named[model]
        if key not in known:
            known[key] = model.objects.create(key=key)
        return known[key]

    def _place(self, person: Person, row: PersonRow) -> None:
        held = self.places.get(person.pk)
        wanted = (
            self._one(Population, row.population),
            self._one(Team, row.team),
            self._one(Cohort, row.cohort),
        )
        keys = tuple(one and one.pk for one in wanted)
        if held and (held.population_id, held.team_id, held.cohort_id) == keys:
            return
        if held is None and row.population is None:
            return
        before = _words(held.population, held.team, held.cohort) if held else ""
        if held:
            end(held, self.day)
        if row.population is not None:
            population, team, cohort = wanted
            Placement.objects.create(
                person=person, population=population, team=team, cohort=cohort, from_day=self.day
            )
        self._changed(person, "moves", before, _words(*wanted))

    def _roles(self, person: Person, row: PersonRow) -> None:
        held = {r: g for r, g in self.grants.get(person.pk, {}).items() if g.imported}
        by_hand = self.grants.get(person.pk, {}).keys() - held.keys()
        given = set(row.roles) - by_hand
        need_second_person(person, given - held.keys(), self.actor)
        for role in sorted(given - held.keys()):
            Grant.objects.create(person=person, role=role, from_day=self.day, imported=True)
        for role in held.keys() - given:
            end(held[role], self.day)
        if given != set(held):
            self._changed(person, "roles", ", ".join(sorted(held)), ", ".join(sorted(given)))
            audit.record(
                "roles.changed", actor=self.actor, subject=person.handle,
                before=sorted(held), after=sorted(given),
            )  # fmt: skip

    def _leads(self) -> None:
        wanted = {row.team: row.team_manager for row in self.rows if row.team and row.team_manager}
        held = {
            lead.team.key: lead for lead in Lead.objects.filter(until_day=None).select_related()
        }
        for key, lead in held.items():
            if wanted.get(key) != lead.person.person_id:
                end(lead, self.day)
                self._changed(lead.person, "no longer leads", before=key)
        for key, manager in wanted.items():
            lead_now = held.get(key)
            if lead_now is None or lead_now.person.person_id != manager:
                person = self.people[manager]
                need_second_person(person, {Role.MANAGER}, self.actor)
                Lead.objects.create(team=self._one(Team, key), person=person, from_day=self.day)
                self._changed(person, "leads", after=key)


def _words(population: Any, team: Any, cohort: Any) -> str:
    return " · ".join(str(one) for one in (population, team, cohort) if one)
