"""The server's store in this process, on a folder of its own."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def django_ready(tmp_path_factory):
    """Django once a process; its database is empty at the start."""
    os.environ["TAKEUP_HOME"] = str(tmp_path_factory.mktemp("home"))
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    from takeup.server.start import start

    return start()


@pytest.fixture
def key(django_ready):
    """A key in a store without rows."""
    from takeup.server.record_api.keys import key_of, make_key
    from takeup.server.record_api.models import (
        ApiKey,
        Batch,
        Covariate,
        InboxRow,
        Quarantined,
        Sender,
    )
    from takeup.server.record_api.receive import forget_types

    for model in (InboxRow, Batch, Quarantined, ApiKey, Sender, Covariate):
        model.objects.all().delete()
    forget_types()
    return key_of(make_key("host"))
