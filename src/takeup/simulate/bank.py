"""`bank`: credit recommendations for metro and rural officers, live for a few months.

Officers have skill, habits and a latent reason for not looking; the model is blind to local
income; people override because of what they privately know, so no adjustment recovers the
truth and only the paired answer does. A declined loan never shows repayment.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from takeup.record.vocabulary import OVERRIDE_REASONS
from takeup.simulate.calendar import day_of_case, moments
from takeup.simulate.programme import Programme

LATENT = ("JS", "CA", "TD", "WD", "VM", "none")
_STANCE = {"supportive": 0.5, "neutral": 0.0, "passive": -0.5}
_LEGACY_METRICS_AND_PASSIVE_MANAGEMENT = -1.15
_REASON_SHARES = np.array(
    [
        # procedure, not validated, wrong before, not convinced, info, duty, client, slow, other
        [0.34, 0.26, 0.05, 0.08, 0.10, 0.04, 0.05, 0.03, 0.05],
        [0.10, 0.08, 0.08, 0.30, 0.14, 0.04, 0.06, 0.10, 0.10],
        [0.03, 0.08, 0.33, 0.27, 0.18, 0.02, 0.03, 0.02, 0.04],
        [0.04, 0.02, 0.05, 0.12, 0.27, 0.03, 0.05, 0.34, 0.08],
        [0.05, 0.03, 0.05, 0.08, 0.10, 0.38, 0.26, 0.01, 0.04],
        [0.03, 0.03, 0.08, 0.15, 0.50, 0.05, 0.08, 0.03, 0.05],
    ]
)
_REASON_CODES = (
    "procedure_or_policy",
    "not_validated_for_this",
    "model_wrong_before",
    "not_convinced",
    "info_model_lacks",
    "professional_duty_ethics",
    "client_or_patient_interest",
    "too_slow_or_wrong_format",
    "other",
)
_INFO = _REASON_CODES.index("info_model_lacks")
assert set(_REASON_CODES) <= set(OVERRIDE_REASONS)


@dataclass(frozen=True, slots=True)
class Officers:
    """One population of the bank."""

    name: str
    title: str
    teams: tuple[int, ...]
    stances: tuple[str, ...]
    per_week: int
    mix: tuple[float, ...]
    segments: tuple[str, ...]
    shares: tuple[float, ...]
    errors: tuple[float, ...]
    sens: float
    benchmark: float
    late: float = 0.05
    step_diff: int = 1


METRO = Officers(
    "LO1",
    "Metro officers",
    (12, 12, 12, 12),
    ("supportive", "passive", "passive", "neutral"),
    22,
    (0.50, 0.10, 0.10, 0.15, 0.05, 0.10),
    ("standard", "thin_file", "local_income"),
    (0.80, 0.17, 0.03),
    (0.07, 0.12, 0.34),
    0.70,
    0.10,
)
RURAL = Officers(
    "LO2",
    "Rural officers",
    (9, 9, 12, 6),
    ("neutral", "passive", "supportive", "neutral"),
    18,
    (0.10, 0.05, 0.50, 0.15, 0.10, 0.10),
    ("standard", "thin_file", "local_income"),
    (0.58, 0.12, 0.30),
    (0.08, 0.12, 0.34),
    0.78,
    0.16,
)

_USE_CASE = """name = "credit-line"
title = "Credit recommendations"
choices = ["decline", "approve"]
segment = ["x_segment"]
covariates = ["x_segment", "score_band", "stakes"]
value_unit = "EUR"

[outcome]
better = "higher"
observed_when = ["approve"]
maturation_days = 90
label = "repaid"

