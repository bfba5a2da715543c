"""Whose actions a person reads."""

from __future__ import annotations

from takeup.record.clock import now
from takeup.server.deployment.capability import READS_EVERY_COHORT
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Person, roles_of


def read_by(person: Person) -> set[str] | None:
    """The populations whose actions a person reads; None: every one."""
    if roles_of(person) & READS_EVERY_COHORT:
        return None
    return organization.own_populations(person, now().date())
