"""Which covariates are numbers and which are names, found out once."""

from __future__ import annotations

import ibis.expr.types as ir

from takeup.log import fetch
from takeup.record import parsing
from takeup.record.columns import COVARIATE_PREFIX
from takeup.record.mapping import Mapping

FEW = 10
"""A numeric column with at most this many values is treated as names."""


def settle_covariates(raw: ir.Table, mapping: Mapping, *, is_text: bool = True) -> Mapping:
    """`mapping` with every covariate declared a name or a number.

    A column is a number when every value that is not blank reads as one and there are more
    than ten of them. The mapping's own `names` and `numbers` hold first.
    """
    open_ones = [
        name
        for name in (*mapping.columns, *mapping.computed)
        if name.startswith(COVARIATE_PREFIX)
        and name not in (*mapping.names, *mapping.numbers)
        and isinstance(mapping.columns.get(name), str)
        and mapping.columns[name] in raw.columns
        and name not in mapping.values
    ]
    texts = [n for n in open_ones if raw[str(mapping.columns[n])].type().is_string()]
    if not is_text:
        # A typed source has said that these are names.
        mapping = mapping.model_copy(update={"names": [*mapping.names, *texts]})
        open_ones = [name for name in open_ones if name not in texts]
    if not open_ones:
        return mapping
    tests = {}
    for i, name in enumerate(open_ones):
        value = raw[str(mapping.columns[name])]
        if value.type().is_string():
            text = parsing.present(value, mapping.file.blanks)
            number = parsing.to_number(text, mapping.file.decimal)
            tests[f"strange{i}"] = (text.notnull() & number.isnull()).cast("int64").sum()
        elif value.type().is_numeric():
            number = value
            tests[f"strange{i}"] = value.isnull().cast("int64").sum() * 0
        else:
            tests[f"strange{i}"] = value.count() * 0 + 1
            number = value
        tests[f"levels{i}"] = number.approx_nunique()
    found = fetch(raw.aggregate(**tests)).to_pylist()[0]
    numbers = [
        name
        for i, name in enumerate(open_ones)
        if not found[f"strange{i}"] and (found[f"levels{i}"] or 0) > FEW
    ]
    names = [name for name in open_ones if name not in numbers]
    return mapping.model_copy(
        update={
            "names": [*mapping.names, *names],
            "numbers": [*mapping.numbers, *numbers],
        }
    )
