"""One job simulates a programme from a seed and returns what takeup said of it, beside the truth
and a reference on rows. Everything a row of the table needs comes from such records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from calibration.actions import JOBS as ACTIONS
from calibration.gates import MARGIN, ever_passes
from calibration.narrow import narrow, populations_of, use_case_of
from calibration.signals import signal_delays, signals
from calibration.strangers.jobs import JOBS as STRANGERS
from takeup.log import Engine, fetch
from takeup.questions.blind_spots.measure import measure_blind_spots
from takeup.questions.comparison.measure import CORRECTNESS, Comparison, measure_comparison
from takeup.questions.model_issue.measure import measure_model_issue
from takeup.questions.paired.measure import measure_paired
from takeup.questions.resistance.measure import measure_resistance
from takeup.questions.resistance.reason_score import Scored
from takeup.questions.rollout.measure import measure_rollout
from takeup.questions.shared.after_error import measure_after_error
from takeup.questions.staggered.measure import measure_staggered
from takeup.questions.value.measure import measure_value
from takeup.record.evidence import Evidence
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.simulate import Phase, Scenario, generate, scenario, simulate
from takeup.simulate.population_spec import REASONS, PopulationSpec
from takeup.sources.evidence_files import read_evidence
from takeup.stats.answer import CannotSay, Estimate
from takeup.stats.anytime import confidence_sequence

Record = dict[str, Any]
SETTINGS = Settings()
REFERENCE_SEEDS = 200
"""References on rows are fitted for this many programmes of a row: they take longer than all the
rest."""


def _told(answer: Any) -> Record:
    if not isinstance(answer, Estimate):
        return {}
    return {"value": answer.value, "low": answer.low, "high": answer.high}


def _rows_reference(frame: pd.DataFrame, y: np.ndarray) -> float:
    """Width of the clustered 95 % interval of a mean, by statsmodels on rows."""
    import statsmodels.api as sm

    fit = sm.OLS(y, np.ones(len(y))).fit(
        cov_type="cluster", cov_kwds={"groups": frame["person_id"].astype("category").cat.codes}
    )
    return float(2 * 1.96 * fit.bse[0])


def programme(name: str, seed: int, engine: Engine) -> Record:
    """Paired, value and adjusted answers in a scenario whose people are a random sample."""
    p = simulate(name, seed=seed, quotas=False)
    table, use_case = narrow(p, engine), use_case_of(p)
    paired = measure_paired(table, (), SETTINGS)
    value = measure_value(table, use_case, SETTINGS)
    # Of the comparison only right decisions are held to a truth.
    right = table.drop("loss_final") if "loss_final" in table.columns else table
    found = measure_comparison(right, use_case, list(use_case.covariates or ()), (), SETTINGS)
    out: Record = {"truth": {
        "paired": p.truth["paired"]["person_minus_model"],
        "adjusted": p.truth["comparison"]["correctness_followed_minus_overridden"],
        **{f"value_{k}": v for k, v in p.truth.get("value", {}).items()},
    }}  # fmt: skip
    if not isinstance(paired, CannotSay):
        out["paired"] = _told(paired.overall.person_minus_model)
    if not isinstance(value, CannotSay):
        whole = value.populations[0]
        out["value_per_decision"] = _told(whole.decided)
        out["value_overriding"] = _told(whole.overriding)
        out["value_lost_to_wrong_overrides"] = _told(whole.wrong_overrides)
        out["value_lost_to_wrong_following"] = _told(whole.wrong_following)
    if isinstance(found, Comparison):
        judged = next(c for c in found.outcomes if c.outcome == CORRECTNESS)
        out["adjusted"], out["raw"] = _told(judged.adjusted), _told(judged.raw)
        out["robustness"] = judged.robustness
    if "value" not in table.columns:
        # No counterfactual sums of numeric losses are kept: the process mean stands for them.
        out["truth"] |= {f"value_{k}": v for k, v in _numeric_losses(table).items()}
    if seed < REFERENCE_SEEDS:
        out |= reference_widths(table)
        out["doubleml"] = _doubleml(table, use_case.covariates or ())
    return out


def reference_widths(table: Any) -> Record:
    """Widths of paired and value intervals on rows, by statsmodels."""
    columns = ["person_id", "action", "choice_right", "advice_right"]
    columns += [c for c in ("value", "loss_final", "loss_recommended") if c in table.columns]
    rows = fetch(table.filter(table.choice_right.notnull()).select(columns)).to_pandas()
    chosen, advised = (rows[c].to_numpy(float) for c in ("choice_right", "advice_right"))
    if "value" in rows:
        value = rows["value"].abs().to_numpy(float)
        lost, alone = value * (1 - chosen), value * (1 - advised)
    else:
        lost, alone = (rows[c].to_numpy(float) for c in ("loss_final", "loss_recommended"))
    seen = rows["action"].isin(["followed", "modified", "overridden"]).to_numpy()
    over = (rows["action"] == "overridden").to_numpy()
    means = {
        "value_per_decision": lost,
        "value_overriding": np.where(over, lost - alone, 0.0),
        "value_lost_to_wrong_overrides": np.where(over & (lost > alone), lost - alone, 0.0),
        "value_lost_to_wrong_following": np.where(seen & ~over & (advised == 0), lost, 0.0),
    }
    found = {f"{k}_reference_width": _rows_reference(rows, y) for k, y in means.items()}
    return found | {"paired_reference_width": _rows_reference(rows[seen], (chosen - advised)[seen])}


def _numeric_losses(table: Any) -> Record:
    rows = fetch(
        table.select("action", "loss_final", "loss_recommended", "advice_right")
    ).to_pandas()
    worse = rows["loss_final"] - rows["loss_recommended"]
    against = rows["action"] == "overridden"
    over = against & (worse > 0)
    used = rows["action"].isin(["followed", "modified"]) & ~rows["advice_right"].astype(bool)
    return {
        "per_decision": float(rows["loss_final"].mean()),
        "overriding": float(worse[against].sum() / len(rows)),
        "lost_to_wrong_overrides": float(worse[over].sum() / len(rows)),
        "lost_to_wrong_following": float(rows.loc[used, "loss_final"].sum() / len(rows)),
    }


def _doubleml(table: Any, covariates: Any) -> Record:
    """DoubleML's overlap-weighted estimate on the same covariates, with cross-fitting."""
    names = [c for c in covariates if c in table.columns]
    rows = fetch(
        table.filter(
            table.action.isin(["followed", "overridden"]) & table.choice_right.notnull()
        ).select("action", "choice_right", *names)
    ).to_pandas()
    a = (rows["action"] == "followed").to_numpy(float)
    return _overlap_doubleml(rows, names, a, rows["choice_right"].to_numpy(float))


