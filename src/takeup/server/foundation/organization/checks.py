"""Who administers, and what nobody declared."""

from __future__ import annotations

from collections.abc import Iterator

from takeup.server.deployment.examined import Check, Finding
from takeup.server.deployment.roles import Role
from takeup.server.deployment.settings import ServerSettings
from takeup.server.foundation.organization.models import Person, UseCase
from takeup.server.foundation.organization.services import holders


def _people(settings: ServerSettings) -> Iterator[Finding]:
    if not holders(Role.ADMINISTRATOR):
        yield Finding(
            "people", "mend", "nobody is administrator",
            "takeup person role ADDRESS administrator --add NAME",
        )  # fmt: skip
    else:
        yield Finding("people", "well", f"{Person.objects.filter(is_active=True).count():,} active")


def _undeclared(settings: ServerSettings) -> Iterator[Finding]:
    bare = UseCase.objects.filter(declarations=None).values_list("name", flat=True)
    if bare:
        yield Finding(
            "use cases", "look", f"nothing is declared for {', '.join(sorted(bare)[:5])}",
            "takeup use-case declare FILE.toml",
        )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    _people,
    _undeclared,
)
