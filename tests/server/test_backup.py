"""A backup taken while decisions come in is whole, and comes back proved."""

from __future__ import annotations

import json
import tarfile

import pytest

from tests.server.running import STORES, Sending, Server, decision, running, select_nothing


@pytest.mark.parametrize("store", STORES)
def test_a_backup_of_a_busy_server_comes_back_with_every_row_exactly_once(store, tmp_path):
    archive, sealing = tmp_path / "backup.tar", tmp_path / "backup-key"
    sealing.write_text("a key file that is kept apart")
    with running(store, tmp_path / "old") as (server, _):
        key = server.command("key", "make", "host").stdout.strip()
        with Sending(server, key) as sending:
            while sending.acknowledged < 500:
                select_nothing()
            before = sending.acknowledged
            made = server.command("backup", str(archive), "--key-file", str(sealing), check=False)
            assert made.returncode == 0, made.stderr
    with running(store, tmp_path / "new", begin=False, first_start=True) as (server, _):
        for wrong, said in (
            ([], "give its passphrase"),
            (["--key-file", str(archive)], "not the one"),
        ):
            refused = server.command("restore", str(archive), *wrong, check=False)
            assert refused.returncode == 1
            assert said in " ".join(refused.stderr.split())
        restored = server.command("restore", str(archive), "--key-file", str(sealing), check=False)
        assert restored.returncode == 0, restored.stdout + restored.stderr
        assert "every row exactly once" in restored.stdout
        again = server.command("restore", str(archive), "--key-file", str(sealing), check=False)
        assert again.returncode == 1
        assert "already" in " ".join(again.stderr.split())
        found = json.loads(server.command("doctor", "--json", check=False).stdout)
        (told,) = [one for one in found if one["what"] == "sealed"]
        assert told["state"] == "well"
        assert "1 signing secrets" in told["words"]
        server.start()
        status = json.loads(server.command("log", "status", "--json").stdout)
        (sender,) = status["senders"]
        assert sender["stored"] >= before
        assert status["tables"][0]["queryable"] == sender["stored"]
        # Its keys are those of the old one, and what it had is not taken twice.
        code, answer = server.send("/api/v1/decisions", [decision(1), decision(10**7)], key)
        assert (code, answer["unchanged"], answer["stored"]) == (200, 1, 1)


def test_a_damaged_archive_restores_nothing(tmp_path):
    archive = tmp_path / "backup.tar"
    with running("sqlite", tmp_path / "old") as (server, _):
        server.command("backup", str(archive))
    with tarfile.open(archive) as held:
        held.extractall(tmp_path / "inside", filter="data")
    with (tmp_path / "inside" / "database.sqlite3").open("r+b") as database:
        database.seek(5_000)
        database.write(b"\xff\xff\xff")
    with tarfile.open(archive, "w") as damaged:
        damaged.add(tmp_path / "inside", ".")
    fresh = Server(tmp_path / "new" / "home")
    refused = fresh.command("restore", str(archive), check=False)
    assert refused.returncode == 1
    assert "missing or changed; nothing was restored" in " ".join(refused.stderr.split())
    assert not (fresh.home / "takeup.sqlite3").exists()
    (tmp_path / "cut.tar").write_bytes(archive.read_bytes()[:3_000])
    assert fresh.command("restore", str(tmp_path / "cut.tar"), check=False).returncode == 1


def test_nothing_is_restored_over_what_is_there(tmp_path):
    archive = tmp_path / "backup.tar"
    with running("sqlite", tmp_path) as (server, _):
        server.command("backup", str(archive))
        refused = server.command("restore", str(archive), check=False)
    assert refused.returncode == 1
    assert "is there already" in " ".join(refused.stderr.split())


def test_without_the_secret_it_is_said_before_and_after_and_a_restore_asks_for_it(tmp_path):
    archive = tmp_path / "backup.tar"
    with running("sqlite", tmp_path / "old", begin=False) as (server, _):
        server.command("key", "make", "host")
        made = server.command("backup", str(archive))
        assert " ".join(made.stderr.split()).count("signing secrets") == 2
    fresh = Server(tmp_path / "new" / "home")
    refused = fresh.command("restore", str(archive), check=False)
    assert refused.returncode == 1
    assert "would never open again" in " ".join(refused.stderr.split())
    assert not (fresh.home / "takeup.sqlite3").exists()
    done = fresh.command("restore", str(archive), "--without-secret", check=False)
    assert done.returncode == 0, done.stderr
    assert "does not open without the old secret: 1 of 1" in " ".join(done.stdout.split())
    assert fresh.command("log", "status").returncode == 0
