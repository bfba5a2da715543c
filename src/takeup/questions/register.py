"""All questions: the folders beside this module, and the entry points `takeup.questions` of other packages."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any

import takeup.questions
from takeup.questions.question import Question
from takeup.record.errors import InputError

GROUP = "takeup.questions"


@cache
def questions() -> tuple[Question[Any], ...]:
    """Every installed question, in the order in which readers ask. Raises InputError where two have one name, or
    one leans on what is not there."""
    found: dict[str, Question[Any]] = {}
    for question in (*_ours(), *_of_others()):
        if question.name in found:
            raise InputError(
                f"two questions are called {question.name!r}: of {found[question.name].folder} and of "
                f"{question.folder}"
            )
        found[question.name] = question
    for question in found.values():
        for name in question.leans_on:
            if name not in found:
                raise InputError(
                    f"question {question.name}: it leans on {name!r}, which is not there"
                )
    return tuple(sorted(found.values(), key=lambda q: (q.place, q.name)))


def _ours() -> list[Question[Any]]:
    faces = [
        import_module(f"{takeup.questions.__name__}.{found.name}")
        for found in iter_modules(takeup.questions.__path__)
        if found.ispkg
    ]
    for face in faces:
        if not hasattr(face, "QUESTION") and find_spec(f"{face.__name__}.findings") is not None:
            raise InputError(f"{face.__name__} has findings and no QUESTION in its __init__.py")
    return [face.QUESTION for face in faces if hasattr(face, "QUESTION")]


def _of_others() -> list[Question[Any]]:
    points = sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value))
    return [point.load() for point in points]


def names() -> tuple[str, ...]:
    """Their names, as `only` takes them."""
    return tuple(q.name for q in questions())


def in_order_of_need() -> tuple[Question[Any], ...]:
    """The same, each behind those it leans on."""
    by_name = {q.name: q for q in questions()}
    done: dict[str, Question[Any]] = {}

    def add(question: Question[Any], above: tuple[str, ...]) -> None:
        if question.name in above:
            raise InputError(
                f"questions lean on each other: {' on '.join((*above, question.name))}"
            )
        for name in question.leans_on:
            add(by_name[name], (*above, question.name))
        done.setdefault(question.name, question)

    for question in by_name.values():
        add(question, ())
    return tuple(done.values())


def with_what_they_lean_on(wanted: tuple[str, ...]) -> frozenset[str]:
    """These questions and all that they need."""
    by_name = {q.name: q for q in questions()}
    found: set[str] = set()
    todo = list(wanted)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += by_name[name].leans_on
    return frozenset(found)
