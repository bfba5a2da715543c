"""A loan officer decides ten cases in the loan desk by mouse and ten by keyboard alone, overrides three, marks
one as wrong, and finds them on My cases and My calibration within seconds. The product team labels and
answers the mark and ships a version; the officer sees the answer, and after weeks whether it worked."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.journeys.test_rollout import sign_in
from tests.server.running import STORE, Server, free_port, running, select_nothing
from tests.server.test_browser import chromium, looks, violations

pytestmark = [pytest.mark.store, pytest.mark.browser, pytest.mark.on("sqlite")]
ROOT = Path(__file__).resolve().parents[2]
DESK = ROOT / "examples" / "loan_desk"
SHOWN_WITHIN = 5.0
WEEKS_LATER = """
# Four weeks of other people's judged cases: half of the advice wrong before the release, little after.
import random, sys
from datetime import timedelta
from takeup.record.clock import at, now
from takeup.server.deployment.connect import log_of
from takeup.server.running.start import start
settings = start()
from takeup.server.showing.overview.services import take_snapshots
from takeup.server.recording.record_api.beside_no_drain import drain_now
from takeup.server.recording.record_api.keys import key_of
from takeup.server.recording.record_api.receive import receive

rng, begins, key = random.Random(1), now(), key_of(sys.argv[1])
with at(begins + timedelta(days=29)):
    for version, first, wrong in (("4.2", -25, 0.5), ("4.3", 1, 0.05)):
        rows, outcomes = [], []
        for i in range(960):
            truth, other = rng.sample(["approve", "decline"], 2)
            moment = (begins + timedelta(days=first + 24 * i / 960)).isoformat()
            rows.append({
                "decision_id": f"{version}-{i}", "use_case": "credit-line", "person_id": f"p{i // 3 % 12}",
                "decided_at": moment, "mode": "assist", "consulted": True, "choice": truth,
                "recommendation": other if rng.random() < wrong else truth, "model_version": version,
                "x_segment": ("standard", "thin_file", "local_income")[i % 3],
            })
            outcomes.append({
                "decision_id": f"{version}-{i}", "use_case": "credit-line", "correct_choice": truth,
                "observed_at": moment,
            })
        receive("decisions", rows, key)
        receive("outcomes", outcomes, key)
    drain_now(log_of(settings))
    print(take_snapshots())
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(STORE, tmp_path_factory.mktemp("work"), begin=False) as (started, _):
        started.environment["TAKEUP_PUBLIC_URL"] = started.address("")
        started.start()
        yield started


@contextmanager
def desk(server: Server, key: str, folder: Path) -> Iterator[str]:
    """The loan desk, as its README says to start it; its address."""
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "clients" / "python" / "src"),
        "TAKEUP_URL": server.address(""), "TAKEUP_KEY": key, "TAKEUP_SPOOL": str(folder / "spool"),
        "LOAN_DESK_DATABASE": str(folder / "desk.sqlite3"), "LOAN_DESK_PORT": str(port),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "app.py"], cwd=DESK, env=environment,
        stdout=(folder / "desk.log").open("w"), stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        while True:
            assert process.poll() is None, (folder / "desk.log").read_text()
            try:
                urllib.request.urlopen(f"{address}/sign-in", timeout=5).close()
                break
            except (urllib.error.URLError, ConnectionError):
                select_nothing()
        yield address
    finally:
        process.kill()
        process.wait()


def advised(page: Page) -> str:
    """The advice on the page, once it is there."""
    expect(page.locator("takeup-recommendation")).to_have_attribute("state", "advice")
    return page.locator("takeup-recommendation").evaluate("e => e.advice.recommendation")


def saved(page: Page) -> None:
    expect(page.locator("body[data-saved]")).to_have_count(1)
    page.click("#next")


def press(page: Page, name: str) -> None:
    """Tab to the control of this name inside the recommendation, and press it."""
    inside = "document.querySelector('takeup-recommendation').shadowRoot.activeElement?.textContent"
    for _ in range(40):
        page.keyboard.press("Tab")
        if (page.evaluate(inside) or "").startswith(name):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} is not reached by Tab")


