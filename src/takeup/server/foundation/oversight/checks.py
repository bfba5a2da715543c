"""Whether decisions are sealed, and where the key is."""

from __future__ import annotations

from collections.abc import Iterator

from takeup.server.deployment.examined import Check, Finding
from takeup.server.deployment.settings import ServerSettings
from takeup.server.foundation.oversight.models import OversightKey


def _key(settings: ServerSettings) -> Iterator[Finding]:
    if not OversightKey.objects.exists():
        yield Finding(
            "oversight", "look", "there is no oversight key: no sealed record is kept",
            "takeup oversight key --out FILE",
        )  # fmt: skip
    elif keys := sorted(settings.home.glob("oversight-key*")):
        yield Finding(
            "oversight", "look", f"the private key still lies in {', '.join(map(str, keys))}",
            "give it to the oversight officer and take it off this machine",
        )  # fmt: skip
    else:
        yield Finding("oversight", "well", "decisions are sealed for the oversight officer")


CHECKS: tuple[Check, ...] = (_key,)
