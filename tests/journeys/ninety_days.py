"""The real server in this process, its clock held wherever it is put; people of every role in it, each by their own browser's
cookie and tokens; a host that records what people decided; and the nights between."""

from __future__ import annotations

import asyncio
import io
import random
import re
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import httpx
import uvicorn

from tests.server.running import free_port, select_nothing

START = date(2027, 1, 4)
"""Day 0: a Monday."""
POPULATIONS = ("north", "south")
PEOPLE = {place: [f"{place}-{n:02d}" for n in range(24)] for place in POPULATIONS}
MANAGERS = [f"manager-{n}" for n in range(6)]
ROLES = {
    "lead": "programme_lead", "sponsor": "executive", "hr": "role_owner", "product": "product_team",
    "worker": "worker_representative", "officer": "oversight_officer",
}  # fmt: skip
SEGMENTS = ("salary", "seasonal")


class Everywhere:
    """The clock of the whole process at one moment: pools of threads have no context of their own."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def get(self) -> datetime:
        return self.moment


class Deployment:
    """The server, the host's key, who is in it, and what day it is."""

    def __init__(self, settings: Any, clock: Everywhere, address: str) -> None:
        from takeup.server.deployment.connect import log_of
        from takeup.server.recording.record_api.keys import make_key

        self.settings, self.clock, self.address = settings, clock, address
        self.log = log_of(settings)
        self.host = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {make_key('loan-system')}"}, timeout=60)  # fmt: skip
        self.organization_key = make_key("directory", purpose="organization")
        self.browsers: dict[str, Browser] = {}

    def day(self, number: int, hour: int = 9) -> date:
        """It is that day of the sprint."""
        day = START + timedelta(days=number)
        self.clock.moment = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        return day

    def as_(self, who: str) -> Browser:
        """Somebody's browser, signed in."""
        if who not in self.browsers:
            self.browsers[who] = Browser(self.address, session_of(who))
        return self.browsers[who]

    def send(self, kind: str, rows: list[dict[str, Any]]) -> None:
        """What the host recorded."""
        for first in range(0, len(rows), 1_000):
            answer = self.host.post(f"/api/v1/{kind}", json=rows[first : first + 1_000])
            assert answer.status_code == 200, answer.text
            refused = [one for one in answer.json()["results"] if one["status"] != "stored"]
            assert not refused, refused[:3]

    def drain(self, number: int) -> None:
        """The morning of a day whose figures nobody waits for: the inbox is read, and what is over is taken away."""
        from takeup.server.recording.record_api.services import drain_once
        from takeup.server.recording.record_api.timed import JOBS

        self.day(number)
        drain_once(self.log)
        for job in JOBS:
            job.work(self.log, self.settings)

    def night(self, number: int) -> None:
        """The night before the morning of a day: what is drained, then every timed job in its order."""
        from takeup.server.deployment.capability import of_every
        from takeup.server.recording.record_api.services import drain_once

        self.day(number, 2)
        drain_once(self.log)
        jobs = [job for jobs in of_every("timed", "JOBS") for job in jobs]
        # What runs every few minutes has run before.
        for job in sorted(jobs, key=lambda job: (job.when is None, job.hours_later)):
            job.work(self.log, self.settings)
        self.day(number)


class Browser:
    """What a browser does with forms: it asks for the page, and sends its token with what was typed."""

    def __init__(self, address: str, session: str | None) -> None:
        cookies = {"takeup": session} if session else {}
        self.tokens: dict[str, str] = {}
        self.client = httpx.Client(base_url=address, cookies=cookies, timeout=120)

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == status, f"{path}: {answer.status_code} {said(answer.text)}"
        return answer.text

    def post(
        self, path: str, given: dict[str, Any], *, page: str, file: tuple[str, str] | None = None,
        document: str = "document", status: int = 302,
    ) -> str:  # fmt: skip
        """Type something into the form on `page` that posts to `path`, and send it. What it answers, or leads to."""
        if page not in self.tokens:
            found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(page))
            assert found, f"{page} has no form"
            self.tokens[page] = found[1]
        token = {"csrfmiddlewaretoken": self.tokens[page]}
        files = {document: (file[0], io.BytesIO(file[1].encode()))} if file else None
        answer = self.client.post(path, data=token | given, files=files)
        told = f"{path} {given}: {answer.status_code} {said(answer.text)}"
        assert answer.status_code == status, told
        return answer.headers.get("location", "") or answer.text


def said(page: str) -> str:
    """What a page says, without its bar and form: where something is refused, why."""
    plain = unescape(re.sub(r"<[^>]+>", " ", re.sub(r"(?s).*<main", "<main", page)))
    return " ".join(plain.split())[:1_500]


