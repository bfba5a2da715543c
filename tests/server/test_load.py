"""What comes without a key, too large, too slowly or not at all costs nobody else anything."""

from __future__ import annotations

import asyncio
import http.client
import json
import time

import pytest

from takeup.server.deployment.problems import Problem
from tests.server.people import PASSWORD, person
from tests.server.running import Server, decision, select_nothing

HUGE = 200 * 1024 * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    found = Server(tmp_path_factory.mktemp("load") / "home")
    found.start()
    yield found
    found.kill()


@pytest.fixture(scope="module")
def known(server) -> str:
    return server.command("key", "make", "host").stdout.strip()


def announced(server, path: str, size: int, key: str | None, **more: str):
    """The answer to a request whose body is announced and never sent."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest("POST", path)
    headers = {"Content-Type": "application/json", "Content-Length": str(size), **more}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    return answer.status, body


@pytest.mark.parametrize("key", [None, "tk_00000000_wrong", "no-token"])
def test_without_a_key_no_byte_of_the_body_is_waited_for(server, key):
    status, problem = announced(server, "/api/v1/decisions", HUGE, key)
    assert (status, problem["title"]) == (401, "No key in force")


def test_a_page_that_is_not_signed_in_takes_a_form_and_no_more(server):
    status, problem = announced(server, "/sign-in", HUGE, None)
    assert (status, problem["title"]) == (413, "Too large")


def test_who_has_a_session_may_send_a_file(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    body = b"text=" + b"a" * 200_000
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": "takeup=some-session"}
    connection.request("POST", "/organization/import", body, headers)
    assert connection.getresponse().status in (302, 403)


def test_more_than_a_batch_is_a_413_before_it_is_sent(server, known):
    status, problem = announced(server, "/api/v1/decisions", HUGE, known)
    assert (status, problem["status"]) == (413, 413)
    assert "16 MB" in problem["detail"]


def test_more_than_a_batch_in_pieces_is_a_413_when_it_is_too_much(server, known):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    pieces = (b" " * 2**20 for _ in range(17))
    headers = {"Authorization": f"Bearer {known}", "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/decisions", pieces, headers, encode_chunked=True)
    assert connection.getresponse().status == 413


def test_lines_that_are_no_json_are_counted_before_they_are_read(server, known):
    status, problem = server.send(
        "/api/v1/decisions", b"x\n" * 2**20, known, "application/x-ndjson"
    )
    assert (status, problem["status"]) == (413, 413)
    assert server.send("/api/v1/decisions", [decision(1)], known)[1]["stored"] == 1


async def nothing_more():
    await asyncio.Event().wait()


def test_a_body_that_does_not_come_is_given_up(django_ready, monkeypatch):
    from takeup.server.deployment import record_handler

    monkeypatch.setattr(record_handler, "BODY_SECONDS", 0.02)
    assert asked(record_handler, [], 10)[0]["status"] == 408


def test_bodies_that_find_no_room_together_are_asked_to_come_again(django_ready, monkeypatch):
    from takeup.server.deployment import record_handler

    monkeypatch.setattr(record_handler._Bodies, "_MOMENT", 0.02)
    monkeypatch.setattr(record_handler, "BODIES_TOGETHER", 100)
    assert asked(record_handler, [], 1_000)[0]["status"] == 503


def asked(record_handler, parts: list[bytes], size: int) -> list[dict]:
    """What a handler sends where `parts` of an announced body come and then nothing."""
    told: list[dict] = []

    async def known(token: str, path: str) -> bool:
        return True

    async def receive():
        if parts:
            return {"type": "http.request", "body": parts.pop(0), "more_body": True}
        return await nothing_more()

    async def send(message):
        told.append(message)

    async def run() -> None:
        handler = record_handler.RecordHandler(known)
        scope = {
            "type": "http", "method": "POST", "path": "/api/v1/decisions", "query_string": b"",
            "headers": [(b"authorization", b"Bearer x"), (b"content-length", str(size).encode())],
        }  # fmt: skip
        await handler(scope, receive, send)

    asyncio.run(run())
    return told


def test_a_connection_that_asks_nothing_is_closed(django_ready, monkeypatch):
    from uvicorn.config import Config
    from uvicorn.server import ServerState

    from takeup.server.deployment import limits

    monkeypatch.setattr(limits, "FIRST_REQUEST_SECONDS", 0.02)

    async def run() -> bytes:
        config = Config(nothing_more, lifespan="off")
        config.load()
        loop = asyncio.get_running_loop()
        serving = await loop.create_server(
            lambda: limits.Protocol(config, ServerState(), {}), "127.0.0.1", 0
        )
        async with serving:
            reader, writer = await asyncio.open_connection(*serving.sockets[0].getsockname())
            try:
                return await asyncio.wait_for(reader.read(), 5)
            finally:
                writer.close()

    assert asyncio.run(run()) == b""


def test_ready_knows_a_full_disk(store, monkeypatch):
    from django.test import Client

    from takeup.server.deployment import health

    assert Client().get("/ready").status_code == 200
    monkeypatch.setattr(health, "_LEAST_FREE", 10**18)
    answer = Client().get("/ready")
    assert (answer.status_code, "the disk is full" in answer.json()["detail"]) == (503, True)


def test_ready_knows_a_home_that_cannot_be_written_to(store, tmp_path):
    from takeup.server.deployment.health import no_room

    assert "nothing can be written" in no_room(tmp_path / "gone")


def test_a_revoked_key_ends_within_a_second(server):
    key = server.command("key", "make", "leaving").stdout.strip()
    assert server.send("/api/v1/modes", None, key)[0] == 200
    server.command("key", "revoke", key.split("_")[1])
    assert server.send("/api/v1/decisions", [decision(2)], key)[0] == 401
    end = time.monotonic() + 1
    while server.send("/api/v1/modes", None, key)[0] != 401:
        assert time.monotonic() < end
        select_nothing()


def sign_in(name: str, password: str, address: str):
    from django.test import Client

    asked = {"login": f"{name}@example.org", "password": password}
    answer = Client(REMOTE_ADDR=address).post("/sign-in", asked)
    return answer.status_code == 302


OFFICE, ELSEWHERE = "10.0.0.1", "203.0.113.9"


@pytest.fixture
def office(store):
    from django.core.cache import cache

    cache.clear()
    for name in ("ann", "bob"):
        person(name, name=name.title())
    yield
    cache.clear()


def test_a_person_who_errs_too_often_waits_and_colleagues_do_not(office):
    for _ in range(5):
        assert not sign_in("ann", "wrong", OFFICE)
    assert not sign_in("ann", PASSWORD, OFFICE)
    assert sign_in("bob", PASSWORD, OFFICE)


def test_who_tries_names_from_elsewhere_locks_nobody_out_of_the_office(office, monkeypatch):
    from takeup.server.foundation.organization import sign_in_limits

    monkeypatch.setattr(sign_in_limits, "_PERSON", 3)
    assert sign_in("ann", PASSWORD, OFFICE)
    for _ in range(4):
        assert not sign_in("ann", "wrong", ELSEWHERE)
    assert not sign_in("ann", PASSWORD, ELSEWHERE)
    assert sign_in("ann", PASSWORD, OFFICE)


def test_who_tries_every_name_in_the_office_does_not_lock_out_who_works_there(office, monkeypatch):
    from takeup.server.foundation.organization import sign_in_limits

    monkeypatch.setattr(sign_in_limits, "_ADDRESS", 6)
    assert sign_in("ann", PASSWORD, OFFICE)
    for i in range(6):
        assert not sign_in(f"guess-{i}", "wrong", OFFICE)
    assert not sign_in("bob", PASSWORD, OFFICE)
    assert sign_in("ann", PASSWORD, OFFICE)


def test_what_is_refused_is_a_problem_document(django_ready):
    told: list[dict] = []

    async def send(message):
        told.append(message)

    from takeup.server.deployment.limits import refuse

    asyncio.run(refuse(Problem(413, "Too large", "less"), send))
    assert json.loads(told[1]["body"])["detail"] == "less"
    assert (b"connection", b"close") in told[0]["headers"]
