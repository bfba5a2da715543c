"""Columns of the list of use cases: what each capability tells of a use case there (its part `use_cases.py`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Column:
    """Under `head`, for those who may open `page`: the template `cell`, with `use_case` and what `told` says of it."""

    head: str | Promise
    page: str
    cell: str
    told: Callable[[str], Mapping[str, Any]] = lambda use_case: {}
