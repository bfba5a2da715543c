"""What stands on the start page: what each capability puts there for a person (its part `start_page.py`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from takeup.server.deployment.roles import Role
from takeup.server.foundation.organization.services import Person

Told = Callable[[Person, Collection[Role]], Mapping[str, Any] | None]
"""What there is to tell a person of these roles, for templates; None where nothing stands there for them."""


@dataclass(frozen=True, slots=True)
class OnStartPage:
    """The template `cards`, and `heading` of the whole page, of which the first stands; `place`: the lowest is
    first."""

    place: int
    told: Told
    cards: str
    heading: str = ""


def for_all(person: Person, held: Collection[Role]) -> Mapping[str, Any]:
    """Nothing but the words, for everybody."""
    return {}


def for_those_who_are(role: Role) -> Told:
    """Nothing but the words, for those of one role."""

    def told(person: Person, held: Collection[Role]) -> Mapping[str, Any] | None:
        return {} if role in held else None

    return told
