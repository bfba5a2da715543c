"""Formats that are no table of rows and columns, and how each becomes one."""

from __future__ import annotations

from pathlib import Path

_DUCKDB = "python -c \"import duckdb; duckdb.sql('''COPY (FROM {read}) TO '{to}.parquet' ''')\""
_PANDAS = "python -c \"import pandas; pandas.{read}('{name}').to_parquet('{to}.parquet')\""
_JSON = (
    "its rows become a table by " + _DUCKDB.format(read="read_json_auto('{name}')", to="{to}")
    + "; a value inside another is taken out by name there (SELECT answer.value AS choice …)"
)  # fmt: skip
_EVENTS = (
    "an event log becomes a table of events by {how}; then say in [events] of the mapping which event "
    "opens and which closes a decision (docs/reference/mapping.md)"
)
_PM4PY = "python -c \"import pm4py; pm4py.{read}('{name}').to_parquet('{to}.parquet')\" (pip install pm4py)"
_XES = _EVENTS.format(how=_PM4PY.format(read="read_xes", name="{name}", to="{to}"))
_OCEL = _EVENTS.format(
    how="python -c \"import pm4py; pm4py.read_ocel2('{name}').get_extended_table()"
    ".to_parquet('{to}.parquet')\" (pip install pm4py)"
)
_WAYS = {
    ".json": _JSON, ".jsonl": _JSON, ".ndjson": _JSON, ".json.gz": _JSON, ".jsonl.gz": _JSON,
    ".xes": _XES, ".xes.gz": _XES, ".jsonocel": _OCEL, ".xmlocel": _OCEL,
    ".sav": _PANDAS.format(read="read_spss", name="{name}", to="{to}") + " (pip install pyreadstat)",
    ".sas7bdat": _PANDAS.format(read="read_sas", name="{name}", to="{to}"),
    ".dta": _PANDAS.format(read="read_stata", name="{name}", to="{to}"),
    ".feather": _PANDAS.format(read="read_feather", name="{name}", to="{to}"),
    ".arrow": _PANDAS.format(read="read_feather", name="{name}", to="{to}"),
    ".orc": "python -c \"import pyarrow.orc as o, pyarrow.parquet as p; "
    "p.write_table(o.read_table('{name}'), '{to}.parquet')\"",
    ".avro": "python -c \"import fastavro, pandas; pandas.DataFrame(fastavro.reader(open('{name}', 'rb')))"
    ".to_parquet('{to}.parquet')\" (pip install fastavro)",
    ".sqlite": "with the name of its table: python -c \"import pandas, sqlite3; pandas.read_sql('SELECT * FROM "
    "decisions', sqlite3.connect('{name}')).to_parquet('{to}.parquet')\"",
    ".duckdb": "name the table of the database: duckdb://{name}/decisions",
    ".zip": "unpack it and name the file in it; a .gz is read as it is",
    ".xml": "export it as .csv, or read it with pandas.read_xml and write .parquet",
    ".pdf": "a printed table is no table; ask for the export behind it (takeup template)",
}  # fmt: skip
_WAYS |= {".db": _WAYS[".sqlite"], ".sqlite3": _WAYS[".sqlite"], ".ddb": _WAYS[".duckdb"]}


def way_to_a_table(given: str) -> str | None:
    """What to do with a file of such a format, in words that end in a command; None for others."""
    name = Path(given).name
    for ending in sorted(_WAYS, key=len, reverse=True):
        if name.lower().endswith(ending):
            return _WAYS[ending].format(name=given, to=given[: -len(ending)])
    return None
