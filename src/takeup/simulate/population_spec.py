"""What defines a simulated population: its people, cases, model and the reasons they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

REASONS = ("JS", "CA", "TD", "WD", "VM", "none")
"""Latent reason of a person for not using the advice: job security, competence, trust
deficit, workflow disruption, value misalignment, or none."""

Stance = Literal["supportive", "neutral", "passive"]
Work = Literal["credit", "alerts", "forecasts"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A kind of case: its share of cases and the share of advice that is wrong there.

    `blind`: people know what the model lacks; `value_tagged`: it touches professional values.
    """

    name: str
    share: float
    error: float
    blind: bool = False
    value_tagged: bool = False


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """What the population file states of a role."""

    substituted_time: float = 0.30
    tenure_over_10: float = 0.40
    prior_incident: bool = False
    side_application: bool = False
    fiduciary_duty: bool = False


@dataclass(frozen=True, slots=True)
class PopulationSpec:
    """One population. `teams` are sizes; `stances` their managers'; `mix` the shares of the
    five reasons (the rest has none); `sens` the share of wrong advice that people see through;
    `g_pop` log-odds of looking that legacy metrics and passive management take away.
    `override_right` and `override_wrong` replace what the reasons make of right and wrong
    advice, `consult` the whole consult model (negative controls)."""

    name: str
    title: str
    work: Work
    teams: tuple[int, ...]
    stances: tuple[Stance, ...]
    per_week: int
    mix: tuple[float, ...]
    segments: tuple[Segment, ...]
    sens: float
    benchmark: float
    g_pop: float = 0.0
    step_diff: int = 1
    late: float = 0.05
    high_stakes: float = 0.30
    high_substitution: float = 0.60
    separate_surface: float = 0.0
    role: RoleFacts = RoleFacts()
    override_right: float | None = None
    override_wrong: float | None = None
    consult: float | None = None

    @property
    def people(self) -> int:
        """How many people there are."""
        return sum(self.teams)
