"""A simulated programme as the narrow table that measures read, without reading files: two
thousand programmes a row would otherwise spend their time in checks."""

from __future__ import annotations

import tomllib
from functools import lru_cache

import ibis.expr.types as ir
import pyarrow.compute as pc

from takeup.log import Engine, keep
from takeup.record.action import with_action
from takeup.record.delivery import with_delivery
from takeup.record.population import Population
from takeup.record.toml_file import declare
from takeup.record.truth import with_truth
from takeup.record.use_case import UseCase
from takeup.simulate import Programme
from takeup.sources.decision_table import with_score_band


@lru_cache
def _use_case(text: str) -> UseCase:
    return declare(UseCase, tomllib.loads(text), "use case")


def use_case_of(programme: Programme) -> UseCase:
    """The programme's declarations."""
    return _use_case(programme.use_case)


def populations_of(programme: Programme) -> dict[str, Population]:
    """What its population file states."""
    found = tomllib.loads(programme.population)["population"]
    return {name: declare(Population, facts, name) for name, facts in found.items()}


def narrow(programme: Programme, engine: Engine) -> ir.Table:
    """The programme's decisions with action and truth, held by `engine`."""
    decisions = engine.load(programme.decisions)
    if programme.outcomes is not None:
        known = programme.outcomes.filter(pc.is_valid(programme.outcomes["truth_probability"]))
        wanted = ["decision_id", "correct_choice", "correct_value", "truth_probability", "value"]
        outcomes = engine.load(known.select([c for c in wanted if c in known.column_names]))
        decisions = decisions.left_join(outcomes, "decision_id").drop("decision_id_right")
    if "outcome" in decisions.columns:
        decisions = decisions.rename(y_outcome="outcome")
    use_case = use_case_of(programme)
    return with_score_band(
        keep(with_delivery(with_truth(with_action(decisions, use_case), use_case)))
    )
