"""Actions that have their day or began, as gates ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from takeup.record.milestones import MilestoneRecord
from takeup.server.acting.interventions.models import OPEN, ActionRun

_PATH = "/interventions"


def tell(use_case: str, today: date) -> Iterable[MilestoneRecord]:
    """By population: how many are open or were checked; those on the model, open or delivered."""
    dated: dict[str, int] = {}
    on_model: dict[str, int] = {}
    for run in ActionRun.objects.filter(use_case=use_case).exclude(state="withdrawn"):
        if run.state in (*OPEN, "checked"):
            dated[run.population] = dated.get(run.population, 0) + 1
        if run.library["about"] == "model":
            on_model[run.population] = on_model.get(run.population, 0) + 1
    for population, n in dated.items():
        yield MilestoneRecord("actions.dated", population, value=n, path=_PATH, words="planned, running or checked")  # fmt: skip
    for population, n in on_model.items():
        yield MilestoneRecord("actions.on_model", population, value=n, path=_PATH)
