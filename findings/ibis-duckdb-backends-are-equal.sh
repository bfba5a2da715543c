#!/usr/bin/env bash
# To Ibis two DuckDB databases are one: a table of the second is looked up by its name in the first.
#
# ibis-framework 12.0.0 on duckdb 1.4.4 (Python 3.11), run on 28 November 2026.
# Two in-memory databases both hold a table `outcomes`, with other values. The decisions of the first are
# joined with the outcomes of the second. Expected: the second's values, or a refusal of a join over two
# databases, as Ibis gives for two backends of different kinds. Seen: the first's values, without a word,
# since backends made by `from_connection` compare as equal.
#
# Output seen:
#   backends equal: True
#   asked for [1.0, 0.0] of the second database, got [0.0, 1.0] of the first
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "ibis-framework[duckdb]==12.0.0" "duckdb==1.4.4"
cat > "$folder/run.py" <<'PYTHON'
import duckdb
import ibis

first, second = duckdb.connect(), duckdb.connect()
first.execute("CREATE TABLE decisions AS FROM (VALUES ('d1', 'approve'), ('d2', 'decline')) t(id, choice)")
first.execute("CREATE TABLE outcomes AS FROM (VALUES ('d1', 0.0), ('d2', 1.0)) t(id, repaid)")
second.execute("CREATE TABLE outcomes AS FROM (VALUES ('d1', 1.0), ('d2', 0.0)) t(id, repaid)")
one, other = ibis.duckdb.from_connection(first), ibis.duckdb.from_connection(second)
asked = [float(v) for v in other.table("outcomes").order_by("id").execute()["repaid"]]
joined = one.table("decisions").join(other.table("outcomes"), "id").order_by("id").execute()
got = [float(v) for v in joined["repaid"]]
print("backends equal:", one == other)
print(f"asked for {asked} of the second database, got {got} of the first")
assert one == other
assert (asked, got) == ([1.0, 0.0], [0.0, 1.0]), "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/run.py"
