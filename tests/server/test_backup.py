"""A backup taken while decisions come in is whole, and comes back proved."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import tarfile
from pathlib import Path

import psycopg
import pytest
import typer
from typer.testing import CliRunner

import takeup.server.deployment.set_aside as aside_module
import takeup.server.running.backup as backup_module
from takeup.log.files import LogFiles
from takeup.record.errors import InputError
from takeup.server.deployment.carried_secret import read_passphrase
from takeup.server.deployment.set_aside import in_use, restoring, set_aside
from takeup.server.deployment.settings import ServerSettings
from takeup.server.running.backup import read_backup
from takeup.server.running.commands import deployment
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


def test_a_restore_runs_on_the_first_python_3_11_whose_tarfile_has_no_filters(
    tmp_path, monkeypatch
):
    archive = tmp_path / "backup.tar"
    with running("sqlite", tmp_path / "old", begin=False) as (server, _):
        server.command("key", "make", "archived")
        server.command("backup", str(archive), "--without-secret")
    newer = tarfile.TarFile.extractall

    def extractall(self, path=".", members=None, *, numeric_owner=False):
        newer(self, path, members, numeric_owner=numeric_owner)

    monkeypatch.setattr(tarfile.TarFile, "extractall", extractall)
    home = tmp_path / "new"
    assert read_backup(archive, ServerSettings(home=home), without_secret=True) == ""
    assert (home / "takeup.sqlite3").stat().st_size > 100_000


@pytest.mark.parametrize("name", ["../beside", "/absolute", "log/../../beside", ""])
def test_an_archive_that_names_a_file_outside_is_refused_and_nothing_is_written(tmp_path, name):
    archive, content = tmp_path / "made.tar", b"from elsewhere"
    manifest = json.dumps({"files": {name: hashlib.sha256(content).hexdigest()}}).encode()
    with tarfile.open(archive, "w") as made:
        for inside, held in ((name, content), ("manifest.json", manifest)):
            entry = tarfile.TarInfo(inside)
            entry.size = len(held)
            made.addfile(entry, io.BytesIO(held))
    with pytest.raises(InputError, match="outside the folder"):
        read_backup(archive, ServerSettings(home=tmp_path / "new"), without_secret=True)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["made.tar", "new"]


@pytest.mark.parametrize("manifest", ["[]", "{}", '{"files": ["a"]}', "7", '{"files": null}'])
def test_a_tar_of_something_else_is_no_archive_in_a_sentence(tmp_path, manifest):
    archive = tmp_path / "other.tar"
    with tarfile.open(archive, "w") as made:
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(manifest)
        made.addfile(entry, io.BytesIO(manifest.encode()))
    with pytest.raises(InputError, match="no archive that `takeup backup` wrote"):
        read_backup(archive, ServerSettings(home=tmp_path / "new"), without_secret=True)


@pytest.mark.parametrize("store", STORES)
def test_a_used_deployment_is_restored_over_only_where_that_is_said_and_is_set_aside(
    store, tmp_path
):
    archive, sealing = tmp_path / "backup.tar", tmp_path / "backup-key"
    sealing.write_text("a key file that is kept apart")
    carried = ("restore", str(archive), "--key-file", str(sealing))
    with running(store, tmp_path / "old", begin=False) as (old, _):
        old.command("key", "make", "archived")
        old.command("backup", str(archive), "--key-file", str(sealing))
    with running(store, tmp_path / "used") as (server, postgres):
        server.command("key", "make", "present")
        before = (server.home / "secret-key").read_text()
        refused = server.command(*carried, check=False)
        assert refused.returncode == 1
        assert "in use already" in (said := " ".join(refused.stderr.split()))
        assert "--replace" in said
        refused = server.command(*carried, "--replace", "--yes", check=False)
        assert refused.returncode == 1
        assert "stop" in " ".join(refused.stderr.split())
        server.kill()
        for arguments in (
            ("--replace",),
            ("--replace", "--yes", "--key-file", str(archive)),
        ):
            refused = server.command(*carried, *arguments, check=False)
            assert refused.returncode == 1
            assert "set aside, not deleted" in " ".join(refused.stderr.split())
        assert senders(server) == {"present"}
        assert (server.home / "secret-key").read_text() == before
        done = server.command(*carried, "--replace", "--yes", check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert senders(server) == {"archived"}
        found = json.loads(server.command("doctor", "--json", check=False).stdout)
        assert next(one["state"] for one in found if one["what"] == "sealed") == "well"
        (aside,) = server.home.glob("before_restore_*")
        assert str(aside) in done.stdout
        assert (aside / "secret-key").read_text() == before
        if postgres is None:
            assert senders(Server(aside)) == {"present"}
        else:
            assert f"schema {aside.name}" in done.stdout
            # What was set aside is no part of later backups.
            again = tmp_path / "again.tar"
            server.command("backup", str(again), "--without-secret")
            with tarfile.open(again) as held:
                dump = held.extractfile("database.pgdump").read()
            assert aside.name.encode() not in dump


def senders(server):
    status = json.loads(server.command("log", "status", "--json").stdout)
    return {one["name"] for one in status["senders"]}


@pytest.mark.parametrize("store", STORES)
def test_what_was_set_aside_comes_back_where_the_restore_fails(store, tmp_path):
    with running(store, tmp_path, begin=False) as (server, postgres):
        server.command("key", "make", "present")
        settings = ServerSettings(home=server.home, database_url=postgres.url if postgres else None)
        secret = (server.home / "secret-key").read_text()

        def fail():
            with set_aside(settings, with_secret=True):
                assert in_use(settings) == []
                settings.keep_secret("of the archive")
                if postgres is None:
                    (server.home / "takeup.sqlite3").write_bytes(b"half")
                (server.home / "log" / "half").touch()
                raise OSError("no space left")

        with pytest.raises(OSError, match="no space"):
            fail()
        assert senders(server) == {"present"}
        assert (server.home / "secret-key").read_text() == secret
        assert not list(server.home.glob("before_restore_*"))
        assert not (server.home / "log" / "half").exists()


class KilledError(BaseException):
    """The process ends here, and nothing is cleaned up."""


def killing(step, done):
    def dies(*arguments, **named):
        if done:
            step(*arguments, **named)
        raise KilledError

    return dies


def held_by(server, postgres) -> tuple[object, ...]:
    """Senders in the database, the secret, the log's files, and what else lies at home."""
    question = "SELECT name FROM record_api_sender"
    if postgres is None:
        with sqlite3.connect(server.home / "takeup.sqlite3") as store:
            found = store.execute(question).fetchall()
        store.close()
    else:
        with psycopg.connect(postgres.url) as store:
            found = store.execute(question).fetchall()
    log = server.home / "log"
    files = {str(f.relative_to(log)): f.read_bytes() for f in log.rglob("*") if f.is_file()}
    others = {
        f.name for f in server.home.iterdir() if not f.name.endswith((".lock", "-shm", "-wal"))
    }
    return sorted(found), (server.home / "secret-key").read_text(), files, others


