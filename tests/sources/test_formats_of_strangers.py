"""What strangers' files hold beside plain digits, dates and sheets is read as it is meant, or refused by name."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import xlsxwriter

import takeup
from takeup.log import Engine, fetch
from takeup.record.errors import InputError
from takeup.record.mapping import FileOptions
from takeup.sources.open_table import open_table
from takeup.sources.opened import open_decisions
from tests.sources.test_how_columns_are_written import WORDS, mean, read, table

NAMES = '[constants]\nmode = "assist"\n[columns]\nrecommendation = "recommendation"\nchoice = "choice"\n'


def said(opened) -> str:
    return "\n".join((*opened.guesses, *opened.table.assumptions, *opened.table.notes))


@pytest.mark.parametrize(
    ("texts", "meant", "note"),
    [
        (["3354,08 €", "1.200,50 €"], (3354.08 + 1200.5) / 2, "amounts in value are in €"),
        (["CHF 473'659.16", "Fr. 1’200.-"], (473659.16 + 1200) / 2, "are in CHF"),
        (["$1,200.50", "-$200.50"], 500.0, "are in $"),
        (["$1,200.50", "200.50"], 700.5, "are in $, also where none is named (200.50)"),
        (["11 %", "50%"], 30.5, "is read as the number before the sign"),
        (["6935-", "35"], -3450.0, "6935- in value is read as a number below zero"),
        (["(462)", "62"], -200.0, "(462) in value is read as a number below zero"),
        (["($1,462.50)", "$62.50"], -700.0, "below zero"),
        (["€ -5,5", "−4,5 €"], -5.0, "are in €"),
        (["6,76,65,960", "10"], 33832985.0, ""),
        (["Rs. 6,76,65,960.50", "₹ 10.50"], 33832985.5, "are in ₹"),
        (["1.022e+03", "2.000e+00"], 512.0, ""),
    ],
)
def test_a_number_is_read_with_what_stands_around_it(tmp_path, texts, meant, note):
    path = table(tmp_path, {"value": texts * 30})
    rows, opened = read(path, NAMES + 'value = "value"\n')
    assert opened.table.reconciliation.rows_rejected == 0
    assert mean(rows, "value") == pytest.approx(meant)
    assert note in said(opened)


def test_percent_is_a_fraction_where_a_probability_is_meant(tmp_path):
    path = table(tmp_path, {"confidence": ["50%", "11 %"] * 30})
    for mapping in ("", NAMES + 'confidence = "confidence"\n'):
        rows, opened = read(path, mapping)
        assert mean(rows, "confidence") == pytest.approx(0.305)
        assert "50 % is 0.5" in said(opened)


@pytest.mark.parametrize(
    ("texts", "named"),
    [(["5 €", "$6"], ("€", "$")), (["50%", "0.5"], ("50%", "0.5")), (["5 %", "6 CHF"], ("CHF",))],
)
def test_two_units_in_one_column_are_refused_by_name(tmp_path, texts, named):
    path = table(tmp_path, {"value": texts * 30})
    with pytest.raises(InputError, match=r"column value holds .* not one quantity") as refused:
        read(path, NAMES + 'value = "value"\n')
    assert all(name in str(refused.value) for name in named)


def test_what_is_no_number_in_any_way_gets_a_hint_that_helps(tmp_path):
    path = table(tmp_path, {"value": ["5", "6", "12 min"] * 20})
    _, opened = read(path, NAMES + 'value = "value"\n')
    (problem,) = opened.table.problems
    assert (problem.count, problem.example) == (20, "12 min")
    assert "write the number alone" in problem.remedy
    assert "decimal sign, set" not in problem.remedy


def test_names_of_teams_are_no_amounts(tmp_path):
    path = table(tmp_path, {"team": [f"FR{i % 20}" for i in range(60)]})
    rows, _ = read(path, NAMES + 'x_team = "team"\n')
    assert "FR7" in fetch(rows.select("x_team"))["x_team"].to_pylist()


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        (["Mo, 06.01.2025", "Do, 30.01.2025"], (6, 30)),
        (["Mo 06.01.2025 14:30", "Do 30.01.2025 9:00 Uhr"], (6, 30)),
        (["Montag, 6. Januar 2025", "Donnerstag, 30. Januar 2025"], (6, 30)),
        (["Monday, 6 January 2025", "Thursday, 30 January 2025"], (6, 30)),
        (["Monday, January 6, 2025", "Thu, Jan 30, 2025"], (6, 30)),
        (["Mon 1/6/2025", "Thu 1/30/2025"], (6, 30)),
        (["MON 2025-01-06", "Thu. 2025-01-30"], (6, 30)),
    ],
)
def test_a_weekday_before_a_date_is_passed_over(tmp_path, texts, days):
    rows, opened = read(table(tmp_path, {"decided_at": texts * 30}))
    assert opened.table.reconciliation.rows_used == 60
    found = {(d.month, d.day) for d in fetch(rows.select("decided_at"))["decided_at"].to_pylist()}
    assert found == {(1, day) for day in days}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("250106", "six digits may begin with the year or the day"),
        ("2025-W02", "a week is no day"),
        ("01/2025", "names no day"),
        ("06.01.", "names no year"),
        ("soon", "write the day as 2025-01-31"),
        ("2025-02-31", "write a day that there is"),
    ],
)
def test_what_is_no_day_gets_a_hint_that_helps(tmp_path, text, why):
    path = table(tmp_path, {"when": ["2025-01-06", text, "2025-01-07"] * 20})
    _, opened = read(path, NAMES + 'decided_at = "when"\n')
    (problem,) = opened.table.problems
    assert (problem.count, problem.example) == (20, text)
    assert why in problem.remedy
    assert "date_order" not in problem.remedy


def quoted_file(path, changed: dict[int, str], rows: int = 300):
    """A file of so many rows with some lines as given."""
    lines = [f"{i},P{i % 7:02d},{WORDS[i % 2]},{WORDS[i % 2]}" for i in range(rows)]
    for i, line in changed.items():
        lines[i] = line
    path.write_text("decision_id,person_id,recommendation,choice\n" + "\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("changed", "rejected", "used"),
    [
        ({100: '100,"P04,approve,approve'}, [*range(102, 302)], 100),
        # A quote of a later row closes it amid a cell.
        ({100: '100,"P04,approve,approve', 200: '200,"P04",approve,approve'}, [*range(102, 203)], 199),
        ({100: '100,"P04,approve,approve', 200: '200,P04,approve,approve"'}, [*range(102, 203)], 199),
        ({50: '50,"P0\n4",approve,approve', 100: '100,"P04,approve,approve', 200: '200,P"0",a,b',
          201: "201,P1", 220: '220,"P0",approve,approve', 250: "250,P1"}, [*range(102, 204), 252], 197),
    ],
)  # fmt: skip
def test_every_line_that_an_open_quote_swallows_is_rejected_by_number(
    tmp_path, changed, rejected, used
):
    found = takeup.diagnose(quoted_file(tmp_path / "t.csv", changed), only=["adoption"])
    counts = found.table.reconciliation
    assert (counts.rows_used, counts.rows_rejected) == (used, len(rejected))
    assert counts.rows_read == 300
    assert sorted(row for row, _ in found.rejected_rows()) == rejected
    assert any('row 102, column (row): "100,"P04' in p.sentence() for p in found.facts.problems)


def test_rows_behind_a_swallowed_stretch_keep_their_number(tmp_path):
    changed = {100: '100,"P04,approve,approve', 200: '200,"P04",approve,approve', 250: "250"}
    path = quoted_file(tmp_path / "t.csv", changed)
    raw = open_table(str(path), Engine(), tmp_path)
    numbers = fetch(raw.table.select("decision_id", row="row__")).to_pylist()
    assert len(numbers) == 198
    assert all(int(r["decision_id"]) + 2 == r["row"] for r in numbers)


def frame(**columns) -> pd.DataFrame:
    advice = [WORDS[i % 2] for i in range(60)]
    choice = [WORDS[(i + (i % 6 == 0)) % 2] for i in range(60)]
    return pd.DataFrame({"recommendation": advice, "choice": choice, **columns})


def held(given, column: str) -> list:
    raw = open_table(given, Engine(), None)
    return fetch(raw.table.order_by("row__").select(column))[column].to_pylist()


NAIVE = datetime(2025, 3, 3, 14)  # noqa: DTZ001
AWARE = datetime(2025, 3, 3, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (frame().set_axis(["choice", "choice"], axis=1), "'choice' stands in the table more than"),
        (frame(Choice=1), "'Choice' stands in the table more than once (also as 'choice')"),
        (pa.table([[1], [2]], names=["a", "a"]), "'a' stands in the table more than once"),
        (frame(value=[10**30] * 60), "column value cannot be read: it holds whole numbers of more"),
        (frame(value=[1 + 2j] * 60), "column value cannot be read: it holds complex numbers"),
        (frame(value=[1, "a"] * 30), "column value cannot be read: Could not convert 'a'"),
        (frame(value=[object()] * 60), "column value cannot be read"),
        (frame(at=[NAIVE, AWARE] * 30), "column at cannot be read: some of its times name a zone"),
    ],
)
def test_a_column_of_a_frame_that_cannot_be_read_is_refused_by_name(given, words):
    with pytest.raises(InputError) as refused:
        takeup.diagnose(given)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("column", "first"),
    [
        (pd.arrays.SparseArray(np.arange(60.0)), 0.0),
        (pd.period_range("2025-03-03", periods=60, freq="D"), datetime(2025, 3, 3)),  # noqa: DTZ001
        (pd.period_range("2020-02", periods=60, freq="M"), datetime(2020, 2, 1)),  # noqa: DTZ001
        (pd.Categorical(["a", "b"] * 30), "a"),
    ],
)
def test_a_column_of_a_frame_is_made_plain(column, first):
    assert held(frame(x=column), "x")[0] == first


def test_an_index_with_a_name_is_a_column_and_names_on_levels_are_joined():
    ids = [f"d{i}" for i in range(60)]
    assert held(frame(case=ids).set_index("case"), "case") == ids
    assert held(frame(case=ids).set_index("case", drop=False), "case") == ids
    assert held(frame(a=range(60), case=ids).set_index(["a", "case"]), "case") == ids
    leveled = frame(case=ids)
    leveled.columns = pd.MultiIndex.from_tuples(
        [("ai", "recommendation"), ("human", "choice"), ("case", "")]
    )
    assert held(leveled, "ai.recommendation")[0] == WORDS[0]
    assert held(leveled.set_index([("case", "")]), "human.choice")[1] == WORDS[1]
    odd = frame()[lambda rows: rows.index % 2 == 0]
    assert set(open_table(odd, Engine(), None).table.columns) == {
        "recommendation",
        "choice",
        "row__",
    }


def test_typed_moments_without_a_zone_are_said_to_be_read_as_utc(tmp_path):
    naive, aware = frame(decided_at=[NAIVE] * 60), frame(decided_at=[AWARE] * 60)
    naive.to_parquet(tmp_path / "naive.parquet")
    aware.to_parquet(tmp_path / "aware.parquet")
    for given in (naive, pa.Table.from_pandas(naive), tmp_path / "naive.parquet"):
        opened = open_decisions(given if not hasattr(given, "suffix") else str(given))
        assert "times in decided_at that name no zone are read as UTC" in said(opened)
    for given in (aware, str(tmp_path / "aware.parquet")):
        assert "no zone" not in said(open_decisions(given))
    zoned = '[file]\ntime_zone = "Europe/Berlin"\n' + NAMES + 'decided_at = "decided_at"\n'
    rows, opened = read(tmp_path / "naive.parquet", zoned)
    assert fetch(rows.select("decided_at"))["decided_at"][0].as_py().hour == 13
    assert "no zone" not in said(opened)


def test_a_view_whose_table_is_gone_is_refused(tmp_path):
    path = tmp_path / "v.db"
    with duckdb.connect(str(path)) as database:
        database.sql("CREATE TABLE t AS SELECT 1 AS a")
        database.sql("CREATE VIEW v AS SELECT * FROM t")
        database.sql("DROP TABLE t")
    with pytest.raises(InputError, match=r"v of .*v\.db cannot be read: .*Table with name t"):
        takeup.diagnose(f"duckdb://{path}/v")


def test_files_that_lack_a_column_of_the_others_are_named(tmp_path):
    frame(x=1).to_parquet(tmp_path / "a.parquet")
    frame(x=1).rename(columns={"x": "y"}).to_parquet(tmp_path / "b.parquet")
    frame(x=1).to_parquet(tmp_path / "c.parquet")
    for given in (tmp_path, tmp_path / "*.parquet"):
        raw = open_table(str(given), Engine(), tmp_path)
        told = "\n".join(raw.notes)
        assert "b.parquet lacks the column x, which other files have" in told
        assert "a.parquet, c.parquet lack the column y" in told


@pytest.mark.parametrize(
    "name", ["t's.json", "a b.json", "$x `y`.json", 't\'s "q".json', "{a}.json"]
)
def test_the_command_for_another_format_runs_in_a_shell_whatever_the_name(tmp_path, name):
    (tmp_path / name).write_text(frame().to_json(orient="records"))
    with pytest.raises(InputError) as refused:
        takeup.diagnose(tmp_path / name)
    command = re.search(r"python (-c .*); a value inside", str(refused.value), re.DOTALL)[1]
    subprocess.run(f"{shlex.quote(sys.executable)} {command}", shell=True, check=True)
    found = takeup.diagnose((tmp_path / name).with_suffix(".parquet"), only=["adoption"])
    assert found.table.reconciliation.rows_used == 60


ROWS = [[f"p{i % 7}", WORDS[i % 2], WORDS[(i + (i % 6 == 0)) % 2], i % 5] for i in range(60)]
HEAD = ["person_id", "recommendation", "choice", "value"]


def workbook(
    path, sheets: dict[str, list[list]], formulas: dict[tuple[int, int], str] | None = None
):
    """Sheets by name, row by row; formulas of the last with the value that is stored beside them."""
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for k, cell in enumerate(row):
                    if cell is not None:
                        page.write(i, k, cell)
        for (i, k), value in (formulas or {}).items():
            page.write_formula(i, k, "=1/0", None, value)
    return str(path)


def test_a_cover_sheet_is_passed_over_and_said(tmp_path):
    sheets = {"Übersicht": [["Stand: März"]], "Daten": [HEAD, *ROWS], "Legende": [["ja"], ["nein"]]}
    _, opened = read(workbook(tmp_path / "t.xlsx", sheets))
    assert opened.table.reconciliation.rows_used == 60
    assert "first sheet that is a table, Daten; the workbook also has Übersicht, Legende" in said(
        opened
    )


def test_a_legend_beside_the_table_is_left_out_and_said(tmp_path):
    rows = [HEAD, *[list(row) for row in ROWS]]
    legend = ["", "", "1 = gut", "2 = schlecht"]
    beside = [[*row, None, None, legend[i] if i < 4 else None] for i, row in enumerate(rows)]
    beside[62:] = [[None] * 6 + ["unten"]]
    _, opened = read(workbook(tmp_path / "t.xlsx", {"Daten": beside}))
    assert opened.table.reconciliation.rows_read == 60
    assert "what stands beside the table in G, under no name, is left out" in said(opened)
    beside[0][6] = "Legende"
    _, opened = read(workbook(tmp_path / "u.xlsx", {"Daten": beside}))
    assert "columns without a name are left out: E, F (empty)" in said(opened)
    with pytest.raises(InputError, match=r"row 1: column 1 has no name"):
        read(workbook(tmp_path / "v.xlsx", {"Daten": [[None, *HEAD], *[["x", *r] for r in ROWS]]}))


def test_sheets_of_one_head_are_read_together_when_asked_and_said_otherwise(tmp_path):
    turned = [row[::-1] for row in [HEAD, *ROWS]]
    sheets = {"Jan": [HEAD, *ROWS], "Feb": turned, "Info": [["a", "b"], ["c", "d"]]}
    path = workbook(tmp_path / "t.xlsx", sheets)
    _, opened = read(path)
    assert opened.table.reconciliation.rows_read == 60
    assert '60 rows of Feb have the same head and are not read: [file] sheet = "*"' in said(opened)
    rows, opened = read(
        path, '[file]\nsheet = "*"\n' + NAMES + 'value = "value"\nx_month = "sheet"\n'
    )
    assert opened.table.reconciliation.rows_used == 120
    assert mean(rows, "value") == 2.0
    assert set(fetch(rows.select("x_month"))["x_month"].to_pylist()) == {"Jan", "Feb"}
    assert "row 2 of Feb is row 63" in said(opened)
    raw = open_table(path, Engine(), tmp_path, FileOptions(sheet="*"))
    assert fetch(raw.table.aggregate(n=raw.table.row__.nunique()))["n"][0].as_py() == 120


def test_formulas_without_a_value_and_errors_are_no_blanks_in_silence(tmp_path):
    values = {(3, 2): "", (5, 3): "#DIV/0!", (6, 3): "#N/A"}
    _, opened = read(workbook(tmp_path / "t.xlsx", {"Daten": [HEAD, *ROWS]}, values))
    told = said(opened)
    assert "column choice: 1 cells hold a formula that was never calculated (row 4)" in told
    assert "column value: 2 cells hold the error of a formula (#DIV/0! in row 6)" in told


def test_a_first_column_without_a_name_that_numbers_the_rows_is_left_out_and_said(tmp_path):
    frame = pd.DataFrame({"recommendation": ["a", "b"] * 5, "choice": ["a"] * 5 + ["b"] * 5})
    frame.to_csv(tmp_path / "t.csv")
    raw = open_table(tmp_path / "t.csv", Engine(), tmp_path)
    assert raw.table.columns == ("recommendation", "choice", "row__")
    assert raw.notes == ("column 1 has no name and numbers the rows; it is left out",)
    frame.index = range(5, 15)
    frame.to_csv(tmp_path / "t.csv")
    with pytest.raises(InputError, match="column 1 has no name"):
        open_table(tmp_path / "t.csv", Engine(), tmp_path)
