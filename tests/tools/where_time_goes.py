"""Where the time of a test run goes: `make test-profile`, or `pytest -p tests.tools.where_time_goes`.

Writes one line a test to `TAKEUP_TIMES` (default `build/times.jsonl`): seconds of set-up, call and
tear-down, and seconds by what they were spent on. `python -m tests.tools.where_time_goes FILE...` prints the
fifty slowest tests, and the time by folder and by kind, and writes what each file took to `tests/seconds.json`,
by which files are handed to workers.
"""

from __future__ import annotations

import functools
import json
import os
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import pytest

SECONDS = Path(__file__).resolve().parents[1] / "seconds.json"
REST = "the test's own work"
_stack: list[list[float]] = []
_spent: Counter[str] = Counter()


def counted(kind: str, function):
    """`function`, whose own seconds (without those of other kinds inside it) count as `kind`."""

    @functools.wraps(function)
    def timed(*arguments, **named):
        began = time.perf_counter()
        _stack.append([0.0])
        try:
            return function(*arguments, **named)
        finally:
            whole = time.perf_counter() - began
            (inside,) = _stack.pop()
            _spent[kind] += whole - inside
            if _stack:
                _stack[-1][0] += whole

    return timed


def watch(kind: str, owner, *names: str) -> None:
    for name in names:
        setattr(owner, name, counted(kind, getattr(owner, name)))


def pytest_configure(config):
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        watch_everything()
    if not hasattr(config, "workerinput"):
        place = Path(os.environ.get("TAKEUP_TIMES", "build/times.jsonl"))
        place.parent.mkdir(parents=True, exist_ok=True)
        config.pluginmanager.register(Writer(place))


def watch_everything() -> None:
    import subprocess

    from playwright._impl import _sync_base

    import takeup
    import takeup.api
    import takeup.simulate
    from tests.server.running import Postgres, Server

    watch("simulating programmes", takeup.simulate, "simulate", "simulate_recorded")
    watch("diagnosing", takeup.api, "diagnose")
    takeup.diagnose = takeup.api.diagnose
    watch("drawing reports", takeup.api.Result, "to_html", "to_json")
    watch("commands of the server", Server, "command")
    watch("starting servers", Server, "start")
    watch("starting PostgreSQL", Postgres, "start", "stop")
    watch("asking servers", Server, "send")
    watch("the browser", _sync_base.SyncBase, "_sync")
    watch("other processes", subprocess, "run")
    from django.core import management

    watch("migrating databases", management, "call_command")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    spent = dict(_spent)
    _spent.clear()
    rest = max(0.0, report.duration - sum(spent.values()))
    report.user_properties = [("spent", {**spent, REST: rest})]


class Writer:
    def __init__(self, place: Path) -> None:
        self.out = place.open("a")

    def pytest_runtest_logreport(self, report):
        line = {
            "test": report.nodeid, "when": report.when, "seconds": report.duration,
            "outcome": report.outcome, "spent": dict(report.user_properties).get("spent", {}),
            "worker": getattr(getattr(report, "node", None), "gateway", None) and report.node.gateway.id,
        }  # fmt: skip
        self.out.write(json.dumps(line) + "\n")
        self.out.flush()


def told(lines: list[dict]) -> str:
    """The tables of a run."""
    of_test: Counter[str] = Counter()
    parts: dict[str, Counter[str]] = defaultdict(Counter)
    folders: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for line in lines:
        of_test[line["test"]] += line["seconds"]
        parts[line["test"]][line["when"]] += line["seconds"]
        path = line["test"].split("::")[0]
        folders["/".join(path.split("/")[1:3]) if path.count("/") > 2 else path.split("/")[1]] += (
            line["seconds"]
        )
        kinds.update(line["spent"])
    out = [f"{len(of_test)} tests, {sum(of_test.values()):.0f} s over all workers", ""]
    out += ["| seconds | set-up | call | tear-down | test |", "|---|---|---|---|---|"]
    out += [
        f"| {s:.1f} | {parts[t]['setup']:.1f} | {parts[t]['call']:.1f} | {parts[t]['teardown']:.1f} | {t} |"
        for t, s in of_test.most_common(50)
    ]
    for title, counts in (("folder", folders), ("spent on", kinds)):
        out += ["", f"| seconds | {title} |", "|---|---|"]
        out += [f"| {s:.0f} | {name} |" for name, s in counts.most_common()]
    return "\n".join(out)


def write_seconds(lines: list[dict]) -> None:
    seconds: Counter[str] = Counter()
    for line in lines:
        seconds[line["test"].split("::")[0]] += line["seconds"]
    whole = {file: round(s) for file, s in sorted(seconds.items()) if s >= 0.5}
    SECONDS.write_text(json.dumps(whole, indent=0) + "\n")


if __name__ == "__main__":
    ran = [json.loads(row) for name in sys.argv[1:] for row in Path(name).read_text().splitlines()]
    print(told(ran))
    write_seconds(ran)