def test_cases_decided_in_the_desk_come_back_to_the_officer_alone(server, tmp_path):
    (tmp_path / "people.csv").write_text(
        "person_id,name,email,population,team,cohort\n"
        "maya,Maya Okafor,maya@example.org,officers,north,first\n"
        "omar,Omar Haddad,omar@example.org,officers,north,first\n"
    )
    server.command("organization", "import", str(tmp_path / "people.csv"))
    (tmp_path / "use_case.toml").write_text(
        'name = "credit-line"\ntitle = "Loan triage"\nsegment = ["x_segment"]\n'
        'choices = ["approve", "decline"]\nmodified_choices = {approve_lower = "approve"}\n'
    )
    server.command("use-case", "declare", str(tmp_path / "use_case.toml"))
    server.command("rollout", "step", "credit-line", "assist", "--cohort", "first")
    key = server.command("key", "make", "desk").stdout.strip()
    with desk(server, key, tmp_path) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        page = browser.new_page()
        page.goto(f"{address}/sign-in")
        page.fill("#officer", "maya")
        page.click("button")
        page.click("tbody a >> nth=0")
        other = {"approve": "Decline", "decline": "Approve"}
        for i in range(10):
            advice = advised(page)
            if i == 0:
                page.get_by_role("button", name="This looks wrong").click()
                page.get_by_role("button", name="Something is missing").click()
            if i < 2:
                page.get_by_role("button", name=f"{other[advice]} instead").click()
                page.get_by_role("button", name="I know something the model lacks").click()
            else:
                page.get_by_role("button", name="Follow:").click()
            saved(page)
        for i in range(10):
            advice = advised(page)
            if i == 0:
                press(page, f"{other[advice]} instead")
                press(page, "Not convinced")
            else:
                press(page, "Follow:")
            saved(page)

        own = browser.new_context().new_page()
        sign_in(server, own, "maya@example.org")
        began = time.monotonic()
        while True:
            own.goto(server.address("/my/cases"))
            if "20 cases of yours" in own.inner_text("main"):
                break
            assert time.monotonic() - began < SHOWN_WITHIN, own.inner_text("main")
            select_nothing()
        rows = own.locator("tbody tr")
        expect(rows).to_have_count(20)
        expect(rows.filter(has_text="overrode")).to_have_count(3)
        expect(rows.filter(has_text="I know something the model lacks")).to_have_count(2)
        expect(rows.filter(has_text="something is missing")).to_have_count(1)
        expect(own.locator("tbody tr").filter(has_text="decided without looking")).to_have_count(0)
        own.goto(server.address("/my/calibration"))
        expect(own.locator("main")).to_contain_text("20 decisions")
        expect(own.locator("main")).to_contain_text("Too early to say")

        for path in ("/my/today", "/my/cases", "/my/calibration", "/my/practice", "/my/data"):
            own.goto(server.address(path))
            for where in looks(own):
                assert violations(own) == [], (path, where)
                assert own.evaluate("document.documentElement.scrollWidth <= innerWidth"), path

        colleague = browser.new_context().new_page()
        sign_in(server, colleague, "omar@example.org")
        colleague.goto(server.address("/my/cases"))
        expect(colleague.locator("main")).to_contain_text("No case of yours is recorded yet")

        server.command("person", "role", "priya@example.org", "product_team", "--add", "Priya Nair")
        team = browser.new_context().new_page()
        sign_in(server, team, "priya@example.org")
        team.goto(server.address("/queue/credit-line"))
        expect(team.locator("main")).not_to_contain_text("maya")
        team.click(".topic summary")
        team.get_by_label("data gap").check()
        team.get_by_label("Answer, to everybody behind").fill("Harvest income counts from 4.3 on.")
        team.get_by_role("button", name="Send the answer").click()
        expect(team.locator("[role=status]")).to_contain_text("The answer reached 1 person.")
        team.click("#fixes summary")
        team.fill("#version", "4.3")
        team.fill("#words", "Reads the year, not the month")
        team.locator("#fixes fieldset input").first.check()
        team.get_by_role("button", name="Record the release").click()
        expect(team.locator("#fixes")).to_contain_text("Too early to say")

        own.goto(server.address("/my/today"))
        expect(own.locator("main")).to_contain_text("Harvest income counts from 4.3 on.")
        expect(own.locator("main")).to_contain_text("What you reported led to version 4.3")

        server.python(WEEKS_LATER, key)
        team.reload()
        expect(team.locator("#fixes")).to_contain_text("The fix holds")
        own.reload()
        expect(own.locator("main")).to_contain_text("The fix holds")
        browser.close()
