"""What may be added between two figures that are both shown.

Whoever keeps yesterday's figures subtracts them from today's. What is between must come from as many
people as a figure by itself: so of what is new (decisions, corrections, outcomes), that of groups in
which too few people have something new, or one of them most of it, is held back until more have. It
waits, it is not lost; and since every figure shown is a union of such groups, no difference of two of
them comes from fewer people either.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from takeup.record.settings import DisclosureSettings

Family = tuple[str, ...]
"""Columns by which figures are shown together; none: the total."""


def held_back(
    new: pd.DataFrame, families: Sequence[Family], rules: DisclosureSettings
) -> NDArray[np.bool_]:
    """Which rows of `new` (with `person_id`, the columns of `families`, and `n` where a row stands for many
    that are alike) wait. Rows without a person do not make a group small."""
    if "n" not in new:
        new = new.assign(n=1)
    shown = np.ones(len(new), dtype=bool)
    while True:
        before = int(shown.sum())
        for family in families:
            shown &= ~_small(new, shown, family, rules)
        if int(shown.sum()) == before:
            return ~shown


def _small(
    new: pd.DataFrame, shown: NDArray[np.bool_], family: Family, rules: DisclosureSettings
) -> NDArray[np.bool_]:
    """Rows of the groups of one family that too few people would add to."""
    rows = new[shown & new["person_id"].notna().to_numpy()]
    if rows.empty:
        return np.zeros(len(new), dtype=bool)
    group = _number(new, family)
    each = (
        pd.DataFrame(
            {
                "group": group[rows.index],
                "person": rows["person_id"].to_numpy(),
                "n": rows["n"].to_numpy(),
            }
        )
        .groupby(["group", "person"])["n"]
        .sum()
        .groupby("group")
        .agg(["size", "max", "sum"])
    )
    small = (each["size"] < rules.minimum_group) | (
        each["max"] > rules.largest_share_of_decisions * each["sum"]
    )
    return np.isin(group, each.index[small].to_numpy()) & shown


def _number(new: pd.DataFrame, family: Family) -> NDArray[np.int64]:
    """A number for each row's group; blanks are a group of their own."""
    number = np.zeros(len(new), dtype=np.int64)
    for name in family:
        codes, values = pd.factorize(new[name], use_na_sentinel=False)
        number = number * max(len(values), 1) + codes
    return number
