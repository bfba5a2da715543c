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
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, hstack

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
    (0: it is never shown; infinite: it is always). A `signed` cell may be below zero. `groups` numbers of
    whom a cell is."""

    values: Floats
    relations: csr_matrix
    cost: Floats
    signed: Bools
    groups: NDArray[np.int64]


def hidden_cells(
    table: LinkedCells, sensitive: Sequence[int], of_few: Callable[[Cells], bool]
) -> Bools:
    """Which cells stay hidden: those never shown, the `sensitive` ones, and what keeps each of these, and
    each sum of hidden cells that is `of_few` people, from being known."""
    hidden: Bools = table.cost == 0
    first: list[Cells] = [(i,) for i in sensitive]
    hidden[sensitive] = True
    kept: list[Floats] = []
    wanted: list[Cells] = first
    judged: set[Cells] = set()
    while True:
        wanted = [cells for cells in wanted if not _safe(cells, kept, table.values)]
        while wanted:
            batch = _apart(wanted, table)
            kept += _other_tables(batch, table, hidden)
            for change in kept:
                hidden |= np.abs(change) > _NOTHING
            solved = set(batch)
            wanted = [
                cells
                for cells in wanted
                if cells not in solved and not _safe(cells, kept, table.values)
            ]
        wanted = [cells for cells in _sums(table.relations, hidden) if cells not in judged]
        judged |= set(wanted)
        wanted = [cells for cells in wanted if of_few(cells)]
        if not wanted:
            return hidden


def least_change(value: float) -> float:
    """By how much another table must differ for a count not to be known."""
    return float(np.floor(max(KNOWN_WITHIN, KNOWN_SHARE * abs(value))) + 1)


def _safe(cells: Cells, kept: Sequence[Floats], values: Floats) -> bool:
    at = list(cells)
    needed = least_change(float(values[at].sum()))
    return any(abs(float(change[at].sum())) >= needed - _NOTHING for change in kept)


def _apart(wanted: Sequence[Cells], table: LinkedCells) -> list[Cells]:
    """Some of the wanted, of groups that are in no sum together, so that each may be the other table's gain;
    all kinds of one group may be."""
    beside = _groups_beside(table)
    taken: set[int] = set()
    kept: set[frozenset[int]] = set()
    batch = []
    for cells in sorted(wanted, key=lambda cells: -float(table.values[list(cells)].sum())):
        whose = frozenset(int(table.groups[i]) for i in cells)
        near = {other for group in whose for other in beside[group]}
        if whose in kept or not near & taken:
            batch.append(cells)
            kept.add(whose)
            taken |= whose
    return batch


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


def _other_tables(batch: Sequence[Cells], table: LinkedCells, hidden: Bools) -> list[Floats]:
    """Changes to the table that add to each of the batch what keeps it from being known."""
    found = _solved(batch, table, hidden)
    if found is not None:
        return [found]
    if len(batch) > 1:
        half = len(batch) // 2
        return [
            *_other_tables(batch[:half], table, hidden),
            *_other_tables(batch[half:], table, hidden),
        ]
    # Nothing that is always shown allows it: then nothing is.
    free = LinkedCells(
        table.values, table.relations, np.minimum(table.cost, _DEAREST), table.signed,
        table.groups,
    )  # fmt: skip
    found = _solved(batch, free, hidden)
    return [] if found is None else [found]


_DEAREST = 1e6


def _solved(batch: Sequence[Cells], table: LinkedCells, hidden: Bools) -> Floats | None:
    n = len(table.values)
    movable = np.isfinite(table.cost) | hidden
    cost = np.where(hidden, _FREE, np.where(movable, table.cost, 0.0))
    rows: list[int] = []
    at: list[int] = []
    for row, cells in enumerate(batch):
        rows += [row] * len(cells)
        at += cells
    gains = csr_matrix((np.ones(len(at)), (rows, at)), shape=(len(batch), n))
    needed = [least_change(float(table.values[list(cells)].sum())) for cells in batch]
    most = sum(needed) * 4
    upper = np.where(movable, most, 0.0)
    lower = np.where(movable, np.where(table.signed, most, np.minimum(table.values, most)), 0.0)
    found = linprog(
        np.concatenate([cost, cost]),
        A_ub=hstack([-gains, gains]),
        b_ub=-np.array(needed),
        A_eq=hstack([table.relations, -table.relations]),
        b_eq=np.zeros(table.relations.shape[0]),
        bounds=np.column_stack([np.zeros(2 * n), np.concatenate([upper, lower])]),
        method="highs",
    )
    if found.x is None:
        return None
    change: Floats = found.x[:n] - found.x[n:]
    return change


_FREE = 1e-3
"""What moving a hidden cell costs: nothing is hidden for it, and yet none is moved without need."""


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
