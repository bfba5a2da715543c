"""Of which groups a fact (the right answer, an outcome) is known from too few people's decisions to be told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from takeup.disclosure.group_size import with_complement
from takeup.disclosure.release.cells import Kind, People, kind_of
from takeup.disclosure.release.inner_counts import Group, GroupCounts, InnerCounts
from takeup.record.settings import DisclosureSettings


def known_of_few(
    inner: InnerCounts, rules: DisclosureSettings, fact: str, kinds: Sequence[Kind]
) -> frozenset[Group]:
    """Groups with decisions of one of `kinds` of which the fact is known, made by too few people or mostly by one; and of
    their cut the smallest others, until what the total leaves for all of these is of enough."""
    found = inner.known.get(fact, {})
    people = People(inner.spans, rules)
    thin = {group for group, known in found.items() if _few(known, people, kinds)}
    for cut in {group[0] for group in thin if group[0]}:
        thin |= _with_others(cut, thin, found, people, rules)
    return frozenset(thin)


def _few(known: GroupCounts, people: People, kinds: Sequence[Kind]) -> bool:
    return any(people.few(known.people, kind_of(known, kind), decisions=True) for kind in kinds)


def _with_others(
    cut: str,
    thin: set[Group],
    found: Mapping[Group, GroupCounts],
    people: People,
    rules: DisclosureSettings,
) -> set[Group]:
    sizes = {g: people.certain(known.people) for g, known in found.items() if g[0] == cut}
    hidden = {g for g in thin if g[0] == cut}
    # Of a group that one person makes up there are as good as none.
    sizes |= {g: min(sizes[g], rules.minimum_group - 1) for g in hidden}
    return with_complement(hidden, sizes, rules.minimum_group)