[outcomes.repaid]
better = "higher"
observed_when = ["approve"]
maturation_days = 90
label = "repaid"
"""

Floats = NDArray[np.float64]


def simulate_bank(people: int = 84, weeks: int = 8, seed: int = 1) -> Programme:
    """A bank of about `people` officers in two populations, with late outcomes, truth for a
    known random 85 % of cases and repayment for approvals only."""
    rng = np.random.default_rng(seed)
    scale = people / (sum(METRO.teams) + sum(RURAL.teams))
    parts = [_population(_scaled(p, scale), weeks, rng) for p in (METRO, RURAL)]
    decisions = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    n = len(decisions["person_id"])
    ids = np.array([f"d{seed}-{i:08d}" for i in range(n)])
    cases = np.array([f"a{seed}-{i:08d}" for i in range(n)])
    return Programme(
        "bank",
        seed,
        _decisions(decisions, ids, cases),
        _USE_CASE,
        _population_file(),
        _truth(decisions),
        _eligible(decisions, cases),
        _outcomes(decisions, ids),
    )


def _scaled(officers: Officers, scale: float) -> Officers:
    if scale == 1:
        return officers
    teams = tuple(max(1, round(size * scale)) for size in officers.teams)
    return replace(officers, teams=teams)


def _population(p: Officers, weeks: int, rng: np.random.Generator) -> dict[str, Any]:
    people, cases = sum(p.teams), p.per_week * weeks
    team = np.repeat(np.arange(len(p.teams)), p.teams)
    stance = np.array([_STANCE[s] for s in p.stances])[team]
    z = _reasons_of_people(p, people, rng)
    base = 0.9 + rng.normal(0, 0.35, people) + _LEGACY_METRICS_AND_PASSIVE_MANAGEMENT
    base = base + stance - stance.mean()
    shape = (people, cases)
    segment = rng.choice(len(p.segments), shape, p=p.shares)
    wrong = rng.random(shape) < np.array(p.errors)[segment]
    high = rng.random(shape) < 0.30
    substitution = rng.random(shape) < 0.60
    load = rng.random(shape) < 0.40
    visible = rng.random(shape) < 0.30
    late = rng.random(shape) < p.late
    reason = _reason_term(z[:, None], substitution, visible, load, p.step_diff)
    consult_draw = rng.random(shape)
    abandon_draw = rng.random(shape) < np.where(z == 1, 0.34, 0.05)[:, None]
    opened = np.zeros(shape, bool)
    distrust = np.zeros(people)
    for k in range(cases):
        log_odds = base - 0.5 * high[:, k] - distrust + reason[:, k]
        opened[:, k] = (consult_draw[:, k] < _sigmoid(log_odds)) & ~late[:, k]
        bad = opened[:, k] & ~abandon_draw[:, k] & wrong[:, k]
        distrust = np.where(z == 2, np.minimum(1.6, 0.985 * distrust + 0.35 * bad), 0.0)
    abandoned = opened & abandon_draw
    consulted = opened & ~abandoned
    sens = (p.sens + np.where(z == 2, 0.05, 0) - np.where(z == 1, 0.15, 0))[:, None]
    p_right = _override_of_right(z[:, None], substitution)
    p_override = np.where(wrong, sens, p_right)
    overridden = consulted & (rng.random(shape) < p_override)
    creditworthy = rng.random(shape) < 0.70
    unaided_right = rng.random(shape) < np.where(wrong, sens, 0.90)
    choice_right = np.where(consulted, np.where(overridden, wrong, ~wrong), unaided_right)
    order = np.tile(np.arange(cases), people)
    error = np.array(p.errors)[segment]
    confidence = _sigmoid(np.log((1 - error) / error) + rng.normal(0, 0.6, shape))
    return {
        "person_id": np.repeat(np.array([f"{p.name}-{i:05d}" for i in range(people)]), cases),
        "population": np.repeat(p.name, people * cases),
        "team": np.repeat(np.array([f"{p.name}-T{t + 1}" for t in team]), cases),
        "decided_at": np.asarray(moments(day_of_case(order, p.per_week), order, rng)),
        "consulted": consulted.ravel(),
        "abandoned": abandoned.ravel(),
        "overridden": overridden.ravel(),
        "wrong": wrong.ravel(),
        "high": high.ravel(),
        "substitution": substitution.ravel(),
        "load": load.ravel(),
        "visible": visible.ravel(),
        "late": late.ravel(),
        "creditworthy": creditworthy.ravel(),
        "choice_right": choice_right.ravel(),
        "confidence": confidence.ravel(),
        "segment": np.array(p.segments)[segment].ravel(),
        "p_override": p_override.ravel(),
        "reason": _override_reasons(z, segment == len(p.segments) - 1, rng).ravel(),
        "steps": (6 + rng.integers(-1, 2, shape) + p.step_diff * consulted).ravel(),
        "judged": (rng.random(shape) < 0.85).ravel(),
    }


def _sigmoid(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-x))


def _reasons_of_people(p: Officers, people: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Latent reason of each person: the mix rounded half up, the rest `none`, shuffled."""
    counts = [int(np.floor(share * people + 0.5)) for share in p.mix[:-1]]
    z = np.repeat(np.arange(5), counts)[:people]
    z = np.concatenate([z, np.full(people - len(z), 5)])
    return rng.permutation(z)


