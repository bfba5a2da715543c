"""The server is killed again and again while decisions come in: what it acknowledged is in the
log exactly once.

`make test` runs a short form; `make faults` kills 200 times in all (`tests.faults.kills`) and restarts Postgres in
between.
"""

from __future__ import annotations

import json
import random
import threading
import urllib.error
from collections import Counter
from itertools import count

import pytest
from deltalake import DeltaTable

from tests.faults import kills
from tests.server.running import STORES, Server, decision, running, select_nothing

KILLS = kills(20, 4)
RESTARTS = KILLS // 10
BATCH = 100


class Stream:
    """Sends batch after batch and sends again what was not acknowledged."""

    def __init__(self, server: Server, key: str) -> None:
        self.server, self.key = server, key
        self.acknowledged: list[str] = []
        self.batches = 0
        self._more = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        for first in count(0, BATCH):
            rows = [decision(i, x_amount=float(i)) for i in range(first, first + BATCH)]
            while not self._sent(rows):
                if self._stop.is_set():
                    return
                select_nothing()
            with self._more:
                self.acknowledged += [row["decision_id"] for row in rows]
                self.batches += 1
                self._more.notify_all()
            if self._stop.is_set():
                return

    def _sent(self, rows: list[dict[str, object]]) -> bool:
        try:
            status, answer = self.server.send("/api/v1/decisions", rows, self.key)
        except (OSError, urllib.error.URLError, json.JSONDecodeError, ConnectionError):
            return False
        assert status in (200, 503), (status, answer)
        if status == 200:
            assert answer["stored"] + answer["unchanged"] == len(rows)
        return status == 200

    def start(self) -> None:
        self._thread.start()

    def wait_for(self, batches: int) -> None:
        """Until so many more batches are acknowledged."""
        with self._more:
            goal = self.batches + batches
            assert self._more.wait_for(lambda: self.batches >= goal, timeout=120)

    def finish(self) -> None:
        self._stop.set()
        self._thread.join(timeout=120)
        assert not self._thread.is_alive()


@pytest.mark.parametrize("store", STORES)
def test_what_was_acknowledged_is_in_the_log_exactly_once(store, tmp_path):
    rng = random.Random(7)
    with running(store, tmp_path, first_start=True) as (server, postgres):
        key = server.command("key", "make", "loan-system").stdout.strip()
        stream = Stream(server, key)
        stream.start()
        for kill in range(KILLS):
            stream.wait_for(rng.randint(1, 30))
            server.kill()
            if postgres and RESTARTS and kill % 10 == 9:
                postgres.stop("immediate")
                postgres.start()
            server.start()
        stream.wait_for(5)
        stream.finish()
        server.command("log", "drain")
        verified = server.command("log", "verify", check=False)
        assert verified.returncode == 0, verified.stdout
        ids = DeltaTable(server.home / "log" / "decisions").to_pyarrow_table()["decision_id"]
        found = Counter(ids.to_pylist())
    assert len(stream.acknowledged) >= KILLS * BATCH
    assert set(stream.acknowledged) <= found.keys()
    assert set(found.values()) == {1}
