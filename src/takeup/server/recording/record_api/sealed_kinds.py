"""What tokens of embedded recommendations are signed with."""

from __future__ import annotations

from takeup.server.deployment.sealing import SealedKind
from takeup.server.recording.record_api.keys import SIGNING

KINDS: tuple[SealedKind, ...] = (SIGNING,)
