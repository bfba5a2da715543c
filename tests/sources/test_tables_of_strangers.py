"""Circumstances of other people's tables: zones, several use cases, workbooks, Delta, event order."""

from __future__ import annotations

import csv
import json
import struct
from datetime import UTC, datetime, timedelta, timezone

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

import takeup
from takeup.record.errors import DeclarationError, InputError
from takeup.record.mapping import parse_mapping
from takeup.record.use_case import UseCase
from takeup.sources.opened import open_decisions

WORDS = ("approve", "decline")
BERLIN = parse_mapping(
    {
        "file": {"time_zone": "Europe/Berlin"},
        "constants": {"mode": "assist"},
        "columns": {c: c for c in ("person_id", "decided_at", "recommendation", "choice")},
    },
    "m",
)


def decisions(n: int = 160, **columns) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "person_id": [f"p{i % 10}" for i in range(n)],
            "recommendation": [WORDS[i % 2] for i in range(n)],
            "choice": [WORDS[(i + (i % 7 == 0)) % 2] for i in range(n)],
        }
        | columns
    )


def at_night() -> pd.DataFrame:
    """Decisions of four Mondays, half an hour after midnight in Berlin, summer time."""
    mondays = [f"2025-06-{day:02d} 00:30:00" for day in (2, 9, 16, 23)]
    return decisions(decided_at=[mondays[i // 40] for i in range(160)])


def test_days_and_weeks_are_those_of_the_declared_zone():
    result = takeup.diagnose(at_night(), mapping=BERLIN, only=["adoption"])
    weeks = [g.key for g in result.measures().adoption.groups["week"]]
    assert weeks == ["2025-06-02", "2025-06-09", "2025-06-16", "2025-06-23"]


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (datetime(2025, 6, 9), datetime(2025, 6, 10)),  # noqa: DTZ001 - a day of the declared zone
        (datetime(2025, 6, 8, 22, tzinfo=UTC), datetime(2025, 6, 9, 22, tzinfo=UTC)),
        (
            datetime(2025, 6, 9, 2, tzinfo=timezone(timedelta(hours=4))),
            datetime(2025, 6, 10, tzinfo=timezone(timedelta(hours=2))),
        ),
    ],
)
def test_since_and_until_are_moments_by_their_offset_or_days_of_the_zone(since, until):
    result = takeup.diagnose(
        at_night(), mapping=BERLIN, since=since, until=until, only=["adoption"]
    )
    assert result.table.reconciliation.rows_used == 40


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_a_users_connection_is_read_in_utc_whatever_its_zone(zone):
    moment = datetime(2026, 1, 5, 2, tzinfo=UTC)
    table = pa.Table.from_pandas(decisions(40)).append_column(
        "decided_at", pa.array([moment] * 40, pa.timestamp("us", tz="UTC"))
    )
    connection = ibis.duckdb.connect()
    connection.con.execute(f"SET TimeZone='{zone}'")
    connection.con.register("decisions", table)
    found = takeup.diagnose(connection.table("decisions"), only=["adoption"])
    (rows,) = found.table.tables.values()
    assert rows.decided_at.max().execute() == pd.Timestamp("2026-01-05 02:00")
    assert [g.key for g in found.measures().adoption.groups["week"]] == ["2026-01-05"]


def two_use_cases() -> pd.DataFrame:
    rows = decisions(400, use_case=["loans" if i < 200 else "triage" for i in range(400)])
    rows.loc[200:, "person_id"] = None
    return rows


def test_a_use_case_without_persons_is_used_beside_one_that_has_them():
    result = takeup.diagnose(two_use_cases(), only=["adoption"])
    assert result.table.reconciliation.rows_used == 400
    assert result.measures("triage").adoption.overall.agreement.n == 200
    assert "person_id" not in result.table.tables["triage"].columns


def test_a_blank_person_is_rejected_where_its_use_case_records_persons():
    rows = two_use_cases()
    rows.loc[7, "person_id"] = None
    result = takeup.diagnose(rows, only=["adoption"])
    assert (result.table.reconciliation.rows_used, result.table.problems[0].rows) == (399, (8,))


def test_a_declared_use_case_touches_that_one_alone():
    declared = {"loans": UseCase(name="loans", title="Loan desk")}
    result = takeup.diagnose(two_use_cases(), use_case=declared, only=["adoption"])
    assert [d.title for d in result.diagnoses] == ["Loan desk", "Triage"]
    assert [d["use_case"] for d in json.loads(result.to_json())["diagnoses"]] == ["loans", "triage"]


def test_a_declared_use_case_that_no_decision_is_of_is_a_mistake_with_the_nearest_name():
    with pytest.raises(DeclarationError, match=r"'Loans' is declared.*did you mean 'loans'"):
        takeup.diagnose(two_use_cases(), use_case={"Loans": UseCase(name="Loans")})


def workbook(path, *, hidden: bool = False, formulas: bool = False, merged: bool = False) -> None:
    book = xlsxwriter.Workbook(path)
    if hidden:
        old = book.add_worksheet("Old")
        for r, row in enumerate([("recommendation", "choice"), *[("yes", "yes")] * 20]):
            old.write_row(r, 0, row)
        old.hide()
    page = book.add_worksheet("Decisions")
    rows = decisions(60)
    page.write_row(0, 0, list(rows.columns))
    for r, row in enumerate(rows.itertuples(index=False), 1):
        page.write_row(r, 0, row)
        if formulas:
            page.write_formula(r, 2, f'=IF(1=1,"{row[2]}","")', None, "")
    if merged:
        page.merge_range(1, 0, 3, 0, "p0")
    if hidden:
        page.activate()
        page.set_first_sheet()
    book.close()


def test_a_hidden_sheet_is_not_read_and_that_is_said(tmp_path):
    workbook(tmp_path / "t.xlsx", hidden=True)
    opened = open_decisions(str(tmp_path / "t.xlsx"))
    assert opened.table.reconciliation.rows_used == 60
    assert "hidden sheets are not read: Old" in " ".join(opened.table.notes)


def test_formulas_that_nobody_calculated_are_named(tmp_path):
    workbook(tmp_path / "t.xlsx", formulas=True)
    with pytest.raises(
        InputError, match="column 'choice' holds formulas that were never calculated"
    ):
        open_decisions(str(tmp_path / "t.xlsx"))


def test_merged_cells_are_the_value_they_show(tmp_path):
    workbook(tmp_path / "t.xlsx", merged=True)
    opened = open_decisions(str(tmp_path / "t.xlsx"))
    assert opened.table.reconciliation.rows_used == 60
    assert "1 merged cells" in " ".join(opened.table.notes)


def renamed_in_the_lakehouse(path, physical: dict[str, str]):
    """A Delta table whose columns have other names in its files than in its log."""
    table = pa.Table.from_pandas(decisions(60), preserve_index=False)
    (path / "_delta_log").mkdir(parents=True)
    names = [physical.get(c, c) for c in table.column_names]
    pq.write_table(table.rename_columns(names), path / "a.parquet")
    fields = [
        {"name": c, "type": "string", "nullable": True, "metadata": {
            "delta.columnMapping.id": i, "delta.columnMapping.physicalName": physical.get(c, c)}}
        for i, c in enumerate(table.column_names, 1)
    ]  # fmt: skip
    log = [
        {"protocol": {"minReaderVersion": 2, "minWriterVersion": 5}},
        {"metaData": {"id": "m", "format": {"provider": "parquet", "options": {}},
            "schemaString": json.dumps({"type": "struct", "fields": fields}), "partitionColumns": [],
            "configuration": {"delta.columnMapping.mode": "name", "delta.columnMapping.maxColumnId": "3"},
            "createdTime": 1}},
        {"add": {"path": "a.parquet", "partitionValues": {}, "size": (path / "a.parquet").stat().st_size,
            "modificationTime": 1, "dataChange": True}},
    ]  # fmt: skip
    (path / "_delta_log" / f"{0:020}.json").write_text("\n".join(map(json.dumps, log)) + "\n")
    return path


@pytest.mark.parametrize(
    "physical",
    [
        {},
        {"choice": "decision"},
        {"choice": "recommendation", "recommendation": "choice"},
        {"person_id": "employee"},
    ],
)
def test_columns_of_a_delta_table_come_as_its_log_names_them(tmp_path, physical):
    result = takeup.diagnose(
        str(renamed_in_the_lakehouse(tmp_path / "t", physical)), only=["adoption"]
    )
    found = result.measures().adoption.overall
    assert found.people == 10
    assert found.agreement.value == pytest.approx(np.mean([i % 7 != 0 for i in range(60)]))


_Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"


def deletion_vector(rows: list[int]) -> dict[str, object]:
    """Rows of a file that its table no longer counts, as the Delta protocol writes them into the log:
    a bitmap (one container of the portable Roaring format) in Z85."""
    bits = struct.pack("<iqi", 1681511377, 1, 0)
    bits += struct.pack("<IIHHI", 12346, 1, 0, len(rows) - 1, 16)
    bits += b"".join(struct.pack("<H", row) for row in rows)
    padded = bits + b"\0" * (-len(bits) % 4)
    words = [int.from_bytes(padded[i : i + 4], "big") for i in range(0, len(padded), 4)]
    text = "".join(_Z85[word // 85**k % 85] for word in words for k in (4, 3, 2, 1, 0))
    return {"storageType": "i", "pathOrInlineDv": text, "sizeInBytes": len(bits),
            "cardinality": len(rows)}  # fmt: skip


def test_rows_that_a_delta_table_deleted_by_a_vector_are_not_read(tmp_path):
    path = renamed_in_the_lakehouse(tmp_path / "t", {})
    log = path / "_delta_log" / f"{0:020}.json"
    protocol, metadata, added = map(json.loads, log.read_text().splitlines())
    features = ["deletionVectors", "columnMapping"]
    protocol["protocol"] = {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": features,
                            "writerFeatures": features}  # fmt: skip
    added["add"]["stats"] = json.dumps({"numRecords": 60})
    added["add"]["deletionVector"] = deletion_vector([i for i in range(60) if i % 7 == 0])
    log.write_text("\n".join(map(json.dumps, (protocol, metadata, added))))
    found = takeup.diagnose(str(path), only=["adoption"]).measures().adoption.overall
    # Every override has been deleted.
    assert (found.agreement.k, found.agreement.n) == (51, 51)


def test_a_schema_of_a_database_can_be_named(tmp_path):
    import duckdb

    with duckdb.connect(str(tmp_path / "t.db")) as connection:
        connection.register("rows", decisions(60))
        connection.execute("CREATE SCHEMA desk")
        connection.execute("CREATE TABLE desk.decisions AS SELECT * FROM rows")
    opened = open_decisions(f"duckdb://{tmp_path}/t.db/desk.decisions")
    assert opened.table.reconciliation.rows_used == 60
    with pytest.raises(InputError, match=r"it has desk\.decisions"):
        open_decisions(f"duckdb://{tmp_path}/t.db/decisions")


@pytest.mark.parametrize(
    "written", [str, lambda i: str(1_741_010_400_000 + i), lambda i: f"{i + 1}.03.2025"]
)
def test_an_event_stream_is_in_the_order_of_its_column_not_of_its_lines(tmp_path, written):
    """What was shown first was taken up first: shuffled lines give the same decisions."""
    rows = []
    for person in range(10):
        for i in range(28):
            what = "Shown" if i % 2 == 0 else ("Accepted" if i % 6 else "Rejected")
            rows.append((f"u{person}", what, written(i)))
    frame = pd.DataFrame(rows, columns=["user_id", "event", "seq"]).sample(frac=1, random_state=1)
    frame.to_csv(tmp_path / "t.csv", index=False)
    mapping = parse_mapping(
        {
            "columns": {"person_id": "user_id"},
            "constants": {"mode": "assist", "consulted": True},
            "events": {"event": "event", "by": ["user_id"], "order": "seq", "opens": ["Shown"],
                "closes": {"Accepted": "followed", "Rejected": "overridden"}},
        },
        "m",
    )  # fmt: skip
    result = takeup.diagnose(str(tmp_path / "t.csv"), mapping=mapping, only=["adoption"])
    assert sum(result.measures().adoption.overall.counts.values()) == 140
    assert result.table.reconciliation.rows_rejected == 0


@pytest.mark.parametrize("blank", ["", None, "n/a"])
def test_advice_on_the_event_that_shows_it_belongs_to_the_decision_that_closes_it(blank):
    rows = []
    for i in range(120):
        advice = WORDS[i % 2]
        shown = {"event": "Shown", "advice": "first guess", "region": "north"}
        again = {"event": "Shown again", "advice": advice, "region": blank}
        choice = WORDS[(i + (i % 4 == 0)) % 2]
        made = {"event": "Closed", "advice": blank, "choice": choice, "region": blank}
        for step, each in enumerate((shown, again, made)):
            rows.append({"case": i // 2, "at": 10 * i + step, "user_id": f"u{i % 9}", **each})
    mapping = parse_mapping(
        {
            "columns": {"person_id": "user_id", "recommendation": "advice", "x_region": "region"},
            "constants": {"mode": "assist"},
            "events": {"event": "event", "by": ["case"], "order": "at", "opens": ["Shown"],
                "repeats": ["Shown again"], "closes": {"Closed": ""}},
        },
        "m",
    )  # fmt: skip
    mapping = mapping.model_copy(update={"columns": {**mapping.columns, "choice": "choice"}})
    result = takeup.diagnose(pd.DataFrame(rows), mapping=mapping, only=["adoption"])
    agreement = result.measures().adoption.overall.agreement
    assert (agreement.k, agreement.n) == (90, 120)
    assert any(
        "advice, region: taken from the event that opens" in a for a in result.facts.assumptions
    )
    assert result.table.reconciliation.rows_folded == 240


HEAD = ["Case", "Officer", "Decided", "Advice", "Choice", "Amount"]
ABOVE = {
    "none": [],
    "a title": [["Decisions of March"]],
    "a title with a delimiter, and a blank line": [["Report; 3 March, final"], []],
    "groups of columns": [["Case", "", "", "Model", "Officer", ""]],
}


def strange_rows(n: int = 60) -> list[list[str]]:
    return [
        [f"d{i}", f"p{i % 9}", f"2026-03-{1 + i % 28:02d} 09:00", WORDS[i % 2],
         WORDS[(i + (i % 7 == 0)) % 2], str(1000 + i)]
        for i in range(n)
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("above", ABOVE)
def test_the_names_of_columns_are_found_below_what_people_write_above(tmp_path, kind, above):
    lines = [*ABOVE[above], HEAD, *strange_rows()]
    path = tmp_path / f"t.{kind}"
    if kind == "csv":
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(lines)
    else:
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("Data")
            for number, line in enumerate(lines):
                sheet.write_row(number, 0, line)
    found = open_decisions(path)
    assert found.table.reconciliation.rows_used == 60
    noted = [note for note in found.table.notes if "names of the columns" in note]
    assert len(noted) == (above != "none")
    if above != "none":
        assert f"row {len(ABOVE[above]) + 1} has" in noted[0]


def test_an_unnamed_index_is_no_title_and_no_column(tmp_path):
    path = tmp_path / "t.csv"
    pd.DataFrame(strange_rows(), columns=HEAD).to_csv(path)
    opened = open_decisions(path)
    assert opened.files[0].table.columns == (*HEAD, "row__")
    assert "column 1 has no name and numbers the rows; it is left out" in opened.table.notes


def test_rows_of_units_totals_and_a_second_head_are_rejected_each_with_its_reason(tmp_path):
    path = tmp_path / "t.csv"
    odd = (["", "", "", "", "", "EUR"], ["Total", "", "", "", "", "61770"], HEAD)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([HEAD, odd[0], *strange_rows(), *odd[1:]])
    found = takeup.diagnose(path, only=["adoption"])
    assert found.table.reconciliation.rows_used == 60
    assert sorted({row for row, _ in found.rejected_rows()}) == [2, 63, 64]


def test_a_request_that_the_list_of_eligible_cases_excludes_is_in_no_rate():
    rows = decisions(case_id=[f"c{i}" for i in range(160)])
    eligible = pd.DataFrame(
        {
            "case_id": [f"c{i}" for i in range(800)], "mode": "assist",
            "excluded_reason": ["no_card" if i >= 160 else None for i in range(800)],
        }
    )  # fmt: skip
    found = takeup.diagnose(rows, eligible=eligible, only=["adoption"])
    assert found.measures().adoption.overall.eligible == 160
    assert found.facts.side_counts["eligible_excluded"] == 640


def test_rows_of_units_and_sums_of_a_table_of_words_alone_are_rejected(tmp_path):
    lines = [["who", "advice", "choice"], ["[name]", "[text]", ""]]
    lines += [[f"p{i % 9}", WORDS[i % 2], WORDS[(i + (i % 5 == 0)) % 2]] for i in range(100)]
    lines += [["Summe", "100", "100"], ["", "Total:", "100"]]
    with (tmp_path / "t.csv").open("w", newline="") as file:
        csv.writer(file).writerows(lines)
    mapping = parse_mapping(
        {"columns": {"person_id": "who", "recommendation": "advice", "choice": "choice"}}, "m"
    )
    found = takeup.diagnose(tmp_path / "t.csv", mapping=mapping, only=["adoption"])
    agreement = found.measures().adoption.overall.agreement
    assert (agreement.k, agreement.n) == (80, 100)
    assert found.rejected_rows() == [
        (2, "stands in a row of units"), (103, "begins a row of sums"), (104, "begins a row of sums"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sums",
    [("Summe", "123\u00a0456,00", "120\u202f000,00"), ("\u00a0Total", "CHF 12'345.00", "CHF 1’200.-"),
     ("Gesamt", "123.456,00 EUR", "−1,00 EUR"), ("Total", "(1,200.00)", "1,200.00 USD")],
)  # fmt: skip
def test_sums_of_numbers_are_no_decision_however_they_are_written(tmp_path, sums):
    lines = [["planner", "forecast", "final_forecast"]]
    lines += [[f"p{i % 9}", str(100 + i), str(100 + i + (i % 5 == 0))] for i in range(60)]
    with (tmp_path / "t.csv").open("w", newline="") as file:
        csv.writer(file).writerows([*lines, sums])
    table = open_decisions(str(tmp_path / "t.csv")).table
    assert table.reconciliation.rows_used == 60
    assert [p.what for p in table.problems] == ["begins a row of sums"]