def _overlap_doubleml(rows: pd.DataFrame, names: list[str], a: np.ndarray, y: np.ndarray) -> Record:
    import doubleml as dml
    from sklearn.linear_model import LinearRegression, LogisticRegression

    if not names:
        return {}
    x = pd.get_dummies(rows[names].astype(str), drop_first=True, dtype=float).to_numpy()
    e = LogisticRegression(C=1e6, max_iter=300).fit(x, a).predict_proba(x)[:, 1]
    h = e * (1 - e)
    np.random.seed(1)
    model = dml.DoubleMLIRM(
        dml.DoubleMLData.from_arrays(x, y, a), LinearRegression(),
        LogisticRegression(C=1e6, max_iter=300), score="ATE", weights=h / h.mean(),
    )  # fmt: skip
    model.fit()
    half = 1.96 * float(model.se[0])
    value = float(model.coef[0])
    return {"value": value, "low": value - half, "high": value + half}


def rollout(name: str, seed: int, engine: Engine) -> Record:
    """Intention-to-treat effect on right decisions, randomised by person for eight weeks."""
    p = simulate(name, seed=seed, quotas=False, phases=(Phase("rollout", 8),))
    table, use_case = narrow(p, engine), use_case_of(p)
    found = measure_rollout(table, use_case, list(use_case.covariates or ()), (), SETTINGS)
    out: Record = {"truth": {"rollout": p.truth["rollout"]["correctness"]}}
    if isinstance(found, CannotSay):
        return out
    effect = next(e for e in found.effects if e.name == "correctness")
    out["rollout"], out["rollout_adjusted"] = _told(effect.unadjusted), _told(effect.adjusted)
    out["alert"] = bool(found.alerts)
    if seed >= REFERENCE_SEEDS:
        return out
    return out | rollout_widths(table, use_case.covariates or ())


