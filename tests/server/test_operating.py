"""What an operator watches and does: metrics, log lines, the outlook of an upgrade."""

from __future__ import annotations

import io
import json
import logging
import urllib.error
import urllib.request

import pytest
from django.utils.module_loading import import_string
from prometheus_client.parser import text_string_to_metric_families

from tests.server.running import Server, decision, select_nothing


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    found = Server(tmp_path_factory.mktemp("watched") / "home")
    found.environment |= {
        "TAKEUP_METRICS_TOKEN": "watcher", "TAKEUP_LOG_FORMAT": "json", "TAKEUP_LOG_LEVEL": "INFO",
    }  # fmt: skip
    found.start()
    yield found
    found.kill()


def metrics(server, token: str = "watcher") -> dict[tuple[str, ...], float]:
    request = urllib.request.Request(
        server.address("/metrics"), headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        text = answer.read().decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_metrics_count_rows_requests_and_what_waits_with_few_labels(server):
    key = server.command("key", "make", "host").stdout.strip()
    server.send("/api/v1/decisions", [decision(1), decision(1), {"bad": 1}], key)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(
            urllib.request.Request(
                server.address("/api/v1/nowhere/at/all"), headers={"Authorization": f"Bearer {key}"}
            )
        )
    found = metrics(server)
    assert found["takeup_rows_total", "sent"] == 3
    assert (
        found["takeup_rows_total", "quarantined"] == found["takeup_quarantine_waiting_rows",] == 1
    )
    assert found["takeup_requests_total", "2xx", "decisions"] == 1
    assert found["takeup_requests_total", "4xx", "other"] == 1
    assert found["takeup_disk_free_bytes",] > 0
    labels = {name[2] for name in found if name[0] == "takeup_requests_total"}
    assert labels <= {"decisions", "other", "page", "modes"}


def test_metrics_are_for_who_has_the_token_alone(server, store):
    from django.test import Client

    with pytest.raises(urllib.error.HTTPError, match="401"):
        metrics(server, "guess")
    assert Client().get("/metrics").status_code == 404


def test_a_line_of_the_log_says_when_what_which_request_and_which_sender(server):
    key = server.command("key", "make", "till").stdout.strip()
    request = urllib.request.Request(
        server.address("/api/v1/decisions"), data=json.dumps([decision(7)]).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json", "X-Request-ID": "proxy-0001"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.headers["X-Request-ID"] == "proxy-0001"
    mine: dict[str, str] = {}
    while not mine:
        # The line is written once the answer is sent.
        select_nothing()
        told = (server.home / "serve.log").read_text()
        lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
        mine = next((line for line in lines if line.get("request_id") == "proxy-0001"), {})
    assert mine["level"] == "INFO"
    assert mine["message"].startswith("POST decisions answered 200 in ")
    assert {"time", "logger"} <= mine.keys()
    assert key not in told


def test_no_line_holds_a_secret_or_names_a_person(django_ready):
    from takeup.server.deployment.log_lines import JsonLines, TextLines, logging_config

    told = "key tk_0123abcd_Zm9v-bar of ann.lee@bank.example at /set-password/Mg/c9x8-0123456789abcdef0123456789abcdef"
    form = logging_config("json", "INFO")["formatters"]["json"]["format"]
    for formatter in (TextLines(), JsonLines(form)):
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(formatter)
        logger = logging.Logger("takeup.test")
        logger.addHandler(handler)
        try:
            raise ValueError(told)
        except ValueError:
            logger.exception("of %s", told)
        for secret in ("Zm9v", "ann.lee", "0123456789abcdef"):
            assert secret not in stream.getvalue()


def test_the_time_of_a_structured_line_carries_its_zone(django_ready):
    from datetime import datetime, timedelta

    from takeup.server.deployment.log_lines import logging_config

    form = logging_config("json", "INFO")["formatters"]["json"]
    line = import_string(form["()"])(form["format"], rename_fields=form["rename_fields"])
    record = logging.makeLogRecord({"msg": "of one moment", "created": 1_795_949_640.25})
    told = datetime.fromisoformat(json.loads(line.format(record))["time"])
    assert told.utcoffset() == timedelta(0)
    assert told.timestamp() == 1_795_949_640.25


def test_a_request_id_that_is_no_id_is_replaced(django_ready):
    from takeup.server.deployment.log_lines import new_request

    assert new_request({b"x-request-id": b"proxy-0001"}) == "proxy-0001"
    for wrong in (b"a", b"x" * 100, b"a b\ncdefghij"):
        assert new_request({b"x-request-id": wrong}) != wrong.decode()


def test_an_upgrade_is_told_before_it_is_made_and_changes_nothing_then(tmp_path):
    import sqlite3
    import tarfile
    from contextlib import closing
    from pathlib import Path

    stored = Path(__file__).parent / "homes" / "november-2026.tar.xz"
    with tarfile.open(stored) as archive:
        wanted = [m for m in archive.getmembers() if "e31cdb0" in m.name]
        archive.extractall(tmp_path, wanted, filter="data")
    home = tmp_path / "e31cdb0"
    server = Server(home)

    def applied() -> int:
        with closing(sqlite3.connect(home / "takeup.sqlite3")) as store:
            return int(store.execute("SELECT count(*) FROM django_migrations").fetchone()[0])

    before = applied()
    told = server.command("upgrade", "--check").stdout
    assert "would change: table record_api 0002" in told
    assert "would change: log: decisions moves into folders" in told
    # Nor does whoever looks at it, or backs it up, with the version that is not asked for yet.
    for arguments in (
        ("doctor",), ("log", "status"), ("log", "verify"), ("backup", str(tmp_path / "too-new.tar")),
        ("serve", "--port", str(server.port)), ("serve", "--sample", "--port", str(server.port)),
    ):  # fmt: skip
        refused = server.command(*arguments, check=False)
        assert refused.returncode in (1, 4)
        said = " ".join((refused.stdout + refused.stderr).split())
        assert "of an earlier version of takeup" in said
        assert "backup with that version" in said
    assert not (tmp_path / "too-new.tar").exists()
    assert applied() == before
    assert server.command("upgrade").stdout.strip().endswith("done")
    assert applied() > before
    assert "of the installed version" in server.command("upgrade", "--check").stdout
    assert server.command("log", "verify").returncode == 0


def test_a_deployment_whose_nightly_work_never_ran_does_not_look_as_if_it_had_just_run(key):
    from datetime import timedelta

    from takeup.record.clock import now
    from takeup.server.recording.record_api.models import Sender
    from takeup.server.recording.record_api.night import keep_night
    from takeup.server.recording.record_api.services import watched

    Sender.objects.update(created_at=now() - timedelta(days=3))
    assert now() - watched().last_night > timedelta(days=2)
    keep_night()
    assert now() - watched().last_night < timedelta(minutes=1)


def test_a_fault_of_the_record_api_is_a_problem_document_and_whole_in_the_log(django_ready, caplog):
    from django.test import RequestFactory

    from takeup.server.recording.record_api.api import api

    request = RequestFactory().post("/api/v1/decisions")
    logging.getLogger("takeup.requests").addHandler(caplog.handler)
    try:
        answer = api.on_exception(request, RuntimeError("the secret reason"))
    finally:
        logging.getLogger("takeup.requests").removeHandler(caplog.handler)
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "secret reason" not in answer.content.decode()
    assert any(
        "POST /api/v1/decisions failed" in r.getMessage() and r.exc_info for r in caplog.records
    )