def _reason_term(z: Any, substitution: Any, visible: Any, load: Any, step_diff: int) -> Floats:
    return np.select(
        [z == 0, z == 1, z == 2, z == 3, z == 4],
        [
            np.where(substitution, -2.4, -0.7),
            -1.5 - 1.1 * visible,
            np.full(visible.shape, -1.0),
            -1.0 - 0.18 * step_diff - 1.0 * load,
            np.full(visible.shape, -0.2),
        ],
        0.0,
    )


def _override_of_right(z: Any, substitution: Any) -> Floats:
    return np.select(
        [z == 0, z == 1, z == 2, z == 3, z == 4],
        [
            np.where(substitution, 0.30, 0.12),
            np.full(substitution.shape, 0.10),
            np.full(substitution.shape, 0.42),
            np.full(substitution.shape, 0.06),
            np.full(substitution.shape, 0.10),
        ],
        0.06,
    )


def _override_reasons(z: Any, blind: Any, rng: np.random.Generator) -> Any:
    shares = np.broadcast_to(_REASON_SHARES[z][:, None, :], (*blind.shape, len(_REASON_CODES)))
    shifted = 0.5 * shares
    shifted[..., _INFO] += 0.5
    chosen = np.where(blind[..., None], shifted, shares)
    draw = rng.random(blind.shape)[..., None]
    return np.array(_REASON_CODES)[
        (draw > chosen.cumsum(-1)).sum(-1).clip(0, len(_REASON_CODES) - 1)
    ]


def _choices(d: dict[str, Any]) -> tuple[Any, Any, Any]:
    names = np.array(["decline", "approve"])
    good = d["creditworthy"].astype(int)
    return (
        names[good],
        names[np.where(d["wrong"], 1 - good, good)],
        names[np.where(d["choice_right"], good, 1 - good)],
    )


def _decisions(d: dict[str, Any], ids: Any, cases: Any) -> pa.Table:
    _, advice, choice = _choices(d)
    word = np.array
    return pa.table(
        {
            "decision_id": ids,
            "case_id": cases,
            "person_id": d["person_id"],
            "population": d["population"],
            "team": d["team"],
            "decided_at": pa.array(d["decided_at"], pa.timestamp("us")),
            "mode": np.repeat("assist", len(ids)),
            "consulted": d["consulted"],
            "abandoned": d["abandoned"],
            "path": word(["legacy", "ai"])[d["consulted"].astype(int)],
            "recommendation": advice,
            "confidence": d["confidence"],
            "choice": choice,
            "override_reason": pa.array(d["reason"], mask=~d["overridden"]),
            "stakes": word(["low", "high"])[d["high"].astype(int)],
            "substitution": word(["low", "high"])[d["substitution"].astype(int)],
            "load": word(["normal", "high"])[d["load"].astype(int)],
            "visible": d["visible"],
            "steps": d["steps"].astype(float),
            "surface": np.repeat("in_tool", len(ids)),
            "model_version": np.repeat("2.0", len(ids)),
            "x_segment": d["segment"],
        }
    )


