"""Formats that are no table of rows and columns, and how each becomes one."""

from __future__ import annotations

import shlex
from pathlib import Path

_PANDAS = "import pandas; pandas.{read}({{name!r}}).to_parquet({{to!r}})"
_PM4PY = "import pm4py; pm4py.{read}({{name!r}}){table}.to_parquet({{to!r}})"
_JSON = (
    "its rows become a table by {command}; a value inside another is taken out by name there "
    "(SELECT answer.value AS choice FROM …)",
    "import duckdb; duckdb.sql('FROM read_json_auto(?)', params=[{name!r}]).write_parquet({to!r})",
)
_EVENTS = (
    "an event log becomes a table of events by {command} (pip install pm4py); then say in [events] of the "
    "mapping which event opens and which closes a decision (docs/reference/mapping.md)"
)
_XES = (_EVENTS, _PM4PY.format(read="read_xes", table=""))
_OCEL = (_EVENTS, _PM4PY.format(read="read_ocel2", table=".get_extended_table()"))
_WAYS = {
    ".json": _JSON, ".jsonl": _JSON, ".ndjson": _JSON, ".json.gz": _JSON, ".jsonl.gz": _JSON,
    ".xes": _XES, ".xes.gz": _XES, ".jsonocel": _OCEL, ".xmlocel": _OCEL,
    ".sav": ("{command} (pip install pyreadstat)", _PANDAS.format(read="read_spss")),
    ".sas7bdat": ("{command}", _PANDAS.format(read="read_sas")),
    ".dta": ("{command}", _PANDAS.format(read="read_stata")),
    ".feather": ("{command}", _PANDAS.format(read="read_feather")),
    ".arrow": ("{command}", _PANDAS.format(read="read_feather")),
    ".orc": ("{command}", "import pyarrow.orc as o, pyarrow.parquet as p; "
             "p.write_table(o.read_table({name!r}), {to!r})"),
    ".avro": ("{command} (pip install fastavro)", "import fastavro, pandas; "
              "pandas.DataFrame(fastavro.reader(open({name!r}, 'rb'))).to_parquet({to!r})"),
    ".sqlite": ("with the name of its table: {command}", "import pandas, sqlite3; pandas.read_sql("
                "'SELECT * FROM decisions', sqlite3.connect({name!r})).to_parquet({to!r})"),
    ".duckdb": ("name the table of the database: duckdb://{name}/decisions", ""),
    ".zip": ("unpack it and name the file in it; a .gz is read as it is", ""),
    ".xml": ("export it as .csv, or read it with pandas.read_xml and write .parquet", ""),
    ".pdf": ("a printed table is no table; ask for the export behind it (takeup template)", ""),
}  # fmt: skip
"""By the ending of a file's name: what to do, and the Python that does it."""
_WAYS |= {".db": _WAYS[".sqlite"], ".sqlite3": _WAYS[".sqlite"], ".ddb": _WAYS[".duckdb"]}


def way_to_a_table(given: str) -> str | None:
    """What to do with a file of such a format, in words that end in a command; None for others."""
    name = Path(given).name
    for ending in sorted(_WAYS, key=len, reverse=True):
        if name.lower().endswith(ending):
            words, code = _WAYS[ending]
            code = code.format(name=given, to=given[: -len(ending)] + ".parquet")
            return words.format(name=given, command=_command(code))
    return None


def _command(code: str) -> str:
    """The command that runs some Python, to be pasted into a shell whatever the file's name has in it."""
    plain = not any(sign in code for sign in '"$`\\!')
    return f'python -c "{code}"' if plain else f"python -c {shlex.quote(code)}"