def rollout_widths(table: Any, covariates: Any) -> Record:
    """Widths of the randomised intervals on rows, by statsmodels: means of two arms, and Lin's
    regression with every covariate and its product with the arm."""
    import statsmodels.api as sm

    names = [c for c in covariates if c in table.columns]
    rows = fetch(
        table.filter(table.choice_right.notnull()).select(
            "person_id", "mode", "choice_right", *names
        )
    ).to_pandas()
    arm = (rows["mode"] == "assist").to_numpy(float)[:, None]
    y, groups = rows["choice_right"].to_numpy(float), rows["person_id"].astype("category").cat.codes
    x = np.zeros((len(y), 0))
    if names:
        x = pd.get_dummies(rows[names].astype(str), drop_first=True, dtype=float).to_numpy()
    x = x - x.mean(0)
    found = {}
    for key, design in (("rollout", arm), ("rollout_adjusted", np.hstack([arm, x, arm * x]))):
        fit = sm.OLS(y, sm.add_constant(design)).fit(
            cov_type="cluster", cov_kwds={"groups": groups}
        )
        found[f"{key}_reference_width"] = float(2 * 1.96 * fit.bse[1])
    return found


def recorded(seed: int, engine: Engine) -> Record:
    """Followed against overridden where what is recorded decides who overrides."""
    p = simulate("recorded", seed=seed)
    table, use_case = narrow(p, engine), use_case_of(p)
    names = list(use_case.covariates or ())
    found = measure_comparison(table, use_case, names, ("outcome",), SETTINGS)
    out: Record = {"truth": {"adjusted": p.truth["comparison"]["followed_minus_overridden"]}}
    if not isinstance(found, Comparison):
        return out
    one = found.first
    out["adjusted"], out["raw"] = _told(one.adjusted), _told(one.raw)
    out["with_readiness"], out["reversed"] = _told(one.with_readiness), one.reversed
    if seed < REFERENCE_SEEDS:
        rows = fetch(
            table.filter(
                table.action.isin(["followed", "overridden"]) & table.y_outcome.notnull()
            ).select("action", "y_outcome", *names)
        ).to_pandas()
        a = (rows["action"] == "followed").to_numpy(float)
        out["doubleml"] = _overlap_doubleml(rows, names, a, rows["y_outcome"].to_numpy(float))
    return out


def blind_spots(seed: int, engine: Engine, gain: float) -> Record:
    """Three thousand judged overrides of 60 people; overrides gain `gain` in one of three
    kinds and lose it in another, nothing elsewhere."""
    rng = np.random.default_rng(seed)
    n, people = 3_000, 60
    person = rng.integers(0, people, n)
    kind, channel, region = rng.integers(0, 3, n), rng.integers(0, 4, n), rng.integers(0, 2, n)
    true = np.array([gain, -gain, 0.0])[kind] + rng.normal(0, 0.04, people)[person]
    better = rng.random(n) < (1 + true) / 2
    words = {"x_kind": kind, "x_channel": channel, "x_region": region}
    table = engine.load(
        pa.table(
            {
                "action": ["overridden"] * n,
                "person_id": [f"p{i:02d}" for i in person],
                "advice_right": ~better,
                "choice_right": better,
                **{name: [f"{name[2]}{v}" for v in values] for name, values in words.items()},
            }
        )
    )
    found = measure_blind_spots(table, list(words), SETTINGS)
    if isinstance(found, CannotSay):
        return {"tried": 0, "found": 0, "false": 0, "power": 0.0}
    truth = {("x_kind", "k0"): 1, ("x_kind", "k1"): -1}
    false, hit = 0, set()
    for spot in found.found:
        sign = 1 if spot.says == "overrides_better" else -1
        levels = [level for level in spot.kind if level in truth]
        if any(truth[level] == sign for level in levels):
            hit |= {level for level in levels if truth[level] == sign}
        else:
            false += 1
    return {
        "tried": found.tried,
        "found": len(found.found),
        "false": false,
        "power": len(hit) / len(truth),
    }


