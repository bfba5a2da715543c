"""Simulated cases as the records a company would have: decisions, eligible cases, outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from takeup.simulate.calendar import moments
from takeup.simulate.cases import Cases
from takeup.simulate.override_reasons import CODES, draw_reasons
from takeup.simulate.people import People
from takeup.simulate.phase import Phase
from takeup.simulate.population_spec import PopulationSpec
from takeup.simulate.work import DAY, WORK, Columns, words

_TIME = pa.timestamp("us")
_REPAID_AFTER = 90


@dataclass(frozen=True, slots=True)
class Block:
    """Some people of a population in one phase. `first_case` numbers their cases within the
    programme; `first_person` the people within the population; `first_week` the phase."""

    population: PopulationSpec
    people: People
    phase: Phase
    first_week: int
    first_person: int
    first_case: int
    seed: int


@dataclass(frozen=True, slots=True)
class Records:
    """The tables of a block, row by row the same cases (outcomes: those known).

    `worth` is what hangs on each case (people × cases), where the work says so.
    """

    decisions: pa.Table
    eligible: pa.Table
    outcomes: pa.Table
    worth: NDArray[np.float64] | None


def records_of(
    b: Block, c: Cases, rng: np.random.Generator, *, whole_history: bool = False
) -> Records:
    """What would be recorded of the cases `c` of block `b`. Only a whole history has phases,
    versions of the client and the draw of a rollout in its columns."""
    p, people, work = b.population, b.people, WORK[b.population.work]
    n, per_person = c.wrong.size, c.wrong.shape[1]
    start = np.timedelta64(b.first_week * 7, "D").astype("timedelta64[us]")
    decided = (moments(len(people.team), p.per_week, b.phase.weeks, rng) + start).ravel()
    ids, cases = _ids("d", b, n), _ids("a", b, n)
    person = words(
        np.repeat(np.arange(len(people.team), dtype=np.int32), per_person),
        [f"{p.name}-{b.first_person + i:05d}" for i in range(len(people.team))],
    )
    who: Columns = {
        "person_id": person,
        "population": words(np.zeros(n, np.int32), [p.name]),
        "team": words(
            np.repeat(people.team, per_person), [f"{p.name}-T{t + 1}" for t in range(len(p.teams))]
        ),
    }
    segment = words(c.segment.ravel(), [s.name for s in p.segments])
    advice, truth = work.columns(p, c, rng)
    worth = None if work.worth is None else work.worth(n, rng)
    decisions = pa.table(
        {
            "decision_id": ids,
            "case_id": cases,
            **who,
            "decided_at": pa.array(decided, _TIME),
            **_mode(b, c, whole_history),
            **_delivery(p, c, decided, rng),
            **_looks(b, c, rng, evidence=work.evidence),
            **advice,
            **_reasons(p, people, c, rng),
            **_kind(p, c, rng),
            "x_segment": segment,
        }
    )
    eligible = pa.table(
        {"case_id": cases, "eligible_at": pa.array(decided, _TIME), **who, "x_segment": segment}
    )
    return Records(
        decisions,
        eligible,
        _outcomes(p, ids, decided, truth, worth, rng),
        None if worth is None else worth.reshape(c.wrong.shape),
    )


def _ids(letter: str, b: Block, n: int) -> pa.Array:
    numbers = pa.array(np.arange(b.first_case, b.first_case + n)).cast(pa.string())
    return pc.binary_join_element_wise(
        f"{letter}{b.seed}-", pc.utf8_lpad(numbers, width=9, padding="0"), ""
    )


def _mode(b: Block, c: Cases, whole_history: bool) -> Columns:
    n, kind = c.wrong.size, b.phase.kind
    assisted = c.assisted.ravel()
    modes = ("off", "shadow", "assist")
    without = 1 if kind == "shadow" else 0
    columns: Columns = {
        "mode": words(np.where(assisted, 2, without), modes),
        "model_version": words(np.zeros(n, np.int32), [b.phase.model_version]),
    }
    if whole_history:
        pilot = kind == "pilot"
        columns |= {
            "phase": words(np.zeros(n, np.int32), ["pilot" if pilot else "production"]),
            "client_version": words(np.zeros(n, np.int32), [b.phase.client_version]),
            "assist_probability": pa.array(
                np.full(n, 0.5), mask=np.full(n, kind != "rollout"), type=pa.float64()
            ),
        }
    return columns


def _delivery(p: PopulationSpec, c: Cases, decided: Any, rng: np.random.Generator) -> Columns:
    """Advice comes an hour before it is needed, or an hour after."""
    hour = np.timedelta64(3_600_000_000, "us")
    separate = rng.random(c.wrong.size, dtype=np.float32) < p.separate_surface
    return {
        "delivered_at": pa.array(decided + np.where(c.late.ravel(), hour, -hour), _TIME),
        "needed_by": pa.array(decided, _TIME),
        "surface": words(separate, ("in_tool", "separate")),
    }


def _looks(b: Block, c: Cases, rng: np.random.Generator, *, evidence: bool) -> Columns:
    """What the client recorded of looking; a drifting client loses some views."""
    seen = c.consulted.ravel()
    if b.phase.views_lost:
        seen = seen & (rng.random(seen.size) >= b.phase.views_lost)
    columns: Columns = {
        "consulted": pa.array(seen),
        "abandoned": pa.array(c.abandoned.ravel()),
        "path": words(c.consulted.ravel(), ("legacy", "ai")),
    }
    if evidence:
        doubts = np.repeat(b.people.reason == 2, c.wrong.shape[1])
        opens = rng.random(seen.size, dtype=np.float32) < np.where(doubts, 0.65, 0.35)
        columns["evidence_opened"] = pa.array(opens & seen)
    return columns


def _reasons(p: PopulationSpec, people: People, c: Cases, rng: np.random.Generator) -> Columns:
    at = np.flatnonzero(c.overridden.ravel())
    blind = np.array([s.blind for s in p.segments])[c.segment.ravel()[at]]
    codes = np.zeros(c.wrong.size, np.int32)
    codes[at] = draw_reasons(people.reason[at // c.wrong.shape[1]], blind, rng)
    given = pa.array(codes, mask=~c.overridden.ravel())
    return {"override_reason": pa.DictionaryArray.from_arrays(given, pa.array(CODES, pa.string()))}


def _kind(p: PopulationSpec, c: Cases, rng: np.random.Generator) -> Columns:
    n = c.wrong.size
    errors = np.clip([s.error for s in p.segments], 0.01, 0.99)
    logit = np.log((1 - errors) / errors)[c.segment.ravel()]
    noise = rng.standard_normal(n, dtype=np.float32) * 0.6
    columns: Columns = {
        "confidence": pa.array(1 / (1 + np.exp(-(logit + noise)))),
        "stakes": words(c.high.ravel(), ("low", "high")),
        "substitution": words(c.substitution.ravel(), ("low", "high")),
        "load": words(c.load.ravel(), ("normal", "high")),
        "visible": pa.array(c.visible.ravel()),
        "steps": pa.array(
            (6 + rng.integers(-1, 2, n, np.int8) + p.step_diff * c.consulted.ravel()).astype(float)
        ),
    }
    if p.work == "alerts":
        tagged = np.array([s.value_tagged for s in p.segments])
        columns["value_tagged"] = pa.array(tagged[c.segment.ravel()])
    return columns


def _outcomes(
    p: PopulationSpec, ids: pa.Array, decided: Any, truth: Columns, worth: Any, rng: Any
) -> pa.Table:
    """Truth for a random share of cases once it is known; of credit also repayment, which
    only an approved application ever shows."""
    work = WORK[p.work]
    judged = np.flatnonzero(rng.random(len(decided), dtype=np.float32) < work.truth_share)
    name = "repaid" if "approved" in truth else "outcome"
    right = {k: v for k, v in truth.items() if k.startswith("correct_")}
    columns: Columns = {
        "decision_id": ids.take(pa.array(judged)),
        "outcome_name": words(np.zeros(len(judged), np.int32), [name]),
        "observed_at": pa.array(decided[judged] + work.truth_days * DAY, _TIME),
        **{k: pa.array(v).take(pa.array(judged)) for k, v in right.items()},
        "truth_probability": pa.array(np.full(len(judged), work.truth_share)),
    }
    if worth is not None:
        columns["value"] = pa.array(worth[judged])
    panel = pa.table(columns)
    if "approved" not in truth:
        return panel
    lent = np.flatnonzero(truth["approved"])
    repaid = {
        "decision_id": ids.take(pa.array(lent)),
        "outcome_name": words(np.zeros(len(lent), np.int32), [name]),
        "observed_at": pa.array(decided[lent] + _REPAID_AFTER * DAY, _TIME),
        "outcome": pa.array(truth["creditworthy"][lent].astype(float)),
    }
    n = len(lent)
    for column in panel.column_names:
        if column not in repaid:
            repaid[column] = pa.nulls(n, panel.schema.field(column).type)
    panel = panel.append_column("outcome", pa.nulls(len(panel), pa.float64()))
    return pa.concat_tables([panel, pa.table(repaid).select(panel.column_names)])
