"""The vaults of people."""

from __future__ import annotations

from takeup.server.deployment.sealing import SealedKind
from takeup.server.showing.practitioner.vault import VAULTS

KINDS: tuple[SealedKind, ...] = (VAULTS,)
