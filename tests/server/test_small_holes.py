"""Small holes that were open once: digits that are no numbers, tokens without an end, a port in use,
files that others may read, administrators who serve themselves."""

from __future__ import annotations

import re
import socket
import time

import jwt
import pytest

from takeup.record.errors import DeclarationError, InputError
from tests.server.people import client_of, with_role


@pytest.mark.parametrize("text", ["²", "٣", "", "-1", "1e3", "9" * 30])
def test_what_reads_like_digits_and_is_no_number_is_none(django_ready, text):
    from takeup.server.foundation.pages.asked import whole_number

    assert whole_number(text) is None
    assert whole_number("17") == 17


def test_pages_take_such_text_without_an_error(store):
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    officer = client_of(with_role("practitioner"))
    assert officer.get("/my/practice?n=²&k=³").status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": float("inf")}, {"iat": float("-inf")}, {"exp": 10**400}, {"sub": "a\x00b"},
        {"decision_id": "d" * 300}, {"use_case": ""},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_says_nonsense_is_no_token(key, claims):
    from takeup.server.recording.component.token import token_of
    from takeup.server.recording.record_api.services import signing_key

    _, secret = signing_key(key.prefix)
    moment = int(time.time())
    right = {
        "sub": "p1", "use_case": "credit", "case_id": "c1", "decision_id": "d1",
        "origin": "https://host.example", "iat": moment, "exp": moment + 60,
    }  # fmt: skip

    def token(**changed):
        return jwt.encode(right | changed, secret, "HS256", headers={"kid": key.prefix})

    assert token_of(token()) is not None
    assert token_of(token(**claims)) is None


def test_a_port_in_use_is_said_before_anything_answers(django_ready):
    from takeup.server.running.serve import _listen

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"cannot answer on 127.0.0.1:{port}: .*--port"):
            _listen("127.0.0.1", port)
    with _listen("127.0.0.1", 0) as free:
        # Else each answer waits 40 ms for the other side's acknowledgement.
        assert free.proto == socket.IPPROTO_TCP


def test_what_the_server_writes_is_its_owners_alone_and_the_doctor_looks(
    key, log, django_ready, monkeypatch
):
    monkeypatch.setenv("TAKEUP_HOME", str(django_ready.home))
    from takeup.server.running.doctor import examine
    from tests.server.test_drain import drain, send

    send(key, 1)
    drain(log)
    files = [f for f in django_ready.home.rglob("*") if f.is_file() and "log" in f.parts]
    assert files
    assert not [f for f in files if f.stat().st_mode & 0o077]
    files[0].chmod(0o644)
    found = [one for one in examine() if one.what == "files"]
    assert found[0].state == "mend"
    assert "chmod -R go-rwx" in found[0].do


FIGURES = ["executive", "programme_lead", "role_owner", "worker_representative", "product_team", "oversight_officer"]  # fmt: skip


@pytest.mark.parametrize("role", FIGURES)
def test_an_administrator_gives_nobody_but_others_what_shows_figures(store, role):
    from takeup.server.deployment.capability import READS_EVERY_COHORT
    from takeup.server.deployment.roles import SHOWS_FIGURES
    from takeup.server.foundation.organization.services import roles_of

    assert SHOWS_FIGURES == READS_EVERY_COHORT
    administrator = with_role("administrator")
    client = client_of(administrator)
    told = client.post(
        f"/people/{administrator.handle}/roles", {"role": ["administrator", role]}, follow=True
    )
    assert "a second administrator does" in told.content.decode()
    assert {r.value for r in roles_of(administrator)} == {"administrator"}
    other = with_role("practitioner")
    client.post(f"/people/{other.handle}/roles", {"role": [role]})
    assert role in {r.value for r in roles_of(other)}


def test_nor_by_a_file(store):
    from takeup.server.foundation.organization.services import import_people, read_people, roles_of

    administrator = with_role("administrator")
    rows = [{"person_id": administrator.person_id, "roles": "administrator; executive"}]
    with pytest.raises(DeclarationError, match="gives themselves a role that shows figures"):
        import_people(read_people(rows, "test"), actor=administrator.handle)
    assert {r.value for r in roles_of(administrator)} == {"administrator"}


def test_nor_by_a_file_that_makes_them_lead_a_team_while_another_may(store):
    from takeup.server.foundation.organization.services import import_people, read_people, roles_of

    administrator, another = with_role("administrator"), with_role("programme_lead")
    rows = [{"person_id": one.person_id} for one in (administrator, another)]
    placed = {"person_id": "placed", "population": "branch", "team": "north"}
    file = read_people([*rows, placed | {"team_manager": administrator.person_id}], "test")
    with pytest.raises(DeclarationError, match="direct manager"):
        import_people(file, actor=administrator.handle)
    assert {r.value for r in roles_of(administrator)} == {"administrator"}
    import_people(file, actor=another.handle)
    assert {r.value for r in roles_of(administrator)} == {"administrator", "manager"}
    # What another made so is in the file from then on, and keeps nobody from importing it.
    import_people(file, actor=administrator.handle)


def test_their_own_page_says_which_roles_another_gives_them_and_keeps_what_was_ticked(store):
    administrator, other = with_role("administrator"), with_role("practitioner")
    client = client_of(administrator)
    own = client.get(f"/people/{administrator.handle}").content.decode()
    assert own.count("another administrator gives it to you") == len(FIGURES)
    assert "another administrator" not in client.get(f"/people/{other.handle}").content.decode()
    refused = client.post(
        f"/people/{administrator.handle}/roles",
        {"role": ["administrator", "champion", "executive"]},
    )
    assert refused.status_code == 422
    ticked = re.findall(r'value="(\w+)" checked', refused.content.decode())
    assert ticked == ["champion", "administrator"]
    assert "Role." not in own  # the bar names who looks by the words of their roles


def test_an_administrator_remains_whoever_leaves(store, log):
    from takeup.record.clock import now
    from takeup.server.deployment.roles import Role
    from takeup.server.foundation.organization.services import (
        deactivate,
        holders,
        import_people,
        read_people,
    )
    from takeup.server.recording.record_api.erasure import erase

    administrator = with_role("administrator")
    with pytest.raises(InputError, match="name another one first"):
        deactivate(administrator, now().date(), "test")
    with pytest.raises(InputError, match="name another one first"):
        erase(log, administrator.person_id, "test")
    import_people(
        read_people([{"person_id": administrator.person_id, "roles": "administrator"}], "t"),
        actor="file",
    )
    with pytest.raises(DeclarationError, match="name another one first"):
        import_people(read_people([{"person_id": "somebody"}], "t"), actor="file")
    assert holders(Role.ADMINISTRATOR) == 1
