"""The page on Python says what there is, and its notebook runs."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
from pathlib import Path

import pandas as pd
import pytest

import takeup

BOOK = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The notebook's names after its cells ran beside the example, and what was printed."""
    cells = json.loads((BOOK / "examples" / "diagnosis.ipynb").read_text())["cells"]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    names: dict = {"shown": []}
    out = io.StringIO()
    with contextlib.chdir(BOOK / "examples"), contextlib.redirect_stdout(out):
        for source in code:
            # The last statement of a cell is shown, where it is an expression.
            *before, last = ast.parse(source).body
            if isinstance(last, ast.Expr):
                exec(compile(ast.Module(before, []), "cell", "exec"), names)
                names["shown"].append(
                    eval(compile(ast.Expression(last.value), "cell", "eval"), names)
                )
            else:
                exec(source, names)
    return names, out.getvalue()


def test_the_notebook_runs_and_shows_what_it_says(ran):
    names, printed = ran
    assert "did you mean 'adoption'?" in printed
    assert names["shown"][-1] == []  # The same table again: nothing changed beyond noise.
    assert {"grade", "needs", "people"} <= set(names["figures"].columns)


def test_what_a_diagnosis_looks_like_is_a_screenful(ran):
    result = ran[0]["result"]
    assert len(repr(result).splitlines()) <= 24
    assert len(repr(result)) < 3_000
    assert result.diagnoses[0].verdict in repr(result)
    html = result._repr_html_()
    assert result.findings()[0].title in html
    assert len(html) < 8_000


def test_every_figure_is_a_row_with_its_interval_or_the_reason_why_not(ran):
    frame = ran[0]["figures"]
    assert len(frame) > 50
    told = frame["value"].notna()
    assert (frame.loc[told, "low"] <= frame.loc[told, "value"] + 1e-9).all()
    assert frame.loc[told, "grade"].notna().all()
    refused = frame[frame["status"].notna()]
    assert refused["reason"].str.len().gt(0).all()
    assert refused["needs"].str.len().gt(0).all()
    agreement = frame.query("question == 'adoption' and figure == 'agreement' and group == ''")
    overall = ran[0]["result"].measures().adoption.overall.agreement
    assert agreement["value"].item() == overall.value
    assert agreement["n"].item() == overall.n
    assert not frame.duplicated().any()


def test_a_chart_has_a_mark_for_every_estimate_and_says_why_where_there_is_none(ran):
    result = ran[0]["result"]
    chart = result.plot("adoption", "agreement").to_dict()
    (rows,) = [d for d in chart["datasets"].values() if "row" in d[0]]
    frame = ran[0]["figures"].query("question == 'adoption' and figure == 'agreement'")
    assert len(rows) == frame["value"].notna().sum()
    with pytest.raises(LookupError, match="no advice was withheld at random"):
        result.plot("rollout")
    with pytest.raises(takeup.TakeupError, match="did you mean 'adoption'"):
        result.plot("adoptoin")


def test_a_name_that_is_no_question_is_refused_with_the_nearest():
    with pytest.raises(
        takeup.TakeupError, match=r"no question is called 'relliance'; did you mean 'reliance'"
    ):
        takeup.diagnose(pd.DataFrame({"a": [1]}), only=["relliance"])


def test_the_page_names_what_a_result_has():
    page = (BOOK / "reference" / "python.md").read_text()
    public = {n for n in vars(takeup.Result) if not n.startswith("_")} - set(
        takeup.Result.__dataclass_fields__
    )
    assert public == set(re.findall(r"`result\.(\w+)", page))
    assert set(takeup.__all__) == set(re.findall(r"`takeup\.(\w+)", page)) | {"Result"}


def test_what_a_notebook_asks_wrongly_is_told_in_a_sentence_and_never_passed_over(ran):
    result = ran[0]["result"]
    for asked, said in (
        (lambda: result.to_json(disclosure="Share"), "to travel, a document needs share"),
        (lambda: result.measures("lones"), "no use case is called 'lones'"),
        (lambda: result.cells(), "not told apart"),
        (lambda: takeup.diagnose(5), r"5 \(int\) is not a table"),
        (lambda: takeup.diagnose(pd.DataFrame(), since="31/03/2025"), "since: '31/03/2025' is no"),
        (lambda: takeup.sample(pd.DataFrame({"a": [1]}), size=10), "draw at least 60"),
    ):
        with pytest.raises(takeup.TakeupError, match=said):
            asked()


def test_days_and_one_question_may_be_given_as_text():
    import datetime as dt

    whole, *later = (
        takeup.diagnose(
            BOOK / "examples" / "loan-desk.csv",
            only="adoption",
            since=since,
        )
        for since in (None, "2025-03-03", dt.date(2025, 3, 3), dt.datetime(2025, 3, 3))  # noqa: DTZ001
    )
    cases = {r.measures().adoption.overall.eligible for r in later}
    assert len(cases) == 1
    assert cases.pop() < whole.measures().adoption.overall.eligible
