"""From "not enough evidence" to a reason, as those involved do it in a browser: a programme lead asks a population and asks for
conversations, an officer answers on a phone by keyboard, HR invites, listens, codes and reads back, and the officer reads what was
found on the same page as the lead."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from takeup.record.clock import now
from tests.server.running import STORE, Server, decision, running
from tests.server.test_browser import launched, looks, violations

pytestmark = [pytest.mark.store, pytest.mark.browser, pytest.mark.on("postgres")]
PHONE = {"width": 390, "height": 844}

PEOPLE = """
import json
from datetime import date
from takeup.server.running.start import start
start()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from takeup.server.deployment.roles import Role
from takeup.server.foundation.organization.models import Person, Placement, Population
from takeup.server.foundation.organization.services import set_roles, use_case
use_case("credit")
place = Population.objects.create(key="officers", title="Officers")
for i in range(20):
    one = Person.objects.create_user(f"p{i}", email=f"p{i}@example.org", name=f"Officer {i}")
    Placement.objects.create(person=one, population=place, from_day=date(2026, 1, 5))
for role in ("programme_lead", "role_owner", "worker_representative"):
    one = Person.objects.create_user(role, email=f"{role}@example.org", name=f"Some {role}")
    set_roles(one, {Role(role)}, "test")
made = {}
for who in ("programme_lead", "role_owner", "worker_representative", "p3"):
    person = Person.objects.get(person_id=who)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    made[who] = session.session_key
print(json.dumps(made))
"""

OTHERS_ANSWER = """
from takeup.server.running.start import start
start()
from takeup.record.questionnaire import ITEMS
from takeup.server.acting.survey.models import Round
from takeup.server.acting.survey.services import answer, path_of
one = Round.objects.get()
for n, waiting in enumerate(one.invitations.filter(answered=False)[:13]):
    said = dict.fromkeys(ITEMS, 2) | {"WD1": 5, "WD2": 5, "WD3": 5 - n % 2, "WD4r": 1}
    answer(path_of(one.pk, waiting.handle).removeprefix("/survey/"), said, {})
"""

LATER = """
import sys
from datetime import timedelta
from takeup.record.clock import at, now
from takeup.server.running.start import start
start()
from takeup.server.acting.survey.services import begin_and_close
from takeup.server.showing.overview.services import take_snapshots
with at(now() + timedelta(days=int(sys.argv[1]))):
    begin_and_close(now().date())
    print(take_snapshots())
"""


SIXTY_DAYS_ON = """
from datetime import datetime, timedelta
from takeup.record.clock import at, now
from takeup.server.deployment.connect import log_of
from takeup.server.running.start import start
settings = start()
from takeup.server.recording.record_api.keys import key_of, make_key
from takeup.server.recording.record_api.receive import receive
from takeup.server.recording.record_api.services import drain_now
from takeup.server.showing.overview.services import take_snapshots
from tests.server.running import decision
begun = now()
with at(begun + timedelta(days=75)):
    rows = [
        decision(
            i, decision_id=f"later-{i}", case_id=f"later-{i}", consulted=i // 20 % 10 != 0,
            choice="decline" if i // 20 % 4 == 0 else "approve", surface="in_tool", steps=4,
            path="ai" if i // 20 % 10 else "legacy",
            decided_at=f"{begun + timedelta(days=15 + 7 * (i // 60)):%Y-%m-%d}T09:12:04Z",
        )
        for i in range(8 * 60)
    ]
    receive("decisions", rows, key_of(make_key("later")))
    drain_now(log_of(settings))
    print(take_snapshots())
"""


class Journey:
    """The server, a browser, and somebody's page."""

    def __init__(self, server: Server, browser, cookies: dict[str, str]) -> None:
        self.server, self.browser, self.cookies = server, browser, cookies

    def page_of(self, who: str | None, path: str, **look) -> Page:
        context = self.browser.new_context(**look)
        if who is not None:
            context.add_cookies([{"name": "takeup", "value": self.cookies[who], "url": self.server.address("")}])  # fmt: skip
        page = context.new_page()
        page.goto(self.server.address(path))
        return page


