"""Clusters of enough people."""

from __future__ import annotations

from dataclasses import replace

from takeup.disclosure.group_size import Audience
from takeup.questions.override_clusters.measure import OverrideCluster, OverrideClusters
from takeup.questions.override_clusters.of_enough import of_enough
from takeup.record.settings import Settings
from takeup.stats.answer import CannotSay


def disclose_clusters(
    found: OverrideClusters | CannotSay, audience: Audience, settings: Settings
) -> OverrideClusters | CannotSay:
    """Clusters of enough people, and of each the populations of enough people; what is left out of what adds
    up is of enough people together."""
    if isinstance(found, CannotSay) or audience != "share":
        return found
    kept: list[OverrideCluster] = []
    for dimension in dict.fromkeys(one.dimension for one in found.clusters):
        own = [one for one in found.clusters if one.dimension == dimension]
        sizes = [one.whole.people for one in own]
        for one in of_enough(own, sizes, settings, whole=not found.more):
            people = [line.people for _, line in one.populations]
            told = of_enough(one.populations, people, settings, whole=True)
            kept.append(replace(one, populations=told))
    kept.sort(key=lambda one: -one.whole.overrides)
    return replace(found, clusters=tuple(kept), more=found.more + len(found.clusters) - len(kept))
