"""The server's store in this process: SQLite in a folder of its own, or (TAKEUP_TEST_STORE=postgres)
a database of its own. Fixtures of all tests: `tests/conftest.py` names them once, since a second name
would be a second store in the same process."""

from __future__ import annotations

import os
import shutil

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
        from takeup.server.start import start

        settings = start()
        # Hashing is slow on purpose; tests sign in often.
        from django.conf import settings as django_settings

        django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        django_settings.ALLOWED_HOSTS = ["*"]
        yield settings
        from django.db import connections

        connections.close_all()


def empty(deployment) -> None:
    """Take every row out of the store, but for the audit log, which nothing empties."""
    from django.apps import apps

    from takeup.server.record_api.admission import admission
    from takeup.server.record_api.covariates import forget_types

    # Tests of a server beside this one take it away for their own.
    os.environ["TAKEUP_HOME"] = str(deployment.home)
    first = ("Night", "Erasure", "InboxRow", "Batch", "Quarantined", "ApiKey", "Sender", "SealedBatch", "OversightKey",
             "Placement", "Lead", "Grant", "Declaration", "UseCase", "Population", "Team", "Cohort",
             "Person", "Covariate", "CovariateOf", "ClusterKey", "PseudonymKey", "Snapshot", "DBTaskResult",
             "Agreement", "Change", "TrackRecord", "PracticeCase", "Objection", "Reading", "Report", "Export", "Flag", "Reply", "Release", "Topic", "OverrideTotal", "VaultKey", "OwnRow", "PopulationView", "Released", "Draw", "Step", "Stop", "GateDecision", "GateVersion", "Attestation", "Look", "Opening",
             "Answer", "Response", "Notice", "Delivery", "Wants")  # fmt: skip
    models = {model.__name__: model for model in apps.get_models()}
    for name in first:
        models[name].objects.all().delete()
    forget_types()
    admission.forget()
    shutil.rmtree(deployment.log, ignore_errors=True)


@pytest.fixture
def store(django_ready):
    """A store without rows."""
    empty(django_ready)
    return django_ready


@pytest.fixture
def key(store):
    """A key in a store without rows."""
    from takeup.server.record_api.keys import key_of, make_key

    return key_of(make_key("host"))


@pytest.fixture
def log(store):
    """The decision log of this deployment."""
    from takeup.server.start import log_of

    return log_of(store)
