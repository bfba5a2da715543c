"""Every way we know in which a file can be bad ends in a sentence, and loses no good row.

Each row of the table states what is wrong with the file, the exit code, the words the
message must hold (file, row, column, count), the remedy it must offer, and which rows must
survive. Figures must equal those of a clean file that holds the survivors only.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from takeup.cli import main

HEAD = ["decision_id", "person_id", "decided_at", "recommendation", "choice", "amount"]
ROWS = 60


def rows() -> list[list[str]]:
    """Sixty good rows of ten people; row 0 stands in line 2 of the file."""
    return [
        [
            f"d{i:03d}",
            f"p{i % 10}",
            f"2025-03-{1 + i % 28:02d} 10:{i % 60:02d}",
            "yes" if i % 3 else "no",
            "yes" if i % 4 else "no",
            f"{100 + 7 * i}",
        ]
        for i in range(ROWS)
    ]


def text(table: list[list[str]], head: list[str] = HEAD, delimiter: str = ",") -> str:
    lines = [head, *table]
    return "\n".join(delimiter.join(line) for line in lines) + "\n"


def with_cell(row: int, column: str, value: str) -> str:
    table = rows()
    table[row][HEAD.index(column)] = value
    return text(table)


def numeric_text(changes: dict[int, str]) -> str:
    head = ["decision_id", "person_id", "recommendation_value", "choice_value"]
    table = [[f"d{i}", f"p{i % 10}", "100", changes.get(i, f"{100 + i % 5}")] for i in range(ROWS)]
    return text(table, head)


@dataclass(frozen=True)
class Bad:
    """One bad input. `lost` are the rows (from 0) that must not survive; None where nothing
    may be used at all. `extra` are further command-line words, `files` further files."""

    name: str
    make: Callable[[Path], None] | str
    code: int
    says: tuple[str, ...]
    remedy: str
    lost: tuple[int, ...] | None = None
    file: str = "decisions.csv"
    extra: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)


def write(content: str | bytes, encoding: str = "utf-8") -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))

    return make


def overlong(path: Path) -> None:
    table = text(rows()).splitlines(keepends=True)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(table[:31])
        for _ in range(200):
            file.write("x" * (1 << 20))
        file.write("\n")
        file.writelines(table[31:])


def truncated_gzip(path: Path) -> None:
    whole = gzip.compress(text(rows() * 200).encode())
    path.write_bytes(whole[: len(whole) // 2])


def broken_parquet(path: Path) -> None:
    held = io.BytesIO()
    pq.write_table(pa.table({n: [r[i] for r in rows()] for i, n in enumerate(HEAD)}), held)
    path.write_bytes(held.getvalue()[:-200])


def parquet_of_wrong_type(path: Path) -> None:
    table = {n: [r[i] for r in rows()] for i, n in enumerate(HEAD)}
    table["decided_at"] = [float(i) for i in range(ROWS)]
    pq.write_table(pa.table(table), path)


def empty_parquet(path: Path) -> None:
    pq.write_table(pa.table({n: pa.array([], pa.string()) for n in HEAD}), path)


def workbook(head_rows: list[list[str]], merge: str | None = None, sheets: int = 1):
    def make(path: Path) -> None:
        import xlsxwriter

        book = xlsxwriter.Workbook(str(path))
        for s in range(sheets):
            page = book.add_worksheet(f"Sheet{s + 1}")
            at = 0
            for line in head_rows:
                page.write_row(at, 0, line)
                at += 1
            for line in rows() if s == 0 else []:
                page.write_row(at, 0, line)
                at += 1
            if merge and s == 0:
                page.merge_range(merge, "Who and when")
        book.close()

    return make


NOT_A_DATE = with_cell(10, "decided_at", "31/02/2025")
SECOND_HALF = "".join(text(rows()).splitlines(keepends=True)[1:31])
OUTCOME_HEAD = "decision_id,outcome,observed_at\n"
PLAIN_MAP = (
    '[columns]\nperson_id = "person_id"\ndecided_at = "decided_at"\n'
    'recommendation = "recommendation"\nchoice = "choice"\ndecision_id = "decision_id"\n'
)

BAD: list[Bad] = [
    Bad("empty file", write(""), 1, ("decisions.csv", "empty"), "column names"),
    Bad("head without rows", text([]), 1, ("decisions.csv", "no rows"), "no rows"),
    Bad("only blanks", write("\n\n\n"), 1, ("decisions.csv", "row 1"), "header_row"),
    Bad("no such file", lambda path: None, 1, ("decisions.csv", "no such file"), "no such file"),
    Bad(
        "unknown ending",
        text(rows()),
        1,
        ("decisions.docx",),
        "export the table",
        file="decisions.docx",
    ),
    *(Bad(f"a format that is no table: {name}", write("[]"), 1, (name,), remedy, file=name)
      for name, remedy in (
          ("decisions.json", "read_json_auto"), ("decisions.jsonl", "read_json_auto"),
          ("decisions.ndjson", "read_json_auto"), ("log.xes", "pm4py"), ("log.xes.gz", "pm4py"),
          ("log.jsonocel", "pm4py"), ("decisions.sav", "pyreadstat"), ("decisions.sas7bdat", "read_sas"),
          ("decisions.dta", "read_stata"), ("decisions.feather", "read_feather"),
          ("decisions.orc", "read_table"), ("decisions.avro", "fastavro"), ("decisions.sqlite", "read_sql"),
          ("decisions.duckdb", "duckdb://"), ("decisions.xml", "export"), ("decisions.zip", "unpack"),
      )),
    Bad("wrong delimiter declared", text(rows()), 1, ("decisions.csv", "row 1", "only one column"),
        "delimiter", extra=("--map", "m.toml"), files={"m.toml": PLAIN_MAP + '[file]\ndelimiter = "|"\n'}),
    Bad("unusual delimiter", text(rows(), delimiter="^"), 1, ("decisions.csv", "only one column"),
        "[file] delimiter"),
    Bad("byte-order mark", write("\ufeff" + text(rows())), 0, ("60 used",), "", lost=()),
    Bad("UTF-16", write(text(rows()), "utf-16"), 0, ("60 used",), "", lost=()),
    Bad("Windows-1252 letters", write(with_cell(3, "person_id", "Müller"), "cp1252"), 0,
        ("decisions.csv", "Windows-1252"), "[file] encoding", lost=()),
    Bad("not in the declared encoding", write(with_cell(3, "person_id", "Müller"), "cp1252"), 0,
        ("decisions.csv", "row 5", "invalid"), "set [file] encoding", lost=(3,), extra=("--map", "m.toml"),
        files={"m.toml": PLAIN_MAP + '[file]\nencoding = "utf-8"\n'}),
    Bad("NUL bytes", write(with_cell(3, "amount", "12\x005")), 0, ("60 used",), "", lost=()),
    Bad("semicolons and a decimal comma", text([[*r[:5], r[5] + ",5"] for r in rows()], delimiter=";"),
        0, ("60 used", "decimal commas"), "", lost=()),
    Bad("ragged: too few cells", "\n".join(text(rows()).splitlines()[:20]) + "\nd999,p1\n"
        + "".join(f"{line}\n" for line in text(rows()).splitlines()[20:]), 0,
        ("decisions.csv", "row 21", "missing columns"), "complete it", lost=()),
    Bad("ragged: too many cells", text([[*r, "extra"] if i == 5 else r for i, r in enumerate(rows())]),
        0, ("decisions.csv", "row 7", "too many columns"), "in quotes", lost=(5,)),
    Bad("quote never closed", with_cell(57, "recommendation", '"yes'), 0,
        ("decisions.csv", "row 59"), "quote", lost=(57, 58, 59)),
    Bad("a line of 200 MB", overlong, 0, ("decisions.csv", "row 32", "longer than 1 MB"),
        "unclosed quote", lost=()),
    Bad("column named twice", text(rows(), [*HEAD[:5], "choice"]), 1,
        ("decisions.csv", "row 1", "'choice'", "more than once"), "rename"),
    Bad("column without a name", text(rows(), [*HEAD[:5], ""]), 1,
        ("decisions.csv", "row 1", "column 6", "no name"), "name every column"),
    Bad("title lines above the head", "Report of March,,,,,\n" + text(rows()), 0,
        ("60 used", "row 2 has the names"), "header_row", lost=()),
    Bad("date that does not exist", NOT_A_DATE, 0,
        ("decisions.csv", "row 12", "column decided_at", '"31/02/2025"', "not a date"), "date_order",
        lost=(10,)),
    Bad("date in the future", with_cell(4, "decided_at", "2199-01-01 10:00"), 0,
        ("decisions.csv", "row 6", "column decided_at", "future"), "date order", lost=(4,)),
    Bad("placeholder date", with_cell(4, "decided_at", "1900-01-01"), 0,
        ("decisions.csv", "row 6", "column decided_at", "1990"), "leave the cell blank", lost=(4,)),
    Bad("months first, read as days first",
        text([[r[0], r[1], f"{3 + i % 2:02d}/{1 + i % 28:02d}/2025", *r[3:]] for i, r in enumerate(rows())]),
        0, ("60 used",), "", lost=()),
    Bad("mixed time zones", text([[r[0], r[1], r[2].replace(" ", "T") + (":00+02:00" if i % 2 else ":00Z"), *r[3:]]
        for i, r in enumerate(rows())]), 0, ("60 used",), "", lost=()),
    Bad("unknown time zone in the mapping", text(rows()), 1, ("m.toml", "time_zone", "Europe/Berlinn"),
        "Europe/Berlin", extra=("--map", "m.toml"),
        files={"m.toml": PLAIN_MAP + '[file]\ntime_zone = "Europe/Berlinn"\n'}),
    Bad("same id, same content", text([*rows(), rows()[7]]), 0, ("61 rows read", "60 used"), "", lost=()),
    Bad("same id, other content", text([*rows(), [*rows()[7][:4], "maybe", "1"]]), 0,
        ("decisions.csv", "row 9", "row 62", "decision_id", "same key and other content"), "revision",
        lost=(7,)),
    Bad("a correction with its revision",
        text([[*r, "1"] for r in rows()] + [[*rows()[7][:4], "no", "1", "2"]], [*HEAD, "revision"]), 0,
        ("61 rows read", "60 used"), ""),
    Bad("blank person", with_cell(9, "person_id", ""), 0,
        ("decisions.csv", "row 11", "column person_id", "blank"), "leave person_id out", lost=(9,)),
    Bad("words for unknown", with_cell(9, "person_id", "N/A"), 0,
        ("decisions.csv", "row 11", "column person_id", "blank"), "fill it in", lost=(9,)),
    Bad("blank choice", with_cell(9, "choice", ""), 0,
        ("decisions.csv", "row 11", "column choice", "blank"), "leave open cases out", lost=(9,)),
    Bad("choice as text where numbers are due", numeric_text({8: "about 90"}), 0,
        ("decisions.csv", "row 10", "column choice_value", '"about 90"', "not a number"), "1234.5"),
    Bad("infinite number", numeric_text({8: "inf"}), 0,
        ("decisions.csv", "row 10", "column choice_value", "infinite"), "blank"),
    Bad("NaN is blank, and a blank choice is unusable", numeric_text({8: "NaN"}), 0,
        ("decisions.csv", "row 10", "column choice_value", "blank"), "open cases"),
    Bad("several of a kind are counted", text([[*r[:2], "soon", *r[3:]] if i in (3, 5, 8) else r
        for i, r in enumerate(rows())]), 0, ("row 5", "column decided_at", "3 rows are like it"),
        "write the day as", lost=(3, 5, 8)),
    Bad("confidence in percent", text([[*r, "87"] for r in rows()], [*HEAD, "score"]), 1,
        ("decisions.csv", "column score", '"87', "not between 0 and 1", "none of its 60 rows"), "/ 100",
        extra=("--map", "m.toml"), files={"m.toml": PLAIN_MAP + 'confidence = "score"\n'}),
    Bad("unknown mode", text([[*r, "live" if i == 2 else "assist"] for i, r in enumerate(rows())],
        [*HEAD, "mode"]), 0, ("decisions.csv", "row 4", "column mode", '"live"', "none of off, shadow, assist"),
        "values.mode", lost=(2,), extra=("--map", "m.toml"), files={"m.toml": PLAIN_MAP + 'mode = "mode"\n'}),
    Bad("neither yes nor no", text([[*r, "perhaps" if i == 2 else "yes"] for i, r in enumerate(rows())],
        [*HEAD, "consulted"]), 0, ("decisions.csv", "row 4", "column consulted", '"perhaps"'),
        "values.consulted", lost=(2,)),
    Bad("a probability of 3", text([[*r, "3" if i == 2 else "0.5"] for i, r in enumerate(rows())],
        [*HEAD, "truth_probability"]), 0, ("row 4", "column truth_probability", "not a probability"),
        "at most 1", lost=(2,)),
    Bad("mapping to a missing column", text(rows()), 1, ("mapping", "columns.choice", "'verdict'"),
        "it has:", extra=("--map", "m.toml"),
        files={"m.toml": '[columns]\nperson_id = "person_id"\nrecommendation = "recommendation"\nchoice = "verdict"\n'}),
    Bad("mapping with a slip of the case", text(rows()), 1, ("columns.choice", "'Choice'"),
        "did you mean 'choice'?", extra=("--map", "m.toml"),
        files={"m.toml": '[columns]\nrecommendation = "recommendation"\nchoice = "Choice"\n'}),
    Bad("mapping that is no TOML", text(rows()), 1, ("m.toml", "not valid TOML"), "line",
        extra=("--map", "m.toml"), files={"m.toml": "[columns\n"}),
    Bad("mapping with an unknown key", text(rows()), 1, ("m.toml", "colums"), "did you mean 'columns'",
        extra=("--map", "m.toml"), files={"m.toml": '[colums]\nchoice = "choice"\n'}),
    Bad("mapping with a word that is no column of a record", text(rows()), 1, ("m.toml", "segment"),
        "starts with 'x_'", extra=("--map", "m.toml"), files={"m.toml": '[columns]\nsegment = "amount"\n'}),
    Bad("computed value that is not allowed", text(rows()), 1, ("computed.choice", "open"),
        "is not a function here", extra=("--map", "m.toml"),
        files={"m.toml": '[columns]\nrecommendation = "recommendation"\n[computed]\nchoice = "open(\'x\')"\n'}),
    Bad("filter that is no test", text(rows()), 1, ("filters[1].keep", "no test"), "compare it",
        extra=("--map", "m.toml"),
        files={"m.toml": PLAIN_MAP + '[[filters]]\nkeep = "amount"\nreason = "practice rows"\n'}),
    Bad("mapping file that is not there", text(rows()), 1, ("absent.toml", "no such file"), "no such file",
        extra=("--map", "absent.toml")),
    Bad("settings out of range", text(rows()), 1, ("s.toml", "confidence"), "less than 1",
        extra=("--settings", "s.toml"), files={"s.toml": "confidence = 95\n"}),
    Bad("nothing that was decided", text([r[:3] for r in rows()], HEAD[:3]), 1,
        ("action", "recommendation and choice"), "takeup map"),
    Bad("outcome without its decision", text(rows()), 0,
        ("o.csv", "row 3", "column decision_id", '"d999"', "no decision"), "cover the same time", lost=(),
        extra=("--outcomes", "o.csv"), files={"o.csv": OUTCOME_HEAD + "d001,1,2025-05-01\nd999,0,2025-05-01\n"}),
    Bad("outcomes of other decisions altogether", text(rows()), 1, ("o.csv", "decision_id"), "alike",
        extra=("--outcomes", "o.csv"), files={"o.csv": OUTCOME_HEAD + "z1,1,2025-05-01\nz2,0,2025-05-01\n"}),
    Bad("outcomes without a key", text(rows()), 1, ("o.csv", "decision_id or case_id"), "outcomes_file.columns",
        extra=("--outcomes", "o.csv"), files={"o.csv": "number,outcome\n1,1\n2,0\n"}),
    Bad("outcome that is no number", text(rows()), 0, ("o.csv", "row 3", "column outcome", '"good"'), "1234.5",
        lost=(), extra=("--outcomes", "o.csv"),
        files={"o.csv": OUTCOME_HEAD + "d001,1,2025-05-01\nd002,good,2025-05-01\n"}),
    Bad("eligible list without case ids", text(rows()), 1, ("case_id",), "map it",
        extra=("--eligible", "e.csv"), files={"e.csv": "case_id,eligible_at\nc1,2025-03-01\n"}),
    Bad("one person only", text([[r[0], "p1", *r[2:]] for r in rows()]), 0, ("60 used",), "on purpose"),
    Bad("one action only", text([[*r[:4], r[3], r[5]] for r in rows()]), 0, ("60 used",), ""),
    Bad("truncated gzip", truncated_gzip, 1, ("decisions.csv.gz", "damaged gzip", "nothing of it was used"),
        "again", file="decisions.csv.gz"),
    Bad("zip named csv", write(b"PK\x03\x04" + b"\0" * 50), 1, ("decisions.csv", "Excel file"), ".xlsx"),
    Bad("broken Parquet", broken_parquet, 1, ("decisions.parquet", "not a readable Parquet"),
        "again", file="decisions.parquet"),
    Bad("Parquet with a wrong type", parquet_of_wrong_type, 1, ("column decided_at", "a date or time"),
        "map another column", file="decisions.parquet", extra=("--map", "m.toml"),
        files={"m.toml": PLAIN_MAP}),
    Bad("Parquet without rows", empty_parquet, 1, ("decisions.parquet", "no rows"), "no rows",
        file="decisions.parquet"),
    Bad("folder without Parquet", lambda path: path.mkdir(), 1, ("folder", "no Parquet files"), "no Parquet",
        file="folder"),
    Bad("workbook that is none", write("not a workbook"), 1, ("decisions.xlsx", "not a readable workbook"),
        "Save it again", file="decisions.xlsx"),
    Bad("workbook with merged heads", workbook([["", "", "", "", "", ""], HEAD], "A1:C1"), 0,
        ("60 used", "row 2 has the names"), "header_row", lost=(), file="decisions.xlsx"),
    Bad("workbook with a second sheet", workbook([HEAD], sheets=2), 0, ("Sheet1", "Sheet2"), "[file] sheet",
        lost=(), file="decisions.xlsx"),
    Bad("workbook without the named sheet", workbook([HEAD]), 1, ("decisions.xlsx", "'March'", "Sheet1"),
        "sheet in the mapping", file="decisions.xlsx", extra=("--map", "m.toml"),
        files={"m.toml": PLAIN_MAP + '[file]\nsheet = "March"\n'}),
    Bad("database that is not there", lambda path: None, 1, ("no database file",), "no database file",
        file="duckdb://absent.db/decisions"),
    Bad("event stream that closes what nothing opened",
        "person_id,event,time\np1,Accepted,2025-03-01 10:00\n" + "".join(
            f"p{i % 10},Shown,2025-03-02 10:{i:02d}:00\np{i % 10},Rejected,2025-03-02 10:{i:02d}:30\n"
            for i in range(30)), 0, ("decisions.csv", "row 2", "column event", "closes what nothing opened"),
        "[events]"),
]  # fmt: skip


def run(arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys) -> tuple[int, str]:
    monkeypatch.setattr("sys.argv", ["takeup", *arguments])
    code = 0
    try:
        main()
    except SystemExit as done:
        code = int(done.code or 0)
    caught = capsys.readouterr()
    return code, caught.out + caught.err


@pytest.mark.parametrize("bad", BAD, ids=lambda b: b.name)
def test_bad_file_ends_in_a_sentence_and_loses_no_good_row(bad: Bad, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    make = bad.make if callable(bad.make) else write(bad.make)
    make(tmp_path / bad.file)
    for name, content in bad.files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    code, said = run(["diagnose", bad.file, "--json", "r.json", *bad.extra], monkeypatch, capsys)
    plain = " ".join(said.split())
    assert "Traceback" not in said
    assert code == bad.code, said
    for words in (*bad.says, bad.remedy):
        assert words in plain, f"{words!r} is not in: {plain}"
    if code:
        assert not (tmp_path / "report.html").exists()
        assert not (tmp_path / "r.json").exists()
        return
    found = json.loads((tmp_path / "r.json").read_text())
    counts = found["input"]
    parts = ("used", "folded", "filtered", "superseded", "duplicate", "rejected")
    assert counts["rows_read"] == sum(counts[f"rows_{part}"] for part in parts)
    if bad.lost is None:
        return
    survivors = [r for i, r in enumerate(rows()) if i not in bad.lost]
    agreement = found["diagnoses"][0]["measures"]["adoption"]["agreement"]
    assert agreement["n"] == counts["rows_used"] == len(survivors)
    assert agreement["k"] == sum(r[3] == r[4] for r in survivors)
    rejected = tmp_path / "report.rejects.csv"
    assert rejected.exists() == bool(counts["rows_rejected"])
    if counts["rows_rejected"]:
        listed = pd.read_csv(rejected)
        assert len(listed) == counts["rows_rejected"]


def test_there_are_at_least_forty_kinds():
    assert len({bad.name for bad in BAD}) == len(BAD) >= 40
