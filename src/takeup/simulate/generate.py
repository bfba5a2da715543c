"""From the definition of populations to a programme's files and its truth.

People are handled in blocks, on all cores, so that ten million decisions take well under a
minute and the same seed gives the same programme on any machine.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from takeup.simulate.cases import CA, simulate_cases
from takeup.simulate.organization import organization
from takeup.simulate.panel import panel
from takeup.simulate.people import People, draw_people
from takeup.simulate.phase import Phase, assist_only
from takeup.simulate.population_file import population_file
from takeup.simulate.population_spec import REASONS, PopulationSpec
from takeup.simulate.programme import Programme
from takeup.simulate.questionnaire import interviews, survey
from takeup.simulate.records import Block, Records, records_of
from takeup.simulate.truth import Sums, added, sums_of, truth_of

_CASES_PER_BLOCK = 400_000
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named programme: its populations and what its use-case file says."""

    name: str
    populations: tuple[PopulationSpec, ...]
    use_case: str

    @property
    def people(self) -> int:
        """People at its own size."""
        return sum(p.people for p in self.populations)


@dataclass(frozen=True, slots=True)
class _Done:
    records: list[Records]
    sums: Sums
    by_person: Floats


def generate(
    scenario: Scenario,
    *,
    people: int | None = None,
    weeks: int = 8,
    seed: int = 1,
    phases: Sequence[Phase] | None = None,
    relief: float = 0.0,
    quotas: bool = True,
) -> Programme:
    """A programme of `scenario` with about `people` people over `weeks`.

    `phases` replaces the plain assist phase; `relief` (0 to 1) is how far matched actions have
    mended the reasons; without `quotas` each person's reason is drawn from the mix, so that
    people are a random sample.
    """
    told = tuple(phases) if phases is not None else assist_only(weeks)
    whole = phases is not None
    specs = [
        _scaled(p, (people or scenario.people) / scenario.people) for p in scenario.populations
    ]
    seeds = np.random.SeedSequence(seed).spawn(len(specs))
    records: list[Records] = []
    surveys, talks, moves, judged = [], [], [], []
    truths: dict[str, Any] = {}
    every: list[Sums] = []
    first_case = 0
    for p, own in zip(specs, seeds, strict=True):
        crowd_seed, ask_seed, case_seed = own.spawn(3)
        rng = np.random.default_rng(crowd_seed)
        crowd = draw_people(p, rng, relief=relief, quotas=quotas)
        teams = _teams_by_phase(p, crowd, told, rng)
        done = _population(p, crowd, teams, told, relief, seed, first_case, case_seed, whole)
        first_case += p.people * p.per_week * sum(phase.weeks for phase in told)
        records += done.records
        every.append(done.sums)
        ask = np.random.default_rng(ask_seed)
        surveys.append(survey(p, crowd, ask, relief=relief))
        used = done.by_person[:, 1] / np.maximum(done.by_person[:, 0], 1)
        talks.append(interviews(p, crowd, used, ask))
        moves.append(organization(p, teams, told))
        practising = _practising(crowd, used, ask)
        judged.append(panel(p, done.records[-1].decisions, done.records[-1].outcomes, ask))
        truths[p.name] = truth_of(done.sums) | {
            "benchmark": _benchmark(p),
            "reasons": _shares(crowd),
            "people": _override_values(done.by_person),
            "low_users_practising": practising,
        }
    decisions = pa.concat_tables([r.decisions for r in records])
    return Programme(
        scenario.name,
        seed,
        decisions,
        _declared(scenario, specs, whole),
        population_file(specs, truths),
        {"populations": truths, **truth_of(added(every))},
        pa.concat_tables([r.eligible for r in records]),
        pa.concat_tables([r.outcomes for r in records]),
        pa.concat_tables(surveys),
        pa.concat_tables(talks),
        pa.concat_tables(moves),
        pa.concat_tables(judged),
    )


def _scaled(p: PopulationSpec, scale: float) -> PopulationSpec:
    """The population at another size: more teams of the same sizes, or smaller teams."""
    if scale == 1:
        return p
    if scale < 1:
        return replace(p, teams=tuple(max(1, round(size * scale)) for size in p.teams))
    target, n = round(p.people * scale), len(p.teams)
    count = max(1, round(n * scale))
    teams = [p.teams[i % n] for i in range(count)]
    teams[-1] = max(1, teams[-1] + target - sum(teams))
    return replace(p, teams=tuple(teams), stances=tuple(p.stances[i % n] for i in range(count)))


def _declared(scenario: Scenario, specs: Sequence[PopulationSpec], whole: bool) -> str:
    if not whole:
        return scenario.use_case
    first, rest = scenario.use_case.split("\n\n", 1)
    more = 'randomised_unit = "person"\nmajor_versions = ["2.1"]'
    return f"{first}\n{more}\n\n{rest}"


