"""From what senders recorded to a verdict: on the action, on the population's page, in the report, once."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta

import numpy as np
import pytest

from takeup.questions.knowledge import Moves
from takeup.record.clock import at, now
from tests.server.people import client_of, with_role
from tests.server.running import decision

PLACES = [f"place-{n:02d}" for n in range(12)]
TREATED, WEEKS, EACH, PEOPLE = 6, 26, 20, 10


def first() -> datetime:
    """The Monday, at six, WEEKS before this week's."""
    today = now().replace(hour=6, minute=0, second=0, microsecond=0)
    return today - timedelta(days=today.weekday(), weeks=WEEKS)


def recorded(key) -> None:
    """Twelve populations; in the first six people look more often from week 18 on."""
    from takeup.server.recording.record_api.receive import receive

    rng = np.random.default_rng(4)
    rows = []
    for place, name in enumerate(PLACES):
        for week in range(WEEKS):
            chance = 0.4 + 0.3 * (place < TREATED and week >= 18)
            for i in range(EACH):
                seen = bool(rng.random() < chance)
                when = first() + timedelta(weeks=week, days=i % 5, hours=3)
                number = f"{name}-{week}-{i}"
                rows.append(
                    decision(
                        i, decision_id=number, case_id=f"c-{number}", person_id=f"{name}-{i % PEOPLE}",
                        population=name, consulted=seen, decided_at=when.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    )
                )  # fmt: skip
    for start in range(0, len(rows), 1_000):
        receive("decisions", rows[start : start + 1_000], key)


def acted(lead) -> list[int]:
    """Declared in week 16, begun at once, delivered a week later."""
    from takeup.server.acting.interventions import services

    numbers = []
    for name in PLACES[:TREATED]:
        with at(first() + timedelta(weeks=16)):
            today = now().date()
            steps = [("Cases in team meetings", today + timedelta(weeks=2))]
            told = services.Declared(
                "credit", name, "A-MG3", "WD", lead.handle, today, steps, Moves("consult_rate", "up", 0.05),
                check_on=today + timedelta(weeks=9),
            )  # fmt: skip
            run = services.declare(told, by=lead.handle)
            services.start(run.pk, by=lead.handle)
        with at(first() + timedelta(weeks=17)):
            services.step_done(run.pk, 1, by=lead.handle)
        numbers.append(run.pk)
    return numbers


@pytest.fixture
def done(key):
    from takeup.server.foundation.organization.services import (
        import_people,
        read_people,
        use_case,
    )
    from takeup.server.showing.overview.services import take_snapshots

    use_case("credit")
    people = [
        {"person_id": f"{name}-{n}", "population": name, "team": name}
        for name in PLACES
        for n in range(PEOPLE)
    ]
    import_people(read_people(people, "test"), actor="test")
    lead = with_role("programme_lead")
    numbers = acted(lead)
    recorded(key)
    assert take_snapshots() == {"credit": "taken"}
    return lead, numbers


def test_a_recorded_effect_is_told_where_everybody_looks_and_frozen(done):
    from takeup.server.acting.interventions.services import run_of
    from takeup.server.showing.overview.services import latest, take_snapshots

    lead, numbers = done
    runs = [run_of(number) for number in numbers]
    assert {run.verdict for run in runs} == {"moved"}
    effect = runs[0].result["effect"]
    assert effect["grade"] == "staggered"
    assert effect["low"] < 0.3 < effect["high"]
    client = client_of(lead)
    page = client.get(f"/interventions/{numbers[0]}").content.decode()
    assert "Was it delivered?" in page
    assert "against populations that had it not yet" in page
    assert "bands hold for all weeks together" in page
    population = client.get("/overview/credit/population/place-00").content.decode()
    assert "One live case in the team meeting" in population
    assert "Moved" in population
    report = client.get("/diagnosis/credit").content.decode()
    assert "Cases decided with the advice in view: moved" in report
    findings = latest("credit").document["diagnoses"][0]["findings"]
    assert "action_moved" in {f["rule"] for f in findings}
    with at(now() + timedelta(days=1)):
        take_snapshots()
    assert run_of(numbers[0]).result == runs[0].result


def test_a_finding_is_one_click_from_its_action(done):
    lead, _ = done
    client = client_of(lead)
    page = client.get("/diagnosis/credit").content.decode()
    hrefs = re.findall(r'href="(/interventions/declare\?[^"]*finding=[^"]*)"', page)
    assert hrefs
    for href in hrefs:
        form = client.get(html.unescape(href)).content.decode()
        action = re.search(r"action=([A-Z0-9-]+)", href)[1]
        assert f'value="{action}" selected' in form
        assert 'name="finding" value=""' not in form
    assert (
        "/interventions/declare"
        not in client_of(with_role("executive")).get("/diagnosis/credit").content.decode()
    )


def test_people_of_the_population_read_the_same_words(done):
    from takeup.server.foundation.organization.models import Person

    lead, numbers = done
    own = client_of(Person.objects.get(person_id="place-00-0"))
    pages = [c.get(f"/interventions/{numbers[0]}").content.decode() for c in (own, client_of(lead))]
    words = [p[p.index("Did it work?") : p.index("count on no side")] for p in pages]
    assert words[0] == words[1]
    assert own.get(f"/interventions/{numbers[1]}").status_code == 403
