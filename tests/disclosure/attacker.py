"""Whoever has a report to forward and a pencil: what do all its counts together tell of few people?

It knows what each number counts, that no count is below zero, and which kinds of decision there are (every
row as a pattern: its level in each cut and what was done). Of each group of fewer people than may be shown
it asks for the smallest and the largest count that agrees with all that is told.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

SEEN = ("followed", "modified", "overridden")
NOT_KNOWN = ("agreed", "differed", "unknown", "unaccounted")
ELIGIBLE = (*SEEN, "not_consulted", *NOT_KNOWN)
KNOWN_WITHIN, KNOWN_SHARE = 3, 0.15


@dataclass(frozen=True)
class Told:
    """A number of a document: which rows it counts (column → value), and the number."""

    rows: dict[str, Any]
    columns: dict[str, tuple[Any, ...]]
    value: float

    def of(self, patterns: pd.DataFrame) -> np.ndarray:
        mask = np.ones(len(patterns), bool)
        for column, value in self.rows.items():
            mask &= (patterns[column] == value).to_numpy()
        for column, values in self.columns.items():
            mask &= patterns[column].isin(values).to_numpy()
        return mask


def told_by(document: dict[str, Any]) -> Iterator[Told]:
    """Every count of the figures of use, with what it counts."""
    adoption = document["diagnoses"][0]["measures"]["adoption"]
    yield from _of_group(adoption, {})
    for cut, groups in adoption["groups"].items():
        for group in groups:
            yield from _of_group(group, {cut: group["key"]})
    for population, weeks in adoption["weeks_by_population"].items():
        for group in weeks:
            yield from _of_group(group, {"population": population, "week": group["key"]})
    for reason, n in adoption["reasons"].items():
        if not reason.startswith("("):
            yield Told({"override_reason": reason}, {"action": ("overridden",)}, n)


def _of_group(group: dict[str, Any], rows: dict[str, Any]) -> Iterator[Told]:
    if group.get("hidden"):
        return
    yield Told(rows, {"action": ELIGIBLE}, group["eligible"])
    for action, n in group["counts"].items():
        yield Told(rows, {"action": (action,)}, n)
    if group["consulted"] is not None:
        yield Told(rows, {"action": SEEN}, group["consulted"])
    if group["unknown"] is not None:
        yield Told(rows, {"action": NOT_KNOWN}, group["unknown"])
    for name, of, among in _RATES:
        rate = group[name]
        if rate.get("value") is None or rate.get("k") is None:
            continue
        yield Told(rows, of, rate["k"])
        yield Told(rows, among, rate["n"])


_RATES = (
    ("consult_rate", {"action": SEEN}, {"action": (*SEEN, "not_consulted")}),
    ("override_rate", {"action": ("overridden",)}, {"action": SEEN}),
    ("adjust_rate", {"action": ("modified", "overridden")}, {"action": SEEN}),
    (
        "effective_reliance",
        {"action": ("followed", "modified")},
        {"action": (*SEEN, "not_consulted")},
    ),
    ("agreement", {"agrees": (True,)}, {"agrees": (True, False)}),
)


def as_patterns(table: pd.DataFrame, cuts: list[str]) -> tuple[pd.DataFrame, list[dict[str, int]]]:
    """The rows as an attacker thinks of them, and of each pattern how many rows are whose."""
    rows = pd.DataFrame({cut: table[cut].astype(object) for cut in cuts if cut in table})
    if "decided_at" in table:
        rows["week"] = (
            table["decided_at"].dt.to_period("W-SUN").dt.start_time.dt.strftime("%Y-%m-%d")
        )
    over = table["choice"] != table["recommendation"]
    rows["action"] = np.where(
        ~table["consulted"], "not_consulted", np.where(over, "overridden", "followed")
    )
    rows["agrees"] = ~over
    if "override_reason" in table:
        rows["override_reason"] = table["override_reason"].where(over & table["consulted"], "")
    rows = rows.where(rows.notna(), "(none)")
    grouped = rows.assign(person_id=table["person_id"]).groupby(list(rows.columns), sort=False)[
        "person_id"
    ]
    found = [(key, people.value_counts().to_dict()) for key, people in grouped]
    patterns = pd.DataFrame([key for key, _ in found], columns=list(rows.columns))
    return patterns, [people for _, people in found]


@dataclass(frozen=True)
class Isolated:
    """A group of few people of which a count is known: between `low` and `high`, and it is `truth`."""

    group: dict[str, Any]
    action: tuple[str, ...]
    people: int
    truth: float
    low: float
    high: float


DAY = "day"
"""A column of the table: the first of the documents' days on which a row is counted."""


