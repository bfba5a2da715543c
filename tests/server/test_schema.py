"""A home of before opens with today's code and keeps what it has; one of later is not touched."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tarfile
from pathlib import Path

import pytest

from takeup.log.delta import DecisionLog
from takeup.record.errors import InputError

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "src" / "takeup" / "server"
STORED = HERE / "homes" / "november-2026.tar.xz"
with tarfile.open(STORED) as _archive:
    HOMES = sorted({Path(name).parts[0] for name in _archive.getnames() if Path(name).parts})

BEFORE_ROLLOUTS = "bd97fc0"


@pytest.fixture(scope="module")
def homes(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("homes")
    with tarfile.open(STORED) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture
def opened(django_ready, homes, tmp_path):
    """A copy of a stored home as another database of this process, not migrated yet."""
    from django.db import connections

    def open_home(name: str, change: str | None = None) -> Path:
        home = tmp_path / name
        shutil.copytree(homes / name, home)
        if change:
            with sqlite3.connect(home / "takeup.sqlite3") as store:
                store.execute(change)
            store.close()
        held = connections.databases["default"]
        connections.databases["earlier"] = {
            **held, "ENGINE": "django.db.backends.sqlite3", "NAME": str(home / "takeup.sqlite3"),
            "OPTIONS": {},
        }  # fmt: skip
        return home

    yield open_home
    if "earlier" in connections.databases:
        connections["earlier"].close()
        del connections["earlier"]
        del connections.databases["earlier"]


def shape(path: Path) -> dict[str, set[tuple[object, ...]]]:
    """Each table's columns: name, type, whether it may be blank; its unique columns."""
    with sqlite3.connect(path) as store:
        tables = [
            name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        found: dict[str, set[tuple[object, ...]]] = {}
        for table in tables:
            columns = store.execute(f"PRAGMA table_info({table})").fetchall()
            found[table] = {(name, type_.lower(), null) for _, name, type_, null, _, _ in columns}
            for _, index, unique, *_ in store.execute(f"PRAGMA index_list({table})").fetchall():
                if unique:
                    of = store.execute(f"PRAGMA index_info({index})").fetchall()
                    found[table].add(("unique", *sorted(str(column) for *_, column in of)))
    store.close()
    return found


@pytest.fixture(scope="module")
def todays(django_ready, tmp_path_factory) -> Path:
    """An empty home of today."""
    from django.db import connections

    from takeup.server.running.schema import bring_up_to_date

    path = tmp_path_factory.mktemp("today") / "takeup.sqlite3"
    connections.databases["today"] = {
        **connections.databases["default"], "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path), "OPTIONS": {},
    }  # fmt: skip
    bring_up_to_date("today")
    connections["today"].close()
    del connections["today"]
    del connections.databases["today"]
    return path


@pytest.mark.parametrize("name", HOMES)
def test_a_home_of_every_schema_since_25_november_opens_and_keeps_what_it_has(name, opened, todays):
    from takeup.server.recording.record_api.models import Batch, InboxRow, Sender
    from takeup.server.running.schema import bring_up_to_date

    home = opened(name)
    bring_up_to_date("earlier")
    assert shape(home / "takeup.sqlite3") == shape(todays)
    assert InboxRow.objects.using("earlier").count() == 15
    assert Batch.objects.using("earlier").exclude(written_at=None).count() == 2
    assert Sender.objects.using("earlier").get().stored == 15
    held = DecisionLog(home / "log").read("decisions")
    assert sorted(held.rows["decision_id"].to_pylist()) == [f"d{i}" for i in range(8)]
    bring_up_to_date("earlier")


def test_a_mode_of_before_there_were_rollouts_is_the_first_step_of_one(opened):
    from takeup.server.acting.rollout.models import Step
    from takeup.server.running.schema import bring_up_to_date

    opened(BEFORE_ROLLOUTS, "UPDATE organization_usecase SET mode = 'assist'")
    bring_up_to_date("earlier")
    step = Step.objects.using("earlier").get()
    assert (step.use_case, step.cohort, step.mode, step.share) == ("credit", "", "assist", 1.0)


def test_a_task_that_waited_at_the_upgrade_still_runs(opened):
    from django_tasks_db.models import DBTaskResult

    from takeup.server.running.schema import bring_up_to_date
    from takeup.server.showing.overview.services import take_snapshot_of

    opened(BEFORE_ROLLOUTS, _WAITING)
    bring_up_to_date("earlier")
    (waits,) = DBTaskResult.objects.using("earlier").ready()
    assert waits.task.func is take_snapshot_of.func
    assert waits.task.module_path == waits.task_path


_WAITING = """
    INSERT INTO django_tasks_database_dbtaskresult (id, status, task_path, args_kwargs, enqueued_at, run_after, priority,
        queue_name, backend_name, worker_ids, exception_class_path, traceback)
    VALUES ('c0ffee00c0ffee00c0ffee00c0ffee00', 'READY', 'takeup.server.overview.services.take_snapshot_of',
        '{"args": ["credit"], "kwargs": {}}', '2026-11-28 09:00', '2026-11-28 09:00', 0, 'default', 'default', '[]', '', '')
"""


def test_a_home_of_a_later_version_is_not_touched(opened):
    from takeup.server.running.schema import bring_up_to_date

    home = opened(
        HOMES[0],
        "INSERT INTO django_migrations (app, name, applied) "
        "VALUES ('record_api', '0999_of_later', '2027-01-01')",
    )
    before = shape(home / "takeup.sqlite3")
    with pytest.raises(
        InputError, match=r"of a later version of takeup \(record_api 0999_of_later\)"
    ):
        bring_up_to_date("earlier")
    assert shape(home / "takeup.sqlite3") == before


def test_no_migration_is_edited_once_it_is_there():
    """A change of the tables is a migration of its own: homes have run the ones that are there."""
    listed = dict(
        line.split("  ")[::-1] for line in (HERE / "migrations.txt").read_text().splitlines()
    )
    found = {
        "/".join(path.parts[-3:]): hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        for path in sorted(SOURCE.glob("*/*/migrations/0*.py"))
    }
    edited = [name for name, mark in listed.items() if found.get(name) != mark]
    assert not edited, "write a new migration and leave these as they were"
    assert found == listed, "a new migration: add its line to tests/server/migrations.txt"


def test_the_models_are_what_the_migrations_make(django_ready):
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_what_a_table_lacks_is_added_on_either_store(store):
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    from takeup.server.foundation.organization.models import Person
    from takeup.server.running.schema import mend

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE organization_person DROP COLUMN sessions_ended")
        cursor.execute("DROP INDEX rows_about")
    done = mend(connection, MigrationLoader(connection))
    assert len(done) == 2
    assert mend(connection, MigrationLoader(connection)) == []
    assert not Person.objects.filter(sessions_ended__gt=0).exists()


@pytest.fixture
def nothing_yet(store, tmp_path):
    """An empty database of either store, beside that of the tests: its alias."""
    from django.db import connection, connections

    held, name = connections.databases["default"], str(tmp_path / "nothing.sqlite3")
    if connection.vendor == "postgresql":
        name = "takeup_nothing_yet"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
    connections.databases["nothing"] = {**held, "NAME": name}
    yield "nothing"
    connections["nothing"].close()
    del connections["nothing"], connections.databases["nothing"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


class Killed(BaseException):
    """The process, at this point."""


def test_a_first_start_that_ends_before_a_migration_is_recorded_is_made_good_by_the_next(
    nothing_yet, monkeypatch
):
    from django.db import connections
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.recorder import MigrationRecorder

    from takeup.server.running.schema import bring_up_to_date, mend

    record, recorded, ends = MigrationRecorder.record_applied, [], []

    def killed_at_every_ninth(self, app, name):
        recorded.append((app, name))
        if len(recorded) % 9 == 0:
            raise Killed
        record(self, app, name)

    monkeypatch.setattr(MigrationRecorder, "record_applied", killed_at_every_ninth)
    while True:
        try:
            bring_up_to_date(nothing_yet)
            break
        except Killed:
            ends.append(recorded[-1])
    assert len(ends) > 5
    assert mend(connections[nothing_yet], MigrationLoader(connections[nothing_yet])) == []
