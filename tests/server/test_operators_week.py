"""What an operator met who had the book alone: PostgreSQL with a password, a probe of a container, a machine
that was lost, an archive of the day before, an id with a slip of the pen."""

from __future__ import annotations

import asyncio
import errno
import gc
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from takeup.record.errors import DeclarationError, InputError
from takeup.server.deployment.log_lines import TextLines, cleaned
from takeup.server.deployment.settings import read_server_settings
from tests.server.running import (
    STORES,
    Server,
    cluster,
    decision,
    free_port,
    running,
    select_nothing,
)

PASSWORD = "p@ss/w%rd"
"""Of signs that an address writes in another way."""


@pytest.fixture
def guarded():
    """A PostgreSQL that asks for a password, with two empty databases: their addresses."""
    with cluster(durable=False) as postgres:
        rules = postgres.folder / "pg_hba.conf"
        rules.write_text(
            "host all guarded 127.0.0.1/32 scram-sha-256\n" + rules.read_text(encoding="utf-8"),
            encoding="utf-8",
        )
        postgres.ask("SELECT pg_reload_conf()")
        postgres.ask(f"CREATE ROLE guarded LOGIN PASSWORD '{PASSWORD}'")
        for name in ("first", "second"):
            postgres.ask(f"CREATE DATABASE {name} OWNER guarded")
        at = f"postgres://guarded:p%40ss%2Fw%25rd@127.0.0.1:{postgres.port}"
        yield [f"{at}/{name}?sslmode=prefer&connect_timeout=9" for name in ("first", "second")]


def test_a_password_of_any_signs_opens_the_database_for_the_server_its_backup_and_its_restore(
    guarded, tmp_path
):
    first, second = guarded
    archive = tmp_path / "backup.tar"
    old = Server(tmp_path / "old", first)
    old.command("key", "make", "host")
    old.command("backup", str(archive), "--without-secret")
    new = Server(tmp_path / "new", second)
    restored = new.command("restore", str(archive), "--without-secret", check=False)
    assert restored.returncode == 0, restored.stderr
    assert PASSWORD not in restored.stdout + restored.stderr


