"""Which lines of a ledger may be shown beside the figures of use: overrides of one reason, kind of case and
version are a part of what those tell of the reason, of the kind, of the version, and of a reason in one of
these."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from takeup.disclosure.release.suppress import Cells, LinkedCells, hidden_cells, sums
from takeup.questions.adoption import TOO_FEW_GAVE, Adoption
from takeup.questions.override_ledger.measure import LedgerLine

Part = Mapping[str, str]
"""What the lines of a total have in common: field → value."""


def lines_hidden(
    lines: Sequence[LedgerLine],
    hidden: Collection[int],
    overrides: int,
    adoption: Adoption,
    dimension: str | None,
    least: int,
) -> set[int]:
    """Numbers of the lines that stay hidden: the `hidden` ones, and what would give them away. `overrides`: of
    all; `dimension`: the cut whose levels are the lines' kinds of case. What stands in no line is a part that
    nobody sees."""
    values = [float(line.overrides) for line in lines]
    people = [line.people or 0 for line in lines]
    cost = [float(max(n, 1)) for n in people]
    relations: list[list[tuple[int, float]]] = []

    def more(value: float, price: float) -> int:
        values.append(value)
        people.append(0 if price == 0 else least)
        cost.append(price)
        return len(values) - 1

    everything: Part = {}
    for total, part in [(float(overrides), everything), *_totals(adoption, dimension)]:
        own = [i for i, line in enumerate(lines) if _is_of(line, part)]
        rest = total - sum(values[i] for i in own)
        nowhere = [(more(rest, 0.0), -1.0)] if rest else []
        relations.append([(more(total, np.inf), 1.0), *((i, -1.0) for i in own), *nowhere])
    table = LinkedCells(
        np.array(values), sums(relations, len(values)), np.array(cost), np.array(values), np.full(len(values), np.inf), np.arange(len(values), dtype=np.int64),
    )  # fmt: skip

    def of_few(cells: Cells) -> bool:
        return max(people[i] for i in cells) < least

    found = hidden_cells(table, list(hidden), of_few).cells
    if found[np.isinf(table.cost)].any():
        # The totals are shown elsewhere: no line may be.
        return set(range(len(lines)))
    return {i for i in range(len(lines)) if found[i]}


def _is_of(line: LedgerLine, part: Part) -> bool:
    return all(getattr(line, name) == value for name, value in part.items())


def _totals(adoption: Adoption, dimension: str | None) -> Iterator[tuple[float, Part]]:
    """Totals that the figures of use show, and which lines they are of."""
    for reason, n in _told(adoption.reasons):
        yield n, {"reason": reason}
    for name, cut in (("segment", dimension or ""), ("version", "model_version")):
        for group in adoption.groups.get(cut, ()):
            if not group.hidden and "overridden" in group.counts:
                yield float(group.counts["overridden"]), {name: group.key}
            for reason, n in _told(adoption.reasons_by.get(cut, {}).get(group.key, {})):
                yield n, {name: group.key, "reason": reason}


def _told(reasons: Mapping[str, int]) -> list[tuple[str, float]]:
    return [(reason, float(n)) for reason, n in reasons.items() if reason != TOO_FEW_GAVE]
