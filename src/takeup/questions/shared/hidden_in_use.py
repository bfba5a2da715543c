"""What the figures of use hide, other figures hide too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from takeup.disclosure.group_size import Audience, is_coarse
from takeup.disclosure.release.inner_counts import Group
from takeup.questions.adoption import Adoption, GroupAdoption
from takeup.record.settings import DisclosureSettings
from takeup.stats.answer import CannotSay


def coarse(adoption: Adoption, audience: Audience, settings: DisclosureSettings) -> bool:
    """Whether rates are rounded and counts left out: fewer than twenty people in all."""
    return is_coarse(adoption.overall.people, audience, settings)


_USED = ("consult_rate", "override_rate", "effective_reliance")


def untold_keys(adoption: Adoption, dimension: str, figures: Sequence[str] = _USED) -> set[str]:
    """Levels of a dimension of which one of these figures of use may not be shown: no measure that leans on
    their counts tells them either."""
    return {g.key for g in adoption.groups.get(dimension, ()) if untold(g, figures)}


def untold(group: GroupAdoption, figures: Sequence[str] = _USED) -> bool:
    """Whether one of these figures of a group may not be shown."""
    answers = [getattr(group, name) for name in figures]
    return group.hidden or any(
        isinstance(a, CannotSay) and a.status == "suppressed" for a in answers
    )


def hidden_keys(adoption: Adoption, dimension: str) -> set[str]:
    """Levels of a dimension that may not be shown."""
    return {g.key for g in adoption.groups.get(dimension, ()) if g.hidden}


def without_groups(adoption: Adoption, groups: Collection[Group]) -> Adoption:
    """The figures of use as if these groups were hidden."""
    return replace(
        adoption,
        groups={
            cut: tuple(
                replace(g, hidden=True) if (cut, g.key, None) in groups else g for g in found
            )
            for cut, found in adoption.groups.items()
        },
    )
