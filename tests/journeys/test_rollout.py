"""A rollout from shadow to assist, as a new user does it: declare a gate, send decisions by a script
with the client, read the shadow report, pass the gate, see the script obey without a restart, stop
one kind of case, and find it all on the next day's Overview."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.server.running import STORE, Server, running, select_nothing
from tests.server.test_browser import PASSWORD, chromium

pytestmark = [pytest.mark.store, pytest.mark.browser, pytest.mark.on("postgres")]
ROOT = Path(__file__).resolve().parents[2]
OBEYS_WITHIN = 5.0
SCRIPT = """
import random, sys, time
from takeup_client import Client

rng, (url, key) = random.Random(1), sys.argv[1:3]
with Client(url, key, "credit-line", spool="spool") as takeup:
    assert takeup.ready(30)
    case = 0
    while True:
        # Fifteen hundred cases in shadow at once, then one after another until it is killed.
        officer, segment = f"officer-{case % 24}", rng.choice(["salary", "seasonal"])
        truth, other = rng.sample(["approve", "decline"], 2)
        apart = rng.random() < 0.3
        ahead = rng.random() < (0.95 if segment == "salary" else 0.05)
        model = (truth if ahead else other) if apart else truth
        own = (other if ahead else truth) if apart else truth
        advice = takeup.recommend(f"case-{case}", model, person_id=officer, covariates={"segment": segment})
        if advice.show:
            advice.viewed()
        advice.decided(model if advice.show and segment == "salary" else own)
        advice.outcome(name="panel", correct_choice=truth, truth_probability=1.0)
        print(case, segment, "shown" if advice.show else "hidden", flush=True)
        case += 1
        if case > 1500:
            time.sleep(0.05)
"""

TOMORROW = """
from datetime import datetime
from takeup.record.clock import at
from takeup.server.running.start import start
start()
from takeup.server.showing.overview.services import take_snapshots
with at(datetime.fromisoformat("{moment}")):
    print(take_snapshots())
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(STORE, tmp_path_factory.mktemp("rollout"), begin=False) as (started, _):
        started.environment["TAKEUP_PUBLIC_URL"] = started.address("")
        started.start()
        yield started


class Running:
    """The script, and what it said of each case."""

    def __init__(self, server: Server, key: str, folder: Path) -> None:
        (folder / "script.py").write_text(SCRIPT)
        self.out = folder / "said.txt"
        self.process = subprocess.Popen(
            [sys.executable, "script.py", server.address(""), key],
            cwd=folder, stdout=self.out.open("w"), stderr=subprocess.STDOUT,
            env={"PYTHONPATH": str(ROOT / "clients" / "python" / "src"), "PATH": "/usr/bin:/bin"},
        )  # fmt: skip

    def said(self) -> list[tuple[str, str]]:
        """Segment and `shown` or `hidden` of every case so far."""
        assert self.process.poll() is None, self.out.read_text()[-2_000:]
        lines = self.out.read_text().split("\n")[:-1]
        return [(line.split()[1], line.split()[2]) for line in lines]

    def until(self, told, after: int) -> float:
        """Seconds until a case later than `after` is as `told`."""
        began = time.monotonic()
        while not any(told(*one) for one in self.said()[after:]):
            select_nothing()
        return time.monotonic() - began


def sign_in(server: Server, page: Page, email: str) -> None:
    page.goto(server.command("person", "link", email).stdout.strip())
    page.fill("input[name=new_password1]", PASSWORD)
    page.fill("input[name=new_password2]", PASSWORD)
    page.click("main button")
    page.goto(server.address("/sign-in"))
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(server.address("/"))


def test_from_shadow_through_its_gate_to_assist_and_a_stop(server, tmp_path):
    people = "person_id,population,team,cohort\n" + "".join(
        f"officer-{i},officers,t{i % 2},first-wave\n" for i in range(24)
    )
    (tmp_path / "people.csv").write_text(people)
    server.command("organization", "import", str(tmp_path / "people.csv"))
    (tmp_path / "use_case.toml").write_text('name = "credit-line"\nsegment = ["x_segment"]\n')
    server.command("use-case", "declare", str(tmp_path / "use_case.toml"))
    server.command("person", "role", "lead@example.org", "programme_lead", "--add", "Ruth Lead")
    key = server.command("key", "make", "script").stdout.strip()
    server.command("rollout", "step", "credit-line", "shadow", "--cohort", "first-wave")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        page = browser.new_page()
        report = server.address("/shadow/credit-line/of/first-wave")
        sign_in(server, page, "lead@example.org")
        page.goto(report)
        expect(page.locator("h1")).to_have_text("Too early to say")
        page.fill("#pairs", "1000")
        page.fill("#days", "1")
        page.fill("#reports", "0")
        page.fill("#attested", "")
        page.click("text=Declare the gate")
        expect(page.locator(".said")).to_contain_text("The gate is declared")

        script = Running(server, key, tmp_path)
        try:
            while len(script.said()) < 1_500 or queryable(server) < 1_500:
                select_nothing()
            assert {shown for _, shown in script.said()} == {"hidden"}
            server.command("snapshot")
            page.goto(report)
            expect(page.locator("h1")).to_contain_text("On seasonal people are.")
            expect(page.locator("#clauses h2")).to_contain_text("intervene")
            page.check("input[value=intervene]")
            page.fill("#reason", "salary cases first")
            before = len(script.said())
            page.click("text=Record the decision")
            expect(page.locator("#decision h2")).to_contain_text("with kinds left to people")
            assert script.until(lambda _, shown: shown == "shown", before) < OBEYS_WITHIN
            later = script.said()[before:]
            assert ("seasonal", "shown") not in later

            page.goto(server.address("/rollout/credit-line"))
            page.select_option("#kind", "segment=salary")
            page.fill("#stop-reason", "wrong data since noon")
            page.click("form[action$='/stop'] button")
            expect(page.locator("main")).to_contain_text("wrong data since noon")
            stopped = time.monotonic()
            while not script.said()[-1:] or script.said()[-1] != ("salary", "hidden"):
                assert time.monotonic() - stopped < OBEYS_WITHIN
                select_nothing()
            hidden = len(script.said())
            script.until(lambda segment, _: segment == "salary", hidden + 20)
            assert {shown for _, shown in script.said()[hidden:]} == {"hidden"}
            page.reload()
            expect(page.locator("main")).to_contain_text("Heard by")
            expect(page.locator("main")).to_contain_text("none with advice")

            page.goto(server.address("/overview/credit-line"))
            expect(page.locator("main")).to_contain_text("No case in assist yet")
            tomorrow = snapshot_of_tomorrow(server)
            page.reload()
            expect(page.locator("main .eyebrow")).to_contain_text(f"{tomorrow:%A %-d %B %Y}")
            expect(page.locator("main .pops")).to_contain_text("officers")
            expect(page.locator("main")).not_to_contain_text("No case in assist yet")
            expect(page.locator(".timeline")).to_contain_text("first wave: assist")
            expect(page.locator(".timeline")).to_contain_text("no advice on segment: salary")
        finally:
            script.process.kill()
            browser.close()


def snapshot_of_tomorrow(server: Server) -> date:
    """What the nightly job will do, with the clock put forward in a process of its own."""
    day = date.today() + timedelta(days=1)  # noqa: DTZ011
    server.python(TOMORROW.format(moment=f"{day}T02:00:00+00:00"))
    return day


def queryable(server: Server) -> int:
    told = json.loads(server.command("log", "status", "--json").stdout)
    return next((t["queryable"] for t in told["tables"] if t["kind"] == "decisions"), 0)
