"""A team of three people: whoever signs in follows every link and takes every form, and finds none of its counts."""

from __future__ import annotations

import io
import os
import random
import re
import shutil
import subprocess
import zipfile
from collections import deque
from datetime import timedelta
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest

from tests.server.people import client_of, with_role
from tests.server.running import decision

EACH = {"tiny": 457, "north-a": 31, "south-a": 37}
SIZE = {"tiny": 3, "north-a": 24, "south-a": 26}
MANAGERS = {team: f"manager-{team}" for team in SIZE}


@pytest.fixture
def counts(key, log) -> dict[str, dict[str, int]]:
    """A bank whose north has a team of 24 and one of three; by team what each did."""
    from takeup.record.clock import at, now
    from takeup.server.foundation.organization.services import (
        declare_use_case,
        import_people,
        read_people,
    )
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.receive import receive
    from takeup.server.showing.overview.services import take_snapshots

    declare_use_case("credit", 'segment = ["x_segment"]\n', "test")
    people = [
        {"person_id": f"{team}-{n}", "population": population_of(team), "team": team, "team_manager": MANAGERS[team]}
        for team, size in SIZE.items() for n in range(size)
    ]  # fmt: skip
    people += [{"person_id": m, "name": m, "email": f"{m}@example.org"} for m in MANAGERS.values()]
    with at(now().replace(year=now().year - 1)):
        import_people(read_people(people, "test"), actor="test")
    rng, rows, truths = random.Random(2), [], []
    for team, size in SIZE.items():
        for who in range(size):
            for _ in range(EACH[team]):
                rows.append(case(len(rows), team, who, rng))
                truths.append({
                    "decision_id": rows[-1]["decision_id"], "use_case": "credit", "observed_at": "2026-11-21T09:00:00Z",
                    "correct_choice": rng.choice(("approve", "approve", "decline")),
                })  # fmt: skip
    for kind, given in (("decisions", rows), ("outcomes", truths)):
        for start in range(0, len(given), 1_000):
            assert {r.status for r in receive(kind, given[start : start + 1_000], key)} == {
                "stored"
            }
    drain(log)
    take_snapshots()
    return {team: counted([r for r in rows if r["team"] == team]) for team in SIZE}


def population_of(team: str) -> str:
    return "south" if team.startswith("south") else "north"


def case(n: int, team: str, who: int, rng: random.Random) -> dict:
    looked = rng.random() < 0.8
    over = looked and rng.random() < (0.6 if team == "tiny" else 0.25)
    reasons = ("model_error", "missing_input", "other")
    return decision(
        n, person_id=f"{team}-{who}", population=population_of(team), team=team, path="ai", consulted=looked,
        x_segment=rng.choice("ab"), choice="decline" if over else "approve",
        decided_at=f"2026-11-{rng.randint(2, 20):02d}T09:00:00Z", **({"override_reason": rng.choice(reasons)} if over else {}),
    )  # fmt: skip


def counted(rows: list[dict]) -> dict[str, int]:
    seen = [r for r in rows if r["consulted"]]
    over = sum(r["choice"] == "decline" for r in seen)
    return {
        "eligible": len(rows),
        "looked": len(seen),
        "overrode": over,
        "followed": len(seen) - over,
    }


def pages_of(client, most: int = 250) -> dict[str, str]:
    """Every page that links lead to from the first, in every form it is offered in, as text."""
    found: dict[str, str] = {}
    waits = deque(["/", "/week", "/overview", "/my/team"])
    while waits and len(found) < most:
        path = waits.popleft()
        if path in found:
            continue
        answer = client.get(path)
        if answer.status_code in (301, 302):
            waits.append(urljoin(path, answer.url))
        found[path] = text_of(answer)
        if "html" in answer.get("Content-Type", ""):
            for link in re.findall(r'(?:href|src)="([^"#]+)', answer.content.decode()):
                target = urljoin(path, unescape(link))
                if not urlsplit(target).netloc and not target.startswith(("/static", "/sign")):
                    waits.append(target)
    return found


def text_of(answer) -> str:
    """What it says, whatever the form."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    form = answer.get("Content-Type", "")
    if "pdf" in form:
        told = subprocess.run(
            ["pdftotext", "-layout", "-", "-"], input=body, capture_output=True, check=True
        )
        return told.stdout.decode()
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return " ".join(packed.read(n).decode("utf-8", "ignore") for n in packed.namelist())
    if form.startswith(("image", "font", "text/css")):
        return ""
    return (
        read_aloud(body.decode("utf-8", "ignore"))
        if "html" in form
        else body.decode("utf-8", "ignore")
    )


def read_aloud(page: str) -> str:
    """What a page shows and what a screen reader says of it, without its drawing's coordinates."""
    page = re.sub(r"(?s)<(style|script)\b.*?</\1>", " ", page)
    said = " ".join(re.findall(r'(?:aria-label|title|alt)="([^"]*)"', page))
    return unescape(re.sub(r"(?s)<[^>]+>", " ", page) + " " + said)


def numbers_in(text: str) -> set[int]:
    return {int(n.replace(",", "")) for n in re.findall(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?![\d.])|(?<![\d.,])\d+(?![\d.,]*\d)", text)}  # fmt: skip


WHO_READS = ("executive", "programme_lead", "oversight_officer", "administrator")


@pytest.mark.skipif("TAKEUP_ATTACKS" not in os.environ, reason="minutes: a part of make attack")
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="reads PDF with poppler's pdftotext")
def test_no_role_finds_a_count_of_three_people_anywhere(counts):
    """Nor the counts of the other team of their population, from which the population's would tell them."""
    from takeup.server.foundation.organization.models import Person

    hidden = {n for team in ("tiny", "north-a") for n in counts[team].values() if n > 300}
    shown = counts["south-a"]["eligible"]
    readers = {role: with_role(role) for role in WHO_READS}
    for name in (MANAGERS["tiny"], "tiny-0"):
        readers[name] = Person.objects.get(person_id=name)
    forms, somebody_saw = set(), 0
    for who, person in readers.items():
        pages = pages_of(client_of(person))
        assert len(pages) > 20, who
        for path, text in pages.items():
            if path.startswith(("/my/data", "/my/cases")):
                continue  # One's own decisions.
            if path.startswith("/audit"):
                continue  # How many entries there are is of the log, which keeps what earlier tests told it.
            found = numbers_in(text)
            assert not found & hidden, (who, path, found & hidden)
            forms |= set(re.findall(r"[?&]as=(\w+)", path))
            somebody_saw += shown in found
    assert somebody_saw
    assert {"csv", "pdf"} <= forms
    assert not numbers_in(" ".join(messages())) & hidden


def messages() -> list[str]:
    """What people were told by notice, mail and channel; the calendar has the same words."""
    from takeup.record.clock import now
    from takeup.server.foundation.notices.models import Delivery, Notice
    from takeup.server.showing.weekly.digest import write_digest

    today = now().date()
    write_digest(today - timedelta(days=today.weekday()))
    told = [f"{n.subject} {n.text}" for n in Notice.objects.all()]
    return told + [f"{d.subject} {d.text}" for d in Delivery.objects.all()]
