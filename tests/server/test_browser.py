"""Pages in a real browser: as a person opens them, with the server's own security policy, by keyboard,
light and dark, wide and narrow; and by axe, which knows WCAG."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.server.running import STORE, Server, decision, running

pytestmark = [pytest.mark.store, pytest.mark.browser, pytest.mark.on("sqlite")]
PASSWORD = "a-long-and-rare-password"
UNKNOWN = "a_name_without_a_blank_that_goes_on_and_on_" * 4
"""As long as a sender may name a use case."""
PAGES = {
    "administrator": ("/", "/organization", "/organization/import", "/senders", "/senders/key",
                      "/quarantine", "/quarantine/1", "/use-cases", "/my/access", "/style", "/password", "/signals"),
    "programme_lead": ("/", "/use-cases/credit", f"/use-cases/{UNKNOWN}", "/diagnosis/credit",
                       "/surveys", "/conversations", "/reasons", "/signals", "/rollout/credit",
                       f"/rollout/{UNKNOWN}", "/shadow/credit", f"/shadow/{UNKNOWN}",
                       "/interventions", "/interventions/declare?use_case=credit&reason=WD&action=A-WF4",
                       "/interventions/library",
                       "/conditions/credit", "/conditions/credit/at/C3", "/readiness",
                       "/week/of/credit", "/week/of/credit/reviews", "/week/review/1",
                       "/sprints", "/sprints/1", "/sprints/1/M05", "/sprints/1/G30", "/sprints/1/what-if?by-M05=20",
                       "/reviews/of/credit", "/reviews/1"),
    "manager": ("/", "/week/of/credit", "/team"),
    "oversight_officer": ("/audit",),
    "champion": ("/", "/escalations", "/escalations/1"),
    "product_team": ("/", "/queue/credit", "/performance/credit", "/escalations", "/escalations/1", "/escalations/2"),
    "worker_representative": ("/agreement", "/surveys/text"),
}  # fmt: skip
WIDE, NARROW = (1280, 900), (390, 844)


def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no Chromium on this machine (make system installs it)")
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(STORE, tmp_path_factory.mktemp("browser"), begin=False) as (started, _):
        started.environment["TAKEUP_DEVELOPMENT"] = "1"
        started.environment["TAKEUP_PUBLIC_URL"] = started.address("")
        started.start()
        key = started.command("key", "make", "loan-system").stdout.strip()
        rows = [
            decision(i, person_id=f"p{i % 24}", x_segment=("thin", "long")[i % 2])
            for i in range(960)
        ]
        rows[5]["flagged"] = "wrong"
        rows.append(decision(9_998, use_case=UNKNOWN))
        started.send("/api/v1/decisions", [*rows, decision(9_999, confidence=3)], key)
        started.command("log", "drain")
        started.command("snapshot")
        yield started


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser of one's own."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def browser():
    with launched() as started:
        yield started


SESSIONS = """
import json, sys
from takeup.server.running.start import start
start()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from takeup.server.foundation.organization.models import Person
from datetime import timedelta
from takeup.record.clock import at, now
from takeup.server.deployment.roles import Role
from takeup.server.foundation.organization.services import set_roles
def leads(person):
    from takeup.record.clock import now
    from takeup.server.foundation.organization.models import Lead, Placement, Population, Team
    day, team = now().date(), Team.objects.create(key="team-1")
    officers, _ = Population.objects.get_or_create(key="officers")
    Lead.objects.create(team=team, person=person, from_day=day)
    for n in range(12):
        officer = Person.objects.create_user(f"officer-{n}")
        Placement.objects.create(person=officer, population=officers, team=team, from_day=day)

def reviewed(lead):
    from takeup.record.clock import now
    from takeup.server.showing.weekly.services import decide, open_review
    review, _ = open_review("credit", by=lead)
    decide(review.pk, "Lift the target.", owner=lead, due=now().date(), by=lead)

def planned(lead):
    from datetime import timedelta
    from takeup.record.clock import at, now
    from takeup.server.acting.rollout.services import take_step
    from takeup.server.acting.sprint.evaluating import evaluate
    from takeup.server.acting.sprint.services import begin, move, sign
    from takeup.server.showing.review.services import comment, make
    with at(now() - timedelta(days=40)):
        take_step("credit", "assist", by=lead, reason="the pilot was over")
        sprint = begin("credit", now().date(), by=lead, deciders=dict.fromkeys(("G30", "G60", "G90"), lead))
    move(sprint, "M05", now().date() + timedelta(days=9), "the supplier is late", by=lead)
    sign(sprint, "M05", "signed", by=lead, roles=[Role.PROGRAMME_LEAD], note="in the minutes")
    sprint.refresh_from_db()
    evaluate(sprint, now().date())
    comment(make("credit", by=lead), 2, "The vendor ships in May.", by=lead)

