"""What people said, as the figures of a use case take it."""

from __future__ import annotations

from takeup.server.acting.conversations.services import codes_of as interviews

__all__ = ["interviews"]
