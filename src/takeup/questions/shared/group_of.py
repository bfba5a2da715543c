"""How one population uses the advice."""

from __future__ import annotations

from takeup.questions.adoption import QUESTION as ADOPTION
from takeup.questions.adoption import GroupAdoption
from takeup.questions.measures import Measures


def group_of(measures: Measures, population: str) -> GroupAdoption:
    """How a population uses the advice; how all do where there is one population."""
    adoption = measures[ADOPTION]
    groups = adoption.groups.get("population", ())
    return next((g for g in groups if g.key == population), adoption.overall)
