"""Which cells of small tables stay hidden, where the answer can be found by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from takeup.disclosure.release.suppress import LinkedCells, hidden_cells, least_change


def crossed(inner: np.ndarray, cost: np.ndarray, always: bool = True) -> LinkedCells:
    """A table with its margins: the inner cells row by row, then rows, then columns, then the total."""
    rows, columns = inner.shape
    n = rows * columns
    relations = np.zeros((rows + columns + 2, n + rows + columns + 1))
    for r in range(rows):
        relations[r, r * columns : (r + 1) * columns] = 1
        relations[r, n + r] = -1
    for c in range(columns):
        relations[rows + c, c:n:columns] = 1
        relations[rows + c, n + rows + c] = -1
    relations[-2, n : n + rows], relations[-2, -1] = 1, -1
    relations[-1, n + rows : -1], relations[-1, -1] = 1, -1
    margins = np.full(rows + columns + 1, np.inf if always else 50.0)
    values = np.concatenate([inner.ravel(), inner.sum(1), inner.sum(0), [inner.sum()]])
    return LinkedCells(
        values.astype(float), csr_matrix(relations), np.concatenate([cost.ravel(), margins]),
        values.astype(float), np.full(len(values), np.inf), np.arange(len(values)),
    )  # fmt: skip


def nobody_else(_: tuple[int, ...]) -> bool:
    return False


def test_one_small_cell_takes_the_three_cheapest_that_stand_with_it_in_rows_and_columns():
    inner = np.array([[5.0, 40, 60], [50, 30, 70], [80, 90, 45]])
    cost = np.array([[1.0, 9, 2], [9, 9, 9], [2, 9, 2]])
    hidden = hidden_cells(crossed(inner, cost), [0], nobody_else).cells
    assert np.flatnonzero(hidden).tolist() == [0, 2, 6, 8]


def test_a_table_without_small_cells_is_shown_whole():
    inner = np.full((3, 3), 40.0)
    assert not hidden_cells(crossed(inner, np.ones((3, 3))), [], nobody_else).cells.any()


def test_what_is_always_shown_goes_where_nothing_else_keeps_a_cell_from_being_known():
    inner = np.array([[5.0], [40.0]])
    table = crossed(inner, np.array([[1.0], [np.inf]]))
    hidden = hidden_cells(table, [0], nobody_else).cells
    assert hidden[0]
    # Either the other part or the total: with both shown the first is their difference.
    assert hidden[[1, -1]].any()


def test_two_hidden_parts_of_few_people_are_hidden_as_a_sum_too():
    inner = np.array([[5.0], [6.0], [40.0], [50.0]])
    cost = np.array([[1.0], [1], [3], [9]])
    together = (0, 1)
    hidden = hidden_cells(crossed(inner, cost), [0, 1], lambda cells: cells == together).cells
    assert hidden[[0, 1, 2]].all()
    assert not hidden[3]


@pytest.mark.parametrize(("count", "least"), [(0, 4), (5, 4), (20, 4), (30, 5), (100, 16)])
def test_a_count_is_known_within_three_or_fifteen_percent(count, least):
    assert least_change(count) == least
