"""A programme's week as those who run it do it in a browser: the lead looks at what is late, tries another day, moves it and names who
decides; the executive decides at the gate, in the weekly review and in the review of thirty days; a manager finds what is theirs."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from takeup.record.clock import now
from tests.journeys.test_reasons import Journey, accessible, press
from tests.server.running import STORE, decision, running
from tests.server.test_browser import SESSIONS, launched

pytestmark = [pytest.mark.store, pytest.mark.browser, pytest.mark.on("postgres")]
ROLES = ("programme_lead", "executive", "manager")


@pytest.fixture(scope="module")
def journey(tmp_path_factory):
    with running(STORE, tmp_path_factory.mktemp("management"), begin=False) as (server, _):
        server.environment |= {"TAKEUP_DEVELOPMENT": "1", "TAKEUP_PUBLIC_URL": server.address("")}
        server.start()
        key = server.command("key", "make", "loan-system").stdout.strip()
        rows = [decision(i, person_id=f"p{i % 24}", x_segment=("thin", "long")[i % 2]) for i in range(960)]  # fmt: skip
        server.send("/api/v1/decisions", rows, key)
        server.command("log", "drain")
        server.command("snapshot")
        cookies = json.loads(server.python(SESSIONS, *ROLES))
        with launched() as browser:
            yield Journey(server, browser, cookies)


def test_a_week_of_lead_executive_and_manager(journey):
    planned(journey)
    decided_at_the_gate(journey)
    reviewed(journey)
    looked_back(journey)
    carried_out(journey)


def planned(journey) -> None:
    """What is late, from the first page; another day tried, then kept with its reason; who decides."""
    page = journey.page_of("programme_lead", "/")
    accessible(page)
    press(page, "text=Open the sprint")
    expect(page.locator("h1")).to_contain_text("late")
    accessible(page)
    press(page, "text=What if?")
    day = now().date() + timedelta(days=20)
    page.fill("input[name='due-M05']", day.isoformat())
    press(page, "button:has-text('Show')")
    expect(page.locator("main")).to_contain_text("G60")
    accessible(page)
    page.goto(journey.server.address("/sprints/1/M05"))
    expect(page.locator("main")).not_to_contain_text(f"due {day:%-d %B %Y}")
    page.fill("#move-due", day.isoformat())
    press(page, "button:has-text('Move it')")
    expect(page.locator("main")).to_contain_text("say why")
    page.fill("#move-reason", "The supplier of the form is late.")
    press(page, "button:has-text('Move it')")
    expect(page.locator("main")).to_contain_text(f"due {day:%-d %B %Y}")
    page.goto(journey.server.address("/sprints/1/G30"))
    page.click("summary:has-text('Somebody else decides')")
    page.select_option("#decider", label="Some executive")
    press(page, "button:has-text('Keep')")
    expect(page.locator("main")).to_contain_text("Some executive decides")
    page.context.close()


def decided_at_the_gate(journey) -> None:
    """From the executive's first page; against the clauses only with a reason, and only once."""
    page = journey.page_of("executive", "/")
    accessible(page)
    expect(page.locator("main")).to_contain_text("next gate G30")
    press(page, "text=Open the sprint")
    press(page, "a:has-text('G30')")
    accessible(page)
    page.check("input[name='decided'][value='go']")
    press(page, "button:has-text('Record the decision')")
    expect(page.locator("main")).to_contain_text("Nothing was decided")
    page.fill("#reason", "The talks that are missing are on Thursday.")
    page.check("input[name='decided'][value='go']")
    press(page, "button:has-text('Record the decision')")
    expect(page.locator("h1")).to_have_text("Passed: go")
    expect(page.locator("main")).to_contain_text("a deviation")
    expect(page.locator("button:has-text('Record the decision')")).to_have_count(0)
    accessible(page)
    page.context.close()


def reviewed(journey) -> None:
    """The weekly review: a decision with its owner and its day against a row."""
    page = journey.page_of("executive", "/week/of/credit")
    accessible(page)
    press(page, "text=To this week’s review")
    page.fill("#text", "Work one live case with the team.")
    page.select_option("#owner", label="Some manager")
    press(page, "button:has-text('Record the decision')")
    expect(page.locator("main")).to_contain_text("Nothing was kept")
    page.fill("#due", (now().date() + timedelta(days=7)).isoformat())
    press(page, "button:has-text('Record the decision')")
    expect(page.locator("main")).to_contain_text("Some manager")
    accessible(page)
    page.context.close()


def looked_back(journey) -> None:
    """The review of thirty days: read, decided, signed; then nothing of it changes."""
    page = journey.page_of("executive", "/reviews/of/credit")
    accessible(page)
    press(page, "main a[href='/reviews/1']")
    expect(page.locator("main h2")).to_have_count(12)
    page.select_option("#choice", "change")
    page.fill("#text", "Advice stays, its form changes.")
    page.select_option("#owner", label="Some programme_lead")
    page.fill("#due", (now().date() + timedelta(days=30)).isoformat())
    press(page, "button:text-is('Decide')")
    expect(page.locator("main")).to_contain_text("Advice stays, its form changes.")
    press(page, "button:has-text('Sign the decisions')")
    expect(page.locator("main")).to_contain_text("Signed: nothing of it changes any more.")
    expect(page.locator("main textarea")).to_have_count(0)
    accessible(page)
    page.context.close()


def carried_out(journey) -> None:
    """What the executive asked for stands on the manager's first page; it is done in one click, and the review says so."""
    page = journey.page_of("manager", "/")
    accessible(page)
    expect(page.locator("main")).to_contain_text("Work one live case with the team.")
    press(page, "button:has-text('It is done')")
    expect(page.locator("main")).not_to_contain_text("Work one live case with the team.")
    press(page, "text=Open my team")
    accessible(page)
    page.context.close()
    page = journey.page_of("executive", "/week/review/1")
    expect(page.locator("main")).to_contain_text(f"done {now():%-d %b %Y}")
    page.context.close()
