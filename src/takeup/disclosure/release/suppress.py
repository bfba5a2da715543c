"""Which cells of linked tables stay hidden so that no hidden one is known.

The shown cells are what an attacker has, the `relations` (sums) are what they calculate with. A hidden cell
is safe where another table exists that has every shown cell the same, no count below zero, and this cell
larger by more than what counts as known: whoever calculates, by elimination or by linear programming, cannot
tell the two apart. Such a table is found by a linear program that changes as few and as dispensable shown
cells as it can (the heuristic of Kelly, Golden and Assad 1992, Networks 22, for all sensitive cells
at once); the cells it changes are hidden too. What Gaussian elimination over shown cells would determine
(Langsrud 2024, arXiv:2408.15658) has no such table, so it never stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, hstack, identity

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Cells = tuple[int, ...]
"""Numbers of cells, whose sum is meant."""

KNOWN_WITHIN, KNOWN_SHARE = 3.0, 0.15
"""A count is known where it is within three, or within 15 %, of the truth."""
_NOTHING = 1e-6


@dataclass(frozen=True, slots=True)
class LinkedCells:
    """Cells, how they add up (each row of `relations` times `values` is 0), and what hiding one costs
    (0: it is never shown; infinite: it is always). By how much everybody knows that a cell can be smaller (`down`:
    a count by itself, one that may be below zero by anything) and larger (`up`) than it is. `groups` numbers of whom
    a cell is."""

    values: Floats
    relations: csr_matrix
    cost: Floats
    down: Floats
    up: Floats
    groups: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Hidden:
    """Which cells stay hidden, and what of them had to be kept from being known: cells, and sums of cells."""

    cells: Bools
    guarded: tuple[Cells, ...]


def sums(relations: Sequence[Sequence[tuple[int, float]]], cells: int) -> csr_matrix:
    """The sums that link cells: of each its terms, numbers of cells with their signs."""
    rows = [r for r, terms in enumerate(relations) for _ in terms]
    at = [i for terms in relations for i, _ in terms]
    signs = [sign for terms in relations for _, sign in terms]
    return csr_matrix((signs, (rows, at)), shape=(len(relations), cells))


def hidden_cells(
    table: LinkedCells,
    sensitive: Sequence[int],
    of_few: Callable[[Cells], bool],
    guarded_before: Sequence[Cells] = (),
) -> Hidden:
    """Which cells stay hidden: those never shown, the `sensitive` ones, and what keeps each of these, and
    each sum of hidden cells that is `of_few` people, from being known. `guarded_before`: what was kept from being known
    when it was released; for it nothing is hidden that is always shown."""
    search = _Search(table, sensitive)
    search.protect(guarded_before, at_any_cost=False)
    wanted: list[Cells] = [(i,) for i in sensitive]
    guarded: set[Cells] = set()
    while wanted:
        guarded |= set(wanted)
        search.protect(wanted, at_any_cost=True)
        found = [
            cells
            for cells in _sums(table.relations, search.hidden)
            if cells not in guarded and of_few(cells)
        ]
        guarded |= set(found)
        wanted = [cells for cells in found if not search.safe(cells)]
    return Hidden(search.hidden, tuple(sorted(guarded)))


class _Search:
    """Other tables that agree with all that is shown, and what is hidden so that they do."""

    def __init__(self, table: LinkedCells, sensitive: Sequence[int]) -> None:
        self._table = table
        self._beside = _groups_beside(table)
        self._kept: list[Floats] = []
        self.hidden: Bools = table.cost == 0
        self.hidden[sensitive] = True

    def safe(self, cells: Cells) -> bool:
        """Whether one of the other tables keeps these cells' sum from being known."""
        at = list(cells)
        needed = least_change(float(self._table.values[at].sum())) - _NOTHING
        return any(abs(float(change[at].sum())) >= needed for change in self._kept)

    def protect(self, wanted: Sequence[Cells], *, at_any_cost: bool) -> None:
        """Another table for each of these sums, as far as there is one: of some at a time, then of each by itself."""
        batches = _balanced(wanted, self._table, self._beside)
        while batches:
            batch = self._not_safe(batches.pop(0))
            if len(batch) < 2:
                for cells, sign in batch:
                    self._protect_alone(cells, sign, at_any_cost)
                continue
            self._keep(_other_table(batch, self._table, self.hidden))
            left = self._not_safe(batch)
            batches += [left] if len(left) < len(batch) else [[one] for one in left]

    def _not_safe(self, batch: Batch) -> Batch:
        return [one for one in batch if not self.safe(one[0])]

    def _keep(self, change: Floats) -> None:
        self.hidden |= np.abs(change) > _NOTHING
        self._kept.append(change)

    def _protect_alone(self, cells: Cells, sign: float, at_any_cost: bool) -> None:
        # Where nothing that is always shown allows it, then nothing is; if that helps.
        dearest = replace(self._table, cost=np.minimum(self._table.cost, _DEAREST))
        for table in (self._table, dearest) if at_any_cost else (self._table,):
            for way in (sign, -sign):
                change = _other_table([(cells, way)], table, self.hidden)
                needed = least_change(_value(cells, table)) - _NOTHING
                if abs(float(change[list(cells)].sum())) >= needed:
                    self._table = table
                    self._keep(change)
                    return


