"""A client that loses the server in the middle of a stop drill has advice again by itself."""

from __future__ import annotations

import json
import time

import pytest

from takeup.record.assignment import Rules, Stage
from takeup_client.modes import Modes, _drill_ends

RULES = Rules("salt", {"": Stage("assist")})


def told(number: int = 7, cohorts: list[str] | None = None) -> dict:
    rules = RULES.rehearsed(number, 60.0, cohorts)
    return {"modes": {"credit": "assist"}, "rollouts": {"credit": rules.to_json()}, "people": {}}


def of_a_dead_server(folder, heard_ago: float, what: dict) -> Modes:
    """What a client knows that heard a server so many seconds ago which is gone now."""
    (folder / "modes.json").write_text(json.dumps({"at": time.time() - heard_ago, "told": what}))
    return Modes("http://127.0.0.1:9", "tk_none", folder, every=3600, keep=3600)


@pytest.mark.parametrize("cohorts", [None, [""]], ids=["everybody", "a cohort"])
@pytest.mark.parametrize(("heard_ago", "mode"), [(30, "shadow"), (61, "assist"), (3601, "shadow")])
def test_a_drill_ends_in_the_client_where_the_server_died(tmp_path, cohorts, heard_ago, mode):
    modes = of_a_dead_server(tmp_path, heard_ago, told(cohorts=cohorts))
    assert modes.assigned("credit", "c1", None, {}).mode == mode
    modes.close()


def test_a_stop_in_earnest_does_not_end_by_itself(tmp_path):
    stopped = Rules("salt", {"": Stage("assist")}, stopped=True).rehearsed(7, 60.0, None)
    what = told() | {"rollouts": {"credit": stopped.to_json()}}
    modes = of_a_dead_server(tmp_path, 61, what)
    assert modes.assigned("credit", "c1", None, {}).mode == "shadow"
    modes.close()


def test_a_drill_ends_from_when_it_was_first_heard_of_however_often_it_is_told():
    first = _drill_ends(told(), {}, 100.0)
    assert first == {"credit": (7, 160.0)}
    assert _drill_ends(told(), first, 130.0) == first
    assert _drill_ends(told(8), first, 130.0) == {"credit": (8, 190.0)}
    assert _drill_ends({"rollouts": {"credit": RULES.to_json()}}, first, 130.0) == {}
