"""How fast pages answer with a large programme, and `GET /api/v1/modes` beside a bare endpoint.

    python benchmarks/pages.py --decisions 10000000 --people 10000 --populations 200

The log is written as the drain writes it, the organization comes by its import, the snapshot is
taken as every night; then pages are asked for one after the other, signed in, cookies and all.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from servers import free_port, until_ready

PAGES = {
    "programme_lead": ("/", "/overview", "/overview/credit", "/overview/credit?page=5",
                       "/overview/credit/population/branch-007", "/diagnosis/credit", "/use-cases",
                       "/use-cases/credit", "/rollout/credit", "/shadow/credit/of/wave-3", "/signals", "/notices",
                       "/deliveries", "/agreement", "/week/of/credit", "/week/of/credit?page=5",
                       "/week/of/credit?q=branch-1", "/week/of/credit/reviews",
                       "/sprints", "/sprints/1", "/sprints/1/M13", "/sprints/1/G60"),
    "manager": ("/", "/week/of/credit", "/team"),
    "administrator": ("/organization", "/organization?q=branch", "/senders", "/quarantine"),
    "oversight_officer": ("/audit",),
    "product_team": ("/queue/credit", "/performance/credit"),
    "practitioner": ("/my/today", "/my/cases", "/my/calibration", "/my/calibration?days=365",
                     "/my/practice", "/my/data"),
}  # fmt: skip
BARE = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

async def modes(request):
    return JSONResponse({"modes": {"credit": "assist"}})

app = Starlette(routes=[Route("/api/v1/modes", modes), Route("/ready", modes)])
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False, lifespan="off")
"""
PASSWORD = "a-long-and-rare-password"
BATCH = 1_000_000


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=10_000_000)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--populations", type=int, default=200)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=8.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TAKEUP_HOME"] = folder
        os.environ["TAKEUP_RATE_PER_MINUTE"] = "10000000"
        key = fill(given.decisions, given.people, given.populations)
        port = free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", "takeup.cli", "serve", "--port", str(port)],
            stdout=subprocess.DEVNULL,
        )
        try:
            until_ready(port)
            pages(port, given.requests)
            modes(port, key, given.seconds, Path(folder))
        finally:
            server.terminate()
            server.wait()


