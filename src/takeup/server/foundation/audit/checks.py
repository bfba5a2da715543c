"""Whether the chain holds."""

from __future__ import annotations

from collections.abc import Iterator

from takeup.server.deployment.examined import Check, Finding
from takeup.server.deployment.settings import ServerSettings
from takeup.server.foundation.audit.services import prove


def _chain(settings: ServerSettings) -> Iterator[Finding]:
    chain = prove()
    yield Finding(
        "audit", "mend" if chain.broken else "well",
        f"broken at entry {chain.broken}" if chain.broken else f"{chain.entries:,} entries hold",
        "somebody changed the database by hand; compare with a backup" if chain.broken else "",
    )  # fmt: skip


CHECKS: tuple[Check, ...] = (_chain,)
