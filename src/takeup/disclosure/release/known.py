"""Of which groups a fact (the right answer, an outcome) is known from too few people's decisions to be told of, or of all
but too few people's: how many decisions those made, and what they did in them, is the figures of use less those that rest on
the fact."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from takeup.disclosure.group_size import with_complement
from takeup.disclosure.release.cells import WHOLE, Kind, People, kind_of
from takeup.disclosure.release.inner_counts import ALL, Group, GroupCounts, InnerCounts, summed
from takeup.record.settings import DisclosureSettings


def known_of_few(
    inner: InnerCounts, rules: DisclosureSettings, fact: str, kinds: Sequence[Kind]
) -> frozenset[Group]:
    """Groups with decisions of one of `kinds` of which the fact is known, or is not known though it is of most others',
    made by too few people or mostly by one; and of their cut the smallest others, until what the total leaves for all of
    these is of enough."""
    found = inner.known.get(fact, {})
    people = People(inner.spans, rules)
    out = _left_out(ALL, inner, found) if ALL in found else set()
    thin = {
        group
        for group, known in found.items()
        if _few(known, people, kinds)
        or _few_left_out(
            _unknown(group, inner, known), out | _left_out(group, inner, found), people, kinds
        )
    }
    for cut in {group[0] for group in thin if group[0]}:
        thin |= _with_others(cut, thin, found, people, rules)
    return frozenset(thin)


def _few(known: GroupCounts, people: People, kinds: Sequence[Kind]) -> bool:
    return any(people.few(known.people, kind_of(known, kind), decisions=True) for kind in kinds)


def _few_left_out(
    unknown: GroupCounts, out: Collection[int], people: People, kinds: Sequence[Kind]
) -> bool:
    """Whether decisions of which the fact is unknown are too few people's, some of whom are left `out`. A few cases of people
    of whom it is known as a rule are nobody's."""
    some = np.isin(unknown.people, list(out))
    return _few(unknown, people, [k for k in kinds if kind_of(unknown, k)[some].any()])


def _left_out(group: Group, inner: InnerCounts, found: Mapping[Group, GroupCounts]) -> set[int]:
    """People of whom most is unknown: of all their decisions, or of more than a few in a part."""
    unknown = _unknown(group, inner, found[group])
    decided = summed([inner.groups[group]])
    missing, of = kind_of(unknown, WHOLE), kind_of(decided, WHOLE)
    fewest = 1 if group == ALL else _BY_CHANCE
    return set(unknown.people[(2 * missing > of) & (missing >= fewest)].tolist())


_BY_CHANCE = 4
"""So many of one's own in a part, and most of these, are not unknown by chance."""


def _unknown(group: Group, inner: InnerCounts, known: GroupCounts) -> GroupCounts:
    """The decisions of a group of which a fact is not known, by all its people."""
    less = replace(known, counts=-known.counts, nobodys=-known.nobodys)
    return summed([inner.groups[group], less])


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
