"""Programmes of people and models whose truth is known: for teaching and for tests.

`simulate("bank", seed=1)` gives a `Programme` with all files a company would have as Arrow
tables, and `truth`, which it would not have. `SCENARIOS` lists what there is.
"""

from __future__ import annotations

from collections.abc import Sequence

from takeup.simulate import controls
from takeup.simulate.bank import BANK
from takeup.simulate.generate import Scenario, generate
from takeup.simulate.hospital import HOSPITAL
from takeup.simulate.phase import Phase, assist_only, whole_history
from takeup.simulate.planning import PLANNING
from takeup.simulate.population_spec import PopulationSpec, Segment
from takeup.simulate.programme import Programme, write_programme
from takeup.simulate.recorded import simulate_recorded

_GENERATED: dict[str, Scenario] = {
    "bank": BANK,
    "hospital": HOSPITAL,
    "planning": PLANNING,
    "N1": controls.NO_REASONS,
    "N2": controls.ALL_REASONS,
    "N3": controls.BAD_MODEL,
    "N4": controls.FIVE_PEOPLE,
    "N6": controls.WAVED_THROUGH,
}

SCENARIOS: dict[str, str] = {
    "bank": "credit advice; rural officers know what the model is blind to",
    "hospital": "alerts of which half are false; values at stake on the ward",
    "planning": "forecasts that have not heard of promotions, five steps away",
    "recorded": "people override by what is written down, so adjustment recovers the truth",
    "N1": "control: nobody has a reason not to use the advice",
    "N2": "control: all five reasons alike",
    "N3": "control: a bad model and willing people",
    "N4": "control: five people, too few to say anything",
    "N5": "control: a high rate with low quality",
    "N6": "control: advice is waved through, wrong advice too",
}
"""Each scenario, and what it is about."""


def simulate(
    name: str,
    people: int | None = None,
    weeks: int = 8,
    seed: int = 1,
    *,
    phases: Sequence[Phase] | None = None,
    relief: float = 0.0,
    quotas: bool = True,
) -> Programme:
    """A programme of the scenario `name` with about `people` people (None: its own size) over `weeks`.

    `phases` (e.g. `whole_history(weeks)`) replaces the plain assist phase; `relief` is how
    far matched actions have mended people's reasons, 0 to 1; without `quotas` people are
    drawn at random from the mix of reasons. Raises KeyError for a scenario there is not.
    """
    if name == "recorded":
        return simulate_recorded(people or 80, weeks, seed)
    if name == "N5":
        return controls.high_rate_low_quality(people, weeks, seed)
    return generate(
        _GENERATED[name],
        people=people,
        weeks=weeks,
        seed=seed,
        phases=phases,
        relief=relief,
        quotas=quotas,
    )


def scenario(name: str) -> Scenario:
    """The definition of a scenario, e.g. to change its populations and `generate` another."""
    return _GENERATED[name]


__all__ = [
    "SCENARIOS", "Phase", "PopulationSpec", "Programme", "Scenario", "Segment", "assist_only",
    "generate", "scenario", "simulate", "simulate_recorded", "whole_history", "write_programme",
]  # fmt: skip
