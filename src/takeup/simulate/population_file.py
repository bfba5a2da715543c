"""The population file of a simulated programme: what no decision table holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from takeup.simulate.population_spec import PopulationSpec


def population_file(specs: Sequence[PopulationSpec], truths: Mapping[str, Any]) -> str:
    """A table for each population, as TOML."""
    return "\n".join(_one(p, truths[p.name]["low_users_practising"]) for p in specs)


def _one(p: PopulationSpec, practising: float) -> str:
    role = p.role
    lines = [
        f"[population.{p.name}]",
        f'title = "{p.title}"',
        f"people = {p.people}",
        "trained_share = 1.0",
        "comparison_available_share = 1.0",
        "comparison_opened_share = 1.0",
        f"substituted_time_share = {role.substituted_time}",
        f"tenure_over_10_share = {role.tenure_over_10}",
        f"prior_incident = {_flag(role.prior_incident)}",
        f"side_application = {_flag(role.side_application)}",
        f"fiduciary_duty = {_flag(role.fiduciary_duty)}",
        f"low_users_practising_share = {practising:.3f}",
        f'expert_benchmark = {{ rate = {p.benchmark}, sd = 0.0, source = "given" }}',
        "",
    ]
    return "\n".join(lines)


def _flag(value: bool) -> str:
    return "true" if value else "false"