def isolated(
    documents: list[tuple[dict[str, Any], int]],
    table: pd.DataFrame,
    cuts: list[str],
    fewest: int,
    actions: tuple[tuple[str, ...], ...] = (ELIGIBLE, ("overridden",), SEEN),
) -> list[Isolated]:
    """What is known of groups of fewer than `fewest` people from all `documents`, each with its day: it counts
    the rows of `table` whose DAY is no later (all, where the table has no such column)."""
    patterns, people = as_patterns(table, cuts)
    days = patterns[DAY].to_numpy() if DAY in patterns else np.zeros(len(patterns))
    known = [
        (one.of(patterns) & (days <= day), one.value)
        for document, day in documents
        for one in told_by(document)
    ]
    if not known:
        return []
    shown = csr_matrix(np.array([mask for mask, _ in known], float))
    values = np.array([value for _, value in known], float)
    truth = np.array([sum(p.values()) for p in people], float)
    assert np.allclose(shown @ truth, values), "the attacker counts otherwise than the document"
    found = []
    for group, mask in _groups(patterns, [c for c in patterns if c not in _DONE]):
        for action in actions:
            of = mask & patterns["action"].isin(action).to_numpy()
            whose: set[str] = set().union(*(people[i] for i in np.flatnonzero(of)))
            if not 0 < len(whose) < fewest:
                continue
            exact = float(truth[of].sum())
            within = max(KNOWN_WITHIN, KNOWN_SHARE * exact)
            low, high = _bounds(of, shown, values, exact, within)
            if exact - low <= within and high - exact <= within:
                found.append(Isolated(group, action, len(whose), exact, low, high))
    return found


_DONE = ("action", "agrees", "override_reason")


def _groups(patterns: pd.DataFrame, cuts: list[str]) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
    """Every level of a cut, every crossing of two, and what one has beyond the other."""
    for reason in set(patterns.get("override_reason", ())) - {"", "(none)"}:
        yield {"override_reason": reason}, (patterns["override_reason"] == reason).to_numpy()
    levels = [(cut, level) for cut in cuts for level in patterns[cut].unique()]
    of = {one: (patterns[one[0]] == one[1]).to_numpy() for one in levels}
    for one in levels:
        yield {one[0]: one[1]}, of[one]
    for one, other in itertools.combinations(levels, 2):
        if one[0] != other[0]:
            yield {one[0]: one[1], other[0]: other[1]}, of[one] & of[other]
            yield {one[0]: one[1], f"not {other[0]}": other[1]}, of[one] & ~of[other]
            yield {other[0]: other[1], f"not {one[0]}": one[1]}, of[other] & ~of[one]


def _bounds(
    of: np.ndarray, shown: csr_matrix, values: np.ndarray, exact: float, within: float
) -> tuple[float, float]:
    """The smallest and largest count that agree with all that is told; the second is asked for only where
    the first is near."""
    ends = []
    for sign in (-1.0, 1.0):
        answer = linprog(
            sign * of.astype(float), A_eq=shown, b_eq=values, bounds=(0, None), method="highs"
        )
        end = sign * answer.fun if answer.status == 0 else np.inf
        if abs(end - exact) > within:
            return -np.inf, np.inf
        ends.append(end)
    return ends[1], ends[0]
