"""Which covariates are numbers and which are names, found out once."""

from __future__ import annotations

from takeup.record.columns import COVARIATE_PREFIX
from takeup.record.mapping import Mapping
from takeup.record.number_format import are_numbers
from takeup.sources.raw_table import RawTable

FEW = 10
"""A numeric column with at most this many values is treated as names."""


def settle_covariates(raw: RawTable, mapping: Mapping) -> Mapping:
    """`mapping` with every covariate declared a name or a number.

    A column is a number when every value that is not blank reads as one and there are more
    than ten of them. The mapping's own `names` and `numbers` hold first.
    """
    open_ones = {
        name: source
        for name, source in mapping.columns.items()
        if name.startswith(COVARIATE_PREFIX)
        and name not in (*mapping.names, *mapping.numbers, *mapping.values)
        and isinstance(source, str)
        and source in raw.table.columns
    }
    held, blanks = raw.held, mapping.file.blanks
    # A typed source has said that its texts are names.
    candidates = {
        name: source
        for name, source in open_ones.items()
        if raw.table[source].type().is_numeric()
        or (raw.is_text and held.is_text(source) and are_numbers(held.shapes(source, blanks)))
    }
    sizes = held.sizes(candidates.values())
    numbers = [name for name in candidates if sizes[candidates[name]].different > FEW]
    names = [name for name in open_ones if name not in numbers]
    return mapping.model_copy(
        update={
            "names": [*mapping.names, *names],
            "numbers": [*mapping.numbers, *numbers],
        }
    )
