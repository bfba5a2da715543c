"""The people of a simulated population: team, reason, habit of looking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from takeup.simulate.population_spec import REASONS, PopulationSpec

Floats = NDArray[np.float64]
_STANCE = {"supportive": 0.5, "neutral": 0.0, "passive": -0.5}


@dataclass(frozen=True, slots=True)
class People:
    """`reason` indexes REASONS; `habit` is each person's log-odds of looking before anything
    of the case; `team` indexes the population's teams; `picked` for the pilot."""

    reason: NDArray[np.int64]
    habit: Floats
    team: NDArray[np.int64]
    picked: NDArray[np.bool_]

    def part(self, where: slice) -> People:
        """Some of the people."""
        return People(self.reason[where], self.habit[where], self.team[where], self.picked[where])


def draw_people(
    p: PopulationSpec, rng: np.random.Generator, *, relief: float, quotas: bool
) -> People:
    """The people of `p`. With `quotas` each reason has its share of them, rounded half up;
    else everybody's reason is drawn from the mix. Under `relief` the metrics and the
    management that kept people away are mended for all."""
    team = np.repeat(np.arange(len(p.teams)), p.teams)
    stance = np.array([_STANCE[s] for s in p.stances])[team]
    reason = _quotas(p, rng) if quotas else _drawn(p, rng)
    mended = 1.6 * relief if relief else p.g_pop
    habit = 0.9 + rng.normal(0, 0.35, p.people) + mended + stance - stance.mean()
    willing = np.argsort((reason != REASONS.index("none")) * 10.0 - habit)
    picked = np.zeros(p.people, bool)
    picked[willing[: max(1, round(0.25 * p.people))]] = True
    return People(reason, habit, team, picked)


def _quotas(p: PopulationSpec, rng: np.random.Generator) -> NDArray[np.int64]:
    counts = [int(np.floor(share * p.people + 0.5)) for share in p.mix]
    reason = np.repeat(np.arange(len(counts)), counts)[: p.people]
    rest = np.full(p.people - len(reason), REASONS.index("none"))
    return rng.permutation(np.concatenate([reason, rest]))


def _drawn(p: PopulationSpec, rng: np.random.Generator) -> NDArray[np.int64]:
    shares = np.array([*p.mix, max(1 - sum(p.mix), 0.0)])
    return rng.choice(len(REASONS), p.people, p=shares / shares.sum())
