"""What was done for a population and when: actions that were declared before they began."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from takeup.record.toml_file import Declaration, declare, read_toml

Direction = Literal["up", "down"]
Reason = Literal["JS", "CA", "TD", "WD", "VM", "model", "unclear"]
DELIVERED = 0.8
"""Share of an action's steps from which it counts as delivered."""


class Run(Declaration):
    """One action on one population.

    It was picked by what stood there on `declared_on` (None: the day it starts), reaches people from `starts_on`,
    should show from `shows_on` (None: from the start) and is judged on `check_on`. `indicator` is to go `direction`
    by at least `smallest`, in points as a share (0.05: five points). `title`: the action in words, where the library
    has none. It is compared with the populations in
    `comparison` (none: every other). `delivered`: the share of its steps that were done, None where nobody wrote
    it down.
    """

    action: str
    population: str
    starts_on: date
    check_on: date
    indicator: str
    direction: Direction
    smallest: float = Field(gt=0, le=1)
    title: str | None = None
    use_case: str | None = None
    reason: Reason | None = None
    declared_on: date | None = None
    shows_on: date | None = None
    comparison: tuple[str, ...] = ()
    delivered: float | None = Field(None, ge=0, le=1)

    @property
    def picked_on(self) -> date:
        """The day on which the population was picked."""
        return self.declared_on or self.starts_on

    @property
    def shown_from(self) -> date:
        """The first day on which it should show."""
        return self.shows_on or self.starts_on

    @model_validator(mode="after")
    def _in_order(self) -> Run:
        days = (self.picked_on, self.starts_on, self.shown_from, self.check_on)
        if list(days) != sorted(days) or self.check_on == self.shown_from:
            raise ValueError(
                "an action is declared, starts, should show and is checked, in this order: declared_on "
                f"{days[0]}, starts_on {days[1]}, shows_on {days[2]}, check_on {days[3]}"
            )
        return self


class Interventions(Declaration):
    """An interventions file: a table `[run.NAME]` for each action on a population."""

    run: dict[str, Run] = {}

    def of(self, use_case: str) -> Interventions:
        """Those of one use case; a run that names none is of every one."""
        return Interventions(
            run={k: r for k, r in self.run.items() if r.use_case in (None, use_case)}
        )


def read_interventions(path: Path) -> Interventions:
    """Runs of a file by name. Raises DeclarationError naming every mistake."""
    return declare(Interventions, read_toml(path), str(path))


def delivered(runs: Sequence[Run]) -> bool | None:
    """Whether actions were delivered, over all their runs; None where of one nobody wrote it down."""
    shares = [run.delivered for run in runs if run.delivered is not None]
    if len(shares) < len(runs) or not runs:
        return None
    return sum(shares) / len(shares) >= DELIVERED
