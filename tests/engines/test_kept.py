"""What is worked out once and held by the embedded engine."""

from __future__ import annotations

import ibis
import pyarrow as pa

from takeup.log import Engine, fetch, keep


def test_sums_of_whole_numbers_that_are_kept_stay_whole_numbers():
    """DuckDB makes 128 bits of them, which come back as decimals: objects to pandas, each on its own."""
    engine = Engine(threads=1)
    rows = engine.load(
        pa.table({"kind": ["a", "a", "b"], "n": [1, 2, 4], "flag": [True, False, True]})
    )
    kept = keep(
        rows.group_by("kind").aggregate(n=rows.n.sum(), flags=rows.flag.cast("int64").sum())
    )
    assert kept.schema() == ibis.schema({"kind": "string", "n": "int64", "flags": "int64"})
    again = kept.aggregate(n=kept.n.sum(), flags=kept.flags.sum())
    assert fetch(again).to_pandas().dtypes.astype(str).to_dict() == {"n": "int64", "flags": "int64"}
    assert fetch(again).to_pylist() == [{"n": 7, "flags": 2}]


def test_a_sum_beyond_64_bits_is_kept_as_it_is():
    engine = Engine(threads=1)
    rows = engine.load(pa.table({"n": [2**62, 2**62, 2**62]}))
    assert int(fetch(keep(rows.aggregate(n=rows.n.sum())))["n"][0].as_py()) == 3 * 2**62