@pytest.fixture(scope="module")
def journey(tmp_path_factory):
    with running(STORE, tmp_path_factory.mktemp("reasons"), begin=False) as (server, _):
        server.environment |= {"TAKEUP_DEVELOPMENT": "1", "TAKEUP_PUBLIC_URL": server.address("")}
        cookies = json.loads(server.python(PEOPLE))
        server.start()
        key = server.command("key", "make", "loan-system").stdout.strip()
        # Half a year in which a third is looked at, in another window, with three steps more.
        rows = [
            decision(
                i, consulted=i // 20 % 3 == 0, choice="decline" if i // 20 % 4 == 0 else "approve",
                surface="separate", path="legacy" if i // 20 % 3 else "ai", steps=4 if i // 20 % 3 else 7,
                decided_at=f"{now() - timedelta(days=1 + 7 * (i // 60)):%Y-%m-%d}T09:12:04Z",
            )
            for i in range(26 * 60)
        ]  # fmt: skip
        for start in range(0, len(rows), 1_000):
            server.send("/api/v1/decisions", rows[start : start + 1_000], key)
        server.command("log", "drain")
        assert "taken" in server.command("snapshot").stdout
        with launched() as browser:
            yield Journey(server, browser, cookies)


def accessible(page: Page) -> None:
    for where in looks(page):
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
        assert violations(page) == [], where


def test_a_reason_is_asked_for_heard_and_read_by_those_it_is_about(journey):
    asked_for(journey)
    answered_on_a_phone(journey)
    journey.server.python(OTHERS_ANSWER)
    heard(journey)
    assert "taken" in journey.server.python(LATER, "15")
    read(journey)
    action = acted(journey)
    stands(journey, "absent")
    assert "taken" in journey.server.python(SIXTY_DAYS_ON)
    moved(journey, action)


def asked_for(journey) -> None:
    """From the page that says what is missing, one click to each way of knowing more."""
    page = journey.page_of("programme_lead", "/reasons")
    accessible(page)
    press(page, "text=Officers")
    expect(page.locator("h1")).to_contain_text("not enough evidence yet")
    accessible(page)
    press(page, "text=Ask them")
    expect(page.locator("#population")).to_have_value("officers")
    press(page, "button:has-text('Ask them')")
    expect(page.locator("main")).to_contain_text("20 people are asked")
    accessible(page)
    page.goto(journey.server.address("/reasons/credit/of/officers"))
    press(page, "text=Hold conversations")
    page.select_option("#facilitator", label="Some role_owner")
    page.select_option("#coder", label="Some worker_representative")
    press(page, "button:has-text('Draw')")
    expect(page.locator("main")).to_contain_text("drawn with the next snapshot")
    assert "taken" in journey.server.python(LATER, "1")
    page.context.close()


def answered_on_a_phone(journey) -> None:
    """By keyboard alone, back once and on again, from the link on the start page."""
    page = journey.page_of("p3", "/", viewport=PHONE)
    path = page.locator("a:has-text('Answer')").get_attribute("href")
    page.context.close()
    page = journey.page_of(None, path, viewport=PHONE)
    accessible(page)
    page.set_viewport_size(PHONE)
    on(page)
    for screen in range(4):
        expect(page.locator(".eyebrow")).to_contain_text(f"{screen + 1} of 5")
        for n, item in enumerate(page.locator("fieldset.scale").all()):
            item.locator("input").first.focus()
            page.keyboard.press("Space")
            for _ in range(1 + n % 2):
                page.keyboard.press("ArrowRight")
            expect(item.locator("input").nth(1 + n % 2)).to_be_checked()
        if screen == 1:
            accessible(page)
            page.set_viewport_size(PHONE)
            press(page, "button:has-text('Back')")
            assert page.locator("fieldset.scale input:checked").count() == 5
            on(page)
            assert page.locator("fieldset.scale input:checked").count() == 5
        on(page)
    accessible(page)
    on(page)
    expect(page.locator("h1")).to_contain_text("Thank you")
    accessible(page)
    page.reload()
    expect(page.locator("h1")).to_contain_text("answered already")
    page.context.close()


def press(page: Page, what: str) -> None:
    """A link or button, and wait for the page behind it."""
    with page.expect_navigation():
        page.click(what)


