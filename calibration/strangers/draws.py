"""Rollouts by draw, each with one thing that breaks the usual answer: few or unequal teams, whole persons
that nobody declared, covariates of the unit, outcomes that the advice lets be seen, samples of truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from takeup.log import Engine, keep
from takeup.questions.rollout.measure import measure_rollout
from takeup.record.action import with_action
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.stats.answer import Answer, CannotSay, Estimate

Record = dict[str, Any]
CASES, PEOPLE, MONEY = 1_500, 30, 13.0


def _cases(draw: np.random.Generator, n: int = CASES) -> pd.DataFrame:
    """Cases of people who differ in how well theirs end, drawn one by one with unequal probability."""
    person = draw.integers(0, PEOPLE, n)
    p = draw.choice([0.3, 0.5, 0.7], n)
    good = draw.random(n) < 0.6 + draw.normal(0, 0.08, PEOPLE)[person]
    return pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in person], "assist_probability": p,
            "mode": np.where(draw.random(n) < p, "assist", "shadow"), "consulted": True,
            "recommendation": "approve",
            "choice": np.where(draw.random(n) < 0.6, "approve", "decline"),
            "y_outcome": good.astype(float),
        }
    )  # fmt: skip


def _by(frame: pd.DataFrame, unit: pd.Series, draw: np.random.Generator) -> pd.DataFrame:
    """Whole units in one arm or the other, by coin."""
    names = sorted(unit.unique())
    coin = dict(zip(names, draw.random(len(names)) < 0.5, strict=True))
    arm = unit.map(coin).to_numpy(bool)
    return frame.assign(mode=np.where(arm, "assist", "shadow"), assist_probability=0.5)


def by_case(draw: np.random.Generator) -> pd.DataFrame:
    """As it should be."""
    return _cases(draw)


def by_person_undeclared(draw: np.random.Generator) -> pd.DataFrame:
    """Whole persons, and nobody says so."""
    frame = _cases(draw)
    return _by(frame, frame["person_id"], draw)


def by_unequal_teams(draw: np.random.Generator) -> pd.DataFrame:
    """Six to twelve teams, of sizes that differ much."""
    return _teams(draw, int(draw.choice([6, 8, 12])))


def by_few_teams(draw: np.random.Generator) -> pd.DataFrame:
    """Two to five teams."""
    return _teams(draw, int(draw.choice([2, 3, 5])))


def _teams(draw: np.random.Generator, teams: int) -> pd.DataFrame:
    size = draw.lognormal(0, 0.8, teams)
    team = draw.choice(teams, CASES, p=size / size.sum())
    good = draw.random(CASES) < np.clip(0.6 + draw.normal(0, 0.12, teams)[team], 0, 1)
    frame = _cases(draw).assign(
        team=pd.Series(team).astype(str), person_id=[f"t{t}p{i % 4}" for i, t in enumerate(team)],
        y_outcome=good.astype(float), randomised_unit="team",
    )  # fmt: skip
    return _by(frame, frame["team"], draw)


def covariates_of_persons(draw: np.random.Generator) -> pd.DataFrame:
    """Five or twelve covariates that belong to the person who was drawn."""
    frame = by_person_undeclared(draw)
    person = frame["person_id"].str[1:].astype(int).to_numpy()
    for i in range(int(draw.choice([5, 12]))):
        frame[f"x_{i:02d}"] = draw.normal(size=PEOPLE)[person]
    return frame


def covariates_of_few_cases(draw: np.random.Generator) -> pd.DataFrame:
    """A hundred covariates of three hundred cases."""
    frame = _cases(draw, 300)
    noise = {f"x_{i:02d}": draw.normal(size=300) for i in range(100)}
    return pd.concat([frame, pd.DataFrame(noise)], axis=1)


def in_money(draw: np.random.Generator) -> pd.DataFrame:
    """Money, of which the advice brings 13 more a case."""
    frame = _cases(draw)
    gain = MONEY * (frame["mode"] == "assist")
    return frame.assign(y_outcome=draw.gamma(4, 25, CASES) + gain)


def judged_sample(draw: np.random.Generator) -> pd.DataFrame:
    """Right answers of a sample: where the choice differs more often, with the chance recorded."""
    frame = _cases(draw)
    # The advice brings agreement, and agreements are judged less often.
    assist = frame["mode"] == "assist"
    choice = np.where(draw.random(CASES) < np.where(assist, 0.8, 0.5), "approve", "decline")
    chance = np.where(choice == "approve", 0.3, 0.9)
    right = np.where(draw.random(CASES) < np.where(choice == "approve", 0.75, 0.75), 1.0, 0.0)
    judged = draw.random(CASES) < chance
    return frame.drop(columns="y_outcome").assign(
        choice=choice, truth_probability=chance, choice_right=np.where(judged, right, np.nan),
        advice_right=np.where(judged, np.where(choice == "approve", right, 1 - right), np.nan),
    )  # fmt: skip


def sample_of_unknown_chance(draw: np.random.Generator) -> pd.DataFrame:
    """The same, and nobody says with what chance."""
    return judged_sample(draw).drop(columns="truth_probability")


def seen_where_approved(draw: np.random.Generator) -> pd.DataFrame:
    """The outcome is seen where approved, and the advice lets more be approved."""
    frame = judged_sample(draw).drop(columns=["truth_probability", "choice_right", "advice_right"])
    good = draw.random(CASES) < 0.7
    return frame.assign(
        y_outcome=np.where(frame["choice"] == "approve", good, np.nan).astype(float)
    )


def lost_in_one_arm(draw: np.random.Generator) -> pd.DataFrame:
    """Outcomes known for 98 % with the advice; without it the bad ones are lost, to 56 %."""
    frame = _cases(draw)
    assist = (frame["mode"] == "assist").to_numpy()
    bad = (frame["y_outcome"] == 0).to_numpy()
    lost = draw.random(CASES) < np.where(assist, 0.02, np.where(bad, 0.95, 0.1))
    return frame.assign(y_outcome=frame["y_outcome"].where(~lost))


Shape = Callable[[np.random.Generator], pd.DataFrame]
TEAMS: tuple[Shape, ...] = (by_unequal_teams,)
COVARIATES: tuple[Shape, ...] = (covariates_of_persons, covariates_of_few_cases)
ANSWERED: tuple[Shape, ...] = (
    by_case, by_person_undeclared, by_unequal_teams, by_few_teams, covariates_of_persons,
    covariates_of_few_cases, in_money, judged_sample,
)  # fmt: skip
REFUSED: tuple[Shape, ...] = (
    sample_of_unknown_chance, seen_where_approved, lost_in_one_arm,
)  # fmt: skip
SHAPES = (*ANSWERED, *REFUSED)


def rollout(seed: int, engine: Engine, shapes: Sequence[Shape] = SHAPES) -> Record:
    """What is said of the outcome (or of right decisions) in a rollout of one of `shapes`, by the seed."""
    shape = shapes[seed % len(shapes)]
    frame = shape(np.random.default_rng([seed, 43]))
    rule: dict[str, Any] = {"better": "higher"}
    if shape is seen_where_approved:
        rule["observed_when"] = ["approve"]
    use_case = UseCase.model_validate({"name": "draws", "outcome": rule})
    for name in ("choice_right", "advice_right"):
        if name in frame:
            frame[name] = frame[name].map({1.0: True, 0.0: False}).astype("boolean")
    table = keep(
        with_action(engine.load(pa.Table.from_pandas(frame, preserve_index=False)), use_case)
    )
    covariates = [c for c in frame if c.startswith("x_")]
    found = measure_rollout(table, use_case, covariates, ["outcome"], Settings())
    name = "correctness" if "choice_right" in frame else "outcome:outcome"
    effect: Answer = found if isinstance(found, CannotSay) else CannotSay("refused", "absent", "")
    adjusted = effect
    if not isinstance(found, CannotSay):
        for e in found.effects:
            if e.name == name:
                effect, adjusted = e.unadjusted, e.adjusted
    truth = MONEY if shape is in_money else 0.0
    told = isinstance(effect, Estimate)
    return {
        "shape": shape.__name__, "truth": {"effect": truth}, "effect": _told(effect),
        "adjusted": _told(adjusted), "wrongly": shape in REFUSED and told,
        "in_points": shape is in_money and isinstance(effect, Estimate) and effect.unit == "points",
    }  # fmt: skip


def _told(answer: Answer) -> Record:
    if not isinstance(answer, Estimate):
        return {}
    return {"value": answer.value, "low": answer.low, "high": answer.high}
