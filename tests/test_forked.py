"""A command that is forked is as one that a shell starts."""

from __future__ import annotations

import pytest

from tests import forked

pytestmark = pytest.mark.slow
TELLS = """
from takeup.server.deployment.connect import connect
connect()
from django.conf import settings
from django.db import connections
import takeup.server.running.django_settings as read
print(settings.TAKEUP.public_url, settings.SESSION_COOKIE_NAME, settings.SECRET_KEY, read.ALLOWED_HOSTS[-1])
print(connections["default"].settings_dict["NAME"])
"""


def test_each_reads_its_own_settings(tmp_path):
    for name, scheme, cookie in (("one", "https", "__Host-takeup"), ("two", "http", "takeup")):
        home = tmp_path / name
        environment = {
            "TAKEUP_HOME": str(home), "TAKEUP_PUBLIC_URL": f"{scheme}://{name}.example.org",
            "TAKEUP_SECRET_KEY": f"the secret of {name}",
        }  # fmt: skip
        said = forked.command(["-c", TELLS], environment, check=True).stdout
        assert said.splitlines() == [
            f"{scheme}://{name}.example.org {cookie} the secret of {name} {name}.example.org",
            str(home / "takeup.sqlite3"),
        ]
