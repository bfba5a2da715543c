"""A file of another format is refused with a command that makes a table of it."""

from __future__ import annotations

import json
import re
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.orc
import pytest

import takeup
from takeup.record.errors import InputError

ROWS = pd.DataFrame(
    {"person_id": [f"p{i % 9}" for i in range(60)], "recommendation": ["yes", "no"] * 30,
     "choice": ["yes", "no", "no"] * 20}
)  # fmt: skip


def _sqlite(path: Path) -> None:
    with sqlite3.connect(path) as database:
        ROWS.to_sql("decisions", database, index=False)


def _lines(path: Path) -> None:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in ROWS.to_dict("records")))


WRITTEN: dict[str, Callable[[Path], object]] = {
    "json": lambda path: path.write_text(json.dumps(ROWS.to_dict("records"))),
    "jsonl": _lines,
    "feather": lambda path: pyarrow.feather.write_feather(ROWS, str(path)),
    "orc": lambda path: pyarrow.orc.write_table(pa.Table.from_pandas(ROWS), str(path)),
    "dta": lambda path: ROWS.to_stata(path, write_index=False),
    "sqlite": _sqlite,
}


@pytest.mark.parametrize("ending", WRITTEN)
def test_the_command_of_the_refusal_makes_the_table(tmp_path, ending):
    path = tmp_path / f"decisions.{ending}"
    WRITTEN[ending](path)
    with pytest.raises(InputError) as refused:
        takeup.diagnose(path)
    command = re.search(r'python -c "[^"]*"', str(refused.value))[0]
    subprocess.run([sys.executable, *shlex.split(command)[1:]], check=True)
    found = takeup.diagnose(path.with_suffix(".parquet"), only=["adoption"])
    assert found.table.reconciliation.rows_used == 60
