#!/bin/sh
# DuckDB 2.0.1 reads a Parquet column of periods (Arrow's duration, pandas' timedelta) as a bare whole number in the
# unit of whoever wrote it: 90 seconds are 90000000 from one writer and 90000000000 from another, with the same SQL.
# Parquet has no type for periods; the writer notes it in the file's Arrow schema, which pyarrow follows.
# Seen: BIGINT, 90000000 (us) and 90000000000 (ns); pyarrow: 0:01:30 for both.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/v"
"$place/v/bin/pip" install -q duckdb==2.0.1 pyarrow==25.0.0
"$place/v/bin/python" - "$place" <<'PY'
import sys
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

for unit, count in (("us", 90_000_000), ("ns", 90_000_000_000)):
    file = f"{sys.argv[1]}/{unit}.parquet"
    pq.write_table(pa.table({"handling": pa.array([count], pa.duration(unit))}), file)
    (name, kind, *_), = duckdb.sql(f"DESCRIBE SELECT * FROM '{file}'").fetchall()
    (value,), = duckdb.sql(f"SELECT handling FROM '{file}'").fetchall()
    back = pq.read_table(file)["handling"][0].as_py().total_seconds()
    print(unit, kind, value, "pyarrow:", back, "s")
    assert (kind, value, back) == ("BIGINT", count, 90.0)
PY