def on(page: Page) -> None:
    """To the next screen, with Enter on the button."""
    page.locator("button.first").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def heard(journey) -> None:
    """HR alone sees whom to invite; both code apart; HR reads back."""
    page = journey.page_of("role_owner", "/conversations")
    press(page, "a:has-text('Whom to invite')")
    expect(page.locator("h2")).to_contain_text("8 people")
    accessible(page)
    number = page.url.rsplit("/", 2)[1]
    for _ in range(5):
        page.goto(journey.server.address(f"/conversations/{number}/write"))
        page.fill("#last_case", "It came after I had typed the decision, in another window.")
        press(page, "button:has-text('Keep it')")
    accessible(page)
    for who in ("role_owner", "worker_representative"):
        coding = journey.page_of(who, f"/conversations/{number}/code")
        for n in range(1, 6):
            coding.select_option(f"#primary-{n}", "WD")
            press(coding, f"section:has(#primary-{n}) button")
        accessible(coding)
        coding.context.close()
    page.goto(journey.server.address(f"/conversations/{number}/code"))
    expect(page.locator("main")).to_contain_text("κ 1.00")
    press(page, "button:has-text('Settle the codes')")
    page.fill("#told", "The advice comes after the decision is typed, in another window.")
    press(page, "button:has-text('Read it back')")
    expect(page.locator("h1")).to_contain_text("What was heard")
    accessible(page)
    page.context.close()


def read(journey) -> None:
    """The lead and the officer read the same finding, with what speaks for it and what fits."""
    told = []
    for who in ("programme_lead", "p3"):
        page = journey.page_of(who, "/reasons/credit/of/officers")
        expect(page.locator("h1")).to_contain_text("workflow disruption")
        told.append(page.locator("h1").inner_text())
        expect(page.locator("main")).to_contain_text("14 people answered")
        expect(page.locator("main")).to_contain_text("5 were held")
        expect(page.locator("main")).to_contain_text("What fits")
        accessible(page)
        page.context.close()
    assert told[0] == told[1]
    lead = journey.page_of("programme_lead", "/conversations")
    assert "Officer " not in lead.content()


def acted(journey) -> str:
    """The action that fits, one click from the reason: declared, begun, delivered. Its page."""
    page = journey.page_of("programme_lead", "/reasons/credit/of/officers")
    press(page, "a:has-text('Choose it')")
    expect(page.locator("#population")).to_have_value("officers")
    expect(page.locator("#reason")).to_have_value("WD")
    accessible(page)
    page.select_option("#owner", label="Some programme_lead")
    page.select_option("#indicator", "consult_rate")
    page.select_option("#direction", "up")
    page.fill("#check_on", (now().date() + timedelta(days=60)).isoformat())
    press(page, "button[value='declare']")
    path = page.url.removeprefix(journey.server.address(""))
    accessible(page)
    press(page, "button:has-text('It starts today')")
    while page.locator("button[aria-label^='Done']").count():
        press(page, "button[aria-label^='Done'] >> nth=0")
    page.context.close()
    return path


def stands(journey, status: str, before: str = "") -> None:
    """How the way of working stands, which the action was about, and by which figures; the others are as they were."""
    page = journey.page_of("programme_lead", "/conditions/credit")
    own = page.locator("tr", has_text="Workflow integration")
    expect(own.locator("td").first).to_contain_text(status)
    expect(own.locator("td").first).to_contain_text(before)
    changed = page.locator("tr", has_text="before:")
    expect(changed).to_have_count(1 if before else 0)
    page.goto(journey.server.address("/conditions/credit/at/C1"))
    for indicator in ("advice delivered in the tool", "median steps with the advice minus without"):
        row = page.locator("tr", has_text=indicator)
        expect(row.locator("td").first).to_contain_text("● met" if before else "○ not met")
    accessible(page)
    page.context.close()


def moved(journey, action: str) -> None:
    """What came of it: on the action, for everybody in the population, and among what is known of it."""
    page = journey.page_of("programme_lead", action)
    expect(page.locator("main")).to_contain_text("Was it delivered?")
    expect(page.locator(".gate-says")).to_contain_text("Moved")
    accessible(page)
    page.context.close()
    stands(journey, "present", "before: absent")
    officer = journey.page_of("p3", "/interventions")
    expect(officer.locator("main")).to_contain_text("Moved")
    officer.context.close()
