#!/bin/sh
# DuckDB 2.0.1, TRY_CAST of a text to TIMESTAMP: what stands behind the clock is dropped, not refused. "02:00 PM" is two in
# the night, "10:00 CST" and "10:00 Asia/Tokyo" are ten o'clock; words that mean nothing are refused, so the
# cast looks strict.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/v"
"$place/v/bin/pip" install -q duckdb==2.0.1
"$place/v/bin/python" - <<'PY'
import duckdb

print(duckdb.__version__)
seen = {}
for text in ("2025-03-03 02:00 PM", "2025-03-03 10:00 CST", "2025-03-03 10:00 Asia/Tokyo", "2025-03-03 10:00 o'clock"):
    (value,), = duckdb.execute("SELECT TRY_CAST(? AS TIMESTAMP)::VARCHAR", [text]).fetchall()
    seen[text[11:]] = value
    print(repr(text), value)
assert seen["02:00 PM"] == "2025-03-03 02:00:00"
assert seen["10:00 CST"] == seen["10:00 Asia/Tokyo"] == "2025-03-03 10:00:00"
assert seen["10:00 o'clock"] is None
PY
