"""An onlooker keeps every page and every export of every day, and subtracts: no group of fewer people
than the minimum shows. Random organizations, random days, through the server's own snapshots."""

from __future__ import annotations

import csv
import io
import random
from datetime import timedelta
from itertools import combinations

import pytest

from tests.server.people import client_of, with_role
from tests.server.running import decision

pytestmark = pytest.mark.on("sqlite")

LEAST = 8


class Attack:
    """A programme of random days; what was recorded and what an executive could read."""

    def __init__(self, seed: int, key) -> None:
        self.rng, self.key = random.Random(seed), key
        self.people = {
            f"p{n}": (f"pop{n % 3}", f"t{n % 3}-{n % 2}") for n in range(self.rng.randint(30, 60))
        }
        self.sent: list[dict] = []
        self.day = 0

    def one_day(self, who: int) -> None:
        """Some people decide; somebody may have moved to another population."""
        from takeup.server.recording.record_api.receive import receive

        mover = self.rng.choice(list(self.people))
        self.people[mover] = (f"pop{self.rng.randrange(3)}", self.people[mover][1])
        rows = []
        for person in self.rng.sample(list(self.people), min(who, len(self.people))):
            population, team = self.people[person]
            for _ in range(self.rng.randint(1, 4)):
                n = len(self.sent) + len(rows)
                rows.append(
                    decision(
                        n, person_id=person, population=population, team=team, path="ai",
                        consulted=self.rng.random() < 0.7, x_segment=self.rng.choice("ab"),
                        choice=self.rng.choice(("approve", "decline")),
                        decided_at=f"2026-11-{2 + self.day:02d}T09:00:00Z",
                    )
                )  # fmt: skip
        self.sent += rows
        for start in range(0, len(rows), 1_000):
            receive("decisions", rows[start : start + 1_000], self.key)
        self.day += 1

    def read(self, client) -> dict[str, int]:
        """Every count of cases an executive can open: overview, its export, the diagnosis."""
        found: dict[str, int] = {}
        text = client.get("/overview/credit?as=csv").content.decode("utf-8-sig")
        for row in csv.DictReader(io.StringIO(text)):
            if row["eligible"]:
                found[f"population {row['population']}"] = int(row["eligible"])
        from takeup.server.showing.overview.services import latest

        adoption = latest("credit").document["diagnoses"][0]["measures"]["adoption"]
        for dimension, groups in adoption.get("groups", {}).items():
            for g in groups:
                if not g["hidden"] and g["eligible"]:
                    found[f"{dimension} {g['key']}"] = g["eligible"]
        return found


@pytest.mark.parametrize("seed", range(2))
def test_what_two_days_differ_by_comes_from_at_least_the_minimum_group(key, seed):
    from takeup.record.clock import at, now
    from takeup.server.foundation.organization.services import declare_use_case
    from takeup.server.showing.overview.models import Released
    from takeup.server.showing.overview.services import take_snapshots

    declare_use_case("credit", 'segment = ["x_segment"]\n', "test")
    attack, reader = Attack(seed, key), client_of(with_role("executive"))
    seen: list[dict[str, int]] = []
    shown: list[set[str]] = []
    start = now()
    for day, who in enumerate((60, 3, 25, 1, 40, 30)):
        attack.one_day(who)
        with at(start + timedelta(days=day)):
            take_snapshots()
            seen.append(attack.read(reader))
        held = {k.split("\x1f")[0] for k in Released.objects.get().held.get("decisions", ())}
        shown.append({r["decision_id"] for r in attack.sent} - held)
    by_id = {r["decision_id"]: r for r in attack.sent}
    compared = 0
    for before, after, old, new in zip(seen, seen[1:], shown, shown[1:], strict=False):
        added = [by_id[i] for i in new - old]
        for group in before.keys() & after.keys():
            if before[group] == after[group]:
                continue
            compared += 1
            people = {r["person_id"] for r in added if inside(r, group)}
            assert len(people) >= LEAST, (group, before[group], after[group], people)
    assert compared > 5
    assert any(len(one) < len(attack.sent) for one in shown), "something was held back on the way"


def test_what_two_populations_differ_by_together_comes_from_at_least_the_minimum_group(key):
    """People move from one population to the other night by night, a few at a time; an onlooker adds the populations' figures up,
    takes them from the total, and both from those of the night before."""
    from takeup.record.clock import at, now
    from takeup.server.foundation.organization.services import declare_use_case
    from takeup.server.showing.overview.models import Released
    from takeup.server.showing.overview.services import take_snapshots

    declare_use_case("credit", 'segment = ["x_segment"]\n', "test")
    attack, reader = Attack(7, key), client_of(with_role("executive"))
    seen, shown = [], []
    start = now()
    for day, (who, movers) in enumerate(((60, 0), (60, 1), (2, 2), (40, 1), (60, 3))):
        moved_to_the_other(attack, movers)
        attack.one_day(who)
        with at(start + timedelta(days=day)):
            take_snapshots()
            seen.append(attack.read(reader))
        held = {k.split("\x1f")[0] for k in Released.objects.get().held.get("decisions", ())}
        shown.append({r["decision_id"] for r in attack.sent} - held)
    by_id = {r["decision_id"]: r for r in attack.sent}
    compared = 0
    for (before, old), (after, new) in combinations(list(zip(seen, shown, strict=True)), 2):
        added = [by_id[i] for i in new - old]
        places = sorted(g for g in before.keys() & after.keys() if g.startswith("population pop"))
        for some in (c for n in range(1, len(places) + 1) for c in combinations(places, n)):
            keys = {g.removeprefix("population ") for g in some}
            gained = sum(after[g] - before[g] for g in some)
            theirs = {r["person_id"] for r in added if r["population"] in keys}
            assert gained == 0 or len(theirs) >= LEAST, (some, gained, theirs)
            rest = len(new) - len(old) - gained
            others = {r["person_id"] for r in added if r["population"] not in keys}
            assert rest == 0 or len(others) >= LEAST, (some, rest, others)
            compared += bool(gained)
    assert compared > 5


def moved_to_the_other(attack: Attack, many: int) -> None:
    """So many people of the first population are in the second from now on."""
    here = [name for name, (population, _) in attack.people.items() if population == "pop0"]
    for name in attack.rng.sample(here, min(many, len(here))):
        attack.people[name] = ("pop1", attack.people[name][1])


def inside(row: dict, group: str) -> bool:
    dimension, _, level = group.partition(" ")
    if level == "all":
        return True
    if dimension == "week":
        from datetime import date

        day = date.fromisoformat(row["decided_at"][:10])
        return (day - timedelta(days=day.weekday())).isoformat() == level[:10]
    return str(row.get(dimension)) == level
