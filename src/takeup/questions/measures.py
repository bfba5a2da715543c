"""What the measures answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from takeup.questions.question import Question

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Measures:
    """What each question's measure answered, by its name; a refusal stands where its answer would."""

    found: Mapping[str, Any]

    def __getitem__(self, question: Question[T]) -> T:
        """The answer to a question, of its type."""
        answer: T = self.found[question.name]
        return answer

    def __getattr__(self, name: str) -> Any:
        """The same by name: `measures.paired`."""
        try:
            return self.found[name]
        except KeyError:
            raise AttributeError(f"no question is called {name!r}") from None

    def items(self) -> Iterable[tuple[str, Any]]:
        """Each question's name with its answer."""
        return self.found.items()

    def but(self, **answers: Any) -> Measures:
        """These, with other answers to some of them."""
        return Measures({**self.found, **answers})
