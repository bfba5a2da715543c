"""What comes in of a use case, by what it declares: strict ones take no choice or reason that they do not
name, refused ones take nothing."""

from __future__ import annotations

import time
from collections.abc import Sequence

from takeup.record.incoming import Refusal, Row
from takeup.record.use_case import UseCase
from takeup.server.foundation.organization.services import declared, refused_use_cases

_HELD_SECONDS = 1.0
"""How long what was declared is not asked for again."""
_ADVISED = ("recommendation", "choice", "initial_choice")


class Admission:
    """Declarations as they were a moment ago."""

    def __init__(self) -> None:
        self._declared: dict[str, UseCase] = {}
        self._refused: frozenset[str] = frozenset()
        self._until = 0.0

    def of(self, read: Sequence[Row | Refusal]) -> list[Row | Refusal]:
        """The rows, those that may not come in with the reason."""
        if time.monotonic() >= self._until:
            self.forget()
            self._refused = frozenset(refused_use_cases())
            self._until = time.monotonic() + _HELD_SECONDS
        return [self._one(row) if isinstance(row, Row) else row for row in read]

    def forget(self) -> None:
        """Ask again with the next row."""
        self._declared, self._until = {}, 0.0

    def _one(self, row: Row) -> Row | Refusal:
        if row.use_case in self._refused:
            return Refusal(
                (
                    f"use_case: {row.use_case!r} was refused here; its people say whether it is another's",
                )
            )
        held = self._declared.get(row.use_case)
        if held is None:
            held = self._declared[row.use_case] = declared(row.use_case)
        if held.vocabulary == "lenient" or row.kind != "decisions":
            return row
        wrong = tuple(_unknown(row, held))
        return Refusal(wrong) if wrong else row


def _unknown(row: Row, held: UseCase) -> list[str]:
    checks = [(name, held.choices) for name in _ADVISED if held.choices]
    checks.append(("override_reason", held.override_reasons))
    return [
        f"{name}: {row.values[name]!r} is not declared by this use case (there are "
        f'{", ".join(known)}), which takes no other (vocabulary = "strict")'
        for name, known in checks
        if name in row.values and row.values[name] not in known
    ]


admission = Admission()
