"""Which champion an answer to an escalation is told to."""

from __future__ import annotations

from takeup.server.acting.escalations.sealing import SEALED
from takeup.server.deployment.sealing import SealedKind

KINDS: tuple[SealedKind, ...] = SEALED
