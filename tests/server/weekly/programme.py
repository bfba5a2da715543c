"""A small programme with teams, managers and known truth, as the weekly pages need one."""

from __future__ import annotations

import itertools

from tests.server.running import decision

TEAMS = {"north-a": ("north", "manager-north"), "south-a": ("south", "manager-south")}


def organized(managers: dict[str, tuple[str, str]] = TEAMS, people: int = 12) -> None:
    """Teams (by key: population, manager), each of so many people."""
    from takeup.record.clock import at, now
    from takeup.server.foundation.organization.services import import_people, read_people

    rows = [
        {"person_id": f"{population}-{team}-{n}", "population": population, "team": team, "team_manager": manager}
        for team, (population, manager) in managers.items() for n in range(people)
    ]  # fmt: skip
    rows += [
        {"person_id": manager, "name": manager.title(), "email": f"{manager}@example.org"}
        for _population, manager in managers.values()
    ]
    with at(now().replace(year=now().year - 1)):
        import_people(read_people(rows, "test"), actor="test")


def sent(
    key, population: str, people: int, *, each: int = 20, looked: float = 0.5, team: str = "",
    judged: int | None = None,
) -> None:  # fmt: skip
    """Decisions of `people`; of the first `judged` of them it is known whether the advice was right (two of three)."""
    from takeup.server.recording.record_api.receive import receive

    judged = people if judged is None else judged
    rows, truths = [], []
    for p, i in itertools.product(range(people), range(each)):
        made = decision(
            i, decision_id=f"{population}-{p}-{i}", case_id=f"c-{population}-{p}-{i}",
            person_id=f"{population}-{team}-{p}", population=population, path="ai",
            consulted=i < looked * each, decided_at=f"2026-11-{2 + i % 20:02d}T09:00:00Z",
            choice="approve" if i % 4 else "decline", **({"team": team} if team else {}),
        )  # fmt: skip
        rows.append(made)
        if p < judged:
            truths.append(
                {"decision_id": made["decision_id"], "use_case": "credit", "observed_at": "2026-11-23T09:00:00Z",
                 "correct_choice": "approve" if i % 3 else "decline"}
            )  # fmt: skip
    for kind, given in (("decisions", rows), ("outcomes", truths)):
        for start in range(0, len(given), 1_000):
            receive(kind, given[start : start + 1_000], key)


def snapshot() -> None:
    from takeup.server.showing.overview.services import take_snapshots

    assert take_snapshots() == {"credit": "taken"}


def person_called(person_id: str):
    from takeup.server.foundation.organization.models import Person

    return Person.objects.get(person_id=person_id)


def measured_on(day, *keys: str, use_case: str = "credit", **rows: dict) -> None:
    """A snapshot by hand, as old or large as a test needs it."""
    from takeup.record.clock import now
    from takeup.server.foundation.organization.services import use_case as known
    from takeup.server.showing.overview.models import PopulationView, Snapshot

    known(use_case)
    total = row_of("all", title="Everybody shown")
    made = Snapshot.objects.create(
        use_case=use_case, day=day, taken_at=now(), document={"diagnoses": []}, body="…",
        overview={
            "title": "Credit", "verdict": "Half.", "heading": "Half is used.", "summary": "", "total": total,
            "not_yet": [], "changes": [], "shares_axis": None, "overrides_axis": None,
        },
    )  # fmt: skip
    PopulationView.objects.bulk_create(
        PopulationView(snapshot=made, key=key, place=place, row=rows.get(key, row_of(key)))
        for place, key in enumerate(keys, 1)
    )


def row_of(key: str, **more) -> dict:
    """A row of a snapshot with figures that tell nothing but themselves."""
    return {
        "key": key, "title": key.title(), "definition": "24 people · 480 cases", "state": "shown", "gravity": 0,
        "rates": None, "with_advice": "40 % (30 to 50)", "counts": "", "gap": "", "gap_range": "", "overrides": None,
        "override_told": "20 % (10 to 30)", "experts": "", "level": "L2 trial", "position": 2, "gaps": [], "why": "",
        "weeks": None, "trend": "", "issues": [], "figures": [],
        "facts": {"people": 24, "eligible": 480, "consult_rate": 0.5, "nominal_rate": 1.0},
    } | more  # fmt: skip
