"""How long the nightly look at all milestones takes, and how fast the pages of sprints answer.

    python benchmarks/sprints.py --programmes 20 --populations 200

Every programme has its sprint, on day 67, with what a snapshot of its populations tells milestones (twelve facts a
population) and a night of all eight conditions. How many decisions are behind them plays no part: milestones read what the
night has counted.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import tempfile
import time
from datetime import timedelta

FACTS = (
    "use.live", "use.consulted", "use.level", "reasons.told", "reasons.named", "reasons.unclear", "reasons.doubt",
    "model.issue", "model.net_harm", "conversations.held", "conversations.read_back", "actions.dated",
)  # fmt: skip


def main() -> None:
    """Fill, look, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programmes", type=int, default=20)
    parser.add_argument("--populations", type=int, default=200)
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--requests", type=int, default=40)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"TAKEUP_HOME": home, "TAKEUP_DEVELOPMENT": "1"}
        from takeup.server.running.start import start

        start()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        _fill(told.programmes, told.populations, told.people)
        _look(told.programmes, told.populations)
        _pages(told.requests)


def _fill(programmes: int, populations: int, people: int) -> None:
    from takeup.record.clock import at, now
    from takeup.record.milestones import MilestoneRecord
    from takeup.server.acting.conditions.services import keep_day
    from takeup.server.acting.sprint.facts import keep_facts
    from takeup.server.acting.sprint.services import begin
    from takeup.server.deployment.roles import Role
    from takeup.server.foundation.organization.models import Person
    from takeup.server.foundation.organization.services import (
        import_people,
        read_people,
        set_roles,
        use_case,
    )

    keys = [f"branch-{n:03}" for n in range(populations)]
    rows = [
        {"person_id": f"{k}-{n}", "population": k, "team": k} for k in keys for n in range(people)
    ]
    import_people(read_people(rows, "bench"), actor="bench")
    lead = Person.objects.create_user("lead", email="lead@example.org", name="Lead")
    with at(now() - timedelta(days=67)):
        set_roles(lead, {Role.PROGRAMME_LEAD}, "bench")
    found = _conditions(keys)
    for n in range(programmes):
        name = f"programme-{n:02}"
        use_case(name)
        with at(now() - timedelta(days=67)):
            begin(
                name,
                now().date(),
                by=lead.handle,
                deciders=dict.fromkeys(("G30", "G60", "G90"), lead.handle),
            )
        keep_facts(
            name, now().date(), [MilestoneRecord(f, k, value=1, n=100) for f in FACTS for k in keys]
        )
        keep_day(name, now().date(), found, {})


def _conditions(keys: list[str]) -> list:
    """All eight conditions of each population, every indicator with a figure."""
    from takeup.questions.conditions.indicators import conditions
    from takeup.questions.conditions.measure import (
        ConditionFound,
        IndicatorFound,
        PopulationConditions,
    )
    from takeup.stats.answer import Estimate

    figure = Estimate(0.9, 0.85, 0.94, 0.95, 400, "observed share", "descriptive", unit="share")

    def of(rule):
        indicators = tuple(
            IndicatorFound(i.id, "met", figure, "telemetry", trend="as before")
            for i in rule.indicators
        )
        return ConditionFound(
            rule.id, "present", "all met", 1.0, "", "", "", False, rule.closes, indicators
        )

    eight = tuple(of(rule) for rule in conditions())
    return [
        PopulationConditions(k, 10, 1_000, eight, "on_track", "on_track", "on_track", 0, 0, 0)
        for k in keys
    ]


def _look(programmes: int, populations: int) -> None:
    from takeup.record.clock import now
    from takeup.server.acting.sprint.evaluating import evaluate_use_case

    began = time.perf_counter()
    for n in range(programmes):
        evaluate_use_case(f"programme-{n:02}", now().date())
    spent = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"every milestone of {programmes} programmes, {populations} populations each: {spent:.1f} s, {memory:,.0f} MiB"
    )


def _pages(requests: int) -> None:
    from django.conf import settings
    from django.test import Client

    from takeup.server.foundation.organization.models import Person
    from takeup.server.running import asgi

    assert asgi.application, "pages are asked for in a process set up as a server's is"
    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(
        Person.objects.get(person_id="lead"), backend="django.contrib.auth.backends.ModelBackend"
    )
    for path in (
        "/",
        "/sprints",
        "/sprints/1",
        "/sprints/1/M01",
        "/sprints/1/G60",
        "/sprints/1/what-if?by-M05=12",
    ):
        spent = []
        for _ in range(requests):
            began = time.perf_counter()
            assert client.get(path).status_code == 200
            spent.append(1_000 * (time.perf_counter() - began))
        ordered = sorted(spent)
        print(
            f"{path:<32} p50 {statistics.median(spent):6.1f} ms   p95 {ordered[int(0.95 * len(ordered))]:6.1f} ms"
        )


if __name__ == "__main__":
    main()