def least_change(value: float) -> float:
    """By how much another table must differ for a count not to be known."""
    return float(np.floor(max(KNOWN_WITHIN, KNOWN_SHARE * abs(value))) + 1)


Batch = list[tuple[Cells, float]]
"""Cells, and whether the other table has more of them (1) or fewer (-1)."""


_BATCHES = 6
"""How many are looked after at a time: all at once, cells move for what later ones would have had for nothing; one
by one takes a program each."""


def _balanced(
    wanted: Sequence[Cells], table: LinkedCells, beside: Sequence[set[int]]
) -> list[Batch]:
    """All of the wanted, some at a time: the larger of groups that stand in one sum lose what the smaller gain, so that they
    keep each other from being known."""
    by_group: dict[frozenset[int], list[Cells]] = {}
    for cells in wanted:
        by_group.setdefault(frozenset(int(table.groups[i]) for i in cells), []).append(cells)

    def most(whose: frozenset[int]) -> float:
        return max(_value(cells, table) for cells in by_group[whose])

    signs: dict[int, float] = {}
    batches: list[Batch] = [[] for _ in range(_BATCHES)]
    for number, whose in enumerate(sorted(by_group, key=most)):
        near = sum(signs.get(other, 0.0) for group in whose for other in beside[group])
        can_lose = all(_room(cells, table.down, table) for cells in by_group[whose])
        can_gain = all(_room(cells, table.up, table) for cells in by_group[whose])
        sign = -1.0 if can_lose and (near > 0 or not can_gain) else 1.0
        signs |= dict.fromkeys(whose, sign)
        batches[number % _BATCHES] += [(cells, sign) for cells in by_group[whose]]
    return batches


def _value(cells: Cells, table: LinkedCells) -> float:
    return float(table.values[list(cells)].sum())


def _room(cells: Cells, room: Floats, table: LinkedCells) -> bool:
    """Whether cells can move as far as they must."""
    return float(room[list(cells)].sum()) >= least_change(_value(cells, table))


def _groups_beside(table: LinkedCells) -> list[set[int]]:
    """For each group those that stand in a sum with it, and itself."""
    beside = [{group} for group in range(int(table.groups.max(initial=-1)) + 1)]
    relations = table.relations
    for start, end in pairwise(relations.indptr):
        groups = set(table.groups[relations.indices[start:end]].tolist())
        if len(groups) > 1:
            for group in groups:
                beside[group] |= groups
    return beside


_DEAREST = 1e5
_UNSAFE = 1e7
_FREE = 1e-3
"""What it costs to hide what is always shown otherwise, to leave a cell known, and to move a hidden cell (so that
none is moved without need)."""


def _other_table(batch: Batch, table: LinkedCells, hidden: Bools) -> Floats:
    """The change to the table that gives each of the batch, or takes from it, what keeps it from being known,
    as far as there is one."""
    n = len(table.values)
    movable = np.isfinite(table.cost) | hidden
    cost = np.where(hidden, _FREE, np.where(movable, table.cost, 0.0))
    rows = [row for row, (cells, _) in enumerate(batch) for _ in cells]
    at = [i for cells, _ in batch for i in cells]
    signs = [sign for cells, sign in batch for _ in cells]
    gains = csr_matrix((signs, (rows, at)), shape=(len(batch), n))
    needed = np.array([least_change(_value(cells, table)) for cells, _ in batch])
    most = needed.sum() * 4
    upper = np.where(movable, np.minimum(table.up, most), 0.0)
    lower = np.where(movable, np.minimum(table.down, most), 0.0)
    limits = np.concatenate([upper, lower, needed])
    found = linprog(
        np.concatenate([cost, cost, np.full(len(batch), _UNSAFE)]),
        A_ub=hstack([-gains, gains, -identity(len(batch))]),
        b_ub=-needed,
        A_eq=hstack(
            [table.relations, -table.relations, csr_matrix((table.relations.shape[0], len(batch)))]
        ),
        b_eq=np.zeros(table.relations.shape[0]),
        bounds=np.column_stack([np.zeros(len(limits)), limits]),
        method="highs",
    )
    change: Floats = found.x[:n] - found.x[n : 2 * n]
    return change


def _sums(relations: csr_matrix, hidden: Bools) -> list[Cells]:
    """What is known of hidden cells by one sum each: where the whole is shown, the sum of its hidden parts (and
    the other way round)."""
    found = []
    for row in range(relations.shape[0]):
        start, end = relations.indptr[row], relations.indptr[row + 1]
        at, signs = relations.indices[start:end], relations.data[start:end]
        gone = hidden[at]
        if gone.any() and abs(signs[gone].sum()) == gone.sum():
            found.append(tuple(sorted(at[gone].tolist())))
    return found
