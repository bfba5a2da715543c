"""What evidence said, as it is kept."""

from __future__ import annotations

from takeup.server.acting.sprint.milestone import Seen
from takeup.server.acting.sprint.models import MilestoneState


def seen_in(state: MilestoneState) -> dict[str, Seen]:
    """What the evidence of a milestone said when it was last looked at."""
    return {
        key: Seen(**{**one, "lacking": tuple(one["lacking"])}) for key, one in state.seen.items()
    }
