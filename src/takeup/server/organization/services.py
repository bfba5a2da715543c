"""Who was where on which day, who holds which role, what a use case declares."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

import tomlkit
from django.db import transaction
from django.db.models import Q, QuerySet

from takeup.record.clock import now
from takeup.record.errors import DeclarationError
from takeup.record.toml_file import declare, read_toml_text
from takeup.record.use_case import UseCase as Declared
from takeup.server.audit import services as audit
from takeup.server.organization.models import (
    Declaration,
    Grant,
    Lead,
    Person,
    Placement,
    Team,
    UseCase,
)
from takeup.server.organization.roles import FOLLOWS, Role


def on(day: date) -> Q:
    """What held on `day`."""
    return Q(from_day__lte=day) & (Q(until_day__isnull=True) | Q(until_day__gt=day))


def on_path(path: str, day: date) -> Q:
    """What held on `day` of the rows at the end of a relation."""
    began = Q(**{f"{path}__from_day__lte": day})
    return began & (
        Q(**{f"{path}__until_day__isnull": True}) | Q(**{f"{path}__until_day__gt": day})
    )


def holders(role: Role) -> int:
    """How many people hold a granted role today and can sign in."""
    today = now().date()
    return (
        Grant.objects.filter(on(today), role=role, person__is_active=True)
        .values("person")
        .distinct()
        .count()
    )


def roles_of(person: Person, day: date | None = None) -> frozenset[Role]:
    """The roles a person holds on `day` (none: today)."""
    day = day or now().date()
    if not person.is_active:
        return frozenset()
    held = {Role(role) for role in person.grants.filter(on(day)).values_list("role", flat=True)}
    if person.placements.filter(on(day)).exists():
        held.add(Role.PRACTITIONER)
    if person.leads.filter(on(day)).exists():
        held.add(Role.MANAGER)
    return frozenset(held)


def members(team: Team, day: date) -> QuerySet[Person]:
    """Who was in a team on `day`."""
    return Person.objects.filter(
        pk__in=Placement.objects.filter(on(day), team=team).values("person")
    )


def teams_led_by(person: Person, day: date) -> QuerySet[Team]:
    """The teams a person led on `day`."""
    return Team.objects.filter(pk__in=Lead.objects.filter(on(day), person=person).values("team"))


@transaction.atomic
def set_roles(person: Person, roles: Collection[Role], actor: str) -> None:
    """Give a person exactly these granted roles by hand from today; roles that the organization's
    file gave stay."""
    today = now().date()
    held = set(person.grants.filter(on(today), imported=False).values_list("role", flat=True))
    given = {
        role.value
        for role in roles
        if role not in FOLLOWS and not person.grants.filter(on(today), role=role, imported=True)
    }
    for role in sorted(given - held):
        Grant.objects.create(person=person, role=role, from_day=today)
    for grant in person.grants.filter(on(today), imported=False, role__in=held - given):
        end(grant, today)
    if given != held:
        audit.record(
            "roles.changed", actor=actor, subject=person.handle,
            before=sorted(held), after=sorted(given),
        )  # fmt: skip


def end(holding: Placement | Lead | Grant, day: date) -> None:
    """What held until now no longer does from `day`; what began that very day never was."""
    if holding.from_day >= day:
        holding.delete()
    else:
        holding.until_day = day
        holding.save(update_fields=["until_day"])


@transaction.atomic
def deactivate(person: Person, day: date, actor: str) -> None:
    """A person has left: no sign-in, no role, no place from `day` on; open sessions end."""
    for holdings in (person.placements, person.leads, person.grants):
        for holding in holdings.filter(until_day=None):
            end(holding, day)
    person.is_active = False
    person.deactivated_at = now()
    person.save(update_fields=["is_active", "deactivated_at"])
    audit.record("person.deactivated", actor=actor, subject=person.handle)


def use_case(name: str) -> UseCase:
    """The use case of this name, made where it is new (in shadow: nothing is shown before
    somebody decides so)."""
    return UseCase.objects.get_or_create(name=name)[0]


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


@transaction.atomic
def set_mode(name: str, mode: str, actor: str) -> None:
    """Show the advice of a use case to everybody, to nobody (shadow), or have none (off)."""
    held = use_case(name)
    if held.mode != mode:
        audit.record("use_case.mode", actor=actor, use_case=name, before=held.mode, after=mode)
        held.mode = mode
        held.save(update_fields=["mode"])


def declared(name: str) -> Declared:
    """What a use case declares now; the defaults where nothing was declared yet."""
    last = Declaration.objects.filter(use_case__name=name).order_by("revision").last()
    if last is None:
        return Declared(name=name)
    found = declare(Declared, read_toml_text(last.text, name), name)
    return found if found.name else found.model_copy(update={"name": name})


def modes() -> dict[str, str]:
    """The mode of every use case."""
    return dict(UseCase.objects.order_by("name").values_list("name", "mode"))
