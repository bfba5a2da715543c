"""What the release hides beyond what is hidden for itself, on small tables: beside the rule that looks at one
line at a time (and leaves counts that can be worked out), and beside the fewest that any rule could hide.

    python benchmarks/suppression.py [--tables N]
"""

from __future__ import annotations

import argparse

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import block_diag, csr_matrix, hstack, identity, lil_matrix, vstack

from takeup.disclosure.release.suppress import LinkedCells, hidden_cells, least_change

ROWS, COLUMNS = 4, 5
_MOST = 400.0


def drawn(rng: np.random.Generator) -> tuple[LinkedCells, list[int]]:
    """A table of groups by kinds of case with all its totals, and its cells of too few people."""
    people = np.maximum(rng.poisson(rng.choice([6, 20, 60], (ROWS, COLUMNS))), 1)
    inner = people * rng.integers(4, 12, (ROWS, COLUMNS))
    n = inner.size
    relations = np.zeros((ROWS + COLUMNS, n + ROWS + COLUMNS + 1))
    for r in range(ROWS):
        relations[r, r * COLUMNS : (r + 1) * COLUMNS] = 1
        relations[r, n + r] = -1
    for c in range(COLUMNS):
        relations[ROWS + c, c:n:COLUMNS] = 1
        relations[ROWS + c, n + ROWS + c] = -1
    total = np.zeros((1, relations.shape[1]))
    total[0, n : n + ROWS], total[0, -1] = 1, -1
    values = np.concatenate([inner.ravel(), inner.sum(1), inner.sum(0), [inner.sum()]])
    cost = np.concatenate([np.log10(10.0 + inner.ravel()), np.full(ROWS + COLUMNS + 1, np.inf)])
    table = LinkedCells(
        values.astype(float), csr_matrix(np.vstack([relations, total])), cost,
        values.astype(float), np.full(len(values), np.inf), np.arange(len(values), dtype=np.int64),
    )  # fmt: skip
    return table, np.flatnonzero(people.ravel() < 8).tolist()


def line_by_line(table: LinkedCells, sensitive: list[int]) -> set[int]:
    """Each row and each column by itself: the smallest other is hidden where one is hidden alone."""
    first = set(sensitive)
    hidden = set(first)
    lines = [range(r * COLUMNS, (r + 1) * COLUMNS) for r in range(ROWS)]
    lines += [range(c, ROWS * COLUMNS, COLUMNS) for c in range(COLUMNS)]
    for line in lines:
        if len(first & set(line)) == 1:
            hidden.add(min(set(line) - first, key=lambda i: table.values[i]))
    return hidden


def fewest(table: LinkedCells, sensitive: list[int]) -> set[int]:
    """The cheapest cells by an integer program: for each sensitive cell there is another table with the same
    shown cells in which it is larger, or smaller, by enough."""
    n, k = len(table.values), len(sensitive)
    cost = np.where(np.isfinite(table.cost), table.cost, 0.0)
    shown = np.where(np.isfinite(table.cost), 1.0, 0.0)
    # z (n): hidden; for each sensitive cell a change (n); a choice (k): larger or smaller.
    size = n + k * n + k
    changes = block_diag([identity(n)] * k)
    hide = vstack([identity(n)] * k)
    upper = hstack([-_MOST * hide, changes, csr_matrix((k * n, k))])
    falls = np.minimum(np.tile(table.values, k), _MOST)
    lower = hstack([csr_matrix(np.diag(falls) @ hide.toarray()), changes, csr_matrix((k * n, k))])
    sums = hstack([csr_matrix((k * table.relations.shape[0], n)), block_diag([table.relations] * k),
                   csr_matrix((k * table.relations.shape[0], k))])  # fmt: skip
    gains, losses = lil_matrix((k, size)), lil_matrix((k, size))
    need = np.array([least_change(table.values[i]) for i in sensitive])
    big = _MOST + need
    for row, i in enumerate(sensitive):
        gains[row, n + row * n + i], gains[row, n + k * n + row] = 1, -big[row]
        losses[row, n + row * n + i], losses[row, n + k * n + row] = 1, -big[row]
    own = np.isin(np.arange(n), sensitive)
    found = milp(
        np.concatenate([cost, np.zeros(k * n + k)]),
        integrality=np.concatenate([np.ones(n), np.zeros(k * n), np.ones(k)]),
        bounds=Bounds(
            np.concatenate([own, np.full(k * n, -_MOST), np.zeros(k)]),
            np.concatenate([shown, np.full(k * n, _MOST), np.ones(k)]),
        ),
        constraints=[
            LinearConstraint(upper.tocsr(), -np.inf, 0),
            LinearConstraint(lower.tocsr(), 0, np.inf),
            LinearConstraint(sums.tocsr(), 0, 0),
            # A choice of 1: at least `need` more; of 0: at least `need` fewer.
            LinearConstraint(gains.tocsr(), need - big, np.inf),
            LinearConstraint(losses.tocsr(), -np.inf, -need),
        ],
        options={"time_limit": 60},
    )
    return set(np.flatnonzero(found.x[:n] > 0.5).tolist())


def known(table: LinkedCells, sensitive: list[int], hidden: set[int]) -> int:
    """How many of the sensitive cells can be worked out to within what counts as known."""
    free = np.zeros(len(table.values), bool)
    free[list(hidden)] = True
    bounds = [(0, None) if f else (v, v) for f, v in zip(free, table.values.tolist(), strict=True)]
    found = 0
    for i in sensitive:
        goal = np.zeros(len(table.values))
        goal[i] = 1
        ends = []
        for sign in (1, -1):
            answer = linprog(
                sign * goal,
                A_eq=table.relations,
                b_eq=np.zeros(table.relations.shape[0]),
                bounds=bounds,
            )
            ends.append(sign * answer.fun if answer.status == 0 else sign * -np.inf)
        need = least_change(table.values[i])
        found += table.values[i] - ends[0] < need and ends[1] - table.values[i] < need
    return found


def main() -> None:
    """Print, over all tables, what each rule hides and what can be worked out all the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=200)
    given = parser.parse_args()
    rng = np.random.default_rng(24)
    hidden = {"line by line": 0, "takeup's release": 0, "integer program": 0}
    broken = dict.fromkeys(hidden, 0)
    cells = first = used = 0
    while used < given.tables:
        table, sensitive = drawn(rng)
        if not 0 < len(sensitive) < ROWS * COLUMNS / 2:
            continue
        used += 1
        cells += ROWS * COLUMNS
        first += len(sensitive)
        released = np.flatnonzero(hidden_cells(table, sensitive, lambda _: False).cells).tolist()
        for name, gone in (
            ("line by line", line_by_line(table, sensitive)),
            ("takeup's release", set(released)),
            ("integer program", fewest(table, sensitive)),
        ):
            hidden[name] += len(gone - set(sensitive))
            broken[name] += known(table, sensitive, gone)
    print(f"{given.tables} tables, {cells:,} cells, {first:,} hidden for themselves")
    for name in hidden:
        print(
            f"{name:18} {100 * hidden[name] / cells:5.1f} % more hidden; {broken[name]} can be worked out"
        )


if __name__ == "__main__":
    main()
