#!/usr/bin/env bash
# Ibis: `last()` leaves nulls out of an aggregate and takes them in a window, whatever `include_null` says.
#
# ibis-framework 12.0.0 on duckdb 1.4.4 (Python 3.11), run on 28 November 2026.
# Its documentation gives `include_null` (default False) for `first` and `last` alike. Whoever carries the
# last known value of an episode forward with `.last().over(window)` gets the blanks instead: the compiled
# text is LAST_VALUE without IGNORE NULLS, with include_null True and False the same. As an aggregate the
# same call gives the last value that is known.
#
# Output seen:
#   aggregate: b
#   window, include_null=False: ['a', 'b', None]
#   window, include_null=True: ['a', 'b', None]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "ibis-framework[duckdb]==12.0.0" "duckdb==1.4.4"
cat > "$folder/run.py" <<'PYTHON'
import duckdb
import ibis

connection = duckdb.connect()
connection.execute("CREATE TABLE events AS FROM (VALUES (1, 'a'), (2, 'b'), (3, NULL)) t(moment, advice)")
events = ibis.duckdb.from_connection(connection).table("events")
until = ibis.window(order_by=events.moment, preceding=None, following=0)
whole = events.aggregate(x=events.advice.last(order_by=events.moment)).to_pyarrow()["x"][0].as_py()
print("aggregate:", whole)
found = {}
for include in (False, True):
    told = events.mutate(x=events.advice.last(include_null=include).over(until)).order_by("moment")
    found[include] = told.to_pyarrow()["x"].to_pylist()
    print(f"window, include_null={include}: {found[include]}")
assert whole == "b"
assert found[False] == found[True] == ["a", "b", None], "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/run.py"