def _teams_by_phase(
    p: PopulationSpec, crowd: People, phases: Sequence[Phase], rng: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Everybody's team in each phase: some people move at the start of a phase."""
    now, found = crowd.team, []
    for phase in phases:
        if phase.moved and len(p.teams) > 1:
            who = rng.random(len(now)) < phase.moved
            now = np.where(who, (now + 1) % len(p.teams), now)
        found.append(now)
    return found


def _population(
    p: PopulationSpec,
    crowd: People,
    teams: list[NDArray[np.int64]],
    phases: Sequence[Phase],
    relief: float,
    seed: int,
    first_case: int,
    case_seed: np.random.SeedSequence,
    whole: bool,
) -> _Done:
    per_person = p.per_week * sum(phase.weeks for phase in phases)
    size = max(1, _CASES_PER_BLOCK // per_person)
    starts = range(0, p.people, size)
    seeds = case_seed.spawn(len(starts))

    def block(start: int, own: np.random.SeedSequence) -> _Done:
        some = slice(start, min(start + size, p.people))
        return _block(
            p, crowd.part(some), [t[some] for t in teams], phases, relief,
            Block(p, crowd, phases[0], 0, start, first_case + start * per_person, seed), own, whole,
        )  # fmt: skip

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        parts = list(pool.map(block, starts, seeds))
    return _Done(
        [r for part in parts for r in part.records],
        added([part.sums for part in parts]),
        np.concatenate([part.by_person for part in parts]),
    )


def _block(
    p: PopulationSpec,
    people: People,
    teams: list[NDArray[np.int64]],
    phases: Sequence[Phase],
    relief: float,
    base: Block,
    own: np.random.SeedSequence,
    whole: bool,
) -> _Done:
    rng = np.random.default_rng(own)
    distrust = np.zeros(len(people.reason))
    by_person = np.zeros((len(people.reason), 4))
    records, sums = [], []
    week, case = 0, base.first_case
    for phase, team in zip(phases, teams, strict=True):
        assisted = _assisted(phase, people, rng)
        cases = simulate_cases(p, people, phase, distrust, assisted, relief, rng)
        distrust = cases.distrust
        here = replace(
            base, people=replace(people, team=team), phase=phase, first_week=week, first_case=case
        )
        made = records_of(here, cases, rng, whole_history=whole)
        if phase.kind == "pilot":
            made = _only(made, np.repeat(people.picked, cases.wrong.shape[1]))
        sums.append(sums_of(p, phase, cases, made.worth))
        records.append(made)
        by_person += np.stack(
            [
                cases.assisted.sum(1),
                (cases.consulted & ~cases.overridden).sum(1),
                np.where(cases.wrong, cases.p_override, -cases.p_override).sum(1),
                cases.p_override.sum(1),
            ],
            1,
        )
        week += phase.weeks
        case += cases.wrong.size
    return _Done(records, added(sums), by_person)


def _assisted(phase: Phase, people: People, rng: np.random.Generator) -> NDArray[np.bool_]:
    n = len(people.reason)
    if phase.kind == "pilot":
        return people.picked
    if phase.kind == "rollout":
        return rng.random(n) < 0.5
    return np.full(n, phase.kind == "assist")


def _only(made: Records, rows: NDArray[np.bool_]) -> Records:
    """The records of the cases that took part."""
    keep = pa.array(rows)
    decisions = made.decisions.filter(keep)
    ids = decisions["decision_id"].combine_chunks()
    known = pa.compute.is_in(made.outcomes["decision_id"], value_set=ids)
    return Records(decisions, made.eligible.filter(keep), made.outcomes.filter(known), made.worth)


def _benchmark(p: PopulationSpec) -> float:
    """What experts who see through what can be known would override."""
    error = sum(s.share * s.error for s in p.segments)
    return error * p.sens + (1 - error) * 0.04


def _shares(crowd: People) -> dict[str, float]:
    counted = np.bincount(crowd.reason, minlength=len(REASONS))
    return {r: float(n / counted.sum()) for r, n in zip(REASONS, counted, strict=True)}


def _practising(crowd: People, used: Floats, rng: np.random.Generator) -> float:
    """Share of low users (effective reliance under .30) who practise where nobody sees it."""
    practises = rng.random(len(used)) < np.where(crowd.reason == CA, 0.85, 0.20)
    low = used < 0.30
    return float(practises[low].mean()) if low.any() else 0.0


def _override_values(by_person: Floats) -> dict[str, Any]:
    """How many people's overrides are truly better or worse than the advice they reject."""
    value = by_person[:, 2] / np.maximum(by_person[:, 3], 1e-9)
    return {"better": int((value > 0).sum()), "worse": int((value < 0).sum())}
