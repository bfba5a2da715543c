"""Which kinds of case of all and of each population may be shown together: each kind is a part of its
population, and a population's is a part of all's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from takeup.disclosure.release.suppress import Cells, LinkedCells, hidden_cells, sums


@dataclass(frozen=True, slots=True)
class KindOf:
    """Cases of one kind in a `scope`, and how many people decided them."""

    scope: str
    kind: str
    cases: int
    people: int


def kinds_hidden(
    ones: Sequence[KindOf], whole: str, hidden: Collection[tuple[str, str]], least: int
) -> set[tuple[str, str]]:
    """Scopes and kinds that stay hidden: those that are `hidden`, and what would give them away. `whole` names
    the scope that all others are parts of; what is in none of those is a part that nobody sees. Cases of hidden
    kinds together are of too few people where none of these has `least`: they may all be the same people. A
    scope whose kinds are all hidden has no total either."""
    at = {(one.scope, one.kind): i for i, one in enumerate(ones)}
    values = [float(one.cases) for one in ones]
    cost = [float(max(one.people, 1)) for one in ones]
    people = [one.people for one in ones]
    relations: list[list[tuple[int, float]]] = []

    def more(value: float, price: float) -> int:
        values.append(value)
        cost.append(price)
        people.append(0 if price == 0 else least)
        return len(values) - 1

    for scope in dict.fromkeys(one.scope for one in ones):
        own = [i for i, one in enumerate(ones) if one.scope == scope]
        nothing = all((scope, ones[i].kind) in hidden for i in own)
        total = more(sum(values[i] for i in own), 0.0 if nothing else np.inf)
        relations.append([(total, 1.0), *((i, -1.0) for i in own)])
    for i in [i for i, one in enumerate(ones) if one.scope == whole]:
        parts = [j for j, one in enumerate(ones) if one.kind == ones[i].kind and one.scope != whole]
        if not parts:
            continue
        rest = values[i] - sum(values[j] for j in parts)
        nobodys = [(more(rest, 0.0), -1.0)] if rest else []
        relations.append([(i, 1.0), *((j, -1.0) for j in parts), *nobodys])
    table = LinkedCells(
        np.array(values), sums(relations, len(values)), np.array(cost), np.array(values), np.full(len(values), np.inf), np.arange(len(values), dtype=np.int64),
    )  # fmt: skip

    def of_few(cells: Cells) -> bool:
        return max(people[i] for i in cells) < least

    found = hidden_cells(table, [at[one] for one in hidden if one in at], of_few).cells
    return {one for one, i in at.items() if found[i]}
