"""`takeup doctor` finds what is wrong and says what to do."""

from __future__ import annotations

import json
import os
import shutil

import pytest

from tests.server.running import Server, decision, running


def findings(server: Server, code: int | None = None) -> dict[str, dict]:
    told = server.command("doctor", "--json", check=False)
    assert code in (None, told.returncode), told.stdout + told.stderr
    return {one["what"]: one for one in json.loads(told.stdout)}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running("sqlite", tmp_path_factory.mktemp("doctor")) as (started, _):
        yield started


def test_a_fresh_deployment_is_well_but_for_the_key_that_should_be_taken_away(server):
    found = findings(server, code=0)
    assert {one["state"] for one in found.values()} == {"well", "look"}
    assert "give it to the oversight officer" in found["oversight"]["do"]


def test_an_address_in_the_open_is_to_be_mended(server):
    other = Server(server.home)
    other.environment["TAKEUP_PUBLIC_URL"] = "http://takeup.example.org"
    assert "passwords travel in the open" in findings(other, code=4)["address"]["words"]


def test_a_secret_that_others_can_read_is_to_be_mended(server):
    secret = server.home / "secret-key"
    secret.chmod(0o644)
    found = findings(server, code=4)["files"]
    assert str(secret) in found["words"]
    assert found["do"].startswith("chmod -R go-rwx")
    secret.chmod(0o600)


def test_a_wrong_setting_is_named(server):
    other = Server(server.home)
    other.environment["TAKEUP_INBOX_DAYS"] = "never"
    assert "TAKEUP_INBOX_DAYS" in findings(other, code=4)["settings"]["words"]


def test_rows_that_nobody_drains_and_clocks_that_differ_are_found(tmp_path):
    os.environ.pop("TAKEUP_HOME", None)
    with running("sqlite", tmp_path) as (server, _):
        key = server.command("key", "make", "host").stdout.strip()
        server.send("/api/v1/decisions", [decision(1)], key)
        server.command("log", "drain")
        found = findings(server, code=0)
        assert found["drain"]["state"] == "well"
        assert "clocks" not in found
        for name, source, second in (("made", "desk", 2), ("viewed", "browser", 5)):
            event = {
                "specversion": "1.0", "type": name, "source": source, "id": name, "subject": "e1",
                "time": f"2026-11-24T09:00:0{second}Z",
                "data": {"use_case": "skew"} | ({"recommendation": "approve", "choice": "decline"}
                                                if name == "made" else {}),
            }  # fmt: skip
            server.send("/api/v1/events", event, key)
        assert "up to 3 s after" in findings(server, code=0)["clocks"]["words"]
    import sqlite3

    with sqlite3.connect(server.home / "takeup.sqlite3") as database:
        database.execute(
            "UPDATE record_api_inboxrow SET batch_id = NULL, received_at = '2026-01-01 00:00:00'"
        )
    assert "is takeup serve running?" in findings(server, code=4)["drain"]["do"]


def test_a_log_that_lost_rows_is_to_be_mended_and_a_drain_mends_it(tmp_path):
    os.environ.pop("TAKEUP_HOME", None)
    with running("sqlite", tmp_path) as (server, _):
        key = server.command("key", "make", "host").stdout.strip()
        server.send("/api/v1/decisions", [decision(i) for i in range(3)], key)
        server.command("log", "drain")
    shutil.rmtree(server.home / "log" / "decisions")
    found = findings(server, code=4)["log"]
    assert found["words"].startswith("the log has lost 3 rows of decisions")
    assert "3 rows in 1 batches" in server.command("log", "drain").stdout
    assert findings(server, code=0)["log"]["state"] == "well"
