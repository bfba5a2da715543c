"""Killed in the middle of a drain, a compaction, a retention, an erasure, a snapshot, a backup, a restore or a
migration: the next run goes on, and every acknowledged row is there exactly once.

`make test` runs a short form; `make faults` kills 200 times in all (`tests.faults.kills`).
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults import kills
from tests.server.running import STORES, Server, decision, running

KILLS = kills(5, 3)


ERASED = [f"p{i}" for i in range(20)]
"""The people of `decision`, who are erased one after the other."""


def _commands(round_: int, folder: Path) -> list[list[str]]:
    """What is killed in a round: each of the log's, and two of the others in turn."""
    others = [
        ["person", "erase", ERASED[round_ % len(ERASED)], "--yes"], ["snapshot"],
        ["backup", str(folder / f"killed-{round_}.tar")],
    ]  # fmt: skip
    of_the_log = [["log", command] for command in ("drain", "retain", "compact")]
    return [*of_the_log, others[round_ % 3], others[(round_ + 1) % 3]]


def run_until_killed(server: Server, arguments: list[str], seconds: float) -> bool:
    """Whether the command was killed before its end."""
    process = server.begin(*arguments)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True
    return False


def took(server: Server, *arguments: str) -> float:
    """Seconds that the command takes: kills are drawn from its second half, where it works."""
    start = time.monotonic()
    server.command(*arguments)
    return time.monotonic() - start


def verify_restored(server: Server) -> None:
    """Proves it, as a restore without the secret would have gone on where it was killed after its last file."""
    found = server.command("log", "verify", check=False)
    if "takeup secret accept" in " ".join(found.stderr.split()):
        server.command("secret", "accept", "--yes")
        found = server.command("log", "verify", check=False)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("store", STORES)
def test_drain_compaction_and_retention_can_be_killed_at_any_moment(store, tmp_path):
    rng = random.Random(11)
    with running(store, tmp_path, begin=False) as (server, _):
        # A worker that never comes to drain by itself, so that the commands have all to do.
        server.environment["TAKEUP_DRAIN_SECONDS"] = "100000"
        server.environment["TAKEUP_INBOX_DAYS"] = "1"
        server.start()
        key = server.command("key", "make", "host").stdout.strip()
        acknowledged = killed = 0
        for round_ in range(KILLS):
            for batch in range(3):
                rows = [
                    decision(
                        round_ * 10_000 + batch * 1_000 + i,
                        decided_at=f"2026-0{1 + i % 9}-03T09:12:04Z", use_case=f"u{batch % 2}",
                    )
                    for i in range(500)
                ]  # fmt: skip
                status, answer = server.send("/api/v1/decisions", rows, key)
                assert status == 200
                acknowledged += answer["stored"]
            whole = took(server, "log", "status")
            for command in _commands(round_, tmp_path):
                killed += run_until_killed(server, command, whole * rng.uniform(0.6, 1.4))
        for command in ("drain", "retain", "compact", "retain"):
            server.command("log", command)
        for person in ERASED[: KILLS + 1]:
            # Exit code 1: what cannot be searched or is kept names nobody here, the rest must be gone.
            told = server.command("person", "erase", person, "--yes", check=False)
            assert "nothing is left" in told.stdout, told.stdout + told.stderr
        found = json.loads(server.command("log", "verify", "--json").stdout)
    assert killed
    assert (found["problems"], found["inbox"], found["log"]) == ([], acknowledged, acknowledged)


def test_a_backup_and_a_restore_that_were_killed_leave_nothing_that_passes_for_whole(tmp_path):
    rng = random.Random(3)
    killed = 0
    with running("sqlite", tmp_path) as (server, _):
        key = server.command("key", "make", "host").stdout.strip()
        rows = [decision(i) for i in range(500)]
        assert server.send("/api/v1/decisions", rows, key)[1]["stored"] == 500
        server.command("log", "drain")
        archive = tmp_path / "whole.tar"
        whole = took(server, "backup", str(archive))
        for i in range(KILLS):
            cut = tmp_path / f"cut-{i}.tar"
            killed += run_until_killed(server, ["backup", str(cut)], whole * rng.uniform(0.5, 1.1))
            if cut.exists():
                again = Server(tmp_path / f"from-cut-{i}")
                again.command("restore", "--without-secret", str(cut))
                assert again.command("log", "verify").returncode == 0
        for i in range(KILLS):
            other = Server(tmp_path / f"cut-home-{i}")
            arguments = ["restore", "--without-secret", str(archive)]
            if run_until_killed(other, arguments, whole * rng.uniform(0.5, 1.1)):
                killed += 1
                # Half a home is emptied and filled again; one that was whole already says so.
                told = other.command(*arguments, check=False)
                assert told.returncode == 0 or "in use already" in " ".join(told.stderr.split())
            verify_restored(other)
        used = Server(tmp_path / "used-home")
        used.command("key", "make", "present")
        arguments += ["--replace", "--yes"]
        for _ in range(KILLS):
            if run_until_killed(used, arguments, whole * rng.uniform(0.5, 1.1)):
                killed += 1
                used.command(*arguments)
            verify_restored(used)
    assert killed


@pytest.mark.parametrize("store", STORES)
def test_a_migration_can_be_killed_at_any_moment(store, tmp_path):
    rng = random.Random(5)
    killed = 0
    whole = took(Server(tmp_path / "once"), "key", "make", "host")
    with running(store, tmp_path, begin=False, first_start=True) as (server, _):
        # From before the first table to after the last, each kill a little later than the one before.
        for step in range(2 * KILLS):
            seconds = whole * 1.2 * (step + rng.random()) / (2 * KILLS)
            killed += run_until_killed(server, ["key", "make", "host"], seconds)
        key = server.command("key", "make", "host").stdout.strip()
        server.start()
        assert server.send("/api/v1/decisions", [decision(1)], key)[0] == 200
        server.command("log", "drain")
        assert server.command("log", "verify").returncode == 0
        assert server.command("audit", "verify").returncode == 0
    assert killed


@pytest.mark.parametrize("store", STORES)
def test_processes_that_start_at_once_on_an_empty_database_make_its_tables_once(store, tmp_path):
    with running(store, tmp_path, begin=False, first_start=True) as (server, _):
        with ThreadPoolExecutor(3) as several:
            names = ("one", "two", "three")
            made = list(several.map(lambda n: server.command("key", "make", n), names))
        assert all(m.stdout.strip() for m in made)
        assert server.command("audit", "verify").returncode == 0
