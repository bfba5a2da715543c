"""The house of questions holds: one is met through its face, and all that a question needs is its folder."""

from __future__ import annotations

import json
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

import grimp
import pytest

from takeup.questions.question import PARTS
from takeup.questions.register import in_order_of_need, names, questions
from takeup.report.schema import document_schema

ROOT = Path(__file__).resolve().parents[2]
HOUSE = "takeup.questions"


def test_one_question_leans_on_another_through_its_face_alone():
    graph = grimp.build_graph("takeup")
    faces = {m for m in graph.find_children(HOUSE) if graph.find_children(m)}
    rooms = faces - {f"{HOUSE}.shared", f"{HOUSE}.knowledge"}
    past = sorted(
        f"{importer} imports {imported}"
        for room in rooms
        for imported in graph.find_descendants(room)
        for importer in graph.find_modules_that_directly_import(imported)
        if importer.startswith(f"{HOUSE}.") and not f"{importer}.".startswith(f"{room}.")
    )
    assert past == []


def test_every_question_says_what_it_answers_and_what_of_it_may_travel():
    for question in questions():
        assert callable(question.of_part("measure", "ask")), question.name
        assert callable(question.of_part("disclose", "disclose")), question.name
        assert find_spec(question.folder).loader.get_source(question.folder).startswith('"""')  # type: ignore[union-attr]


@pytest.mark.parametrize("page", ["measures", "json"])
def test_every_question_has_its_line_in_the_reference(page):
    text = (ROOT / "docs" / "reference" / f"{page}.md").read_text()
    assert [q.name for q in questions() if f"`{q.name}`" not in text] == []


def test_what_a_question_leans_on_is_asked_before_it():
    order = [q.name for q in in_order_of_need()]
    assert sorted(order) == sorted(names())
    for question in questions():
        assert all(order.index(name) < order.index(question.name) for name in question.leans_on)


def test_the_published_schema_is_that_of_our_questions():
    """`takeup schema --out docs/reference/diagnosis.schema.json` writes it."""
    published = json.loads((ROOT / "docs" / "reference" / "diagnosis.schema.json").read_text())
    assert published == document_schema(), "`make written` writes it anew"


def test_the_map_of_the_code_is_that_of_the_code():
    """`python docs/house.py` draws it."""
    spec = spec_from_file_location("house", ROOT / "docs" / "house.py")
    house = module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(house)  # type: ignore[union-attr]
    drawn = (ROOT / "docs" / "house.svg").read_text()
    assert drawn == house.house(), "`make written` draws it anew"


def test_no_list_outside_its_folder_names_a_question_part():
    """The parts are found by name: a module in a question's folder is one of them, or its own helper."""
    for question in questions():
        folder = Path(find_spec(question.folder).origin).parent  # type: ignore[union-attr,arg-type]
        held = {p.stem for p in folder.glob("*.py")} - {"__init__"}
        assert "measure" in held & set(PARTS), question.name
