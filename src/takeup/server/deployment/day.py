"""A use case's day, as capabilities take from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir

from takeup.questions.diagnosis import Diagnosis
from takeup.record.use_case import UseCase


@dataclass(frozen=True, slots=True)
class Day:
    """What was measured of a use case: `decisions` in the narrow form of questions, `recorded` the same rows in
    the form they were recorded in (those that may be shown by now: without what is held back, populations of too few people
    and, in works-council mode, teams), `shared` what may travel of the diagnosis, `titles` of populations; `step` is told what is
    done."""

    use_case: str
    declared: UseCase
    today: date
    decisions: Sequence[ir.Table]
    recorded: ir.Table
    shared: Sequence[Diagnosis]
    titles: Mapping[str, str]
    step: Callable[[str], None]
