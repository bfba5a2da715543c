"""What is made once for many tests is what the source and the recipe of today would make."""

from __future__ import annotations

import pytest

from tests import made_once as module
from tests.made_once import made_once


@pytest.fixture
def counted(tmp_path, monkeypatch):
    """A recipe in a place of its own, and how often it was made."""
    monkeypatch.setattr(module, "PLACE", tmp_path / "made")
    made: list[int] = []

    def recipe(n: int) -> list[int]:
        made.append(n)
        return [n, n]

    return recipe, made


def test_it_is_made_once_for_all_who_ask_alike(counted):
    recipe, made = counted
    assert [made_once(recipe)(3), made_once(recipe)(3), made_once(recipe)(4)] == [
        [3, 3],
        [3, 3],
        [4, 4],
    ]
    assert made == [3, 4]


def test_something_damaged_is_made_anew(counted):
    recipe, made = counted
    made_once(recipe)(3)
    (file,) = module.PLACE.rglob("*.pickle")
    for damage in (b"", file.read_bytes()[:-4]):
        file.write_bytes(damage)
        assert made_once(recipe)(3) == [3, 3]
    assert made == [3, 3, 3]


def test_a_source_edited_meanwhile_is_not_taken_for_what_made_it(counted, monkeypatch):
    recipe, made = counted
    monkeypatch.setattr(module, "_of_source", lambda: "edited")
    made_once(recipe)(3)
    made_once(recipe)(3)
    assert made == [3, 3]


def test_another_recipe_of_the_same_name_is_another(counted):
    recipe, _made = counted
    made_once(recipe)(3)
    elsewhere = compile(
        "def recipe(n):\n    return n", __file__.replace("test_made_once", "forked"), "exec"
    )
    space: dict = {"__name__": recipe.__module__}
    exec(elsewhere, space)
    space["recipe"].__qualname__ = recipe.__qualname__
    assert made_once(space["recipe"])(3) == 3


def test_where_nothing_can_be_written_it_is_made_each_time(counted, tmp_path, monkeypatch):
    recipe, _made = counted
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(module, "PLACE", tmp_path / "file" / "made")
    monkeypatch.setattr(module.os, "access", lambda *_: False)
    assert made_once(recipe)(3) == [3, 3]
