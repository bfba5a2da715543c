"""The client against a real server: nothing told is lost, nothing blocks, nothing breaks."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from deltalake import DeltaTable

from takeup_client import AsyncClient, Client
from takeup_client.spool import Spool
from tests.server.running import STORE, Server, running, select_nothing

pytestmark = [pytest.mark.store, pytest.mark.on("sqlite")]
KILLS = int(os.environ.get("TAKEUP_KILLS", "4"))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(STORE, tmp_path_factory.mktemp("client")) as (started, _):
        yield started


@pytest.fixture(scope="module")
def key(server: Server) -> str:
    return server.command("key", "make", "host").stdout.strip()


def logged(server: Server, kind: str = "decisions"):
    server.command("log", "drain")
    return DeltaTable(server.home / "log" / kind).to_pandas()


def until_sent(spool: Path) -> None:
    while list(spool.glob("*.ndjson")):
        select_nothing()


def test_a_case_is_recorded_with_what_happened_and_its_outcome_follows(server, key, tmp_path):
    with Client(server.address(""), key, "credit", tmp_path, mode="assist") as takeup:
        seen = takeup.recommend("a1", "approve", person_id="p1", covariates={"segment": "thin"},
                                confidence=0.8)  # fmt: skip
        assert seen.show
        seen.viewed()
        assert seen.decided("decline", reason="info_model_lacks", initial_choice="refer")
        unseen = takeup.recommend("a2", "approve", person_id="p1")
        assert unseen.decided("approve")
        assert unseen.flag("late")
        assert takeup.outcome(seen.decision_id, 1, name="repaid")
    rows = logged(server).set_index("decision_id")
    one = rows.loc[seen.decision_id]
    assert (one["consulted"], one["choice"], one["initial_choice"]) == (True, "decline", "refer")
    assert (one["override_reason"], one["x_segment"]) == ("info_model_lacks", "thin")
    two = rows.loc[[unseen.decision_id]].sort_values("revision").iloc[-1]
    assert (two["consulted"], two["flagged"]) == (False, "late")
    assert logged(server, "outcomes")["decision_id"].tolist() == [seen.decision_id]


def test_in_shadow_nothing_is_shown_and_nothing_is_called_consulted(server, key, tmp_path):
    with Client(server.address(""), key, "credit", tmp_path, mode="shadow") as takeup:
        advice = takeup.recommend("s1", "approve", decision_id="shadow-1")
        assert not advice.show
        advice.decided("approve")
    row = logged(server).set_index("decision_id").loc["shadow-1"]
    assert row["mode"] == "shadow"
    assert row["consulted"] is None or row["consulted"] != row["consulted"]


def test_a_full_spool_says_not_recorded_and_the_host_goes_on(tmp_path):
    takeup = Client(
        "http://127.0.0.1:9", "tk_0_0", "credit", tmp_path, mode="assist", spool_bytes=2_000
    )
    told = []
    for i in range(20):
        advice = takeup.recommend(f"c{i}", "approve")
        told += [advice.decided("approve"), advice.recorded]
    assert told[0]
    assert not told[-1]
    assert takeup.counters.recorded == sum(told)
    assert takeup.counters.not_recorded == len(told) - sum(told)


def test_a_folder_that_cannot_be_written_says_not_recorded(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    takeup = Client("http://127.0.0.1:9", "tk_0_0", "credit", blocked / "spool")
    assert takeup.recommend("c", "approve").decided("approve") is False


def test_what_was_recorded_while_the_server_was_away_arrives_when_it_is_back(server, key, tmp_path):
    server.kill()
    with Client(server.address(""), key, "credit", tmp_path, send_every=0.05) as takeup:
        for i in range(10):
            assert takeup.recommend(f"c{i}", "approve", decision_id=f"away-{i}").decided("approve")
        while not takeup.counters.failed:
            select_nothing()
        server.start()
    with Client(server.address(""), key, "credit", tmp_path) as takeup:
        takeup._sender.wake()
        until_sent(tmp_path)
    ids = Counter(logged(server)["decision_id"])
    assert {ids[f"away-{i}"] for i in range(10)} == {1}


def test_a_wrong_key_is_called_so_and_nothing_recorded_is_lost(server, key, tmp_path, caplog):
    wrong = f"tk_{key.split('_')[1]}_wrong"
    with Client(server.address(""), wrong, "credit", tmp_path, send_every=0.05) as takeup:
        assert takeup.recommend("c", "approve", decision_id="wrong-key").decided("approve")
        while not takeup.counters.wrong_key:
            select_nothing()
    assert "wrong key" in caplog.text
    with Client(server.address(""), key, "credit", tmp_path) as takeup:
        takeup._sender.wake()
        until_sent(tmp_path)
    assert "wrong-key" in set(logged(server)["decision_id"])


@pytest.mark.parametrize("case", ["cut \ud83d", "null \0"])
def test_a_record_that_cannot_be_kept_keeps_no_other_back(server, key, tmp_path, case):
    with Client(server.address(""), key, "credit", tmp_path, mode="assist") as takeup:
        for name in ("a", case, "b"):
            assert takeup.recommend(name, "approve", person_id="p1").decided("approve")
        until_sent(tmp_path)
    assert (takeup.counters.acknowledged, takeup.counters.set_aside) == (6, 0)
    assert takeup.counters.quarantined == 2


class _Proxy(BaseHTTPRequestHandler):
    """Answers as a proxy that takes 2 kB does, or as one that knows no such host (400)."""

    largest, refusal, taken = 2_000, "text/html", 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        rows = json.loads(body)
        code = 413 if len(body) > self.largest else 400 if self.refusal == "host" else 200
        answer = {"results": [{"status": "stored"} for _ in rows]}
        self.send_response(code)
        self.send_header("Content-Type", "application/json" if code == 200 else "text/html")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())
        type(self).taken += len(rows) if code == 200 else 0

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("refusal", ["size", "host"])
def test_a_batch_too_large_for_a_proxy_is_halved_and_what_is_too_large_alone_is_set_aside(
    tmp_path, refusal
):
    proxy = type("Proxy", (_Proxy,), {"refusal": refusal})
    with ThreadingHTTPServer(("127.0.0.1", 0), proxy) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        url, spool = f"http://127.0.0.1:{listening.server_port}", tmp_path / "spool"
        takeup = Client(url, "tk_1_x", use_case="credit", spool=spool, mode="assist")
        for n in range(20):
            takeup.outcome(f"d{n}", value=1, name="x" * (3_000 if n == 7 else 10))
        takeup.close()
        listening.shutdown()
    aside = spool / "refused.jsonl"
    if refusal == "host":
        # Until the proxy is mended everything else stays where it is sent from.
        assert takeup.counters.acknowledged == 0
        assert any(spool.glob("*.ndjson"))
    else:
        assert (takeup.counters.acknowledged, takeup.counters.set_aside) == (19, 1)
        assert json.loads(aside.read_text())["row"]["decision_id"] == "d7"
        assert aside.stat().st_mode & 0o077 == 0
        assert not any(spool.glob("*.ndjson"))


def test_a_line_cut_off_by_a_crash_is_left_out(tmp_path):
    spool = Spool(tmp_path, 10_000)
    spool.append(b"whole")
    spool.rotate()
    (path,) = tmp_path.glob("*.ndjson")
    path.write_bytes(b"whole\nhal")
    assert [segment.lines() for segment in spool.ready()] == [[b"whole"]]


def test_a_killed_host_loses_nothing_it_had_been_told_was_recorded(server, key, tmp_path):
    rng = random.Random(3)
    told: set[int] = set()
    for kill in range(KILLS):
        host = subprocess.Popen(
            [sys.executable, "-m", "tests.clients.host", server.address(""), key,
             str(tmp_path), str(kill * 1_000_000)],
            stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": "clients/python/src"},
        )  # fmt: skip
        assert host.stdout is not None
        for _ in range(rng.randint(1, 400)):
            told.add(int(host.stdout.readline()))
        host.kill()
        told |= {int(line) for line in host.stdout.read().split("\n")[:-1]}
        host.wait()
    with Client(server.address(""), key, "credit", tmp_path) as takeup:
        takeup._sender.wake()
        until_sent(tmp_path)
    rows = logged(server)
    kept = Counter(
        (i, r)
        for i, r in zip(rows["decision_id"], rows["revision"], strict=True)
        if i.startswith("host-")
    )
    assert {(f"host-{i}", 1) for i in told} <= kept.keys()
    assert set(kept.values()) == {1}


def test_advice_that_was_looked_at_and_never_decided_is_known_all_the_same(server, key, tmp_path):
    with Client(server.address(""), key, "credit", tmp_path, mode="assist") as takeup:
        advice = takeup.recommend("n1", "approve", person_id="p1")
        assert advice.recorded
        assert advice.viewed()
    until_sent(tmp_path)
    assert advice.decision_id not in set(logged(server)["decision_id"])
    assert (takeup.counters.acknowledged, takeup.counters.quarantined) == (2, 0)


def test_the_mode_is_the_servers_and_follows_it_within_seconds(server, key, tmp_path):
    server.command("rollout", "step", "mortgage", "shadow")
    with Client(
        server.address(""), key, "mortgage", tmp_path, modes_every=0.05, keep_mode=60
    ) as takeup:
        assert takeup.ready()
        assert not takeup.recommend("m1", "approve").show
        server.command("rollout", "step", "mortgage", "assist")
        while takeup.mode != "assist":
            select_nothing()
        assert takeup.recommend("m2", "approve").show


def test_without_the_server_the_last_mode_holds_for_its_time_and_then_nothing_is_shown(
    server, key, tmp_path
):
    server.command("rollout", "step", "car", "assist")
    with Client(server.address(""), key, "car", tmp_path) as takeup:
        assert takeup.ready()
        # The server may answer from what it held before the step, for a moment.
        while takeup.mode != "assist":
            select_nothing()
    gone = "http://127.0.0.1:9"
    assert Client(gone, key, "car", tmp_path).mode == "assist"
    assert Client(gone, key, "car", tmp_path, keep_mode=0.0).mode == "shadow"
    assert Client(gone, key, "car", tmp_path / "new").mode == "shadow"


def test_a_mode_the_client_does_not_know_is_refused_at_once():
    with pytest.raises(ValueError, match="assist, shadow or off"):
        Client("http://127.0.0.1:9", "k", "credit", "x", mode="live")


def test_the_same_calls_await_in_asyncio(server, key, tmp_path):
    async def host() -> str:
        async with AsyncClient(
            server.address(""), key, "credit", tmp_path, mode="assist"
        ) as takeup:
            advice = await takeup.recommend("async-1", "approve", person_id="p1")
            assert advice.show
            assert await advice.viewed("evidence")
            assert await advice.decided("decline", reason="not_convinced")
            assert await advice.flag("wrong")
            assert await advice.outcome(0, name="repaid")
            return advice.decision_id

    decision_id = asyncio.run(host())
    row = (
        logged(server).set_index("decision_id").loc[[decision_id]].sort_values("revision").iloc[-1]
    )
    assert (row["consulted"], row["flagged"], row["evidence_opened"]) == (True, "wrong", True)
    assert decision_id in set(logged(server, "outcomes")["decision_id"])
