"""The server's store in this process: SQLite in a folder of its own, or (TAKEUP_TEST_STORE=postgres)
a database of its own. Fixtures of all tests: `tests/conftest.py` names them once, since a second name
would be a second store in the same process."""

from __future__ import annotations

import os
import shutil
from functools import cache
from graphlib import TopologicalSorter

import pytest

from tests.server.running import STORE, migrated_database


@pytest.fixture(scope="session")
def django_ready(tmp_path_factory):
    """Django once a process; its database is empty at the start."""
    home = tmp_path_factory.mktemp("home")
    os.environ["TAKEUP_HOME"] = str(home)
    os.environ["TAKEUP_DEVELOPMENT"] = "1"
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    with migrated_database(STORE, home) as postgres:
        if postgres is not None:
            os.environ["TAKEUP_DATABASE_URL"] = postgres.url
        from takeup.server.running.start import start

        settings = start()
        # Hashing is slow on purpose; tests sign in often.
        from django.conf import settings as django_settings

        django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        django_settings.ALLOWED_HOSTS = ["*"]
        yield settings
        from django.db import connections

        connections.close_all()


told_before = 0
"""How far the audit log had been told when the store was last emptied: nothing takes its entries out, so
those of earlier tests stay."""


def audited(about: str = ""):
    """What the audit log was told in this test, in order; of actions whose names begin so."""
    from takeup.server.foundation.audit.models import AuditEntry

    since = AuditEntry.objects.filter(number__gt=told_before, action__startswith=about)
    return list(since.order_by("number"))


def audited_actions(about: str = "") -> list[str]:
    """The names of what the audit log was told in this test, in order."""
    return [entry.action for entry in audited(about)]


def empty(deployment) -> None:
    """Take every row out of the store, but for the audit log, which nothing empties."""
    from takeup.server.foundation.audit.models import AuditEntry
    from takeup.server.recording.record_api.admission import admission
    from takeup.server.recording.record_api.covariates import forget_types

    # Tests of a server beside this one take it away for their own.
    os.environ["TAKEUP_HOME"] = str(deployment.home)
    for model in _with_rows():
        model.objects.all().delete()
    global told_before
    newest = AuditEntry.objects.order_by("-number").first()
    told_before = newest.number if newest else 0
    forget_types()
    admission.forget()
    shutil.rmtree(deployment.log, ignore_errors=True)


def _with_rows():
    """The models that have rows, asked for in one query, each before those it points to."""
    from django.db import connection

    models = _children_first()
    asked = (
        f"SELECT {n} WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(m._meta.db_table)})"
        for n, m in enumerate(models)
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [models[n] for (n,) in sorted(cursor.fetchall())]


@cache
def _children_first():
    """The models of all capabilities but the audit log, each before those it points to; and the tasks'."""
    from django.apps import apps

    ours = [
        model
        for model in apps.get_models()
        if model._meta.app_config.name.startswith("takeup.") and model.__name__ != "AuditEntry"
    ]
    order = TopologicalSorter({model: set() for model in ours})
    for model in ours:
        for field in model._meta.concrete_fields:
            if field.related_model in ours and field.related_model is not model:
                order.add(field.related_model, model)
    return (*order.static_order(), apps.get_model("django_tasks_database", "DBTaskResult"))


@pytest.fixture
def store(django_ready):
    """A store without rows."""
    empty(django_ready)
    return django_ready


@pytest.fixture
def key(store):
    """A key in a store without rows."""
    from takeup.server.recording.record_api.keys import key_of, make_key

    return key_of(make_key("host"))


@pytest.fixture
def log(store):
    """The decision log of this deployment."""
    from takeup.server.deployment.connect import log_of

    return log_of(store)
