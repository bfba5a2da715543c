"""A capability of another package: its tables, page, bar, permissions, day and doctor, with no line changed here."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "own_capability"

USE = """
import json, sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from takeup.server.running.start import start
start()
from tests.server.people import client_of, with_role
from tests.server.overview.test_overview import send
from takeup.server.running.doctor import examine
from takeup.server.recording.record_api.beside_no_drain import forget_days
from takeup.server.showing.overview.services import take_snapshots
from takeup.server.recording.record_api.keys import key_of, make_key
from django.conf import settings
settings.ALLOWED_HOSTS = ["*"]
key = key_of(make_key("host"))
send(key, "north", 24)
assert take_snapshots() == {"credit": "taken"}
lead = client_of(with_role("programme_lead"))
page = lead.get("/busy-days").content.decode()
told = {
    "page": page,
    "bar": 'href="/busy-days"' in lead.get("/").content.decode(),
    "others": client_of(with_role("product_team")).get("/busy-days").status_code,
    "their bar": 'href="/busy-days"' in client_of(with_role("administrator")).get("/").content.decode(),
    "doctor": [f.words for f in examine() if f.what == "busy days"],
}
forget_days("credit")
told["forgotten"] = "credit" not in lead.get("/busy-days").content.decode()
Path(sys.argv[1]).write_text(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--target",
         str(folder / "site"), str(EXAMPLE)],
        check=True,
    )  # fmt: skip
    (folder / "use.py").write_text(USE)
    subprocess.run(
        [sys.executable, "use.py", "told.json"], cwd=folder, check=True,
        env={"PYTHONPATH": f"{folder / 'site'}:{ROOT / 'src'}:{ROOT}", "PATH": "/usr/bin:/bin",
             "HOME": str(folder), "TAKEUP_HOME": str(folder / "home"), "TAKEUP_DEVELOPMENT": "1"},
    )  # fmt: skip
    return json.loads((folder / "told.json").read_text())


def test_its_page_shows_what_it_took_of_the_day(told):
    assert "<h2>credit</h2>" in told["page"]
    assert "Monday" in told["page"]


def test_it_is_in_the_bar_of_those_who_may_open_it_and_refused_to_others(told):
    assert told["bar"]
    assert told["others"] == 403
    assert not told["their bar"]


def test_doctor_looks_at_it_and_a_use_case_that_is_removed_is_forgotten(told):
    assert told["doctor"] == ["1 use cases are counted"]
    assert told["forgotten"]


def test_an_address_that_two_capabilities_declare_is_refused(monkeypatch):
    from takeup.record.errors import InputError
    from takeup.server.deployment import capability

    twice = [
        capability.Capability("one", "one.folder", 1, {"home": "signed in"}),
        capability.Capability("two", "two.folder", 2, {"home": "anybody"}),
    ]
    monkeypatch.setattr(capability, "_ours", lambda: twice)
    with pytest.raises(InputError, match=r"address home is declared by one\.folder already"):
        capability.capabilities.__wrapped__()


def test_the_books_table_of_addresses_is_that_of_the_code(django_ready):
    """`TAKEUP_HOME=$(mktemp -d) python docs/addresses.py` writes it."""
    spec = spec_from_file_location("addresses", ROOT / "docs" / "addresses.py")
    addresses = module_from_spec(spec)
    spec.loader.exec_module(addresses)
    assert addresses.PAGE.read_text() == addresses.table()