def weekly_looks(seed: int) -> Record:
    """52 looks at a mean that is zero, 90 units a week."""
    rng = np.random.default_rng(seed)
    x = rng.choice([-1.0, 0.0, 1.0], (52, 90), p=[0.1, 0.8, 0.1])
    n = np.cumsum(np.full(52, 90.0))
    looks = confidence_sequence(
        n, np.cumsum(x.sum(1)), np.cumsum((x**2).sum(1)), confidence=0.95, expected=52 * 45
    )
    sd = np.sqrt(np.cumsum((x**2).sum(1)) / n)
    fixed = np.abs(looks.mean) > 1.96 * sd / np.sqrt(n)
    return {
        "ever": bool(((looks.low > 0) | (looks.high < 0)).any()),
        "ever_fixed": bool(fixed.any()),
    }


def gate_looks(seed: int, people: int) -> Record:
    """26 weekly looks at a gate, 300 pairs a week: a model exactly the margin behind people, and
    one as far ahead of them."""
    shape: dict[str, Any] = {"people": people, "weekly": 300, "weeks": 26, "sd": 0.03}
    return {
        "false": ever_passes(seed, **shape),
        "right": ever_passes(seed, **shape, ahead=MARGIN),
    }


def staggered(seed: int, engine: Engine, cohorts: int) -> Record:
    """Cohorts that begin in the fifth, eighth or eleventh of fourteen weeks or not at all, forty cases
    a week each; right decisions change from week to week for all alike, by 5 points with the advice."""
    rng = np.random.default_rng(seed)
    weeks, each, effect = 14, 40, 0.05
    start = np.array([5, 8, 11, 0])[np.arange(cohorts) % 4]
    own, common = rng.normal(0, 0.06, cohorts), rng.normal(0, 0.02, weeks + 1)
    cohort, week, _ = (
        a.ravel() for a in np.meshgrid(np.arange(cohorts), np.arange(1, weeks + 1), np.arange(each))
    )
    assist = (start[cohort] > 0) & (week >= start[cohort])
    p = np.clip(0.65 + own[cohort] + common[week] + effect * assist, 0, 1)
    right = rng.random(len(p)) < p
    monday = np.datetime64("2026-01-05", "us") + (week - 1) * np.timedelta64(7, "D")
    table = engine.load(
        pa.table(
            {
                "cohort": [f"c{c}" for c in cohort], "decided_at": monday,
                "mode": np.where(assist, "assist", "shadow"), "agrees": right, "choice_right": right,
                "advice_right": np.ones(len(p), dtype=bool),
                "action": np.where(assist, "followed", "shadow"),
                "recommendation": ["approve"] * len(p),
                "choice": np.where(right, "approve", "decline"),
            }
        )
    )  # fmt: skip
    found = measure_staggered(table, UseCase(), (), SETTINGS)
    out: Record = {"truth": {"staggered": effect}}
    if not isinstance(found, CannotSay):
        whole = next(e for e in found.effects if e.name == "correctness")
        out["staggered"] = _told(whole.overall)
    return out


@cache
def _use_by_reason(name: str, detour: bool) -> dict[str, float]:
    """Effective reliance of people of each reason alone, from a large population; without
    `detour` nobody has to take the steps that reason WD stands for."""
    spec = _SPECS[name] if detour else replace(_SPECS[name], step_diff=0)
    found = {}
    for i, reason in enumerate(REASONS):
        mix = tuple(1.0 if k == i else 0.0 for k in range(5))
        one = replace(spec, mix=mix, teams=spec.teams * 20, stances=spec.stances * 20)
        p = generate(Scenario(name, (one,), scenario(_HOME[name]).use_case), seed=1)
        found[reason] = p.truth["adoption"]["effective_reliance"]
    return found


_HOME = {"LO1": "bank", "LO2": "bank", "PH1": "hospital", "PH2": "hospital", "PL1": "planning",
         "PL2": "planning"}  # fmt: skip
_SPECS: dict[str, PopulationSpec] = {
    p.name: p for home in ("bank", "hospital", "planning") for p in scenario(home).populations
}


