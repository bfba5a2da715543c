"""What no decision table holds about a population; each absent entry stays unknown."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from takeup.record.toml_file import Declaration, declare, read_toml


class Benchmark(Declaration):
    """The expert benchmark r*: the share of advice that experts would override.

    `sd` is its standard error; without it the benchmark is taken as exact.
    """

    rate: float = Field(ge=0, le=1)
    sd: float = Field(0.0, ge=0, le=0.5)
    source: str = "given"


class Population(Declaration):
    """Facts about one population. Shares are 0 to 1; None is unknown, never zero."""

    title: str | None = None
    people: int | None = Field(None, ge=0)
    trained_share: float | None = Field(None, ge=0, le=1)
    comparison_available_share: float | None = Field(None, ge=0, le=1)
    comparison_opened_share: float | None = Field(None, ge=0, le=1)
    contributing_share: float | None = Field(None, ge=0, le=1)
    advocate_share: float | None = Field(None, ge=0, le=1)
    substituted_time_share: float | None = Field(None, ge=0, le=1)
    tenure_over_10_share: float | None = Field(None, ge=0, le=1)
    prior_incident: bool | None = None
    side_application: bool | None = None
    fiduciary_duty: bool | None = None
    low_users_practising_share: float | None = Field(None, ge=0, le=1)
    formal_objections_per_100: float | None = Field(None, ge=0)
    expert_benchmark: Benchmark | None = None


class PopulationFile(Declaration):
    """A population file: a table `[population.NAME]` for each; `"*"` holds for the rest."""

    population: dict[str, Population] = {}


def read_populations(path: Path) -> dict[str, Population]:
    """Populations of a file by name. Raises DeclarationError naming every mistake."""
    return declare(PopulationFile, read_toml(path), str(path)).population


def population_facts(populations: dict[str, Population], name: str | None) -> Population:
    """Facts about `name`, else about `"*"`, else nothing known."""
    return populations.get(name or "", populations.get("*", Population()))
