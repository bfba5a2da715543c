"""Looks once at the different values of a table's columns of texts."""

from __future__ import annotations

from collections.abc import Iterable

import ibis.expr.types as ir

from takeup.log import fetch
from takeup.record.different_values import DifferentValues
from takeup.record.mapping import Mapping

MOST_VALUES = 50_000
"""A column with more different values is not looked at beforehand; it is read with all care."""


def different_values(raw: ir.Table, mapping: Mapping) -> dict[str, DifferentValues]:
    """The different values of the mapped columns of texts that have few different values."""
    texts = [c for c in _mapped(mapping) if c in raw.columns and raw[c].type().is_string()]
    if not texts:
        return {}
    sizes = fetch(
        raw.aggregate(**{f"n{i}": raw[c].approx_nunique() for i, c in enumerate(texts)})
    ).to_pylist()[0]
    few = [c for i, c in enumerate(texts) if (sizes[f"n{i}"] or 0) <= MOST_VALUES]
    if not few:
        return {}
    found = fetch(
        raw.aggregate(**{f"v{i}": raw[c].collect(distinct=True) for i, c in enumerate(few)})
    ).to_pylist()[0]
    return {
        c: DifferentValues(frozenset(v for v in found[f"v{i}"] or () if v is not None))
        for i, c in enumerate(few)
    }


def _mapped(mapping: Mapping) -> Iterable[str]:
    """Source columns that the mapping names, each once, ids left out."""
    named: dict[str, None] = {}
    for name, source in mapping.columns.items():
        if name in ("decision_id", "case_id"):
            continue
        for column in [source] if isinstance(source, str) else source:
            named[column] = None
    return named
