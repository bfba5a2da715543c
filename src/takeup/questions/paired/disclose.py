"""Paired answers of the groups that may be shown."""

from __future__ import annotations

from dataclasses import replace

from takeup.disclosure.group_size import few, with_complement
from takeup.disclosure.rounding import rounded
from takeup.questions.paired.measure import Paired, PairedGroup
from takeup.questions.shared.hidden_in_use import coarse, untold_keys
from takeup.questions.shown import Shown
from takeup.stats.answer import CannotSay, suppressed


def disclose(paired: Paired | CannotSay, shown: Shown) -> Paired | CannotSay:
    """Paired answers of the groups that may be shown."""
    adoption, audience, settings = shown.adoption, shown.audience, shown.rules
    if isinstance(paired, CannotSay) or audience == "public":
        return paired
    if (
        isinstance(adoption.overall.agreement, CannotSay)
        and adoption.overall.agreement.status == "suppressed"
    ):
        return suppressed()
    groups = {}
    for dimension, found in paired.groups.items():
        hidden = untold_keys(adoption, dimension)
        hidden |= {g.key for g in found if few(g.people, audience, settings)}
        if audience == "share":
            sizes = {g.key: g.people or 0 for g in found}
            hidden = with_complement(hidden, sizes, settings.minimum_group)
        groups[dimension] = tuple(_paired_hidden(g) if g.key in hidden else g for g in found)
    if coarse(adoption, audience, settings):
        groups = {d: tuple(map(_paired_coarse, found)) for d, found in groups.items()}
        return replace(paired, overall=_paired_coarse(paired.overall), groups=groups)
    return replace(paired, groups=groups)


def _paired_coarse(group: PairedGroup) -> PairedGroup:
    return replace(
        group,
        person_right=rounded(group.person_right),
        model_right=rounded(group.model_right),
        person_only=None,
        model_only=None,
    )


def _paired_hidden(group: PairedGroup) -> PairedGroup:
    gone = suppressed()
    return PairedGroup(group.key, gone, gone, gone, 0, 0, 0)
