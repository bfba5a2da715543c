"""Answers come in as the tools of companies export them; what cannot be read is a sentence and costs no good answer."""

from __future__ import annotations

import csv
import json
import random

import pytest
import xlsxwriter

import takeup
from takeup.record.errors import InputError
from takeup.record.questionnaire import ITEMS, questionnaire
from takeup.sources.survey_exports import SurveyMapping, read_survey_export

WORDS = ["Strongly disagree", "Somewhat disagree", "Neither agree nor disagree", "Somewhat agree", "Strongly agree"]  # fmt: skip


def people(n=12, seed=3):
    """Answers of `n` people to every item."""
    rng = random.Random(seed)
    return [{item: rng.randint(1, 5) for item in ITEMS} for _ in range(n)]


def write(path, heads, rows, delimiter=","):
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        out.writerow(heads)
        out.writerows(rows)
    return path


def limesurvey_codes(path, said):
    heads = ["id", "submitdate", "lastpage", "startlanguage", "token", *(f"Q1[{i}]" for i in ITEMS)]
    rows = [[k, "2026-10-01 10:00:00", 3, "en", f"t{k}", *(f"A{v}" for v in one.values())] for k, one in enumerate(said)]  # fmt: skip
    return write(path, heads, rows)


def limesurvey_in_german(path, said):
    q = questionnaire()
    heads = ["Antwort ID", *(f"Wie weit stimmen Sie zu? [{q.items[i]['de']}]" for i in ITEMS)]
    rows = [[k, *(q.points["de"][v - 1] for v in one.values())] for k, one in enumerate(said)]
    return write(path, heads, rows, ";")


def qualtrics(path, said, preview=None, stopped=None):
    keys = ["StartDate", "Status", "IPAddress", "Finished", "ResponseId", "DistributionChannel",
            *(f"Q3_{n}" for n in range(1, 21))]  # fmt: skip
    texts = ["Start Date", "Response Type", "IP Address", "Finished", "Response ID", "Distribution Channel",
             *(f"How far do you agree? - {text}" for text in ITEMS.values())]  # fmt: skip
    rows = [texts, [json.dumps({"ImportId": key}) for key in keys]]
    for k, one in enumerate(said):
        words = [WORDS[v - 1] for v in one.values()]
        words[6:] = [""] * 14 if k == stopped else words[6:]
        rows.append(["2026-10-01 10:00", "Survey Preview" if k == preview else "IP Address", "10.0.0.9",
                     str(k != stopped), f"R_{k}", "anonymous", *words])  # fmt: skip
    return write(path, keys, rows)


def google_forms(path, said):
    heads = ["Timestamp", "Email Address", *(f"How far do you agree? [{text}]" for text in ITEMS.values())]  # fmt: skip
    rows = [["10/1/2026 10:00:00", f"p{k}@example.org", *(WORDS[v - 1] for v in one.values())] for k, one in enumerate(said)]  # fmt: skip
    return write(path, heads, rows)


def microsoft_forms(path, said):
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["ID", "Start time", "Completion time", "Email", "Name", *ITEMS.values()])
    for k, one in enumerate(said, 1):
        sheet.write_row(k, 0, [k, "2026-10-01", "2026-10-01", "anonymous", "", *one.values()])
    book.close()
    return path


@pytest.mark.parametrize(
    "export",
    [limesurvey_codes, limesurvey_in_german, qualtrics, google_forms, microsoft_forms],
    ids=lambda f: f.__name__,
)
def test_every_tool_s_export_is_read_as_it_was_answered(tmp_path, export):
    said = people()
    read = read_survey_export(export(tmp_path / f"a.{'xlsx' if export is microsoft_forms else 'csv'}", said))  # fmt: skip
    assert [dict(one) for _, one in read.answers] == said
    assert read.problems == ()


def test_a_diagnosis_takes_an_export_as_its_survey(tmp_path):
    import pandas as pd

    decisions = pd.DataFrame(
        {"person_id": [f"p{i % 12}" for i in range(240)], "decided_at": "2026-10-01 10:00", "mode": "assist",
         "recommendation": "yes", "choice": "yes", "consulted": True, "population": "north"}
    )  # fmt: skip
    found = takeup.diagnose(decisions, survey=google_forms(tmp_path / "a.csv", people()))
    (north,) = found.diagnoses[0].measures.resistance.populations
    assert north.survey.respondents == 12