def fill(decisions: int, people: int, populations: int) -> str:
    """An organization, its decisions in the log, a snapshot; a sender's key."""
    from takeup.server.deployment.connect import log_of
    from takeup.server.running.start import start

    settings = start()
    from takeup.record.clock import at, now
    from takeup.server.acting.rollout.services import take_step
    from takeup.server.acting.sprint.evaluating import evaluate_use_case
    from takeup.server.acting.sprint.services import begin
    from takeup.server.deployment.roles import Role
    from takeup.server.foundation.organization.models import Person
    from takeup.server.foundation.organization.services import (
        declare_use_case,
        import_people,
        read_people,
        set_roles,
    )
    from takeup.server.recording.record_api.keys import make_key
    from takeup.server.showing.overview.services import take_snapshots

    began = time.perf_counter()
    rows = [
        {"person_id": f"p{i}", "name": f"Person {i}", "population": f"branch-{i % populations:03d}",
         "team": f"t{i % (populations * 4)}", "cohort": f"wave-{i % populations % 20}"}
        for i in range(people)
    ]  # fmt: skip
    rows[0]["team_manager"] = "manager"
    rows.append({"person_id": "manager", "name": "manager", "email": "manager@example.org"})
    import_people(read_people(rows, "benchmark"), actor="benchmark")
    for role in PAGES:
        person = Person.objects.filter(person_id=role).first() or Person.objects.create_user(
            role, name=role, email=f"{role}@example.org"
        )
        person.set_password(PASSWORD)
        person.save()
        if role not in ("practitioner", "manager"):
            # Who decides at gates held the role when the sprint was planned.
            with at(now() - timedelta(days=67)):
                set_roles(person, {Role(role)}, "benchmark")
    declare_use_case("credit", 'segment = ["x_segment"]\n', "benchmark")
    for wave in range(20):
        take_step("credit", "assist", by="benchmark", cohort=f"wave-{wave}", share=0.5 + wave / 40)
    print(f"organization of {people:,} people: {time.perf_counter() - began:.1f} s", flush=True)
    lead = Person.objects.get(person_id="programme_lead").handle
    with at(now() - timedelta(days=67)):
        begin("credit", now().date(), by=lead, deciders=dict.fromkeys(("G30", "G60", "G90"), lead))
    began, log, rng = time.perf_counter(), log_of(settings), np.random.default_rng(1)
    for number, first in enumerate(range(0, decisions, BATCH), 1):
        n = min(BATCH, decisions - first)
        log.append(
            "decisions", table(rng, first, n, decisions, people, populations, number), number
        )
    print(f"{decisions:,} decisions in the log: {time.perf_counter() - began:.1f} s", flush=True)
    began = time.perf_counter()
    print(f"snapshot: {take_snapshots()}", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"snapshot: {time.perf_counter() - began:.1f} s, peak {peak:.1f} GB", flush=True)
    began = time.perf_counter()
    evaluate_use_case("credit", now().date())
    print(f"every milestone of its sprint: {time.perf_counter() - began:.1f} s", flush=True)
    began = time.perf_counter()
    vault(decisions, max(decisions // people, 1))
    print(f"vault of {decisions:,} rows: {time.perf_counter() - began:.1f} s", flush=True)
    return make_key("benchmark")


def vault(rows: int, own: int) -> None:
    """The vault as large as the log: `own` decisions of the one who asks, a third of them judged, each
    through the vault's own door; the rest are sealed rows of others, as long as theirs."""
    from datetime import UTC, datetime

    from django.db import connection

    from takeup.server.showing.practitioner.models import OwnRow
    from takeup.server.showing.practitioner.vault import keep_own

    rng = np.random.default_rng(2)
    now = datetime.now(UTC)
    decisions, outcomes = [], []
    for i in range(own):
        at = (now - timedelta(hours=2 * i)).isoformat()
        advice, follows = ("approve", "decline")[i % 2], rng.random() < 0.7
        choice = advice if follows else ("decline", "approve")[i % 2]
        decisions.append(
            {"decision_id": f"own{i}", "use_case": "credit", "case_id": f"case-{i}",
             "person_id": "practitioner", "decided_at": at, "mode": "assist", "consulted": True,
             "recommendation": advice, "choice": choice, "confidence": float(rng.uniform(0.5, 1)),
             "x_segment": f"s{i % 6}", "model_version": "1", "stakes": ("low", "high")[i % 2],
             "override_reason": None if follows else "not_convinced"}
        )  # fmt: skip
        if i % 3 == 0:
            truth = advice if rng.random() < 0.8 else choice
            outcomes.append(
                {
                    "decision_id": f"own{i}",
                    "use_case": "credit",
                    "observed_at": at,
                    "correct_choice": truth,
                }
            )
    keep_own("decisions", [json.dumps(one) for one in decisions])
    keep_own("outcomes", [json.dumps(one) for one in outcomes])
    length = len(bytes(OwnRow.objects.first().sealed))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {OwnRow._meta.db_table} (owner, mark, part, until, sealed) "
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s) "
            "SELECT printf('%%032x', i %% 10000), printf('%%032x', i), '', '2027-06-01', randomblob(%s) FROM n",
            [rows, length],
        )