@pytest.mark.parametrize("store", STORES)
def test_a_restore_that_was_killed_at_any_step_is_taken_back_by_the_next(
    store, tmp_path, monkeypatch
):
    archive, sealing = tmp_path / "backup.tar", tmp_path / "backup-key"
    sealing.write_text("a key file that is kept apart")
    carried = ("restore", str(archive), "--key-file", str(sealing), "--replace", "--yes")
    with running(store, tmp_path / "old") as (old, _):
        key = old.command("key", "make", "archived").stdout.strip()
        assert old.send("/api/v1/decisions", [decision(1)], key)[0] == 200
        old.command("log", "drain")
        old.command("backup", str(archive), "--key-file", str(sealing))
    steps = [(ServerSettings, "keep_secret"), (backup_module, "_load"), (LogFiles, "put"),
             (aside_module, "_move" if store == "sqlite" else "_tables_away")]  # fmt: skip
    with running(store, tmp_path / "used") as (server, postgres):
        key = server.command("key", "make", "present").stdout.strip()
        assert server.send("/api/v1/decisions", [decision(2)], key)[0] == 200
        server.command("log", "drain")
        server.kill()
        settings = ServerSettings(home=server.home, database_url=postgres.url if postgres else None)
        before = held_by(server, postgres)

        def killed_at(where, step, done, patched):
            patched.setattr(where, step, killing(getattr(where, step), done))
            patched.setattr(aside_module, "_take_back", lambda _: None)
            with pytest.raises(KilledError):
                read_backup(archive, settings, sealing.read_bytes(), replace=True)

        for where, step in steps:
            for done in (False, True):
                with monkeypatch.context() as patched:
                    killed_at(where, step, done, patched)
                with restoring(settings) as taken_back:
                    assert (taken_back, held_by(server, postgres)) == (True, before), step
        with monkeypatch.context() as patched:
            killed_at(LogFiles, "put", True, patched)
        refused = server.command("log", "status", check=False)
        assert (refused.returncode, "was cut off" in refused.stderr) == (1, True)
        finished = server.command(*carried, check=False)
        assert finished.returncode == 0, finished.stdout + finished.stderr
        assert "was taken back" in finished.stderr
        assert senders(server) == {"archived"}
        (aside,) = server.home.glob("before_restore_*")
        assert (aside / "secret-key").read_text() == before[1]


