"""How the values of a column of texts are written.

A *shape* is a text with every digit written as 9: `17.02.2026 13:38` and `03.03.2025 09:12` are both
`99.99.9999 99:99`. A column has few shapes however many rows it has, so that all of its rows take
part in what is settled about its numbers and dates.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir

_DIGITS, _NINES = "0123456789", "9" * 10


@dataclass(frozen=True, slots=True)
class Shape:
    """One way in which values of a column are written: how many rows, and the first and the last of
    its values in the order of texts."""

    text: str
    n: int
    low: str
    high: str


def shape_of(text: ir.StringValue) -> ir.StringValue:
    """The shape of each text, on any engine."""
    return text.translate(_DIGITS, _NINES)
