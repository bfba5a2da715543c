"""A real server in a process of its own, on SQLite or on a real Postgres."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests import forked

STORES = ("sqlite", "postgres")
STORE = os.environ.get("TAKEUP_TEST_STORE", "sqlite")
"""The store of this run, for tests marked `store`; CI runs those on both."""


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def postgres_folder() -> Path | None:
    for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (path / "initdb").exists():
            return path
    found = shutil.which("initdb")
    return Path(found).parent if found else None


@dataclass
class Postgres:
    """A database `name` in a cluster of its own in `folder`; restartable. With `durable` it keeps
    what it committed when it is killed, at the price of the disk."""

    folder: Path
    durable: bool = True
    name: str = "postgres"
    port: int = field(default_factory=free_port)

    def run(self, *command: str) -> None:
        tools = postgres_folder()
        whole = [str(tools / command[0]), *command[1:]]
        if os.geteuid() == 0:
            whole = ["runuser", "-u", "postgres", "--", *whole]
        subprocess.run(whole, check=True, capture_output=True, cwd="/")

    def start(self) -> None:
        if not (self.folder / "PG_VERSION").exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            if os.geteuid() == 0:
                shutil.chown(self.folder, "postgres", "postgres")
                self.folder.chmod(0o700)
            self.run("initdb", "-N", "-D", str(self.folder), "-A", "trust", "-U", "postgres")
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        if not self.durable:
            options += " -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
        self.run(
            "pg_ctl", "-D", str(self.folder), "-w", "-l", str(self.folder / "log"),
            "-o", options, "start",
        )  # fmt: skip

    def stop(self, mode: str = "fast") -> None:
        self.run("pg_ctl", "-D", str(self.folder), "-w", "-m", mode, "stop")

    def ask(self, statement: str) -> None:
        """Run a statement that is no query, on the maintenance database."""
        import psycopg

        with psycopg.connect(replace(self, name="postgres").url, autocommit=True) as connection:
            connection.execute(statement)

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{self.name}"


@contextmanager
def cluster(durable: bool = True) -> Iterator[Postgres]:
    """A PostgreSQL of its own while the block runs; skips where there is none."""
    if postgres_folder() is None:
        pytest.skip("no PostgreSQL on this machine (make system installs it)")
    # Not below pytest's own folder, which only its owner may enter.
    with tempfile.TemporaryDirectory(prefix="takeup-postgres-") as place:
        Path(place).chmod(0o755)
        postgres = Postgres(Path(place) / "data", durable)
        postgres.start()
        try:
            yield postgres
        finally:
            postgres.stop("immediate")


class Server:
    """`takeup serve` as a user runs it."""

    def __init__(self, home: Path, database_url: str | None = None) -> None:
        self.home, self.port = home, free_port()
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("TAKEUP_", "DJANGO_"))},
            "TAKEUP_HOME": str(home), "TAKEUP_DRAIN_SECONDS": "0.3",
            "TAKEUP_RATE_PER_MINUTE": "1000000",
        }  # fmt: skip
        if database_url:
            self.environment["TAKEUP_DATABASE_URL"] = database_url
        self.process: forked.Forked | None = None

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return forked.command(arguments, self.environment, check)

    def python(self, code: str, *arguments: str) -> str:
        """What `code` prints, run beside the server in a process of its own."""
        return forked.command(["-c", code, *arguments], self.environment, check=True).stdout

    def begin(self, *arguments: str) -> forked.Forked:
        """A command that goes on beside the test; what it says is in the home's `serve.log`."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = self.home / "serve.log"
        return forked.Forked(arguments, self.environment, told, told)

    def start(self) -> None:
        self.process = self.begin("serve", "--port", str(self.port))
        self.wait()

    def wait(self) -> None:
        """Until it answers; a server that died says why."""
        patience = time.monotonic() + 120
        while True:
            assert self.process is not None
            if time.monotonic() > patience:
                raise AssertionError(f"not ready: {(self.home / 'serve.log').read_text()}")
            if self.process.poll() is not None:
                raise AssertionError((self.home / "serve.log").read_text())
            try:
                with urllib.request.urlopen(self.address("/ready"), timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                select_nothing()

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """The server and its worker: both at once, as when the machine goes."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, how)
            self.process.wait(timeout=60)

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def send(
        self, path: str, body: Any, key: str | None, content_type: str = "application/json"
    ) -> tuple[int, Any]:
        """Status and parsed answer of a POST; of a GET where there is no body."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        headers = {"Content-Type": content_type}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        request = urllib.request.Request(self.address(path), data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")


