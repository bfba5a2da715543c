"""A damaged log is called damaged everywhere: the file, its rows, what to put back; never a traceback."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.server.running import decision, running
from tests.server.test_doctor import findings


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A deployment that never drains by itself, with two batches in its log and a backup of it."""
    place = tmp_path_factory.mktemp("damaged")
    with running("sqlite", place, begin=False) as (server, _):
        server.environment["TAKEUP_DRAIN_SECONDS"] = "100000"
        server.start()
        key = server.command("key", "make", "host").stdout.strip()
        for first in (0, 40):
            rows = [decision(i) for i in range(first, first + 40)]
            assert server.send("/api/v1/decisions", rows, key)[0] == 200
            server.command("log", "drain")
        server.kill()
        server.command("backup", str(place / "backup.tar"))
        shutil.copytree(server.home / "log", place / "whole")
        yield server


@pytest.fixture
def server(home):
    shutil.rmtree(home.home / "log")
    shutil.copytree(home.home.parent / "whole", home.home / "log")
    return home


def rows_file(server) -> Path:
    return sorted((server.home / "log").rglob("part-*.parquet"))[0]


def last_commit(server) -> Path:
    return sorted((server.home / "log" / "decisions" / "_delta_log").glob("*.json"))[-1]


def removed(file: Path) -> None:
    file.unlink()


def truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def turned(file: Path) -> None:
    held = bytearray(file.read_bytes())
    held[len(held) // 2] ^= 0x10
    file.write_bytes(held)


def said(done) -> str:
    text = " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in text, text
    return text


COMMANDS = [
    (["log", "status"], 4),
    (["log", "verify"], 4),
    (["log", "drain"], 4),
    (["log", "compact"], 1),
    (["log", "retain"], 1),
    (["diagnose", "log:", "--json", "-"], 1),
    (["snapshot"], 1),
    (["export", "overrides", "credit"], 1),
    (["person", "erase", "p1", "--yes"], 1),
]


@pytest.mark.parametrize("harm", [removed, truncated, turned])
def test_a_harmed_file_of_rows_is_named_by_every_command(server, harm):
    file = rows_file(server)
    harm(file)
    for command, code in COMMANDS:
        done = server.command(*command, check=False)
        text = said(done)
        assert file.name in text, (command, text)
        assert "40 rows" in text, (command, text)
        assert "takeup log mend" in text, (command, text)
        assert done.returncode == code, (command, text)
    found = findings(server, code=4)["log"]
    assert file.name in found["words"]
    assert "takeup log mend" in found["do"]


@pytest.mark.parametrize("harm", [truncated, turned])
def test_a_harmed_commit_is_named_by_every_command(server, harm):
    file = last_commit(server)
    harm(file)
    for command, code in COMMANDS:
        done = server.command(*command, check=False)
        assert file.name in said(done), (command, done.stdout, done.stderr)
        assert done.returncode == (1 if command == ["log", "drain"] else code)
    assert file.name in findings(server, code=4)["log"]["words"]


def test_status_says_it_to_machines_too(server):
    file = rows_file(server)
    removed(file)
    status = json.loads(server.command("log", "status", "--json", check=False).stdout)
    (damage,) = status["damaged"]
    assert damage["rows"] == 40
    assert file.name in damage["path"]


@pytest.mark.parametrize("harm", [removed, truncated, turned])
def test_what_is_damaged_comes_back_from_a_backup_and_is_proved(server, harm):
    for file in (rows_file(server), last_commit(server)):
        harm(file)
    done = server.command("log", "mend", str(server.home.parent / "backup.tar"), check=False)
    assert done.returncode == 0, said(done)
    assert "2 files" in said(done)
    assert server.command("log", "verify").returncode == 0
    assert findings(server, code=0)["log"]["state"] == "well"


def test_what_no_backup_holds_is_said_and_stays(server, tmp_path):
    with running("sqlite", tmp_path, begin=False) as (other, _):
        other.command("backup", str(tmp_path / "other.tar"))
    removed(rows_file(server))
    done = server.command("log", "mend", str(tmp_path / "other.tar"), check=False)
    assert done.returncode == 4
    assert f"{rows_file(server).parent.name}" in said(done)
    assert "does not hold" in said(done)


@pytest.mark.parametrize("harm", [removed, truncated, turned])
def test_a_folder_of_the_log_read_as_a_table_is_called_damaged_too(server, harm):
    file = rows_file(server)
    harm(file)
    done = server.command("diagnose", str(server.home / "log" / "decisions"), check=False)
    assert file.name in said(done)
    assert "40 rows" in said(done)
    assert done.returncode == 1


def test_a_folder_of_the_log_that_is_well_is_read(server):
    done = server.command(
        "diagnose", str(server.home / "log" / "decisions"), "--json", "-", check=False
    )
    assert "damaged" not in said(done)
