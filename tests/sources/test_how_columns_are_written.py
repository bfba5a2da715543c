"""Numbers and moments are settled column by column, over all rows; what nothing tells is asked."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from takeup.log import Engine, fetch
from takeup.record import parsing
from takeup.record.errors import InputError
from takeup.record.number_format import settle_numbers
from takeup.record.shapes import Shape
from takeup.record.time_format import Fields, TimeFormat, settle_time
from takeup.sources import held
from takeup.sources.opened import open_decisions

WORDS = ("approve", "decline")


def table(
    tmp_path, columns: dict[str, list], rows: int = 60, delimiter: str = ";", name: str = "t.csv"
):
    """Decisions of which five in six agree, with other columns beside."""
    advice = [WORDS[i % 2] for i in range(rows)]
    choice = [WORDS[(i + (i % 6 == 0)) % 2] for i in range(rows)]
    frame = pd.DataFrame({"recommendation": advice, "choice": choice, **columns})
    path = tmp_path / name
    frame.to_csv(path, index=False, sep=delimiter)
    return path


def read(path, mapping: str = "", **more):
    from takeup.record.mapping import parse_mapping
    from takeup.record.toml_file import read_toml_text

    declared = parse_mapping(read_toml_text(mapping, "m"), "m") if mapping else None
    opened = open_decisions(str(path), mapping=declared, **more)
    (rows,) = opened.table.tables.values()
    return rows, opened


def mean(rows, column: str) -> float:
    return float(fetch(rows.aggregate(m=rows[column].mean()))["m"][0].as_py())


@pytest.mark.parametrize(
    ("value", "outcome", "meant"),
    [
        ("8.038,66", "8.86", (8038.66, 8.86)),  # two systems in one file
        ("8,038.66", "8.86", (8038.66, 8.86)),
        ("8,039", "8.86", (8039.0, 8.86)),  # the outcome tells for the file
        ("8.039", "8,86", (8039.0, 8.86)),
        ("8 038,66", "8,86", (8038.66, 8.86)),
        ("8\u00a0038,66", "0,5", (8038.66, 0.5)),
        ("8\u202f038,66", "7", (8038.66, 7.0)),
        ("8'038.66", "7", (8038.66, 7.0)),
        ("0,039", "7", (0.039, 7.0)),  # no thousand begins with a nought
        ("1,234,567", "7", (1234567.0, 7.0)),
        ("-8.038,66", "1e-3", (-8038.66, 0.001)),
    ],
)
def test_decimal_signs_belong_to_a_column(tmp_path, value, outcome, meant):
    rows, _ = read(table(tmp_path, {"value": [value] * 60, "outcome": [outcome] * 60}))
    assert (mean(rows, "value"), mean(rows, "y_outcome")) == pytest.approx(meant)


def test_what_the_file_says_of_decimals_does_not_turn_a_column_that_tells(tmp_path):
    path = table(tmp_path, {"value": ["8,038.66"] * 60, "outcome": ["8.86"] * 60})
    names = '[columns]\nrecommendation = "recommendation"\nchoice = "choice"\nvalue = "value"\noutcome = "outcome"\n'
    rows, opened = read(path, '[file]\ndecimal = ","\n[constants]\nmode = "assist"\n' + names)
    assert (mean(rows, "value"), mean(rows, "y_outcome")) == pytest.approx((8038.66, 8.86))
    assert any("whatever [file] decimal says: 8,038.66" in a for a in opened.table.assumptions)


def test_a_number_that_can_be_two_is_asked_and_the_answer_holds(tmp_path):
    path = table(tmp_path, {"value": ["8,039"] * 60})
    with pytest.raises(InputError) as asked:
        read(path)
    assert '"8,039" can be 8039 or 8.039' in str(asked.value)
    names = '[constants]\nmode = "assist"\n[columns]\nrecommendation = "recommendation"\nchoice = "choice"\nvalue = "value"\n'
    for decimal, meant in ((".", 8039.0), (",", 8.039)):
        rows, _ = read(path, f'{names}[formats.value]\ndecimal = "{decimal}"\n')
        assert mean(rows, "value") == pytest.approx(meant)


@pytest.mark.parametrize("most", [0, 50_000])
def test_a_word_for_unknown_in_digits_takes_no_number_with_it(tmp_path, monkeypatch, most):
    monkeypatch.setattr(held, "MOST_VALUES", most)
    values = [*map(str, range(101, 159)), "999", "about 5"]
    names = '[constants]\nmode = "assist"\n[columns]\nrecommendation = "recommendation"\nchoice = "choice"\nvalue = "value"\n'
    rows, opened = read(table(tmp_path, {"value": values}), '[file]\nblanks = ["999"]\n' + names)
    assert opened.table.reconciliation.rows_used == 59
    assert mean(rows, "value") == pytest.approx(sum(range(101, 159)) / 58)


def test_equally_frequent_shapes_stand_in_one_order_however_the_rows_stand(monkeypatch):
    monkeypatch.setattr(held, "MOST_VALUES", 0)
    texts = ["12", "1.5", "a", "1,5", "b c", "7-"]
    orders = [
        [s.text for s in held.Held(Engine().load(pa.table({"v": v}))).shapes("v", ())]
        for v in (texts, texts[::-1])
    ]
    assert orders[0] == orders[1]


def test_the_readings_of_a_number_are_told_apart_wherever_points_stand_between_thousands(tmp_path):
    path = table(tmp_path, {"value": ["10.000"] * 60})
    with pytest.raises(InputError) as asked:
        read(path)
    assert "    10, with a decimal point: " in str(asked.value)
    assert "    10000, with points between thousands: " in str(asked.value)


def test_a_column_of_both_signs_is_asked_where_some_rows_can_be_either():
    shapes = [Shape("9.999,99", 5, "1.000,50", "9.000,50"), Shape("9,999", 3, "1,234", "9,876"),
              Shape("9,999.99", 4, "1,000.50", "9,000.50")]  # fmt: skip
    assert set(settle_numbers({"value": shapes}, {}).doubts) == {"value"}
    assert settle_numbers({"value": shapes}, {"value": ","}).formats["value"].decimal == ","


def moments(texts: list[str], zone: str | None = None, **settled) -> list[datetime | None]:
    """How a column of these texts is read."""
    held = sorted(texts)
    shapes: dict[str, list[str]] = {}
    for text in held:
        shapes.setdefault("".join("9" if c.isdigit() else c for c in text), []).append(text)
    listed = [Shape(s, len(v), v[0], v[-1]) for s, v in shapes.items()]
    form, _ = settle_time(listed, settled.pop("fields", Fields()), settled.pop("order", None), None)
    assert isinstance(form, TimeFormat)
    t = Engine().load(pa.table({"i": range(len(texts)), "t": texts}))
    found = t.select("i", m=parsing.to_time(t.t, form, zone, (2024, 2027))).order_by("i")
    return fetch(found)["m"].to_pylist()


@pytest.mark.parametrize(
    ("text", "meant", "zone"),
    [
        ("2025-03-03T14:00:00Z", "2025-03-03 14:00", None),
        ("2025-03-03 14:00:00+02:00", "2025-03-03 12:00", None),
        ("2025-03-03 14:00:00-0530", "2025-03-03 19:30", None),
        ("2025-03-03T14:00+01", "2025-03-03 13:00", "Asia/Tokyo"),
        ("2025-07-03 14:00 Europe/Berlin", "2025-07-03 12:00", None),
        ("2025-07-03 14:00 America/New_York", "2025-07-03 18:00", None),
        ("2025-07-13 2:00 PM America/New_York", "2025-07-13 18:00", None),
        ("2025-03-03T14:00+01:00[Europe/Berlin]", "2025-03-03 13:00", None),
        ("2025-07-03T14:00[Europe/Berlin]", "2025-07-03 12:00", None),
        ("2025-07-03 2:00 PM[America/New_York]", "2025-07-03 18:00", None),
        ("2025-07-03 14:00 CEST[Europe/Berlin]", "2025-07-03 12:00", None),
        ("2025-07-03T14:00Z[UTC]", "2025-07-03 14:00", "Europe/Berlin"),
        ("03.07.2025 14:00 MESZ", "2025-07-03 12:00", None),
        ("03.07.2025 14:00 Uhr", "2025-07-03 12:00", "Europe/Berlin"),
        ("03.07.2025, 14:00 Uhr", "2025-07-03 12:00", "Europe/Berlin"),
        ("3.7.2025, 2:00:00 PM", "2025-07-03 14:00", None),
        ("2025-07-03, 14:00:00,250+01:00", "2025-07-03 13:00:00.25", None),
        ("20250703140000", "2025-07-03 14:00", None),
        ("202507031400", "2025-07-03 14:00", None),
        ("20250703140000Z", "2025-07-03 14:00", "Europe/Berlin"),
        ("03.03.2025, 14.00 Uhr", "2025-03-03 14:00", None),
        ("03.03.2025 9.05", "2025-03-03 09:05", None),
        ("2025-03-03-14.00.05.250000", "2025-03-03 14:00:05.250", None),
        ("2025-03-03-14.00.05.250000000000", "2025-03-03 14:00:05.250", None),
        ("2025-01-03 14:00", "2025-01-03 13:00", "Europe/Berlin"),
        ("03.03.25 14:00", "2025-03-03 14:00", None),
        ("3 Mar 2025 14:00", "2025-03-03 14:00", None),
        ("03-MAR-25", "2025-03-03 00:00", None),
        ("March 3, 2025", "2025-03-03 00:00", None),
        ("3. März 2025", "2025-03-03 00:00", None),
        ("Mon, 3 Mar 2025 14:00:00 GMT", "2025-03-03 14:00", None),
        ("20250303T140000Z", "2025-03-03 14:00", None),
        ("2025/03/03 14:00", "2025-03-03 14:00", None),
        ("2025-03-03 14:00:00,250", "2025-03-03 14:00:00.250", None),
        ("1741010400", "2025-03-03 14:00", None),
        ("1741010400000", "2025-03-03 14:00", None),
        ("1741010400000000", "2025-03-03 14:00", None),
        ("1741010400000000000", "2025-03-03 14:00", None),
        ("45719.5833333333", "2025-03-03 14:00", None),
        ("45719.5833333333", "2025-03-03 13:00", "Europe/Berlin"),
    ],
)
def test_a_moment_is_the_moment_however_it_is_written(text, meant, zone):
    assert moments([text], zone) == [datetime.fromisoformat(meant)]


@pytest.mark.parametrize("error", ["#NV", "#WERT!", "#BEZUG!", "#DIV/0!", "#N/A", "#REF!"])
def test_the_error_of_a_formula_is_unknown_and_no_choice(tmp_path, error):
    path = tmp_path / "t.csv"
    rows = [(WORDS[i % 2], error if i % 10 == 0 else WORDS[i % 2]) for i in range(60)]
    pd.DataFrame(rows, columns=["recommendation", "choice"]).to_csv(path, index=False)
    columns = '[columns]\nrecommendation = "recommendation"\nchoice = "choice"\n'
    rows, _ = read(path, f'[constants]\nmode = "assist"\n{columns}')
    assert rows.count().execute() == 54


def test_a_computed_text_that_holds_nothing_is_unknown(tmp_path):
    path = table(tmp_path, {"status": ["pending", *["done"] * 59]})
    columns = '[columns]\nrecommendation = "recommendation"\nchoice = "choice"\n'
    computed = "[computed]\naction = \"'deferred' if status == 'pending' else ''\"\n"
    _, opened = read(path, f'[constants]\nmode = "assist"\n{columns}{computed}')
    assert opened.table.reconciliation.rows_rejected == 0


def test_half_days_are_used():
    texts = ["3/13/2025 02:00 PM", "3/13/2025 12:15 AM", "3/13/2025 12:15 PM", "3/13/2025 11:59 am"]
    hours = [
        m.hour * 60 + m.minute for m in moments(texts, fields=Fields(0, 4, True, texts[0])) if m
    ]
    assert hours == [14 * 60, 15, 12 * 60 + 15, 11 * 60 + 59]


def test_a_zone_name_that_means_several_is_refused_by_name(tmp_path):
    path = table(
        tmp_path, {"decided_at": ["2025-03-03 10:00 CST"] * 20 + ["2025-03-03 10:00 UTC"] * 40}
    )
    _, opened = read(path)
    (problem,) = opened.table.problems
    assert problem.count == 20
    assert "CST is the name of several time zones" in problem.remedy


def test_all_rows_take_part_in_the_order_of_days_and_months(tmp_path):
    days = [f"{1 + i // 500:02d}/03/2025" for i in range(7_000)]
    rows, opened = read(table(tmp_path, {"decided_at": days}, rows=7_000))
    assert opened.table.reconciliation.rows_used == 7_000
    assert {d.month for d in fetch(rows.select("decided_at"))["decided_at"].to_pylist()} == {3}


def test_days_and_months_that_nothing_tells_apart_are_asked(tmp_path):
    path = table(tmp_path, {"decided_at": ["03/04/2025", "05/04/2025"] * 30})
    with pytest.raises(InputError, match=r'"03/04/2025" the day or the month may come first'):
        read(path)
    names = '[constants]\nmode = "assist"\n[columns]\nrecommendation = "recommendation"\nchoice = "choice"\ndecided_at = "decided_at"\n'
    for order, month in (("dmy", 4), ("mdy", 3)):
        rows, _ = read(path, f'{names}[formats.decided_at]\ndate_order = "{order}"\n')
        assert fetch(rows.select("decided_at"))["decided_at"][0].as_py().month == month


@pytest.mark.parametrize("day", ["\u00a0{}", "Mo,\u00a0{}"])
def test_days_and_months_beside_wide_blanks_are_told_apart_or_asked(tmp_path, day):
    path = table(tmp_path, {"decided_at": [day.format("03/04/2025")] * 60})
    with pytest.raises(InputError, match="the day or the month may come first"):
        read(path)
    days = [day.format("03/04/2025")] * 59 + [day.format("03/13/2025")]
    rows, _ = read(table(tmp_path, {"decided_at": days}))
    assert {d.month for d in fetch(rows.select("decided_at"))["decided_at"].to_pylist()} == {3}


def test_a_slip_is_rejected_and_turns_no_other_date(tmp_path):
    days = [f"{1 + i % 12:02d}/{1 + i % 28:02d}/2025" for i in range(200)]
    days[7] = "31/05/2025"
    _, opened = read(table(tmp_path, {"decided_at": days}, rows=200))
    assert (opened.table.reconciliation.rows_used, opened.table.problems[0].rows) == (199, (9,))


def test_lists_of_one_periods_and_fine_moments_are_read_and_the_rest_is_named(tmp_path):
    n = 60
    at = pa.array([1_741_010_400_000_000_000] * n, pa.int64()).cast(pa.timestamp("ns", "UTC"))
    rows = pa.table(
        {
            "recommendation": [WORDS[i % 2] for i in range(n)],
            "choice": [[WORDS[i % 2]] for i in range(n)],
            "decided_at": at,
            "duration_s": pa.array([90_000_000] * n, pa.duration("us")),
            "tags": [["a", "b"]] * n,
            "who": [{"name": "x"}] * n,
        }
    )
    pq.write_table(rows, tmp_path / "t.parquet")
    for given in (tmp_path / "t.parquet", rows):
        opened = open_decisions(given if isinstance(given, pa.Table) else str(given))
        (found,) = opened.table.tables.values()
        first = fetch(found.select("choice", "decided_at", "duration_s")).to_pylist()[0]
        assert first == {
            "choice": "approve",
            "decided_at": datetime.fromisoformat("2025-03-03 14:00"),
            "duration_s": 90.0,
        }
        said = " ".join(opened.table.notes)
        assert "tags is left out: it holds lists of up to 2 values" in said
        assert "who is left out: it holds records" in said


@pytest.mark.parametrize("ends", [("\r\n", "\n"), ("\n", "\r\n")])
def test_line_ends_of_two_kinds_are_no_part_of_a_word(tmp_path, ends):
    lines = table(tmp_path, {}).read_text().splitlines()
    whole = "".join(line + (ends[1] if i == 20 else ends[0]) for i, line in enumerate(lines))
    (tmp_path / "t.csv").write_bytes(whole.encode())
    _, opened = read(tmp_path / "t.csv")
    assert opened.table.reconciliation.rows_used == 60


def test_a_delimiter_in_a_quoted_name_and_a_name_over_two_lines_are_part_of_the_name(tmp_path):
    text = (
        'recommendation,choice,"confidence (0 none; 0.2 low; 0.5 even; 1 sure)","Model\nversion"\n'
    )
    text += "".join(f"{WORDS[i % 2]},{WORDS[i % 2]},0.5,v1\n" for i in range(60))
    (tmp_path / "t.csv").write_text(text)
    _, opened = read(tmp_path / "t.csv")
    assert opened.table.reconciliation.rows_used == 60
    assert opened.mapping.columns["model_version"] == "Model version"
