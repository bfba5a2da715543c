"""Who was where and held what on which day."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date

from django.db import transaction
from django.db.models import F, Q

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.deployment.roles import FOLLOWS, SHOWS_FIGURES, Role
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization.models import Grant, Lead, Person, Placement


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


@contextmanager
def administrator_remains() -> Iterator[None]:
    """Raises InputError where the block takes the last administrator; nothing of it is kept then."""
    with transaction.atomic():
        before = holders(Role.ADMINISTRATOR)
        yield
        if before and not holders(Role.ADMINISTRATOR):
            raise InputError("nobody would be administrator any more; name another one first")


def need_second_person(person: Person, roles: Collection[str], actor: str) -> None:
    """Raises InputError where somebody would give themselves a role that shows figures, those of a team they
    would lead among them."""
    shows = SHOWS_FIGURES | {Role.MANAGER}
    own = sorted(shows & set(roles)) if actor == person.handle else []
    if own:
        named = ", ".join(str(Role(role).label) for role in own)
        raise InputError(
            f"nobody gives themselves a role that shows figures ({named}): a second administrator does"
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


@transaction.atomic
def set_roles(person: Person, roles: Collection[Role], actor: str) -> None:
    """Give a person exactly these granted roles by hand from today; roles that the organization's
    file gave stay. Raises InputError where nobody would be administrator, or where the actor gives
    themselves what shows figures."""
    today = now().date()
    held = set(
        person.grants.filter(on(today), imported=False, from_group=False).values_list(
            "role", flat=True
        )
    )
    given = {
        role.value
        for role in roles
        if role not in FOLLOWS
        and not person.grants.filter(on(today), role=role).exclude(imported=False, from_group=False)
    }
    need_second_person(person, given - held, actor)
    with administrator_remains():
        for role in sorted(given - held):
            Grant.objects.create(person=person, role=role, from_day=today)
        for grant in person.grants.filter(
            on(today), imported=False, from_group=False, role__in=held - given
        ):
            end(grant, today)
    if given != held:
        audit.record(
            "roles.changed", actor=actor, subject=person.handle,
            before=sorted(held), after=sorted(given),
        )  # fmt: skip


@transaction.atomic
def set_group_roles(person: Person, roles: Collection[Role], governed: Collection[Role]) -> None:
    """Of the roles that groups of the company's sign-in govern, a person has exactly these through
    them; what was given by hand or by the file stays."""
    today = now().date()
    mine = person.grants.filter(on(today), from_group=True)
    held = {grant.role: grant for grant in mine}
    given = {
        role.value
        for role in roles
        if not person.grants.filter(on(today), from_group=False, role=role)
    }
    for role in sorted(given - held.keys()):
        Grant.objects.create(person=person, role=role, from_day=today, from_group=True)
    if Role.ADMINISTRATOR in held.keys() - given and holders(Role.ADMINISTRATOR) == 1:
        # Who signs in is not shut out, and the deployment keeps an administrator.
        given.add(Role.ADMINISTRATOR)
    for role in held.keys() - given:
        end(held[role], today)
    if given != held.keys():
        audit.record(
            "roles.changed", actor=audit.SYSTEM, subject=person.handle, before=sorted(held),
            after=sorted(given), by="groups", governed=sorted(role.value for role in governed),
        )  # fmt: skip


def end_sessions(person: Person) -> None:
    """Whoever is signed in as this person is so no longer."""
    Person.objects.filter(pk=person.pk).update(sessions_ended=F("sessions_ended") + 1)
    person.refresh_from_db(fields=["sessions_ended"])


def end(holding: Placement | Lead | Grant, day: date) -> None:
    """What held until now no longer does from `day`; what began that very day never was. With a
    role that is taken away, open sessions end."""
    if not isinstance(holding, Placement):
        end_sessions(holding.person)
    if holding.from_day >= day:
        holding.delete()
    else:
        holding.until_day = day
        holding.save(update_fields=["until_day"])


@transaction.atomic
def deactivate(person: Person, day: date, actor: str) -> None:
    """A person has left: no sign-in, no role, no place from `day` on; open sessions end. Raises
    InputError where nobody would be administrator any more."""
    with administrator_remains():
        for holdings in (person.placements, person.leads, person.grants):
            for holding in holdings.filter(until_day=None):
                end(holding, day)
        person.is_active = False
        person.deactivated_at = now()
        person.save(update_fields=["is_active", "deactivated_at"])
    audit.record("person.deactivated", actor=actor, subject=person.handle)
