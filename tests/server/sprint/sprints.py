"""A sprint with an organization, as tests of it begin; and evidence as capabilities would tell it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from takeup.record.clock import now
from takeup.record.milestones import MilestoneRecord
from tests.server.people import with_role

GATES = ("G30", "G60", "G90")


@pytest.fixture
def bank(store):
    """A use case with two populations of ten, a lead, an executive, HR and a product team."""
    from takeup.server.foundation.organization.services import (
        import_people,
        read_people,
        use_case,
    )

    use_case("credit")
    rows = [
        {"person_id": f"{place}-{n}", "population": place, "team": place}
        for place in ("north", "south")
        for n in range(10)
    ]
    import_people(read_people(rows, "test"), actor="test")
    return {role: with_role(role) for role in ("programme_lead", "executive", "role_owner", "product_team")}  # fmt: skip


def days(n: int) -> date:
    return now().date() + timedelta(days=n)


def begun(bank, starts: int = 0, **more):
    from takeup.server.acting.sprint.services import begin

    deciders = dict.fromkeys(GATES, bank["executive"].handle)
    told = {"by": bank["programme_lead"].handle, "deciders": deciders, **more}
    return begin("credit", days(starts), **told)


def told(*records) -> dict:
    """Facts as they are handed to a look: (fact, population, figure, n)."""
    found: dict = {}
    for fact, population, value, *n in records:
        one = MilestoneRecord(fact, population, value=value, n=n[0] if n else None, path="/there")
        found.setdefault(fact, {})[population] = one
    return found


def look(sprint, *records):
    from takeup.server.acting.sprint.evaluating import evaluate

    sprint.refresh_from_db()
    return evaluate(sprint, now().date(), told(*records))


def state(sprint, milestone: str):
    return sprint.states.get(milestone=milestone)


def clear(bank, sprint) -> None:
    """What must be clear before the first day is signed."""
    from takeup.server.acting.sprint.services import sign
    from takeup.server.deployment.roles import Role

    for item in ("purpose", "impact", "informed", "legal"):
        sign(sprint, "P0", item, by=bank["programme_lead"].handle, roles=[Role.PROGRAMME_LEAD], note="filed")  # fmt: skip
    look(sprint, ("use.baseline", "", 1), ("agreement.stands", "", 1))
