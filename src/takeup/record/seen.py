"""What is known of a table's columns before it is read: their words, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from takeup.record.different_values import DifferentValues
from takeup.record.number_format import NumberFormat
from takeup.record.time_format import TimeFormat

Spelling = Mapping[str, str | None]
"""The word that each text of a column is (None: unknown)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """By the table's own names: `different` texts where they are few, the formats of `numbers` and
    `times`, the `years` in which its times lie. By canonical names: `spellings` of the columns of words.
    `notes` says what was found out and what follows; `absent` why columns of the source are left out. `without_persons`: use cases that record none. `cleaned`: columns whose texts are
    trimmed and blank where they say "unknown" already."""

    different: Mapping[str, DifferentValues] = field(default_factory=dict)
    numbers: Mapping[str, NumberFormat] = field(default_factory=dict)
    times: Mapping[str, TimeFormat] = field(default_factory=dict)
    years: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    spellings: Mapping[str, Spelling] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    absent: Mapping[str, str] = field(default_factory=dict)
    without_persons: tuple[str, ...] = ()
    cleaned: frozenset[str] = frozenset()