def true_shares(name: str, mix: np.ndarray) -> dict[str, float]:
    """Share of the gap in use that taking each reason's term out of the generator would close.

    Workflow disruption's term is in everybody's use where the way through the AI is long
    (domain: all but WD pay for the steps too), so taking it out helps all of them.
    """
    here, free = _use_by_reason(name, True), _use_by_reason(name, False)
    share = dict(zip(REASONS, mix.tolist(), strict=True))
    now = sum(m * here[r] for r, m in share.items())
    gap = free["none"] - now
    closed = {r: share[r] * (here["none"] - here[r]) for r in REASONS[:5] if r != "WD"}
    without = {r: m * free["none" if r == "WD" else r] for r, m in share.items()}
    closed["WD"] = sum(without.values()) - now
    return {r: closed[r] / gap if gap > 0 else 0.0 for r in REASONS[:5]}


def reasons(seed: int, engine: Engine, evidence: str) -> Record:
    """A population of one of the six kinds whose mix of reasons is drawn from Dirichlet(1).

    `evidence`: all three sources, and beside it what behaviour alone would say; or `little` (behaviour of one
    week)."""
    rng = np.random.default_rng([seed, 17])
    name = list(_SPECS)[seed % len(_SPECS)]
    drawn = rng.dirichlet(np.ones(6))
    spec = replace(_SPECS[name], mix=tuple(float(m) for m in drawn[:5]))
    weeks = 1 if evidence == "little" else 8
    one = Scenario(name, (spec,), scenario(_HOME[name]).use_case)
    p = generate(one, seed=seed, weeks=weeks)
    table, use_case = narrow(p, engine), use_case_of(p)
    if evidence == "little":
        table = table.select("population", "person_id", "decided_at", "action", "mode")
    issues = measure_model_issue(table, use_case, [s for s in use_case.segment if s in table.columns], SETTINGS)  # fmt: skip
    after = measure_after_error(table, SETTINGS)
    said = read_evidence(p.survey, p.interviews).evidence if evidence == "all" else Evidence()
    facts = populations_of(p)
    if evidence == "little":
        facts = {n: f.model_copy(update={"low_users_practising_share": None}) for n, f in facts.items()}  # fmt: skip

    def scored_by(said: Evidence) -> Scored:
        found = measure_resistance(table, facts, issues, after, said, SETTINGS)
        assert not isinstance(found, CannotSay)
        scored = found.populations[0].scored
        assert not isinstance(scored, CannotSay)
        return scored

    scored = scored_by(said)
    counts = p.truth["populations"][name]["reasons"]
    mix = np.array([counts[r] for r in REASONS])
    return {
        "population": name,
        "verdict": scored.verdict,
        "by_behaviour": scored_by(Evidence()).verdict if evidence == "all" else None,
        "named": list(scored.named),
        "p": scored.probability,
        "between": scored.between,
        "terms": {
            t: [x.prior, x.survey, x.interviews, x.behaviour] for t, x in scored.terms.items()
        },
        "truth": true_shares(name, mix),
        "mix": dict(zip(REASONS, mix.tolist(), strict=True)),
    }


JOBS: dict[str, Callable[[int, Engine], Record]] = {
    **{n: (lambda s, e, n=n: programme(n, s, e)) for n in ("bank", "hospital", "planning")},  # type: ignore[misc]
    **{
        f"rollout-{n}": (lambda s, e, n=n: rollout(n, s, e))  # type: ignore[misc]
        for n in ("bank", "hospital", "planning")
    },
    "recorded": recorded,
    "blind-spots-20": lambda s, e: blind_spots(s, e, 0.20),
    "blind-spots-10": lambda s, e: blind_spots(s, e, 0.10),
    "blind-spots-0": lambda s, e: blind_spots(s, e, 0.0),
    "signals-null": lambda s, e: signals(s, 0.0),
    "signals-shift": lambda s, e: signals(s, 0.15),
    "signals-delay": lambda s, e: signal_delays(s),
    "weekly-looks": lambda s, e: weekly_looks(s),
    "staggered-12": lambda s, e: staggered(s, e, 12),
    "staggered-40": lambda s, e: staggered(s, e, 40),
    **ACTIONS,
    "gates-12": lambda s, e: gate_looks(s, 12),
    "gates-60": lambda s, e: gate_looks(s, 60),
    "reasons": lambda s, e: reasons(s, e, "all"),
    "reasons-little": lambda s, e: reasons(s, e, "little"),
    **{f"strangers-{name}": job for name, job in STRANGERS.items()},
}