def table(
    rng: np.random.Generator, first: int, n: int, of: int, people: int, populations: int, batch: int
) -> pa.Table:
    """Decisions of sixteen weeks; some in shadow, half of the others looked at."""
    person = rng.integers(0, people, n)
    day = np.datetime64("2026-08-03T08:00:00", "us")
    at = day + ((first + np.arange(n)) * (112 * 86_400_000_000 // of)).astype("timedelta64[us]")
    advice, same = rng.random(n) < 0.6, rng.random(n) < 0.8
    words = np.array(["decline", "approve"])
    assist = rng.random(n) < 0.8
    return pa.table(
        {
            "decision_id": pa.array(np.char.add("d", (first + np.arange(n)).astype(str))),
            "case_id": pa.array(np.char.add("c", (first + np.arange(n)).astype(str))),
            "use_case": pa.array(["credit"] * n), "revision": pa.array(np.ones(n, dtype=np.int64)),
            "person_id": pa.array(np.char.add("p", person.astype(str))),
            "population": pa.array(np.char.add("branch-", np.char.zfill((person % populations).astype(str), 3))),
            "team": pa.array(np.char.add("t", (person % (populations * 4)).astype(str))),
            "cohort": pa.array(np.char.add("wave-", (person % populations % 20).astype(str))),
            "decided_at": pa.array(at, pa.timestamp("us", tz="UTC")),
            "mode": pa.array(np.where(assist, "assist", "shadow")),
            "consulted": pa.array(assist & (rng.random(n) < 0.5)),
            "path": pa.array(np.where(rng.random(n) < 0.8, "ai", "legacy")),
            "recommendation": pa.array(words[advice.astype(int)]),
            "choice": pa.array(words[np.where(same, advice, ~advice).astype(int)]),
            "x_segment": pa.array(np.array(["thin", "long", "seasonal"])[rng.integers(0, 3, n)]),
            "use_case_folder": pa.array(["credit"] * n),
            "month": pa.array(np.datetime_as_string(at, unit="M")),
            "batch": pa.array(np.full(n, batch, dtype=np.int64)),
        }
    )  # fmt: skip


def pages(port: int, requests: int) -> None:
    """95th percentile of each page."""
    import httpx

    base = f"http://127.0.0.1:{port}"
    worst = 0.0
    for role, paths in PAGES.items():
        with httpx.Client(base_url=base, follow_redirects=True, timeout=60) as client:
            page = client.get("/sign-in").text
            token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
            client.post(
                "/sign-in", data={"login": f"{role}@example.org", "password": PASSWORD,
                                  "csrfmiddlewaretoken": token},
                headers={"Referer": f"{base}/sign-in"},
            )  # fmt: skip
            for path in paths:
                took = []
                for _ in range(requests):
                    began = time.perf_counter()
                    answer = client.get(path)
                    took.append(1_000 * (time.perf_counter() - began))
                    assert answer.status_code == 200, (path, answer.status_code)
                p95 = float(np.percentile(took, 95))
                worst = max(worst, p95)
                size = len(answer.content) / 1e3
                print(
                    f"{path}: median {statistics.median(took):.0f} ms, p95 {p95:.0f} ms, {size:.0f} kB"
                )
    print(f"slowest page, p95: {worst:.0f} ms (bar 200)", flush=True)


def modes(port: int, key: str, seconds: float, folder: Path) -> None:
    """Requests a second of `GET /modes`, beside a bare endpoint that answers a constant."""
    script, bare_port = folder / "bare.py", free_port()
    script.write_text(BARE)
    bare = subprocess.Popen([sys.executable, str(script), str(bare_port)])
    try:
        until_ready(bare_port)
        rates: dict[str, list[float]] = {
            "bare": [],
            "takeup, unchanged (304)": [],
            "takeup, whole": [],
        }
        _, tag, size = _get(port, key, None)
        for _ in range(3):
            rates["bare"].append(_rate(bare_port, key, None, seconds))
            rates["takeup, unchanged (304)"].append(_rate(port, key, tag, seconds))
            rates["takeup, whole"].append(_rate(port, key, None, seconds))
        for name, found in rates.items():
            print(f"GET /modes, {name}: {statistics.median(found):,.0f} a second")
        ratio = statistics.median(rates["takeup, unchanged (304)"]) / statistics.median(
            rates["bare"]
        )
        print(f"ratio {ratio:.2f} (bar 0.5); the whole answer has {size / 1e3:.0f} kB")
    finally:
        bare.terminate()
        bare.wait()


def _rate(port: int, key: str, tag: str | None, seconds: float) -> float:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {key}"} | ({"If-None-Match": tag} if tag else {})
    ends, count = time.perf_counter() + seconds, 0
    while time.perf_counter() < ends:
        connection.request("GET", "/api/v1/modes", headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status in (200, 304), answer.status
        count += 1
    return count / seconds


def _get(port: int, key: str, tag: str | None) -> tuple[int, str, int]:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/api/v1/modes", headers={"Authorization": f"Bearer {key}"})
    answer = connection.getresponse()
    return answer.status, answer.headers["ETag"], len(answer.read())


if __name__ == "__main__":
    main()