def test_another_secret_than_the_archives_is_refused_before_anything_is_put_in_place(tmp_path):
    archive = tmp_path / "backup.tar"
    with running("sqlite", tmp_path / "old", begin=False) as (server, _):
        server.command("key", "make", "host")
        server.command("backup", str(archive), "--without-secret")
        right = (server.home / "secret-key").read_text()
    fresh = Server(tmp_path / "new" / "home")
    fresh.home.mkdir(mode=0o700, parents=True)
    for secret, code in (("another secret of a deployment, and long enough", 1), (right, 0)):
        (fresh.home / "secret-key").write_text(secret)
        told = fresh.command("restore", str(archive), check=False)
        assert told.returncode == code, told.stderr
        assert (fresh.home / "takeup.sqlite3").exists() is (code == 0)
        assert (fresh.home / "secret-key").read_text() == secret
        assert ("another than the old deployment's" in " ".join(told.stderr.split())) is (code == 1)


def test_a_passphrase_comes_from_the_environment_and_one_too_short_is_refused(tmp_path):
    archive, sealing = tmp_path / "backup.tar", tmp_path / "backup-key"
    with running("sqlite", tmp_path / "old", begin=False) as (server, _):
        server.command("key", "make", "host")
        server.environment["TAKEUP_BACKUP_PASSPHRASE"] = "short"
        refused = server.command("backup", str(archive), check=False)
        assert refused.returncode == 1
        assert "at least 12 characters" in " ".join(refused.stderr.split())
        assert not archive.exists()
        server.environment["TAKEUP_BACKUP_PASSPHRASE"] = "correct horse battery"
        assert "with the secret, sealed" in server.command("backup", str(archive)).stdout
        secret = (server.home / "secret-key").read_text()
    with tarfile.open(archive) as held:
        inside = b"".join(held.extractfile(one).read() for one in held if one.isfile())
    assert secret.encode() not in inside
    sealing.write_text("correct horse battery\n")
    fresh = Server(tmp_path / "new" / "home")
    fresh.environment["TAKEUP_BACKUP_KEY_FILE"] = str(sealing)
    fresh.command("restore", str(archive))
    assert (fresh.home / "secret-key").read_text() == secret
    assert (fresh.home / "secret-key").stat().st_mode & 0o077 == 0


def test_a_key_file_is_read_from_the_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a key of the vault's keeper\n")))
    assert read_passphrase(Path("-")) == b"a key of the vault's keeper"


def test_a_new_passphrase_is_asked_for_twice_and_one_for_a_restore_once(monkeypatch):
    monkeypatch.setattr(deployment, "_somebody_is_there", lambda: True)
    monkeypatch.delenv("TAKEUP_BACKUP_PASSPHRASE", raising=False)

    def asked(new, *typed):
        app = typer.Typer()
        app.command()(lambda: print("got", deployment._passphrase(None, new=new)))
        return CliRunner().invoke(app, input="".join(f"{one}\n" for one in typed)).stdout

    word = "correct horse battery"
    assert f"got b'{word}'" in asked(False, word)
    told = asked(True, word, "something else", word, word)
    assert "do not match" in told
    assert f"got b'{word}'" in told
    assert "got None" in asked(True, "", "")


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
