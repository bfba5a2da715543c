"""A figure that two diagnoses are compared by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """What it is called, of whom it is, and its answer as it stands in the JSON document (None: none there).
    `sums`: what its sums over people are called, where a diagnosis holds them (questions/same_people)."""

    name: str
    population: str
    answer: Mapping[str, Any] | None
    sums: str = ""
