"""What a question is: what is asked of decisions, and the folder that answers, hides, words and draws it.

A question is one folder. Its face (`__init__.py`) holds `QUESTION`; the parts are modules beside it, each with
the names below, of which all but `measure` may be missing (those of takeup itself have `disclose` too):

- `measure.py`: `ask(inquiry)`, the frozen result, or why there is none (`CannotSay`). The work is done by a public function
  over an Ibis table, `measure_NAME(table, …)`, which tests hold to both engines. A field of the result with `repr=False` is in
  no document;
- `disclose.py`: `disclose(found, shown)`, what of it an audience may see. Without it, `share` sees nothing;
- `findings.py`: `RULES`, what it amounts to; `gather(found, asked)`, where findings of several are one;
- `card.py`: `CARDS`, what the page draws of it;
- `document.py`: `document(found)`, its JSON where that is not its fields;
- `left_open.py`: `left_open(found, titles)`, what stays open where that is more than the question itself;
- `change.py`: `figures(told, shown)` and `words(told)`, what `--compare` compares in its JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Generic, TypeVar

T = TypeVar("T")

PARTS = ("measure", "disclose", "findings", "card", "document", "left_open", "change")


@dataclass(frozen=True)
class Question(Generic[T]):
    """One question. `T`: what its measure answers. `asks`: the question as a reader would put it (empty: no
    reader asks it); `folder`: the package that holds its parts (`__name__` of the face); `place`: where it
    stands among the others, from the ones that readers ask first; `leans_on`: the questions that are asked
    before it, as it needs their answers; `definitions`: what its second, third, … definition changed;
    `rests_on`: facts without which it says nothing (a column of what came of decisions); where too few people's
    decisions have one, it is not shared; `counts_choices`: whether it counts what all people together looked at and chose, so that it is not shared where
    the figures of use of all are not."""

    name: str
    folder: str = field(repr=False)
    asks: str = ""
    place: int = 1_000
    leans_on: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    counts_choices: bool = True
    rests_on: tuple[str, ...] = ()

    def part(self, name: str) -> ModuleType | None:
        """A module of its folder, loaded when it is needed; None where it has none."""
        if name not in self._parts:
            return None
        return import_module(f"{self.folder}.{name}")

    def of_part(self, name: str, what: str, otherwise: Any = None) -> Any:
        """What a part calls `what`, or `otherwise`."""
        return getattr(self.part(name), what, otherwise)

    @cached_property
    def _parts(self) -> frozenset[str]:
        return frozenset(p for p in PARTS if find_spec(f"{self.folder}.{p}") is not None)