def _eligible(d: dict[str, Any], cases: Any) -> pa.Table:
    return pa.table(
        {
            "case_id": cases,
            "eligible_at": pa.array(d["decided_at"], pa.timestamp("us")),
            "person_id": d["person_id"],
            "population": d["population"],
            "team": d["team"],
            "x_segment": d["segment"],
        }
    )


def _outcomes(d: dict[str, Any], ids: Any) -> pa.Table:
    """Panel truth after 30 days for the judged; repayment after 90 days for approvals."""
    correct, _, choice = _choices(d)
    judged, approved = d["judged"], choice == "approve"
    day = np.timedelta64(86_400_000_000, "us")
    panel = pa.table(
        {
            "decision_id": ids[judged],
            "outcome_name": np.repeat("repaid", judged.sum()),
            "observed_at": pa.array(d["decided_at"][judged] + 30 * day, pa.timestamp("us")),
            "outcome": pa.nulls(int(judged.sum()), pa.float64()),
            "correct_choice": correct[judged],
            "truth_probability": np.repeat(0.85, judged.sum()),
        }
    )
    repaid = pa.table(
        {
            "decision_id": ids[approved],
            "outcome_name": np.repeat("repaid", approved.sum()),
            "observed_at": pa.array(d["decided_at"][approved] + 90 * day, pa.timestamp("us")),
            "outcome": d["creditworthy"][approved].astype(float),
            "correct_choice": pa.nulls(int(approved.sum()), pa.string()),
            "truth_probability": pa.nulls(int(approved.sum()), pa.float64()),
        }
    )
    return pa.concat_tables([panel, repaid])


def _truth(d: dict[str, Any]) -> dict[str, Any]:
    return {
        "populations": {p.name: _truth_of(d, d["population"] == p.name) for p in (METRO, RURAL)},
        **_truth_of(d, np.ones(len(d["wrong"]), bool)),
    }


def _truth_of(d: dict[str, Any], rows: Any) -> dict[str, Any]:
    c = d["consulted"][rows]
    wrong, overridden = d["wrong"][rows], d["overridden"][rows]
    right_choice, e = d["choice_right"][rows], 1 - d["p_override"][rows]
    overlap = (e * (1 - e))[c]
    effect = np.where(wrong, -1.0, 1.0)[c]
    return {
        "adoption": {
            "consult_rate": float(c.mean()),
            "override_rate": float(overridden[c].mean()),
            "effective_reliance": float((c & ~overridden).mean()),
        },
        "paired": {"person_minus_model": float((right_choice[c] * 1.0 - ~wrong[c]).mean())},
        "reliance": {
            "model_error": float(wrong.mean()),
            "r_c": float((~overridden)[c & ~wrong].mean()),
            "r_w": float(overridden[c & wrong].mean()),
            "override_accuracy": float(wrong[overridden].mean()),
        },
        "comparison": {
            "correctness_followed_minus_overridden": float((overlap * effect).sum() / overlap.sum())
        },
    }


def _population_file() -> str:
    parts = []
    for p in (METRO, RURAL):
        parts.append(
            f'[population.{p.name}]\ntitle = "{p.title}"\ntrained_share = 1.0\n'
            "comparison_available_share = 1.0\ncomparison_opened_share = 1.0\n"
            f"prior_incident = {'true' if p.name == 'LO2' else 'false'}\n"
            f'expert_benchmark = {{ rate = {p.benchmark}, sd = 0.0, source = "given" }}\n'
        )
    return "\n".join(parts)
