"""Which covariates are numbers and which are names, found out once."""

from __future__ import annotations

from collections.abc import Callable

import ibis.expr.types as ir

from takeup.log import fetch
from takeup.record.columns import COVARIATE_PREFIX
from takeup.record.mapping import Mapping
from takeup.record.number_format import are_numbers
from takeup.record.shapes import Shape

FEW = 10
"""A numeric column with at most this many values is treated as names."""


def settle_covariates(
    raw: ir.Table,
    mapping: Mapping,
    shapes: Callable[[str], list[Shape]],
    *,
    is_text: bool = True,
) -> Mapping:
    """`mapping` with every covariate declared a name or a number; `shapes` tells how a column of texts is
    written.

    A column is a number when every value that is not blank reads as one and there are more
    than ten of them. The mapping's own `names` and `numbers` hold first.
    """
    open_ones = {
        name: source
        for name, source in mapping.columns.items()
        if name.startswith(COVARIATE_PREFIX)
        and name not in (*mapping.names, *mapping.numbers, *mapping.values)
        and isinstance(source, str)
        and source in raw.columns
    }
    kinds = {name: raw[source].type() for name, source in open_ones.items()}
    # A typed source has said that its texts are names.
    candidates = {
        name: source
        for name, source in open_ones.items()
        if kinds[name].is_numeric()
        or (is_text and kinds[name].is_string() and are_numbers(shapes(source)))
    }
    levels = {}
    if candidates:
        counted = {f"n{i}": raw[c].approx_nunique() for i, c in enumerate(candidates.values())}
        levels = dict(
            zip(candidates, fetch(raw.aggregate(**counted)).to_pylist()[0].values(), strict=True)
        )
    numbers = [name for name in candidates if (levels[name] or 0) > FEW]
    names = [name for name in open_ones if name not in numbers]
    return mapping.model_copy(
        update={
            "names": [*mapping.names, *names],
            "numbers": [*mapping.numbers, *numbers],
        }
    )
