"""What people answered, as the figures of a use case take it."""

from __future__ import annotations

from takeup.server.acting.survey.services import answers_of as survey

__all__ = ["survey"]
