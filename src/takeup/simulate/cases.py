"""The cases of some people in one phase: what they are, who looks, who overrides, who is right.

Every case has both fates: what its person decides with the advice available, and what that
person decides unaided. So effects are known case by case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from takeup.simulate.people import People
from takeup.simulate.phase import Phase
from takeup.simulate.population_spec import REASONS, PopulationSpec

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
JS, CA, TD, WD, VM = (REASONS.index(r) for r in ("JS", "CA", "TD", "WD", "VM"))
_NO_ADVICE_RIGHT = 0.90


@dataclass(frozen=True, slots=True)
class Cases:
    """Arrays of people × cases. `assisted`: the advice was available; `consulted`,
    `abandoned`, `overridden` as happened; `right` whether what was decided was right,
    `unaided_right` and `assisted_right` what it would have been either way. `p_override` is
    the chance of an override had the person looked; `distrust` what errors have left at the end."""

    segment: NDArray[np.int8]
    wrong: Flags
    high: Flags
    substitution: Flags
    load: Flags
    visible: Flags
    late: Flags
    assisted: Flags
    abandoned: Flags
    consulted: Flags
    overridden: Flags
    assisted_right: Flags
    unaided_right: Flags
    right: Flags
    p_override: Floats
    distrust: Floats


def simulate_cases(
    p: PopulationSpec,
    people: People,
    phase: Phase,
    distrust: Floats,
    assisted: Flags,
    relief: float,
    rng: np.random.Generator,
) -> Cases:
    """The cases of `people` in `phase`. `distrust` is what past errors have left of it in
    each; `assisted` whose advice is available."""
    shape = (len(people.reason), p.per_week * phase.weeks)

    def chance(share: Any) -> Flags:
        return np.asarray(rng.random(shape, dtype=np.float32) < share)

    errors = np.array([s.error + phase.error_shift for s in p.segments])
    segment = _segments(p, phase, shape, rng)
    wrong = chance(np.clip(errors, 0, 1)[segment])
    high, substitution = chance(p.high_stakes), chance(p.high_substitution)
    careful = phase.kind == "pilot"
    load, visible = chance(0.0 if careful else 0.40), chance(0.30)
    late = chance(0.0 if careful else p.late)
    z = people.reason[:, None]
    log_odds = (
        people.habit[:, None]
        + phase.attention
        - 0.5 * high
        + (1 - relief) * _reason_term(z, substitution, visible, load, p.step_diff)
    )
    if p.consult is not None:
        log_odds = np.full(shape, np.log(p.consult / (1 - p.consult)))
    drawn = rng.random(shape, dtype=np.float32)
    leaves = np.where(people.reason == CA, 0.34, 0.05)[:, None] * (p.consult is None)
    abandons = chance(leaves)
    left = _distrust_path(z[:, 0] == TD, log_odds, drawn, late | abandons, wrong, distrust)
    log_odds = log_odds - left[:, :-1]
    p_open = 1 / (1 + np.exp(-log_odds))
    opened = (drawn < p_open) & ~late
    consulted = opened & ~abandons
    sees = (p.sens + 0.05 * (z == TD) - 0.15 * (z == CA)) * np.ones(shape)
    tagged = np.array([s.value_tagged for s in p.segments])[segment]
    p_wrong = sees if p.override_wrong is None else np.full(shape, p.override_wrong)
    p_right = _override_of_right(z, substitution, tagged)
    p_right = 0.04 + (p_right - 0.04) * (1 - relief)
    if p.override_right is not None:
        p_right = np.full(shape, p.override_right)
    p_override = np.where(wrong, p_wrong, p_right)
    overridden = consulted & chance(p_override)
    unaided_right = chance(np.where(wrong, sees, _NO_ADVICE_RIGHT))
    assisted_right = np.where(consulted, overridden == wrong, unaided_right)
    has = np.broadcast_to(assisted[:, None], shape)
    return Cases(
        segment, wrong, high, substitution, load, visible, late, has,
        opened & abandons & has, consulted & has, overridden & has,
        assisted_right, unaided_right, np.where(has, assisted_right, unaided_right),
        p_override,
        np.where(assisted, left[:, -1], distrust),
    )  # fmt: skip


def _segments(
    p: PopulationSpec, phase: Phase, shape: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.int8]:
    """Kinds of case; the pilot's cases are picked: few of those on which the model is weak."""
    shares = np.array([s.share for s in p.segments])
    if phase.kind == "pilot":
        worst = np.array([s.error for s in p.segments]) > 1.5 * p.segments[0].error
        shares = np.where(worst, 0.3 * shares, shares)
    edges = np.cumsum(shares / shares.sum())[:-1].astype(np.float32)
    return np.searchsorted(edges, rng.random(shape, dtype=np.float32), side="right").astype(np.int8)


def _reason_term(z: Any, substitution: Flags, visible: Flags, load: Flags, step_diff: int) -> Any:
    detour = step_diff if step_diff > 2 else 0
    return (
        (z == JS) * np.where(substitution, -2.4, -0.7)
        + (z == CA) * (-1.5 - 1.1 * visible)
        + (z == TD) * -1.0
        + (z == WD) * (-1.0 - 0.18 * step_diff - 1.0 * load)
        + (z == VM) * -0.2
        - (z != WD) * (0.12 * detour + 0.4 * load * (detour > 0))
    )


def _override_of_right(z: Any, substitution: Flags, tagged: Flags) -> Floats:
    of_none = 0.06
    by_reason: Floats = (
        of_none
        + (z == JS) * (np.where(substitution, 0.30, 0.12) - of_none)
        + (z == CA) * (0.10 - of_none)
        + (z == TD) * (0.42 - of_none)
        + (z == VM) * (np.where(tagged, 0.55, 0.10) - of_none)
    )
    return by_reason


def _distrust_path(
    doubts: Flags, log_odds: Floats, drawn: Any, closed: Flags, wrong: Flags, start: Floats
) -> Floats:
    """People × (cases + 1): what wrong advice that was consulted has left in those who doubt,
    before each case and after the last: err ← min(1.6, .985 err + .35 [consulted and wrong])."""
    left = np.zeros((log_odds.shape[0], log_odds.shape[1] + 1))
    who = np.flatnonzero(doubts)
    if not len(who):
        return left
    base, draw = log_odds[who].T.copy(), drawn[who].T.copy()
    bad = (wrong & ~closed)[who].T.copy()
    now = start[who].copy()
    path = np.zeros((base.shape[0] + 1, len(who)))
    for k in range(base.shape[0]):
        path[k] = now
        looked = draw[k] < 1 / (1 + np.exp(now - base[k]))
        now = np.minimum(1.6, 0.985 * now + 0.35 * (looked & bad[k]))
    path[-1] = now
    left[who] = path.T
    return left
