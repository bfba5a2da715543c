"""The server opens no connection that its settings do not name."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tests.server.running import decision, running

WATCH = """
import json, os, sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        address = arguments[1] if event.startswith("socket.c") or event == "socket.sendto" else arguments[:2]
        with open(os.environ["WATCHED_ADDRESSES"], "a") as out:
            out.write(json.dumps([event, repr(address)]) + "\\n")

sys.addaudithook(watch)
with open(os.environ["WATCHED_ADDRESSES"] + ".processes", "a") as out:
    out.write(" ".join((sys.argv if sys.argv[0] == "takeup" else sys.orig_argv)) + "\\n")
"""


def test_with_the_embedded_default_it_opens_none_at_all(tmp_path):
    assert told_of(tmp_path, "sqlite") == []


def test_with_postgres_it_opens_those_to_postgres(tmp_path):
    with_port: list[str] = []
    seen = told_of(tmp_path, "postgres", with_port)
    # psycopg connects in C, through libpq; what Python itself looks up is the host named.
    assert [one for one in seen if with_port[0] not in one] == []


def told_of(tmp_path: Path, store: str, port: list[str] | None = None) -> list[str]:
    """Every address that the server's processes asked the system for, while it recorded, drained,
    measured, answered pages and did its nightly work."""
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    watched = tmp_path / "watched.jsonl"
    with running(store, tmp_path, begin=False, first_start=True) as (server, postgres):
        server.environment["WATCHED_ADDRESSES"] = str(watched)
        server.environment["PYTHONPATH"] = os.pathsep.join([str(tmp_path / "watch"), os.getcwd()])
        if port is not None and postgres is not None:
            port.append(str(postgres.port))
        server.start()
        key = server.command("key", "make", "host").stdout.strip()
        rows = [decision(i, person_id=f"p{i % 20}") for i in range(400)]
        assert server.send("/api/v1/decisions", rows, key)[0] == 200
        for command in (["log", "drain"], ["snapshot"], ["log", "compact"], ["log", "retain"],
                        ["doctor"], ["log", "verify"]):  # fmt: skip
            server.command(*command)
        import urllib.request

        for path in ("/health", "/ready", "/sign-in", "/api/v1/openapi.json"):
            urllib.request.urlopen(server.address(path)).read()
    processes = Path(f"{watched}.processes").read_text()
    assert all(
        word in processes for word in ("serve --port", "jobs.work", "snapshot", "log retain")
    )
    if not watched.exists():
        return []
    return [" ".join(json.loads(line)) for line in watched.read_text().splitlines()]


def test_the_watch_sees_a_connection(tmp_path):
    import subprocess
    import sys

    (tmp_path / "sitecustomize.py").write_text(WATCH)
    subprocess.run(
        [sys.executable, "-c", "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"],
        env={**os.environ, "PYTHONPATH": str(tmp_path), "WATCHED_ADDRESSES": str(tmp_path / "w")},
        check=True,
    )
    assert "127.0.0.1" in (tmp_path / "w").read_text()