def test_what_the_databases_address_says_of_tls_is_kept_to():
    address = (
        "postgres://u:p%40@db.example.org:5433/kept?sslmode=verify-full&sslrootcert=/etc/ca.pem"
    )
    found = read_server_settings({"TAKEUP_DATABASE_URL": address}).database()
    assert found["OPTIONS"] == {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem"}
    assert (found["NAME"], found["PASSWORD"], found["PORT"]) == ("kept", "p@", "5433")
    socket = read_server_settings({"TAKEUP_DATABASE_URL": "postgres:///kept?host=/run/postgresql"})
    assert socket.database()["OPTIONS"] == {"host": "/run/postgresql"}


@pytest.mark.parametrize(
    "address",
    [
        "postgres://u:hidden%zz@h/kept", "postgres://u:hidden#@h/kept", "postgres://u:hidden@h:port/kept",
        "postgres://u:hidden@h/kept?ssl_mode=require", "postgres://u:hidden@h", "mysql://u:hidden@h/kept",
    ],
)  # fmt: skip
def test_an_address_of_a_database_that_cannot_be_read_is_refused_without_being_repeated(address):
    with pytest.raises(DeclarationError, match=r"TAKEUP_DATABASE_URL.*%40 for @") as refused:
        read_server_settings({"TAKEUP_DATABASE_URL": address})
    assert "hidden" not in str(refused.value)


TASK = """
import sys
from takeup.server.deployment.connect import connect
connect()
from django_tasks_db.models import DBTaskResult
if sys.argv[1:]:
    from takeup.server.showing.overview.pages import take_snapshot_of
    take_snapshot_of.enqueue("credit-line")
print(DBTaskResult.objects.exclude(finished_at=None).count())
"""


@pytest.fixture(scope="module")
def probed(tmp_path_factory):
    """A server that answers people by one name, with a PostgreSQL that a test may stop."""
    with cluster(durable=False) as postgres:
        server = Server(tmp_path_factory.mktemp("probed") / "home", postgres.url)
        server.environment |= {
            "TAKEUP_PUBLIC_URL": "https://takeup.example.test", "TAKEUP_ALLOWED_HOSTS": "takeup.example.test",
            "TAKEUP_METRICS_TOKEN": "watcher", "TAKEUP_LOG_FORMAT": "json",
        }  # fmt: skip
        server.start()
        yield server, postgres
        server.kill()


def asked(server: Server, path: str) -> str:
    request = urllib.request.Request(
        server.address(path), headers={"Authorization": "Bearer watcher"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(answer.read().decode())


def lines(server: Server) -> list[dict[str, str]]:
    """What the log says; what `serve` tells whoever started it is not of it."""
    told = (server.home / "serve.log").read_text().split("\n")
    return [json.loads(line) for line in told if line.startswith("{")]


def test_probes_ask_by_any_name_and_people_by_the_allowed_ones_in_a_line_of_the_log(probed):
    server, _ = probed
    assert asked(server, "/ready") == "ready\n"
    assert "takeup_database_up 1.0" in asked(server, "/metrics")
    with pytest.raises(urllib.error.HTTPError, match="400"):
        asked(server, "/sign-in")
    (refused,) = [one for one in lines(server) if one["logger"].endswith("DisallowedHost")]
    assert "exc_info" not in refused
    assert "Invalid HTTP_HOST" in refused["message"]


def test_a_page_and_its_style_leave_the_log_one_object_a_line(probed):
    server, _ = probed
    request = urllib.request.Request(
        server.address("/sign-in"), headers={"Host": "takeup.example.test"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        page = answer.read().decode()
    style = page.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]
    request = urllib.request.Request(server.address(style))
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.read()
    told = (server.home / "serve.log").read_text()
    assert "StreamingHttpResponse" not in told
    beside = [line for line in told.split("\n") if line and not line.startswith("{")]
    assert {line.split(" ")[0] for line in beside} <= {"takeup", "Set", "The"}, beside


def test_no_field_of_a_line_holds_a_link_or_what_somebody_searched_for(probed):
    server, _ = probed
    made = server.command("person", "link", "administrator@takeup.invalid").stdout.strip()
    link = made.removeprefix("https://takeup.example.test")
    for method, path in (("POST", link), ("GET", "/nowhere?named=Ada+Bergstr%C3%B6m")):
        request = urllib.request.Request(
            server.address(path), method=method, headers={"Host": "takeup.example.test"}
        )
        with pytest.raises(urllib.error.HTTPError, match=r"403|404"):
            urllib.request.urlopen(request, timeout=10)
    told = [one for one in lines(server) if one["logger"].startswith("django.")]
    whole = json.dumps(told, ensure_ascii=False)
    assert "Not Found: /nowhere" in whole
    assert "/(secret)" in whole
    assert link.rsplit("/", 1)[-1] not in whole
    assert "Bergstr" not in whole


def test_values_of_a_row_that_postgres_refused_are_no_part_of_a_line():
    key = "duplicate key value\nDETAIL:  Key (person_id)=(officer-7 (north)) already exists.\n"
    assert cleaned(key).endswith("DETAIL:  Key (person_id)=(values)\n")
    row = "null value\nDETAIL:  Failing row contains (7, Ada Berg, null).\nCONTEXT: x"
    assert cleaned(row).endswith("DETAIL:  Failing row contains (values)\nCONTEXT: x")


def test_a_line_of_text_too_says_when_and_how_grave():
    record = logging.makeLogRecord(
        {"msg": "the disk fills", "levelname": "WARNING", "created": 1_795_949_640.25}
    )
    assert TextLines().format(record) == "2026-11-29T10:54:00.250+00:00 WARNING the disk fills"


def test_while_the_database_is_away_it_says_so_once_and_afterwards_all_goes_on(probed):
    server, postgres = probed
    key = server.command("key", "make", "host").stdout.strip()
    postgres.stop("fast")
    code, answer = server.send("/api/v1/decisions", [decision(1)], key)
    assert (code, answer["title"]) == (503, "Not recorded")
    watched = asked(server, "/metrics")
    assert "takeup_database_up 0.0" in watched
    assert 'takeup_requests_total{code="5xx",endpoint="decisions"} 1.0' in watched
    while not any("nothing is drained" in one["message"] for one in lines(server)):
        select_nothing()
    for _ in range(40):  # Some six drains more.
        select_nothing()
    said = [one for one in lines(server) if "drained" in one["message"]]
    assert len(said) == 1
    assert "exc_info" in said[0]
    postgres.start()
    while not any("it drains again" in one["message"] for one in lines(server)):
        select_nothing()
    assert server.send("/api/v1/decisions", [decision(1)], key)[0] == 200
    before = int(server.python(TASK, "ask"))
    while int(server.python(TASK)) <= before:
        select_nothing()


def test_an_end_told_to_server_and_worker_at_once_is_no_accident(tmp_path):
    server = Server(tmp_path / "home")
    server.start()
    key = server.command("key", "make", "host").stdout.strip()
    server.send("/api/v1/decisions", [decision(i) for i in range(50)], key)
    server.kill(signal.SIGTERM)
    assert "ended with" not in (server.home / "serve.log").read_text()
    status = json.loads(server.command("log", "status", "--json").stdout)
    assert status["tables"][0]["logged"] == 50


def test_a_server_that_is_stopped_lists_no_leaks_of_a_library(tmp_path):
    """What is frozen so that it is looked at no more is cleared away at the end all the same."""
    server = Server(tmp_path / "home")
    log = tmp_path / "end.log"
    with log.open("w") as out:
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "takeup.cli", "serve", "--port", str(port)],
            env=os.environ | {"TAKEUP_HOME": str(server.home)}, stdout=out, stderr=out,
        )  # fmt: skip
        while "takeup answers on" not in log.read_text():
            assert process.poll() is None, log.read_text()
            select_nothing()
        urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=30).close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert "leaked" not in log.read_text()


def test_who_leaves_before_the_answer_is_no_fault_of_the_server(django_ready, monkeypatch):
    """A probe that gave up while the server began is told as 499, not as one of the 5xx that wake somebody."""
    from takeup.server.running import asgi

    async def gone(scope, receive, send):
        return None

    async def broken(scope, receive, send):
        raise RuntimeError("broken")

    told: list[int] = []
    monkeypatch.setattr(asgi, "answered", lambda path, status, seconds: told.append(status))
    scope = {"type": "http", "path": "/ready", "method": "GET", "headers": []}
    monkeypatch.setattr(asgi, "_pages", gone)
    asyncio.run(asgi.application(scope, None, None))
    monkeypatch.setattr(asgi, "_pages", broken)
    with pytest.raises(RuntimeError):
        asyncio.run(asgi.application(scope, None, None))
    assert told == [499, 500]
    gc.unfreeze()


def said(done) -> str:
    return " ".join((done.stdout + done.stderr).split())


def test_a_backup_is_never_written_over_another(tmp_path):
    archive = tmp_path / "backup.tar"
    with running("sqlite", tmp_path, begin=False) as (server, _):
        server.command("backup", str(archive), "--without-secret")
        whole = archive.read_bytes()
        # Refused before a key is looked for.
        again = server.command("backup", str(archive), "--key-file", "/nowhere", check=False)
        assert again.returncode == 1
        assert "no backup is written over another" in said(again)
        assert archive.read_bytes() == whole
        assert [one.name for one in tmp_path.glob("*.tar")] == ["backup.tar"]


def test_a_backup_of_a_damaged_log_says_so_and_what_is_kept_for_the_officer_is_told(tmp_path):
    with running("sqlite", tmp_path) as (server, _):
        key = server.command("key", "make", "host").stdout.strip()
        server.send("/api/v1/decisions", [decision(i) for i in range(20)], key)
        server.command("log", "drain")
        well = server.command("backup", str(tmp_path / "well.tar"), "--without-secret")
        assert f"{server.home / 'oversight-key'} is the oversight officer's" in said(well)
        (file,) = (server.home / "log" / "decisions").rglob("*.parquet")
        file.unlink()
        told = server.command(
            "backup", str(tmp_path / "after.tar"), "--without-secret", check=False
        )
        assert told.returncode == 4
        assert f"{file.name} is missing; it held 20 rows" in said(told)
        assert "Keep the backups of before" in said(told)
        assert (tmp_path / "after.tar").exists()
        assert server.command("log", "mend", str(tmp_path / "well.tar")).returncode == 0


FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
from takeup.cli import main
sys.argv = ["takeup", *sys.argv[1:]]
main()
"""


def test_where_nothing_more_can_be_written_a_backup_ends_in_a_sentence(tmp_path):
    from tests import forked

    with running("sqlite", tmp_path, begin=False) as (server, _):
        server.command("key", "make", "host")
        arguments = ["-c", FULL, "backup", str(tmp_path / "cut.tar"), "--without-secret"]
        told = forked.command(arguments, server.environment, check=False)
        assert told.returncode == 1
        assert "cut.tar cannot be written" in said(told)
        assert "Traceback" not in told.stderr
        assert not list(tmp_path.glob("*.tar"))


def test_a_command_that_the_database_stops_ends_in_a_sentence():
    from django.db import OperationalError

    from takeup.server.running.commands.shared import needs_server

    @needs_server
    def command(error: Exception) -> None:
        raise error

    with pytest.raises(InputError, match="stopped this command: database or disk is full"):
        command(OperationalError("database or disk is full"))
    with pytest.raises(InputError, match=r"the disk is full \(/srv/takeup\): make room"):
        command(OSError(errno.ENOSPC, "No space left on device", "/srv/takeup"))
    with pytest.raises(IsADirectoryError):
        command(IsADirectoryError(errno.EISDIR, "Is a directory", "/srv"))


def test_a_database_beside_which_nothing_can_be_made_is_said_to_lack_room(tmp_path, monkeypatch):
    from django.db import OperationalError

    from takeup.server.running import start

    def full(*_: object) -> None:
        raise OperationalError("disk I/O error")

    monkeypatch.setenv("TAKEUP_HOME", str(tmp_path))
    monkeypatch.delenv("TAKEUP_DATABASE_URL", raising=False)
    monkeypatch.setattr(start, "_migrate", full)
    with pytest.raises(InputError, match=r"does not answer: disk I/O error"):
        start.start()
    room = shutil.disk_usage(tmp_path)._replace(free=0)
    monkeypatch.setattr(start.shutil, "disk_usage", lambda _: room)
    with pytest.raises(InputError, match=r"the disk of .* is full"):
        start.start()


@pytest.mark.parametrize("store", STORES)
def test_a_doctor_where_nothing_is_makes_nothing_and_stands_in_no_restores_way(store, tmp_path):
    archive, sealing = tmp_path / "backup.tar", tmp_path / "backup-key"
    sealing.write_text("a key file that is kept apart")
    with running(store, tmp_path / "old", begin=False) as (old, _):
        old.command("key", "make", "host")
        old.command("backup", str(archive), "--key-file", str(sealing))
    with running(store, tmp_path / "new", begin=False, first_start=True) as (new, _):
        looked = new.command("doctor", "--json", check=False)
        assert looked.returncode == 4
        (found,) = [one for one in json.loads(looked.stdout) if one["what"] == "database"]
        assert "there is nothing in the database" in found["words"]
        assert "takeup restore FILE" in found["do"]
        outlook = new.command("upgrade", "--check")
        assert "nothing in the database yet" in outlook.stdout
        assert list(new.home.iterdir()) == []
        new.command("restore", str(archive), "--key-file", str(sealing))


def test_a_lone_secret_of_another_deployment_is_set_aside_where_that_is_said(tmp_path):
    archive, sealing = tmp_path / "backup.tar", tmp_path / "backup-key"
    sealing.write_text("a key file that is kept apart")
    with running("sqlite", tmp_path / "old", begin=False) as (old, _):
        old.command("key", "make", "host")
        old.command("backup", str(archive), "--key-file", str(sealing))
    new = Server(tmp_path / "new")
    new.home.mkdir(mode=0o700)
    (new.home / "secret-key").write_text("of a deployment that went before")
    carried = ("restore", str(archive), "--key-file", str(sealing))
    refused = new.command(*carried, check=False)
    assert refused.returncode == 1
    assert "set it aside (--replace)" in said(refused)
    assert new.command(*carried, "--replace").returncode == 0
    (aside,) = new.home.glob("before_restore_*/secret-key")
    assert aside.read_text() == "of a deployment that went before"
    assert (new.home / "secret-key").read_text() == (old.home / "secret-key").read_text()


@pytest.mark.parametrize("store", STORES)
def test_an_upgrade_beside_a_running_server_is_refused(store, tmp_path):
    with running(store, tmp_path) as (server, _):
        refused = server.command("upgrade", check=False)
        assert refused.returncode == 4
        assert "stop" in said(refused)
        server.kill(signal.SIGTERM)
        assert "of the installed version" in said(server.command("upgrade"))


BACK = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "takeup.server.running.django_settings")
import django
django.setup()
from django.core.management import call_command
call_command("migrate", "record_api", "0004", verbosity=0)
"""


@pytest.mark.parametrize("store", STORES)
def test_a_server_of_a_newer_version_starts_on_an_older_home_only_where_that_is_asked_for(
    store, tmp_path
):
    """What it changes has no way back but a backup of before, which nobody may have made: a container whose image was
    replaced says so instead of beginning."""
    with running(store, tmp_path) as (server, _):
        key = server.command("key", "make", "host").stdout.strip()
        server.kill(signal.SIGTERM)
        server.python(BACK)
        for also in ((), ("--sample",)):
            refused = server.command("serve", "--port", str(server.port), *also, check=False)
            assert refused.returncode == 1
            assert "backup with that version, then `takeup upgrade`" in said(refused)
            assert "nothing was changed" in said(refused)
        refused = server.command("secret", "accept", "--yes", check=False)
        assert "of an earlier version" in said(refused)
        assert "would change: table record_api 0005" in said(server.command("upgrade", "--check"))
        server.process = server.begin("serve", "--port", str(server.port), "--upgrade")
        server.wait()
        assert server.send("/api/v1/decisions", [{"bad": 1}], key)[0] == 200
        assert "of the installed version" in said(server.command("upgrade", "--check"))


def test_an_id_under_which_nobody_is_found_is_not_said_to_be_erased(tmp_path):
    people = tmp_path / "people.csv"
    people.write_text(
        "person_id,name,email,population,team,team_manager,cohort,roles\n"
        "officer-7,Ada Berg,ada@example.org,north,n1,,first,\nofficer-9,,nameless@example.org,north,n1,,first,\n"
    )
    with running("sqlite", tmp_path) as (server, _):
        server.command("organization", "import", str(people))
        key = server.command("key", "make", "host").stdout.strip()
        server.send("/api/v1/decisions", [{**decision(1), "person_id": "visitor"}], key)
        slip = server.command("person", "erase", "oficer-7", "--yes")
        assert "Nobody was found under the id oficer-7" in said(slip)
        assert "erased;" not in said(slip)
        # One without a name, one whom the log alone knows.
        for person in ("officer-9", "visitor"):
            done = said(server.command("person", "erase", person, "--yes"))
            assert done.startswith("erased;"), done
        again = said(server.command("person", "erase", person, "--yes"))
        assert "Nobody was found" in again


def test_a_setting_with_a_slip_of_the_pen_is_named(tmp_path):
    with running("sqlite", tmp_path, begin=False) as (server, _):
        server.environment |= {"TAKEUP_METRIC_TOKEN": "x", "TAKEUP_BACKUP_KEY_FILE": "/etc/key"}
        found = json.loads(server.command("doctor", "--json", check=False).stdout)
        (told,) = [one for one in found if one["what"] == "settings"]
        assert told["state"] == "mend"
        assert told["words"].startswith("TAKEUP_METRIC_TOKEN: takeup has no such setting")


def test_senders_are_told_apart_where_the_screen_is_narrow(tmp_path):
    with running("sqlite", tmp_path, begin=False) as (server, _):
        names = [f"loan-applications-of-the-region-{end}" for end in ("north", "south")]
        for name in names:
            server.command("key", "make", name)
        server.environment["COLUMNS"] = "60"
        table = server.command("log", "status").stdout.split("In the log")[0]
        first = [line.split("│")[1].strip() for line in table.split("\n") if "│" in line]
        assert "".join(first) == "".join(names)
