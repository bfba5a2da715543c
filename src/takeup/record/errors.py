"""What can be wrong with what a person gives to takeup.

    TakeupError                 every error that is the input's, never the code's
    ├── InputError              a file or table that cannot be read or used as a whole
    ├── DeclarationError        a mapping, use-case, population or settings file
    ├── ExpressionError         a computed value or filter that does not parse
    └── NoAnswerError                a figure that this table cannot give; also a LookupError

Each carries one sentence or several: what is wrong, where, and what to do. The library
raises them; the command prints the same words without a traceback.
"""

from __future__ import annotations


class TakeupError(Exception):
    """Base of every error a user can mend. `str(error)` is the sentence to show."""


class InputError(TakeupError):
    """A file or table that cannot be used as a whole."""


class DeclarationError(TakeupError):
    """One or more mistakes in a mapping, use-case, population or settings file.

    `problems` holds one sentence per mistake; they are collected before raising.
    """

    def __init__(self, where: str, problems: list[str]) -> None:
        self.where = where
        self.problems = problems
        super().__init__("\n".join(f"{where}: {problem}" for problem in problems))


class NoAnswerError(TakeupError, LookupError):
    """What was asked for cannot be answered from this table; the text says why not."""


class ExpressionError(TakeupError):
    """A computed value or filter that is not in the small expression language."""
