"""Second factors."""

from __future__ import annotations

from takeup.server.deployment.sealing import SealedKind
from takeup.server.foundation.organization.single_sign_on import SECOND_FACTORS

KINDS: tuple[SealedKind, ...] = (SECOND_FACTORS,)
