"""People of every role, as tests need them."""

from __future__ import annotations

from datetime import date

PASSWORD = "a-long-and-rare-password"

ROLES = (
    "practitioner", "champion", "manager", "executive", "role_owner", "product_team",
    "programme_lead", "worker_representative", "oversight_officer", "administrator",
)  # fmt: skip


def person(person_id: str, **fields):
    from takeup.server.foundation.organization.models import Person

    made = Person.objects.create_user(person_id, email=f"{person_id}@example.org", **fields)
    made.set_password(PASSWORD)
    made.save()
    return made


def with_role(role: str):
    """Somebody who holds this role and no other; a practitioner is placed, a manager leads."""
    from takeup.server.deployment.roles import Role
    from takeup.server.foundation.organization.models import Lead, Placement, Population, Team
    from takeup.server.foundation.organization.services import set_roles

    found = person(f"some-{role}", name=f"Some {role.title()}")
    day = date(2026, 1, 5)
    team, _ = Team.objects.get_or_create(key="team-1")
    if role == "practitioner":
        population, _ = Population.objects.get_or_create(key="officers")
        Placement.objects.create(person=found, population=population, team=team, from_day=day)
    elif role == "manager":
        Lead.objects.create(team=team, person=found, from_day=day)
    else:
        set_roles(found, {Role(role)}, "test")
    return found


def client_of(someone=None):
    """A browser without a browser, signed in as somebody or not at all."""
    from django.test import Client

    client = Client()
    if someone is not None:
        client.force_login(someone, backend="django.contrib.auth.backends.ModelBackend")
    return client
