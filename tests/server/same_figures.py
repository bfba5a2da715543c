"""Two diagnoses say the same, but for the order of a sum."""

from __future__ import annotations

import pytest


def differences(one, other, where="measures"):
    """Where two JSON documents differ by more than the order of a sum."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for name in one:
            yield from differences(one[name], other[name], f"{where}.{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for i, (a, b) in enumerate(zip(one, other, strict=True)):
            yield from differences(a, b, f"{where}[{i}]")
    elif isinstance(one, float) and isinstance(other, float):
        if one != pytest.approx(other, rel=1e-9, abs=1e-12):
            yield where, one, other
    elif one != other:
        yield where, one, other
