"""What the figures of use hide, other figures hide too."""

from __future__ import annotations

from takeup.disclosure.group_size import Audience, is_coarse
from takeup.questions.adoption import Adoption
from takeup.record.settings import DisclosureSettings


def coarse(adoption: Adoption, audience: Audience, settings: DisclosureSettings) -> bool:
    """Whether rates are rounded and counts left out: fewer than twenty people in all."""
    return is_coarse(adoption.overall.people, audience, settings)


def hidden_keys(adoption: Adoption, dimension: str) -> set[str]:
    """Levels of a dimension that may not be shown."""
    return {g.key for g in adoption.groups.get(dimension, ()) if g.hidden}
