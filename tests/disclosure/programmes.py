"""Small programmes in which somebody is alone somewhere: the only one in a week, in no team, with a reason."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pandas as pd
from hypothesis import strategies as st

CUTS = ["population", "team", "phase", "model_version", "stakes"]
_START = dt.datetime(2026, 7, 6, 9)  # noqa: DTZ001 (as tables come)


class Programme:
    """Collects decisions; `look` is the chance of looking, `override(k)` that of overriding the k-th."""

    def __init__(self, seed: int = 5) -> None:
        self.rng, self.rows = random.Random(seed), []

    def add(
        self,
        population: str,
        person: int,
        cases: int,
        look: float = 0.8,
        override: Callable[[int], float] = lambda _: 0.2,
        week: int = 0,
        **more: Any,
    ) -> None:
        for k in range(cases):
            n = len(self.rows) + 1
            advice = self.rng.choice(["approve", "decline"])
            looked = self.rng.random() < look
            over = looked and self.rng.random() < override(k)
            other = "decline" if advice == "approve" else "approve"
            self.rows.append({
                "decision_id": f"d{n}", "use_case": "loans", "case_id": f"c{n}",
                "person_id": f"{population}-{person}", "population": population,
                "decided_at": _START + dt.timedelta(weeks=week, days=k % 5, minutes=n % 480),
                "mode": "assist", "consulted": looked, "recommendation": advice, "path": "ai",
                "choice": other if over else advice, "override_reason": "other" if over else None,
                **more,
            })  # fmt: skip

    @property
    def table(self) -> pd.DataFrame:
        return pd.DataFrame(self.rows)


def week_of_one() -> pd.DataFrame:
    p = Programme(3)
    for week in range(8):
        for who in range(25):
            p.add("south", who, 6, week=week)
            if week != 5:
                p.add("north", who, 6, week=week)
    p.add("north", 5, 30, 0.3, week=5)
    return p.table


def person_in_no_team() -> pd.DataFrame:
    p = Programme()
    for who in range(24):
        p.add("north", who, 40, team="n1")
        p.add("south", who, 40, team="s1")
    p.add("north", 24, 40, 1, lambda k: k % 2, team=None)
    return p.table


def one_who_looks() -> pd.DataFrame:
    p = Programme()
    for who in range(25):
        p.add("north", who, 40, float(who == 7), lambda _: 0.0)
        p.add("south", who, 40, float(who in (3, 4)), lambda k: float(k % 3 == 0))
        p.add("west", who, 40)
    return p.table


def reason_of_one() -> pd.DataFrame:
    p = Programme()
    for who in range(25):
        p.add("north", who, 40)
    rows = p.table
    two = rows.index[(rows.override_reason == "other") & (rows.person_id == "north-3")][:2]
    rows.loc[two, "override_reason"] = "professional_duty_ethics"
    return rows


def two_cuts_that_differ_by_one() -> pd.DataFrame:
    p = Programme()
    for who in range(24):
        p.add("north", who, 40)
    rows = p.table
    late = rows.groupby("person_id").cumcount() >= 20
    rows["phase"] = late.map({True: "production", False: "pilot"})
    newer = late & (rows.person_id != "north-7")
    rows["model_version"] = newer.map({True: "2.0", False: "1.0"})
    return rows


def specialist_of_rare_cases() -> pd.DataFrame:
    """Three of five kinds of case are one person's: the total less the two that are shown."""
    p = Programme(8)
    for who in range(30):
        for stakes in ("low", "high"):
            p.add("north", who, 15, stakes=stakes)
    for version in ("a", "b", "c"):
        p.add("north", 3, 12, 0.9, lambda _: 0.6, stakes="high", model_version=version)
    rows = p.table
    rows["model_version"] = rows["model_version"].fillna("main")
    return rows


CASES = [
    week_of_one,
    person_in_no_team,
    one_who_looks,
    reason_of_one,
    two_cuts_that_differ_by_one,
    specialist_of_rare_cases,
]


def people_who_come_and_go(seed: int, days: int) -> pd.DataFrame:
    """Two populations over some days: people join, leave, are away and change their team; a few cases are rare.
    `came`: the day on which a decision is made."""
    p = Programme(seed)
    homes = [("north", 22), ("south", 14)]
    people = []
    for population, size in homes:
        for who in range(size):
            joins = 0 if p.rng.random() < 0.8 else p.rng.randrange(days)
            leaves = days if p.rng.random() < 0.85 else p.rng.randrange(days)
            moves = p.rng.randrange(days) if p.rng.random() < 0.1 else days
            people.append((population, who, joins, leaves, moves))
    for day in range(days):
        for population, who, joins, leaves, moves in people:
            if not joins <= day <= leaves or p.rng.random() < 0.15:
                continue
            before = len(p.rows)
            team = f"{population}-{(who + (day >= moves)) % 2}"
            p.add(
                population, who, p.rng.choice([2, 4, 6]), week=day // 7, team=team,
                phase="pilot" if day < days / 2 else "production", model_version="1", came=day,
                stakes="high" if p.rng.random() < 0.05 else "low",
            )  # fmt: skip
            for row in p.rows[before:]:
                row["decided_at"] = _START + dt.timedelta(days=day, minutes=len(p.rows) % 480)
    rows = p.table
    return rows.assign(week=rows.decided_at.dt.to_period("W-SUN").dt.start_time.astype(str))


@st.composite
def programmes(draw: st.DrawFn) -> pd.DataFrame:
    """Populations, teams, people who are away, specialists and rare kinds as they come."""
    p = Programme(draw(st.integers(0, 10_000)))
    weeks = draw(st.integers(1, 4))
    for number in range(draw(st.integers(1, 3))):
        size = draw(st.sampled_from([3, 8, 12, 24, 30]))
        teams = draw(st.sampled_from([1, 2, 4]))
        away = draw(st.sampled_from([0.0, 0.05, 0.5, 0.95]))
        lookers = draw(st.sampled_from([1.0, 1.0, 0.9, 0.1]))
        rare = draw(st.sampled_from([0.0, 0.02, 0.2]))
        for who in range(size):
            looks = 0.8 if p.rng.random() < lookers else 0.0
            for week in range(weeks):
                if p.rng.random() < away:
                    continue
                team = None if who == 0 and teams > 1 else f"{number}-{who % teams}"
                late = week >= weeks / 2 or (who == 1 and p.rng.random() < 0.5)
                p.add(
                    f"p{number}", who, p.rng.choice([4, 8, 8, 20]), looks, week=week, team=team,
                    stakes="high" if p.rng.random() < rare else "low",
                    phase="production" if late else "pilot",
                    model_version="2" if week >= weeks / 2 else "1",
                )  # fmt: skip
    if not p.rows:
        p.add("p0", 0, 5)
    rows = p.table
    some = rows.index[rows.override_reason.notna()]
    for at in some:
        if p.rng.random() < 0.3:
            rows.loc[at, "override_reason"] = p.rng.choice(["model_error", "missing_input"])
    return rows
