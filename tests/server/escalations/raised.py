"""Two champions of two populations, a product team, and what they do with an escalation."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from takeup.record.clock import at
from tests.server.people import person

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
"""No holiday near it; hours are UTC where no other zone is said."""


def placed(person_id: str, population: str, *roles: str, name: str = ""):
    """Somebody who decides in a population, with these roles beside."""
    from takeup.server.deployment.roles import Role
    from takeup.server.foundation.organization.models import Placement, Population, Team
    from takeup.server.foundation.organization.services import set_roles

    found = person(person_id, name=name or person_id.title())
    where, _ = Population.objects.get_or_create(key=population, defaults={"title": population.title()})  # fmt: skip
    team, _ = Team.objects.get_or_create(key=f"team-{population}")
    Placement.objects.create(person=found, population=where, team=team, from_day=date(2026, 1, 5))
    with at(datetime(2026, 1, 5, 9, tzinfo=UTC)):
        set_roles(found, {Role(role) for role in roles}, "test")
    return found


def granted(role: str, person_id: str = ""):
    """Somebody of one role, since January."""
    from takeup.server.deployment.roles import Role
    from takeup.server.foundation.organization.services import set_roles

    found = person(person_id or f"some-{role}", name=f"Some {role.title()}")
    with at(datetime(2026, 1, 5, 9, tzinfo=UTC)):
        set_roles(found, {Role(role)}, "test")
    return found


@pytest.fixture
def bank(store):
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    return {
        "north": placed("ada", "north", "champion", name="Ada Lindgren"),
        "south": placed("bo", "south", "champion", name="Bo Ekman"),
        "team": granted("product_team"),
        "lead": granted("programme_lead"),
        "executive": granted("executive"),
    }


def raised(bank, priority: str = "P2", *, who: str = "north", when: datetime = MONDAY, text: str = "the panel hides the reasons", **more):  # fmt: skip
    """An escalation, as it is kept."""
    from takeup.server.acting.escalations.services import open_escalation

    with at(when):
        return open_escalation("credit", priority, text, by=bank[who].handle, **more)


def does(verb: str, one, when: datetime, *given, bank=None, **more) -> None:
    """A verb of the product team at a moment."""
    from takeup.server.acting.escalations import services

    by = bank["team"].handle if bank else "x"
    with at(when):
        getattr(services, verb)(one.pk, *given, by=by, **more)


def again(one):
    """As it is kept now."""
    one.refresh_from_db()
    return one


def notices(handle: str) -> list[str]:
    """What somebody was told, the first first."""
    from takeup.server.foundation.notices.models import Notice

    return list(Notice.objects.filter(handle=handle).order_by("id").values_list("subject", flat=True))  # fmt: skip
