"""Whom to invite, sealed for the one who does."""

from __future__ import annotations

from takeup.server.acting.conversations.drawing_names import SEALED
from takeup.server.deployment.sealing import SealedKind

KINDS: tuple[SealedKind, ...] = SEALED
