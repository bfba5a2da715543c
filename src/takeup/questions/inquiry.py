"""What a question is asked of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import ibis.expr.types as ir

from takeup.questions.measures import Measures
from takeup.questions.shared.after_error import AfterError, measure_after_error
from takeup.record.evidence import Evidence
from takeup.record.interventions import Run
from takeup.record.population import Population
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.stats.answer import CannotSay

NO_EVIDENCE = Evidence()


@dataclass(slots=True)
class Inquiry:
    """One use case's decisions, what is declared of it, and what was answered before.

    `covariates`, `outcomes`: columns that hold such; `segments`: the declared kinds of case that are there,
    `kinds` these and the columns that are always looked at by kind; `searched`: columns in which kinds of case
    are looked for; `step` is told what is done; `runs`: actions on populations, by name."""

    decisions: ir.Table
    use_case: UseCase
    populations: Mapping[str, Population]
    covariates: list[str]
    outcomes: tuple[str, ...]
    settings: Settings
    evidence: Evidence
    segments: list[str]
    kinds: list[str]
    searched: tuple[str, ...]
    step: Callable[[str], None]
    runs: Mapping[str, Run] = field(default_factory=dict)
    measures: Measures = field(default_factory=lambda: Measures({}))
    _after_error: dict[str, AfterError] | CannotSay | None = None

    def after_error(self) -> dict[str, AfterError] | CannotSay:
        """What people do after wrong advice; found once, as several questions ask it."""
        if self._after_error is None:
            self.step("after wrong advice")
            self._after_error = measure_after_error(self.decisions, self.settings)
        return self._after_error