class Sending:
    """Batches one after the other until the block ends."""

    def __init__(self, server: Server, key: str) -> None:
        self.server, self.key, self.acknowledged = server, key, 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        first = 0
        while not self._stop.is_set():
            rows = [decision(i) for i in range(first, first + 50)]
            status, _ = self.server.send("/api/v1/decisions", rows, self.key)
            assert status == 200
            self.acknowledged += 50
            first += 50

    def __enter__(self) -> Sending:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=60)


def select_nothing() -> None:
    """Give the processor away for a moment while another process starts."""
    import select

    select.select([], [], [], 0.05)


@cache
def _sqlite_template() -> Path:
    """A migrated store without rows, made once a process."""
    place = Path(tempfile.mkdtemp(prefix="takeup-template-"))
    _at_the_end.callback(shutil.rmtree, place, ignore_errors=True)
    Server(place / "home").command("log", "status")
    with (
        closing(sqlite3.connect(place / "home" / "takeup.sqlite3")) as made,
        closing(sqlite3.connect(place / "template.sqlite3")) as template,
    ):
        made.backup(template)
    return place / "template.sqlite3"


@cache
def _shared_cluster() -> Postgres:
    """A PostgreSQL once a process, with a migrated store without rows to copy."""
    postgres = _at_the_end.enter_context(cluster(durable=False))
    postgres.ask("CREATE DATABASE template")
    with tempfile.TemporaryDirectory() as home:
        Server(Path(home), replace(postgres, name="template").url).command("log", "status")
    return postgres


_at_the_end = ExitStack()
_numbers = count()


def end_what_is_shared() -> None:
    """Stop what this process started once for all its tests."""
    _at_the_end.close()


@contextmanager
def migrated_database(store: str, home: Path) -> Iterator[Postgres | None]:
    """An empty store whose tables are up to date: in `home`, or in a database of its own."""
    if store == "sqlite":
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (home / "takeup.sqlite3").touch(mode=0o600)
        shutil.copyfile(_sqlite_template(), home / "takeup.sqlite3")
        yield None
        return
    shared = _shared_cluster()
    own = replace(shared, name=f"test_{next(_numbers)}")
    shared.ask(f"CREATE DATABASE {own.name} TEMPLATE template")
    yield own
    shared.ask(f"DROP DATABASE {own.name} WITH (FORCE)")


@contextmanager
def running(
    store: str, folder: Path, begin: bool = True, first_start: bool = False
) -> Iterator[tuple[Server, Postgres | None]]:
    """A server on `store` that ends with the block; with `begin` it runs already. With `first_start`
    it finds nothing: no tables, a PostgreSQL cluster of its own that may be stopped and started."""
    home = folder / "home"
    with ExitStack() as ends:
        if not first_start:
            postgres = ends.enter_context(migrated_database(store, home))
        else:
            postgres = ends.enter_context(cluster()) if store == "postgres" else None
        server = Server(home, postgres.url if postgres else None)
        ends.callback(server.kill)
        if begin:
            server.start()
        yield server, postgres


def decision(i: int, **changes: Any) -> dict[str, Any]:
    """A decision as a sender would send it."""
    return {
        "decision_id": f"d{i}", "use_case": "credit", "case_id": f"c{i}", "person_id": f"p{i % 20}",
        "population": "officers", "decided_at": "2026-11-03T09:12:04Z", "mode": "assist",
        "consulted": True, "recommendation": "approve",
        "choice": "approve" if i % 4 else "decline", **changes,
    }  # fmt: skip