def test_answers_of_one_respondent_count_once_and_the_last_of_them(tmp_path):
    said = people()
    path = google_forms(tmp_path / "a.csv", said)
    path.write_text(path.read_text().replace("p7@example.org", "p4@example.org"))
    read = read_survey_export(path)
    assert [dict(one) for _, one in read.answers] == [*said[:4], *said[5:]]
    (problem,) = read.problems
    assert "row 6, column Email Address" in problem.sentence()
    assert "answered once more" in problem.sentence()


def test_an_item_that_was_not_asked_is_named_and_costs_nothing_else(tmp_path):
    said = people()
    path = write(tmp_path / "a.csv", [i for i in ITEMS if i != "VM3"],
                 [[v for i, v in one.items() if i != "VM3"] for one in said])  # fmt: skip
    read = read_survey_export(path)
    assert len(read.answers) == 12
    assert [p.column for p in read.problems] == ["VM3"]


def test_a_slip_beyond_five_points_is_left_blank_and_its_row_kept(tmp_path):
    said = people()
    rows = [list(one.values()) for one in said]
    rows[2][0] = 6
    read = read_survey_export(write(tmp_path / "a.csv", list(ITEMS), rows))
    assert dict(read.answers[2][1]) == {k: v for k, v in said[2].items() if k != "JS1"}
    assert "row 4, column JS1" in read.problems[0].sentence()


def test_a_scale_of_six_points_is_refused_until_somebody_says_what_its_points_are(tmp_path):
    rows = [[1 + (k + i) % 6 for i in range(20)] for k in range(12)]
    path = write(tmp_path / "a.csv", list(ITEMS), rows)
    with pytest.raises(InputError, match=r"none of five points.*other points"):
        read_survey_export(path)
    six = {"1": 1, "2": 2, "3": 3, "4": 3, "5": 4, "6": 5}
    read = read_survey_export(path, SurveyMapping(answers=six))
    assert [list(one.values()) for _, one in read.answers] == [
        [six[str(v)] for v in r] for r in rows
    ]


def test_two_languages_in_one_file_are_both_read(tmp_path):
    q, said = questionnaire(), people()
    rows = [[q.points["de" if k % 2 else "en"][v - 1] for v in one.values()] for k, one in enumerate(said)]  # fmt: skip
    read = read_survey_export(write(tmp_path / "a.csv", list(ITEMS), rows))
    assert [dict(one) for _, one in read.answers] == said


def test_what_was_answered_before_somebody_stopped_is_used_and_previews_are_not(tmp_path):
    path = qualtrics(tmp_path / "a.csv", people(), preview=0, stopped=2)
    read = read_survey_export(path)
    assert len(read.answers) == 11
    assert len(read.answers[1][1]) == 6
    assert {p.column for p in read.problems} == {"Status", "Finished"}


def test_no_export_keeps_who_answered(tmp_path):
    read = read_survey_export(google_forms(tmp_path / "a.csv", people()))
    assert "example.org" not in repr(read)


def test_a_file_without_any_statement_is_no_survey(tmp_path):
    path = write(tmp_path / "a.csv", ["id", "colour"], [[1, "red"]])
    with pytest.raises(InputError, match=r"no column is one of its statements. It has: id, colour"):
        read_survey_export(path)
    with pytest.raises(InputError, match=r"the mapping names column 'colr'.*nearest is 'colour'"):
        read_survey_export(path, SurveyMapping(items={"JS1": "colr"}))


def test_a_row_that_is_none_is_named_and_costs_no_other(tmp_path):
    from takeup.sources.evidence_files import read_evidence

    rows = [",".join(str(v) for v in one.values()) for one in people()]
    rows[3] = rows[3][:13]
    rows[5] += ",x,y"
    (tmp_path / "a.csv").write_text("\n".join([",".join(ITEMS), *rows]) + "\n")
    read = read_survey_export(tmp_path / "a.csv")
    assert len(read.answers) == 10
    assert sorted(r for p in read.problems for r in p.rows) == [5, 7]
    told = read_evidence(survey=tmp_path / "a.csv").problems
    assert [p.sentence() for p in told] == [p.sentence() for p in read.problems]