def raises(person):
    from datetime import timedelta
    from takeup.record.clock import now
    from takeup.server.foundation.organization.models import Placement, Population
    from takeup.server.acting.escalations.services import decide, open_escalation
    officers, _ = Population.objects.get_or_create(key="officers")
    Placement.objects.create(person=person, population=officers, from_day=now().date() - timedelta(days=30))
    open_escalation("credit", "P1", "Arbeitsunfaehigkeitsbescheinigungspflicht " * 9, by=person.handle)
    promised = open_escalation("credit", "P2", "The panel is slow.", by=person.handle)
    decide(promised.pk, "accepted", promised_on=now().date() + timedelta(days=9), reason="with 2.4", by=person.handle)

made = {}
for role in sys.argv[1:]:
    person = Person.objects.create_user(role, email=f"{role}@example.org", name=f"Some {role}")
    # Who decides at gates held the role when the sprint was planned.
    with at(now() - timedelta(days=50)):
        set_roles(person, {Role(role)}, "test")
    if role == "manager":
        leads(person)
    if role == "champion":
        raises(person)
    if role == "programme_lead":
        reviewed(person.handle)
        planned(person.handle)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    made[role] = session.session_key
print(json.dumps(made))
"""


@pytest.fixture(scope="module")
def signed_in(server, browser):
    """Cookies of somebody of each role: the administrator signed in by the link and the form, the others
    have a session as that makes one."""
    found = {"administrator": cookies_of(server, browser, "administrator")}
    others = [role for role in PAGES if role != "administrator"]
    for role, key in json.loads(server.python(SESSIONS, *others)).items():
        found[role] = [{"name": "takeup", "value": key, "url": server.address("")}]
    return found


def cookies_of(server: Server, browser, role: str):
    email = f"{role}@example.org"
    server.command("person", "role", email, role, "--add", f"Some {role}")
    link = server.command("person", "link", email).stdout.strip()
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    page.fill("input[name=new_password1]", PASSWORD)
    page.fill("input[name=new_password2]", PASSWORD)
    page.click("main button")
    page.goto(server.address("/sign-in"))
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(server.address("/"))
    cookies = context.cookies()
    context.close()
    return cookies


def opened(server, browser, cookies, path, **look) -> tuple[Page, list[str]]:
    context = browser.new_context(**look)
    context.add_cookies(cookies)
    page, said = context.new_page(), []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    answer = page.goto(server.address(path))
    assert answer is not None
    assert answer.status == 200, path
    return page, said


@pytest.mark.parametrize("role", PAGES)
def test_every_page_is_accessible_fits_and_breaks_no_policy(server, browser, signed_in, role):
    page, said = opened(server, browser, signed_in[role], PAGES[role][0])
    for path in PAGES[role]:
        answer = page.goto(server.address(path))
        assert answer is not None
        assert answer.status == 200, path
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        for where in looks(page):
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
                path,
                where,
            )
            # By which rules: colours are those of the scheme, whatever the width.
            assert violations(page, colours=where == ("dark", WIDE[0])) == [], (path, where)
        assert said == [], path
    page.context.close()


def test_what_is_asked_anew_stays_readable_meanwhile(server, browser, signed_in):
    page, said = opened(server, browser, signed_in["administrator"], "/senders")
    # The answer never comes: what waits for it looks as it does meanwhile.
    page.route("**/senders/counters", lambda _: None)
    page.locator(".htmx-request").wait_for()
    assert violations(page) == []
    assert said == []
    page.context.close()


CUT_OFF = """() => {
  document.querySelectorAll("details").forEach((one) => { one.open = true; });
  return [...document.querySelectorAll(".drawing svg")].flatMap((svg) => {
    const edge = svg.getBoundingClientRect();
    if (!edge.width) return [];
    return [...svg.querySelectorAll("text")].filter((text) => {
      const box = text.getBoundingClientRect();
      return text.textContent.trim() && (box.left < edge.left - 1 || box.right > edge.right + 1);
    }).map((text) => text.textContent);
  });
}"""


@pytest.mark.parametrize(
    "path", ["/diagnosis/credit", "/overview/credit", "/overview/credit/population/all"]
)
def test_no_label_is_cut_off_and_figures_stand_beside_their_drawing(
    server, browser, signed_in, path
):
    page, _ = opened(server, browser, signed_in["programme_lead"], path)
    for width, height in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(CUT_OFF) == [], width
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    columns = """() => [...document.querySelectorAll(".full .row")].filter((one) => one.offsetWidth)
      .map((one) => getComputedStyle(one).gridTemplateColumns.split(" ").length)"""
    assert set(page.evaluate(columns)) <= {3}
    page.context.close()


def looks(page: Page) -> Iterator[tuple[str, int]]:
    """The page light and wide, dark and wide, dark and narrow, one after the other."""
    for scheme, (width, height) in (("light", WIDE), ("dark", WIDE), ("dark", NARROW)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": height})
        yield scheme, width


def violations(page: Page, colours: bool = False) -> list[str]:
    """What axe finds; by all of its rules, or by those of `colours`."""
    rules = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    if colours:
        rules = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
    # Each element that passes would be told too, thousands of them on a diagnosis.
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    if not found.violations_count:
        return []
    where = [n["target"] for v in found.response["violations"] for n in v["nodes"]]
    return [f"{found.generate_report()} {where}"]


def test_the_way_in_is_accessible_too(server, browser, signed_in):
    email = "administrator@example.org"
    link = server.command("person", "link", email).stdout.strip()
    for address in (server.address("/sign-in"), link, server.address("/sign-up")):
        page = browser.new_context().new_page()
        page.goto(address)
        for where in looks(page):
            assert violations(page) == [], (address, where)
        page.context.close()


def test_signing_in_and_out_works_by_keyboard_alone(server, browser, signed_in):
    page = browser.new_context().new_page()
    page.goto(server.address("/organization"))
    assert "/sign-in?next=" in page.url
    page.fill("input[name=login]", "administrator@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(server.address("/organization"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    while page.evaluate("document.activeElement.textContent") != "Sign out":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(server.address("/sign-in") + "**")


def test_a_decision_is_recorded_by_keyboard_alone(server, browser, signed_in):
    from datetime import UTC, datetime, timedelta

    due = datetime.now(UTC).date() + timedelta(days=3)
    page, said = opened(server, browser, signed_in["programme_lead"], "/week/review/1")
    for _ in range(60):
        if page.evaluate("document.activeElement.id") == "text":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("Ask eight officers what the advice misses.")
    page.keyboard.press("Tab")
    page.keyboard.type("Some programme_lead")
    page.keyboard.press("Tab")
    page.keyboard.type(f"{due:%m%d%Y}")
    page.keyboard.press("Enter")
    expect(page.locator(".decided")).to_contain_text("Ask eight officers what the advice misses.")
    expect(page.locator(".decided")).to_contain_text(f"due {due:%-d %b %Y}")
    assert said == []
    page.context.close()


def test_what_if_is_tried_by_keyboard_and_read_aloud_and_keeps_nothing(server, browser, signed_in):
    page, said = opened(server, browser, signed_in["programme_lead"], "/sprints/1/what-if")
    drawing = page.locator(".time-line .drawing")
    before = drawing.get_attribute("aria-label")
    page.get_by_label("M06, by days").focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    # The drawing names M11 before and after; the sentence only once its day has moved.
    expect(page.locator("#tried .lede")).to_contain_text("M11")
    expect(drawing).not_to_have_attribute("aria-label", before)
    page.goto(server.address("/sprints/1/what-if"))
    assert drawing.get_attribute("aria-label") == before
    assert said == []
    page.context.close()


def test_a_wrong_password_is_said_to_be_and_tells_nothing_more(server, browser):
    page = browser.new_context().new_page()
    said = []
    for address in ("administrator@example.org", "nobody@example.org"):
        page.goto(server.address("/sign-in"))
        page.fill("input[name=login]", address)
        page.fill("input[name=password]", "another-long-password")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=alert]")
        said.append(page.inner_text("[role=alert]"))
    assert said[0] == said[1]


def test_counters_grow_on_the_page_while_rows_come_in(server, browser, signed_in):
    page, _ = opened(server, browser, signed_in["administrator"], "/senders")
    key = server.command("key", "make", "late-sender").stdout.strip()
    server.send("/api/v1/decisions", [decision(50_000)], key)
    row = page.locator("tr", has_text="late-sender").first
    expect(row.locator("td").first).to_have_text("1", timeout=30_000)


def test_a_person_is_found_while_typing(server, browser, signed_in):
    page, _ = opened(server, browser, signed_in["administrator"], "/organization")
    page.fill("input[name=q]", "programme")
    page.locator("#people tr", has_text="Some oversight_officer").wait_for(state="detached")
    assert page.locator("#people tbody tr").count() == 1


def test_a_row_in_quarantine_is_corrected_in_the_browser(server, browser, signed_in):
    page, _ = opened(server, browser, signed_in["administrator"], "/quarantine")
    page.click("table a")
    text = page.input_value("textarea").replace('"confidence": 3', '"confidence": 0.3')
    page.fill("textarea", text)
    page.click("text=Send it again")
    page.wait_for_selector("text=is kept as")
    assert "Nothing waits for a correction" in page.inner_text("h1")


def test_no_secret_is_in_the_servers_log(server, browser, signed_in):
    key = server.command("key", "make", "secretive").stdout.strip()
    server.send("/api/v1/decisions", [decision(60_000), {"bad": 1}], key)
    server.send("/api/v1/decisions", b"{", key)
    server.send("/api/v1/people", [], key)
    page = browser.new_context().new_page()
    page.goto(server.address("/sign-in"))
    page.fill("input[name=login]", "administrator@example.org")
    page.fill("input[name=password]", "wrong-but-secret-password")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    link = server.command("person", "link", "administrator@example.org").stdout.strip()
    page.goto(link.replace(link[-6:], "xxxxxx"))
    told = (server.home / "serve.log").read_text()
    # What it prints at its first start is for whoever starts it: the link to set a password.
    told = "\n".join(line for line in told.splitlines() if "Set the administrator" not in line)
    secrets = (
        key,
        key.split("_", 2)[2],
        PASSWORD,
        "wrong-but-secret-password",
        link.split("/")[-1],
    )
    assert [secret for secret in secrets if secret in told] == []
    cookies = {cookie["name"]: cookie["value"] for cookie in signed_in["administrator"]}
    assert cookies["takeup"] not in told
