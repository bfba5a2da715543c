"""A stop drill against a real server, with the real client in the host."""

from __future__ import annotations

import json
import time

import pytest

from takeup_client.modes import Modes
from tests.server.running import STORE, running

pytestmark = pytest.mark.store

PREPARE = """
from takeup.server.running.start import start
start()
from takeup.server.acting.rollout.services import take_step
from takeup.server.foundation.organization.services import use_case
use_case("credit")
take_step("credit", "assist", by="ann")
"""
BEGIN = """
from takeup.server.running.start import start
start()
from takeup.server.acting.rollout.drills import start_drill
start_drill("credit", by="ann", everybody=True)
"""
# As if its minute had gone by: the moment of its end is now.
END = """
from takeup.server.running.start import start
start()
from datetime import timedelta
from takeup.record.clock import now
from takeup.server.acting.rollout.models import StopDrill
drill = StopDrill.objects.get()
drill.ends_at = now()
drill.save()
"""
SEEN = """
import json
from takeup.server.running.start import start
start()
from takeup.server.acting.rollout.drills import drills_of
(seen,) = drills_of("credit")
print(json.dumps([[c.sender, c.told, c.again] for c in seen.clients] + [seen.measured, seen.passed]))
"""


def until(modes: Modes, wanted: str) -> None:
    patience = time.monotonic() + 30
    while modes.assigned("credit", "c1", None, {}).mode != wanted:
        assert time.monotonic() < patience, f"never {wanted}"
        modes.wait(0.05)


def test_a_real_client_obeys_within_seconds_and_is_timed_both_ways(tmp_path):
    with running(STORE, tmp_path) as (server, _):
        server.python(PREPARE)
        token = server.command("key", "make", "desk").stdout.strip()
        modes = Modes(server.address(""), token, tmp_path / "host", every=0.1, keep=60)
        until(modes, "assist")
        server.python(BEGIN)
        until(modes, "shadow")
        ((sender, told, again), measured, passed) = json.loads(server.python(SEEN))
        assert (sender, again, measured, passed) == ("desk", None, False, None)
        assert 0 <= told < 5
        server.python(END)
        until(modes, "assist")
        ((_, _, again), measured, passed) = json.loads(server.python(SEEN))
        modes.close()
        assert 0 <= again < 5
        assert (measured, passed) == (True, True)
