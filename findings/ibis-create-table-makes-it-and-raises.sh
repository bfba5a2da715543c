#!/usr/bin/env bash
# Ibis on DuckDB with a recent sqlglot: `create_table` from rows in memory makes the table, then raises.
#
# ibis-framework 12.0.0 and duckdb 1.4.4 with sqlglot 30.30.0, which its ranges allow (Python 3.11), run on
# 28 November 2026. With sqlglot 30.12.0 the same call succeeds.
# Ibis drops the view of the rows by a statement whose target is given as a plain text; this sqlglot writes it
# without the target. The rows are in the table by then, so whoever takes the error for a refusal and tries
# again is told that the table exists, and the view of the rows stays in the catalogue.
#
# Output seen:
#   sqlglot 30.12.0: made, rows [1, 2], left behind: []
#   sqlglot 30.30.0: ParserException, rows [1, 2], left behind: ['a memtable view']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "ibis-framework[duckdb]==12.0.0" "duckdb==1.4.4"
cat > "$folder/run.py" <<'PYTHON'
import sys
from importlib.metadata import version

import ibis
import pyarrow as pa

connection = ibis.duckdb.connect()
try:
    connection.create_table("decisions", pa.table({"k": [1, 2]}))
    said = "made"
except Exception as error:
    said = type(error).__name__
rows = connection.raw_sql("SELECT k FROM decisions ORDER BY k").fetchall()
left = ["a memtable view" for name in connection.list_tables() if "memtable" in name]
print(f"sqlglot {version('sqlglot')}: {said}, rows {[k for (k,) in rows]}, left behind: {left}")
assert (said, len(rows), len(left)) == (sys.argv[1], 2, int(sys.argv[2])), "the behaviour has changed"
PYTHON
"$folder/venv/bin/pip" install -q "sqlglot==30.12.0"
"$folder/venv/bin/python" "$folder/run.py" made 0
"$folder/venv/bin/pip" install -q "sqlglot==30.30.0"
"$folder/venv/bin/python" "$folder/run.py" ParserException 1
