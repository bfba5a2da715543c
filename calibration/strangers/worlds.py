"""Programmes of which it is known what is true of every kind of case, most of them with nothing to find.

Each breaks an assumption that reports like to make. People's own rates are drawn around what is the same for
all of them, so that what holds of people like these is known from the same world drawn large.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[Any]
WORDS = np.array(["decline", "approve"], object)
WEEKS = 14


@dataclass(frozen=True)
class World:
    """`words` say what is odd about it. Chances: that the advice is wrong (by office), that it is looked at,
    that right and wrong advice is followed, that somebody who has none is right. With these defaults people
    with it, people alone and the advice are right alike (0.8), and overrides lose as much as they gain."""

    words: str
    wrong: tuple[float, float, float] = (0.2, 0.2, 0.2)
    looks: float = 0.75
    follows_right: float = 0.9
    follows_wrong: float = 0.6
    alone: float = 0.8
    apart: float = 0.05
    people: int = 40
    unequal: float = 0.0
    drawn: bool = True
    changes: frozenset[str] = frozenset()
    """Signals of something that does change."""
    odd: Callable[[np.random.Generator, dict[str, Array], Array, Array], None] | None = None
    """Changes columns, or what decides them, in place: chances of following, and of a good end."""


def _only_one_kind_is_overridden(
    draw: np.random.Generator, held: dict[str, Array], follows: Array, good: Array
) -> None:
    local = held["x_kind"] == "kind 0"
    follows[:] = np.where(local, 0.02, 0.995)
    good[:] = np.where(local, 0.35, 0.65)


def _who_follows_judges_well(
    draw: np.random.Generator, held: dict[str, Array], follows: Array, good: Array
) -> None:
    lean = held["own"]
    follows[:] = np.clip(follows + 4 * lean, 0.02, 0.98)
    good[:] = np.clip(good + 3 * lean, 0.02, 0.98)


def _same_cases(
    draw: np.random.Generator, held: dict[str, Array], follows: Array, good: Array
) -> None:
    # Drawn large, the cases are many as well: what holds of cases like these.
    cases = 40 if len(good) < 10_000 else 20_000
    case = draw.integers(0, cases, len(good))
    for name in ("x_kind", "x_region", "correct"):
        held[name][:] = held[name][:cases][case]
    held["wrong"][:] = (draw.random(cases) < 0.2)[case]
    held["case"] = case
    lean = np.clip(held["own"], -0.15, 0.1)
    follows[:] = np.where(held["wrong"], 0.6, 0.9) + lean


def _holidays(
    draw: np.random.Generator, held: dict[str, Array], follows: Array, good: Array
) -> None:
    away = np.isin(held["week"], (8, 9)) & (draw.random(len(good)) < 0.8)
    held["gone"] = away


def _newcomers(
    draw: np.random.Generator, held: dict[str, Array], follows: Array, good: Array
) -> None:
    new = held["person"] % 2 == 1
    held["gone"] = new & (held["week"] < 6)
    held["looks"][:] = np.where(new & (held["week"] < 9), held["looks"] - 0.3, held["looks"])


WORLDS = {
    "alike": World("nobody and nothing differs"),
    "no-overlap": World("one kind of case is always overridden, no other ever", odd=_only_one_kind_is_overridden),
    "readiness": World("who follows more readily also judges better", odd=_who_follows_judges_well),
    "one-bad": World("the advice is wrong in more than half of the cases of one of three offices", wrong=(0.12, 0.55, 0.12)),
    "few": World("a dozen people, some with ten times the cases of others", people=12, unequal=1.2, apart=0.08),
    "same-cases": World("forty cases, the same for everybody", drawn=False, odd=_same_cases),
    "holidays": World("two weeks in which hardly anybody works", odd=_holidays),
    "newcomers": World("half of the people come in week six and look less for three weeks", changes=frozenset({"RR1", "RR3"}), odd=_newcomers),
    "followed-blindly": World("all advice is followed, right or wrong", follows_right=0.97, follows_wrong=0.95),
    "better-with-it": World("people catch most errors of the advice", follows_right=0.97, follows_wrong=0.3),
}  # fmt: skip


def table(world: World, draw: np.random.Generator, rows: int, people: int) -> pd.DataFrame:
    """Decisions of the world."""
    busy = np.exp(draw.normal(0, world.unequal, people)) if world.unequal else np.ones(people)
    person = draw.choice(people, rows, p=busy / busy.sum())
    own = draw.normal(0, world.apart, people)
    readiness = draw.normal(0, world.apart, people)
    office = person % 3
    held: dict[str, Array] = {
        "person": person, "office": office, "own": own[person],
        "x_kind": np.array([f"kind {i}" for i in range(5)], object)[draw.integers(0, 5, rows)],
        "x_region": np.array([f"region {i}" for i in range(6)], object)[draw.integers(0, 6, rows)],
        "week": draw.integers(0, WEEKS, rows), "correct": draw.integers(0, 2, rows),
        "wrong": draw.random(rows) < np.array(world.wrong)[office],
        "looks": np.clip(world.looks + readiness[person], 0.02, 0.98), "gone": np.zeros(rows, bool),
    }  # fmt: skip
    good = np.full(rows, 0.6)
    lean = np.clip(own[person], -0.15, 0.1)
    follows = np.where(held["wrong"], world.follows_wrong, world.follows_right) + lean
    if world.odd is not None:
        world.odd(draw, held, follows, good)
    advice = np.where(held["wrong"], 1 - held["correct"], held["correct"])
    assist = draw.random(rows) < 0.5 if world.drawn else np.ones(rows, bool)
    looked = assist & (draw.random(rows) < held["looks"])
    followed = draw.random(rows) < np.clip(follows, 0.01, 0.99)
    right = draw.random(rows) < np.clip(world.alone + lean, 0, 1)
    alone = np.where(right, held["correct"], 1 - held["correct"])
    choice = np.where(looked, np.where(followed, advice, 1 - advice), alone)
    seconds = draw.integers(0, 5 * 24 * 3600, rows)
    frame = pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in person], "population": [f"office {i}" for i in office],
            "decided_at": pd.Timestamp("2026-01-05") + pd.to_timedelta(held["week"] * 7, "D")
            + pd.to_timedelta(seconds, "s"),
            "recommendation": WORDS[advice], "choice": WORDS[choice],
            "correct_choice": WORDS[held["correct"]], "consulted": looked,
            "mode": np.where(assist, "assist", "shadow"),
            "x_kind": held["x_kind"], "x_region": held["x_region"],
            "outcome": (draw.random(rows) < good).astype(float), "value": 100.0,
        }
    )  # fmt: skip
    if world.drawn:
        frame["assist_probability"] = 0.5
    if "case" in held:
        frame["case_id"] = [f"c{i}" for i in held["case"]]
    return frame[~held["gone"]].reset_index(drop=True)
