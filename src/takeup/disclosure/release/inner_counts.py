"""What the figures of use are sums of: how many decisions of each kind each person made in each group.

Nobody is shown these. `takeup.disclosure.release` proves on them what may be shown, so each group that
any page, chart or document counts is here with its people, the ones of no group too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from takeup.record.vocabulary import Action

UNACCOUNTED = "unaccounted"
COUNTS = (*(a.value for a in Action), UNACCOUNTED)
COUNTED = (*COUNTS, "agreeing", "comparable", "on_path")
"""The kinds of decision that are counted by person and group."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Group = tuple[str, str | None, str | None]
"""A cut, the level of it, and the level of the cut it lies in (a week of a population); None: of no level."""


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """The people of one group as numbers, and of each how many decisions of each kind (rows × COUNTED);
    decisions of nobody (eligible cases that none answered) are `nobodys`."""

    people: Ints
    counts: Floats
    nobodys: Floats


@dataclass(frozen=True, slots=True)
class NearlyAlike:
    """Groups of two cuts that together hold the same decisions, but for those of a few people: `beyond` is
    what the `ones` have and the `others` have not, `missing` the reverse."""

    ones: tuple[Group, ...]
    others: tuple[Group, ...]
    beyond: GroupCounts
    missing: GroupCounts


@dataclass(frozen=True, slots=True)
class InnerCounts:
    """All groups of all cuts. `spans[i]`: in which span of time the id of person i is one person's: ids of
    two spans may be the same one's. `reasons`: overrides by group, reason and person. `known`: by a fact that is known of
    some decisions (the right answer, an outcome), those decisions by group and person."""

    groups: Mapping[Group, GroupCounts]
    spans: Ints
    reasons: Mapping[Group, Mapping[str, GroupCounts]] = field(default_factory=dict)
    alike: tuple[NearlyAlike, ...] = ()
    known: Mapping[str, Mapping[Group, GroupCounts]] = field(default_factory=dict)

    @property
    def ids_of_one(self) -> int:
        """How many of the ids may be one person's: one of each span."""
        return max(len(np.unique(self.spans)), 1)


ALL: Group = ("", "all", None)


