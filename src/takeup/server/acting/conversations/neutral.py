"""Who may hold and code conversations: people whom nobody who answers depends on."""

from __future__ import annotations

from datetime import date

from takeup.server.acting.conversations.capability import NEUTRAL
from takeup.server.deployment.roles import Role
from takeup.server.foundation.organization import services as organization

_NEVER = (Role.PROGRAMME_LEAD, Role.EXECUTIVE, Role.PRODUCT_TEAM)
"""They lead the programme or made the model."""


def candidates(population: str, day: date) -> list[tuple[str, str]]:
    """Handle and name of who may hold conversations with a population: nobody who leads a team or the programme, made
    the model, or is in the population."""
    away = {handle for handle, _ in organization.named_with(_NEVER, day)}
    away |= organization.who_lead(day) | set(organization.placed_in(population, day))
    return [
        (handle, name)
        for handle, name in organization.named_with(NEUTRAL, day)
        if handle not in away
    ]