def session_of(who: str) -> str:
    """The cookie of somebody who signed in."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from takeup.server.foundation.organization.models import Person

    person = Person.objects.get(person_id=who)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def handle_of(who: str) -> str:
    """Under which handle forms name somebody."""
    from takeup.server.foundation.organization.models import Person

    return str(Person.objects.get(person_id=who).handle)


@contextmanager
def deployed(settings: Any, monkeypatch: Any, use_cases: Iterable[str]) -> Iterator[Deployment]:
    """A server with its organization, on the day before the first."""
    from takeup.record import clock as clock_module

    clock = Everywhere(datetime.combine(START - timedelta(days=30), datetime.min.time(), UTC))
    monkeypatch.setattr(clock_module, "_fixed", clock)
    with serving() as address:
        found = Deployment(settings, clock, address)
        found.day(-30)
        organize(found, use_cases)
        yield found


@contextmanager
def serving() -> Iterator[str]:
    """The application over HTTP, in a thread."""
    from takeup.server.running.asgi import application

    port = free_port()
    server = uvicorn.Server(uvicorn.Config(application, port=port, log_level="warning", lifespan="off"))  # fmt: skip
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    patience = time.monotonic() + 60
    while not server.started:
        assert time.monotonic() < patience
        select_nothing()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=60)


def organize(found: Deployment, use_cases: Iterable[str]) -> None:
    """Who is there, as the directory sends it; and which use cases, as their files declare them."""
    lines = ["person_id,name,email,population,team,team_manager,cohort,roles"]
    for place, people in PEOPLE.items():
        for n, who in enumerate(people):
            lines.append(f"{who},{who.title()},{who}@bank.example,{place},{place}-{n % 3},manager-{POPULATIONS.index(place) * 3 + n % 3},{place},")  # fmt: skip
    lines += [f"{who},{who.title()},{who}@bank.example,,,,," for who in MANAGERS]
    lines += [f"{who},{who.title()},{who}@bank.example,,,,,{role}" for who, role in ROLES.items()]
    answer = httpx.post(
        f"{found.address}/api/v1/people", content="\n".join(lines),
        headers={"Authorization": f"Bearer {found.organization_key}", "Content-Type": "text/csv"}, timeout=120,
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    lead = found.as_("lead")
    for name in use_cases:
        from takeup.server.foundation.organization.services import use_case

        use_case(name)
        lead.post(
            f"/use-cases/{name}/declaration", {"text": declaration(name)}, page=f"/use-cases/{name}"
        )


def declaration(name: str) -> str:
    return f'name = "{name}"\nchoices = ["approve", "decline"]\nsegment = ["x_segment"]\n'


class Cases:
    """What a use case's people decide: the model is right in `model` of 100 cases, people alone in `alone`; where they look
    (`looks` of 100) they follow nearly all right advice and refuse three of four wrong ones, with a reason."""

    def __init__(
        self, use_case: str, seed: int, model: float = 0.9, alone: float = 0.6, looks: float = 0.85
    ) -> None:
        self.use_case, self.model, self.alone, self.looks = use_case, model, alone, looks
        self.rng, self.count = random.Random(seed), 0

    def of(
        self, mode: str, place: str, first: int, last: int, a_day: int
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Decisions and outcomes of the working days from `first` to `last`, `a_day` in a population."""
        days = [d for n in range(first, last + 1) if (d := START + timedelta(days=n)).weekday() < 5]
        found = [self._one(mode, place, day, n) for day in days for n in range(a_day)]
        return [row for row, _ in found], [ends for _, ends in found]

    def _one(
        self, mode: str, place: str, day: date, n: int
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        rng, self.count = self.rng, self.count + 1
        who = PEOPLE[place][self.count % len(PEOPLE[place])]
        moment = datetime(day.year, day.month, day.day, 8, tzinfo=UTC) + timedelta(minutes=7 * n)
        truth, wrong = rng.sample(["approve", "decline"], 2)
        advice = truth if rng.random() < self.model else wrong
        own = truth if rng.random() < self.alone else wrong
        name = f"{self.use_case}-{self.count}"
        row = {
            "decision_id": name, "case_id": name, "use_case": self.use_case, "person_id": who, "population": place,
            "team": f"{place}-{PEOPLE[place].index(who) % 3}", "cohort": place, "decided_at": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
            "mode": mode, "x_segment": rng.choice(SEGMENTS), "stakes": rng.choice(("low", "high")),
        }  # fmt: skip
        if mode == "off":
            row |= {"choice": own}
        elif mode == "shadow":
            row |= {
                "recommendation": advice,
                "choice": own,
                "consulted": False,
                "model_version": "1",
            }
        else:
            row |= self._with_advice(advice, own, truth, moment)
        ends = {
            "decision_id": name, "use_case": self.use_case, "outcome_name": "panel", "correct_choice": truth,
            "truth_probability": 1.0, "observed_at": f"{moment + timedelta(hours=6):%Y-%m-%dT%H:%M:%SZ}",
        }  # fmt: skip
        return row, ends

    def _with_advice(self, advice: str, own: str, truth: str, moment: datetime) -> dict[str, Any]:
        rng = self.rng
        looks = rng.random() < self.looks
        follows = rng.random() < (0.97 if advice == truth else 0.25)
        chosen = (
            (advice if follows else ({"approve", "decline"} - {advice}).pop()) if looks else own
        )
        row: dict[str, Any] = {
            "recommendation": advice, "consulted": looks, "choice": chosen, "model_version": "1", "surface": "in_tool",
            "path": "ai" if looks else "legacy", "steps": 4, "duration_s": rng.randrange(200, 300) + (0 if looks else 100),
            "delivered_at": f"{moment - timedelta(minutes=30):%Y-%m-%dT%H:%M:%SZ}", "needed_by": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        }  # fmt: skip
        if looks:
            row["explanation_opened"] = rng.random() < 0.6
        if looks and chosen != advice:
            row |= {"override_reason": "info_model_lacks", "explanation_opened": True, "steps": 5}
            if advice != truth and rng.random() < 0.4:
                row["flagged"] = "wrong"
        return row
