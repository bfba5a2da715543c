"""Clusters of enough people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from takeup.disclosure.group_size import Audience, parts_hidden
from takeup.questions.override_clusters.measure import OverrideCluster, OverrideClusters
from takeup.questions.override_clusters.of_enough import of_enough
from takeup.questions.override_ledger import told_by_few, without_judgement
from takeup.record.settings import DisclosureSettings, Settings
from takeup.stats.answer import CannotSay


def disclose_clusters(
    found: OverrideClusters | CannotSay, audience: Audience, settings: Settings
) -> OverrideClusters | CannotSay:
    """Clusters of enough people, and of each the populations of enough people; what is left out of what adds
    up is of enough people together."""
    if isinstance(found, CannotSay) or audience != "share":
        return found
    rules = settings.disclosure
    if told_by_few(found.total, rules):
        found = replace(
            found,
            total=without_judgement(found.total),
            clusters=tuple(map(_unjudged, found.clusters)),
        )
    kept: list[OverrideCluster] = []
    for dimension in dict.fromkeys(one.dimension for one in found.clusters):
        own = _judged_by_enough(
            [one for one in found.clusters if one.dimension == dimension], rules
        )
        sizes = [one.whole.people for one in own]
        for one in of_enough(own, sizes, settings, whole=not found.more):
            people = [line.people for _, line in one.populations]
            told = of_enough(one.populations, people, settings, whole=True)
            kept.append(replace(one, populations=told))
    kept.sort(key=lambda one: -one.whole.overrides)
    return replace(found, clusters=tuple(kept), more=found.more + len(found.clusters) - len(kept))


def _judged_by_enough(
    clusters: Sequence[OverrideCluster], rules: DisclosureSettings
) -> list[OverrideCluster]:
    """Clusters without who was right where too few people's overrides tell it, and where that would follow from what all
    together tell, or a whole from its populations."""
    told = {i: one.whole.told_by or None for i, one in enumerate(clusters)}
    hidden = parts_hidden(told, "share", rules)
    return [
        _unjudged(one) if i in hidden else _whole_judged(one, rules)
        for i, one in enumerate(clusters)
    ]


def _unjudged(one: OverrideCluster) -> OverrideCluster:
    return replace(_populations_unjudged(one), whole=without_judgement(one.whole))


def _populations_unjudged(one: OverrideCluster) -> OverrideCluster:
    return replace(
        one, populations=tuple((key, without_judgement(line)) for key, line in one.populations)
    )


def _whole_judged(one: OverrideCluster, rules: DisclosureSettings) -> OverrideCluster:
    few_somewhere = any(told_by_few(line, rules) for _, line in one.populations)
    return _populations_unjudged(one) if few_somewhere else one
