"""Decisions a second through the record API, beside a bare Starlette endpoint on the same server
that does the same durable insert (SQLite, WAL, synchronous=FULL, committed before the answer);
the client's call in the caller's thread; how soon a decision is visible to measures.

    python benchmarks/record_api.py --seconds 10
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

from servers import free_port, until_ready

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "clients" / "python" / "src"))
BATCH = 100
SENDERS = 4
BARE = """
import json, sqlite3, sys, threading
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Route
import uvicorn

local = threading.local()
FILE = sys.argv[1]

def connection():
    if not hasattr(local, "c"):
        local.c = sqlite3.connect(FILE, timeout=30, isolation_level=None)
        local.c.execute("PRAGMA journal_mode=WAL")
        local.c.execute("PRAGMA synchronous=FULL")
    return local.c

def insert(body):
    rows = json.loads(body)
    c = connection()
    c.execute("BEGIN IMMEDIATE")
    c.executemany(
        "INSERT INTO inbox (kind, use_case, key, revision, body) VALUES ('decisions', ?, ?, 1, ?)",
        [(r["use_case"], r["decision_id"], json.dumps(r)) for r in rows],
    )
    c.execute("COMMIT")
    return len(rows)

async def decisions(request):
    return JSONResponse({"stored": await run_in_threadpool(insert, await request.body())})

async def ready(request):
    return JSONResponse({})

connection().execute(
    "CREATE TABLE inbox (id INTEGER PRIMARY KEY, kind TEXT, use_case TEXT, key TEXT, "
    "revision INT, body TEXT, UNIQUE (kind, use_case, key, revision))"
)
app = Starlette(routes=[Route("/api/v1/decisions", decisions, methods=["POST"]), Route("/ready", ready)])
uvicorn.run(app, port=int(sys.argv[2]), log_level="warning", access_log=False, lifespan="off")
"""


def main() -> None:
    """Measure, print, and say the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        bare, ours = _bare(place), _takeup(place / "takeup")
        try:
            rates: dict[str, list[float]] = {"bare": [], "takeup": []}
            for _ in range(given.runs):
                for name, (port, key, _process) in (("bare", bare), ("takeup", ours)):
                    rates[name].append(_rate(port, key, given.seconds))
            for name, found in rates.items():
                print(f"{name}: {statistics.median(found):,.0f} decisions a second "
                      f"({min(found):,.0f} to {max(found):,.0f})")  # fmt: skip
            ratio = statistics.median(rates["takeup"]) / statistics.median(rates["bare"])
            print(f"ratio {ratio:.2f} (bar 0.7)")
            print(
                f"visible to measures after {_visible(place / 'takeup', *ours[:2]):.1f} s (bar 5)"
            )
            print(f"client call: {_call(place / 'spool'):.0f} µs median in the caller's thread")
        finally:
            for _, _, process in (bare, ours):
                process.terminate()
                process.wait()


def _bare(place: Path) -> tuple[int, str, subprocess.Popen[bytes]]:
    script, port = place / "bare.py", free_port()
    script.write_text(BARE)
    process = subprocess.Popen([sys.executable, script, str(place / "bare.sqlite3"), str(port)])
    until_ready(port)
    return port, "none", process


def _takeup(home: Path) -> tuple[int, str, subprocess.Popen[bytes]]:
    import os

    port = free_port()
    environment = {
        **os.environ, "TAKEUP_HOME": str(home), "TAKEUP_RATE_PER_MINUTE": "10000000",
    }  # fmt: skip
    command = [sys.executable, "-m", "takeup.cli"]
    key = subprocess.run(
        [*command, "key", "make", "bench"], env=environment, capture_output=True, text=True,
        check=True,
    ).stdout.strip()  # fmt: skip
    process = subprocess.Popen([*command, "serve", "--port", str(port)], env=environment,
                               stdout=subprocess.DEVNULL)  # fmt: skip
    until_ready(port)
    return port, key, process


def _rate(port: int, key: str, seconds: float) -> float:
    """Decisions acknowledged a second, from SENDERS connections."""
    kept = [0] * SENDERS
    end = time.monotonic() + seconds

    def send(n: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        while time.monotonic() < end:
            connection.request("POST", "/api/v1/decisions", _batch(), headers)
            answer = json.loads(connection.getresponse().read())
            kept[n] += answer["stored"]

    threads = [threading.Thread(target=send, args=(n,)) for n in range(SENDERS)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(kept) / (time.monotonic() - start)


def _batch() -> bytes:
    start = uuid.uuid4().hex
    return json.dumps(
        [
            {
                "decision_id": f"{start}-{i}", "use_case": "credit", "case_id": f"c{i}",
                "person_id": f"p{i}", "population": "officers", "mode": "assist",
                "decided_at": "2026-11-03T09:12:04Z", "consulted": True,
                "recommendation": "approve", "choice": "decline", "confidence": 0.81,
                "override_reason": "info_model_lacks", "x_segment": "thin", "x_amount": 12000.0,
            }
            for i in range(BATCH)
        ]
    ).encode()  # fmt: skip


def _visible(home: Path, port: int, key: str) -> float:
    """Seconds from an acknowledged decision to the moment another reader of the log has it."""
    from deltalake import DeltaTable

    name = uuid.uuid4().hex
    row = {
        "decision_id": name, "use_case": "visible", "person_id": "p", "mode": "assist",
        "decided_at": "2026-11-03T09:12:04Z", "consulted": True, "recommendation": "approve",
        "choice": "decline",
    }  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/decisions", json.dumps([row]), headers)
    connection.getresponse().read()
    start = time.monotonic()
    while True:
        table = DeltaTable(home / "log" / "decisions")
        if table.to_pyarrow_table(filters=[("use_case", "=", "visible")]).num_rows:
            return time.monotonic() - start
        time.sleep(0.02)


def _call(spool: Path) -> float:
    from takeup_client import Client

    client = Client("http://127.0.0.1:9", "tk_0_0", "credit", spool, mode="assist", send_every=60)
    took = []
    for i in range(20_000):
        advice = client.recommend(f"c{i}", "approve", person_id="p", confidence=0.8)
        advice.viewed()
        start = time.perf_counter()
        advice.decided("decline", reason="info_model_lacks")
        took.append(time.perf_counter() - start)
    return statistics.median(took) * 1e6


if __name__ == "__main__":
    main()
