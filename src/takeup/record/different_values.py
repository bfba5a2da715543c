"""What a column of texts holds, known beforehand: reading can skip what it does not need.

Trimming, recognising blanks and checking words costs more than all statistics of a large
table. Where a column has few different values, looking at those once tells whether any of
it is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from takeup.record.words import has_wide_blanks


@dataclass(frozen=True, slots=True)
class DifferentValues:
    """All different values of one column of texts (nulls left out)."""

    values: frozenset[str]

    def is_clean(self, blanks: Sequence[str]) -> bool:
        """Whether no value has blanks around it or wide ones within, or is a word for "unknown"."""
        unknown = {b.lower() for b in blanks}
        return all(
            v == v.strip() and v.lower() not in unknown and not has_wide_blanks(v)
            for v in self.values
        )
