"""Whose decision is a row? The keys every measure groups by, where a column may be absent."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

ALL = "all"
EVERYONE = "everyone"


def population_of(t: ir.Table) -> ir.Value:
    """The row's population; `all` where the table names none."""
    if "population" in t.columns:
        return t.population
    return ibis.literal(ALL)


def person_of(t: ir.Table) -> ir.Value:
    """The row's person; `everyone` where persons are unknown."""
    if "person_id" in t.columns:
        return t.person_id
    return ibis.literal(EVERYONE)
