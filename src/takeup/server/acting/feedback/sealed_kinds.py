"""Whom an answer in the queue is told to."""

from __future__ import annotations

from takeup.server.acting.feedback.taking import SEALED
from takeup.server.deployment.sealing import SealedKind

KINDS: tuple[SealedKind, ...] = SEALED