class Collector:
    """Gathers groups under one numbering of people."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.groups: dict[Group, GroupCounts] = {}

    def add(self, cut: str, frame: pd.DataFrame, key: Callable[[object], str | None]) -> None:
        """The groups of one cut: a row a `level` (and `within`) and person, with COUNTED."""
        for group, counts in self.read(frame, key):
            self.groups[(cut, *group)] = counts

    def add_nested(
        self, outer: str, cut: str, frame: pd.DataFrame, key: Callable[[object], str | None]
    ) -> None:
        """The groups of one cut and, each by itself, their parts `within` the levels of another."""
        levels: dict[str | None, list[GroupCounts]] = {}
        for (level, within), counts in self.read(frame, key):
            self.groups[(f"{outer} {cut}", level, within)] = counts
            levels.setdefault(level, []).append(counts)
        for level, parts in levels.items():
            self.groups[(cut, level, None)] = parts[0] if len(parts) == 1 else summed(parts)

    def read(
        self, frame: pd.DataFrame, key: Callable[[object], str | None]
    ) -> list[tuple[tuple[str | None, str | None], GroupCounts]]:
        """By level and what it lies in."""
        levels, level = _words(frame, "level", key)
        withins, within = _words(frame, "within", key)
        number = level * len(withins) + within
        order = np.argsort(number, kind="stable")
        people = self._numbered(frame["person__"])[order]
        counts = np.column_stack([frame[name].to_numpy(float) for name in COUNTED])[order]
        cuts = np.flatnonzero(np.diff(number[order])) + 1
        found = []
        starts = [0, *cuts.tolist()] if len(order) else []
        for start, end in zip(starts, [*cuts.tolist(), len(order)], strict=False):
            at = int(number[order[start]])
            one = _counts(people[start:end], counts[start:end])
            found.append(((levels[at // len(withins)], withins[at % len(withins)]), one))
        return found

    def _numbered(self, people: pd.Series) -> Ints:
        codes, values = pd.factorize(people)
        known = self._numbers
        numbers = np.array([known.setdefault(str(v), len(known)) for v in values] + [-1], np.int64)
        return numbers[codes]

    def people(self) -> list[str]:
        """The ids, in the order of their numbers."""
        return list(self._numbers)


def _counts(people: Ints, counts: Floats) -> GroupCounts:
    somebodys = people >= 0
    return GroupCounts(people[somebodys], counts[somebodys], counts[~somebodys].sum(axis=0))


def _words(
    frame: pd.DataFrame, name: str, key: Callable[[object], str | None]
) -> tuple[list[str | None], Ints]:
    if name not in frame:
        return [None], np.zeros(len(frame), np.int64)
    codes, values = pd.factorize(frame[name])
    blank = len(values)
    return [*(key(v) for v in values), None], np.where(codes < 0, blank, codes).astype(np.int64)


def summed(parts: Sequence[GroupCounts]) -> GroupCounts:
    """Several groups as one."""
    if not parts:
        return GroupCounts(
            np.zeros(0, np.int64), np.zeros((0, len(COUNTED))), np.zeros(len(COUNTED))
        )
    people, at = np.unique(np.concatenate([p.people for p in parts]), return_inverse=True)
    counts = np.zeros((len(people), len(COUNTED)))
    np.add.at(counts, at, np.concatenate([p.counts for p in parts]))
    return GroupCounts(people, counts, np.sum([p.nobodys for p in parts], axis=0))


def nearly_alike(
    rows: pa.Table,
    cuts: Sequence[str],
    fewest: int,
    key: Callable[[object], str | None],
    apart: Callable[[Sequence[Group], Sequence[Group]], tuple[GroupCounts, GroupCounts]],
) -> tuple[NearlyAlike, ...]:
    """Groups of two cuts that differ by what fewer than `fewest` people decided. `rows` (`person_id` and the
    cuts, of all people or some) suggest them; `apart` counts over all what the first have beyond the
    second, and the second beyond the first."""
    people = _codes(rows["person_id"])[0]
    coded = {cut: _codes(rows[cut]) for cut in cuts}
    found = []
    for i, cut in enumerate(cuts):
        for other in cuts[i + 1 :]:
            if {cut, other} == {"population", "team"}:
                continue
            for mine, theirs in _alike(people, coded[cut], coded[other], fewest):
                ones, others = _named(cut, mine, key), _named(other, theirs, key)
                beyond, missing = apart(ones, others)
                if len(np.union1d(beyond.people, missing.people)) < fewest:
                    found.append(NearlyAlike(ones, others, beyond, missing))
    return tuple(found)


def _named(
    cut: str, levels: Sequence[object], key: Callable[[object], str | None]
) -> tuple[Group, ...]:
    return tuple((cut, name, None) for name in sorted((key(level) for level in levels), key=str))


Coded = tuple[Ints, list[object]]


def _codes(column: pa.ChunkedArray) -> Coded:
    held = column.combine_chunks().dictionary_encode(null_encoding="encode")
    return held.indices.to_numpy().astype(np.int64), held.dictionary.to_pylist()


def _alike(
    people: Ints, one: Coded, other: Coded, fewest: int
) -> list[tuple[list[object], list[object]]]:
    """Levels of one cut that together are levels of another, but for a few people: what hangs together by
    crossings of enough people, and differs by too few."""
    width, height = len(one[1]), len(other[1])
    crossing = one[0] * height + other[0]
    everybody = int(people.max(initial=0)) + 1
    # One number for a crossing and a person: sorting numbers is many times as fast as sorting pairs.
    of_people = np.unique(crossing * everybody + people) // everybody
    at, sizes = np.unique(of_people, return_counts=True)
    thick = at[sizes >= fewest]
    links = coo_matrix(
        (np.ones(len(thick)), (thick // height, width + thick % height)), shape=[width + height] * 2
    )
    number, part = connected_components(links, directed=False)
    found = []
    for p in range(number):
        mine, theirs = np.flatnonzero(part[:width] == p), np.flatnonzero(part[width:] == p)
        # All levels of a cut are everybody, which the sums of each cut say already.
        if not (0 < len(mine) < width and 0 < len(theirs) < height):
            continue
        differ = np.isin(one[0], mine) != np.isin(other[0], theirs)
        if len(np.unique(people[differ])) < fewest:
            found.append(([one[1][i] for i in mine], [other[1][i] for i in theirs]))
    return found
