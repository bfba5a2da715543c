"""What is sealed survives, or it is said what does not open; nothing writes over a key it cannot open."""

from __future__ import annotations

import json
import os
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takeup.record.errors import DeclarationError, InputError
from takeup.record.json_line import json_line
from takeup.server.deployment.settings import ServerSettings
from tests.server.people import client_of, person
from tests.server.practitioner.test_vault import sent
from tests.server.running import STORE, decision, running
from tests.server.test_single_sign_on import code_of, set_up, signed_in_by_password

SEPARATORS = "\u2028\u2029\x85\x0b\x0c\x1c\x1d\x1e\r\n"
OTHER = "another secret of fifty characters, or thereabouts "


@pytest.fixture
def another_secret(monkeypatch):
    """Puts another secret in the place of the deployment's, and the first back."""
    from django.conf import settings as django

    first = django.SECRET_KEY

    def change(back: bool = False) -> None:
        monkeypatch.setattr(django, "SECRET_KEY", first if back else OTHER)

    return change


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(st.sampled_from(SEPARATORS + "aß"), min_size=1, max_size=12))
def test_sealed_decisions_open_whatever_separators_their_texts_hold(store, text):
    from takeup.record.clock import now
    from takeup.server.foundation.oversight.models import OversightKey, SealedBatch
    from takeup.server.foundation.oversight.services import make_oversight_key, opened, seal

    SealedBatch.objects.all().delete()
    OversightKey.objects.all().delete()
    private = make_oversight_key()
    rows = [decision(i, override_comment=text) for i in range(3)]
    seal(1, [json.dumps(row, ensure_ascii=False) for row in rows], now(), now())
    assert list(opened(private, "legal duty", "officer")) == rows


@given(st.text(st.sampled_from(SEPARATORS + 'aß\\"')))
def test_a_line_of_json_is_one_to_every_reader_of_lines(text):
    line = json_line({"text": text})
    assert line.splitlines() in ([line], [line.rstrip("\n")])
    assert json.loads(line) == {"text": text}


def test_sealed_kinds_are_told_in_one_order(django_ready):
    from takeup.server.foundation import sealed

    assert [kind.name.split()[0] for kind in sealed.kinds()] == [
        "vaults", "second", "signing", "members", "lists", "reporters", "writers",
    ]  # fmt: skip


def test_a_key_of_a_vault_that_does_not_open_is_never_written_over(key, log, another_secret):
    from takeup.server.showing.practitioner.models import VaultKey
    from takeup.server.showing.practitioner.vault import rows_of

    maya = person("maya")
    sent(key, log, "maya")
    held = VaultKey.objects.get().sealed
    another_secret()
    sent(key, log, "maya", prefix="n")
    assert VaultKey.objects.get().sealed == held
    for path in ("/my/today", "/my/cases", "/my/calibration", "/my/data"):
        page = client_of(maya).get(path).content.decode()
        assert "cannot be opened" in page, path
        assert "No case of yours is recorded yet" not in page
    another_secret(back=True)
    assert {row["decision_id"] for row in rows_of(maya.handle)[0]} == {"d0", "d1", "d2"}
    assert "3 cases of yours" in client_of(maya).get("/my/cases").content.decode()


def test_a_person_whose_vault_does_not_open_may_begin_a_new_one(key, log, another_secret):
    maya = person("maya")
    sent(key, log, "maya")
    another_secret()
    client = client_of(maya)
    client.post("/my/vault", {"keep": "no"})
    client.post("/my/vault", {"keep": "yes"})
    sent(key, log, "maya", prefix="n")
    assert "3 cases of yours" in client.get("/my/cases").content.decode()


def test_a_right_code_whose_secret_does_not_open_is_told_in_a_sentence(store, another_secret):
    ruth = person("ruth")
    client, _ = signed_in_by_password(ruth.email)
    secret = set_up(client)
    another_secret()
    other, answer = signed_in_by_password(ruth.email)
    assert answer.url == "/second-factor/code"
    told = other.post("/second-factor/code", {"code": code_of(secret)})
    assert told.status_code == 200
    assert "this server can no longer open the secret" in told.content.decode()
    assert other.get("/").status_code == 302
    for path in ("/second-factor/spare", "/second-factor/spare/file"):
        answer = client_of(ruth).get(path, follow=True)
        assert answer.status_code in (200, 302)


def test_a_second_factor_that_does_not_open_is_removed_by_an_administrators_command(
    store, another_secret
):
    from takeup.server.foundation.organization.single_sign_on import remove_second_factor

    ruth = person("ruth")
    client, _ = signed_in_by_password(ruth.email)
    set_up(client)
    another_secret()
    assert remove_second_factor(ruth, "test") >= 1
    client, _ = signed_in_by_password(ruth.email)
    assert client.get("/").status_code == 200
    assert set_up(client)


def test_every_sealed_kind_is_tried_and_what_is_shut_is_counted(key, log, another_secret):
    from takeup.record.clock import now
    from takeup.server.acting.conversations.models import Draw
    from takeup.server.acting.escalations.models import Escalation
    from takeup.server.acting.feedback.models import Topic
    from takeup.server.deployment.sealing import seal
    from takeup.server.foundation import sealed

    ruth = person("ruth")
    person("maya")
    client, _ = signed_in_by_password(ruth.email)
    set_up(client)
    sent(key, log, "maya", flagged="wrong")
    Topic.objects.update(members=seal('["x"]'))
    Draw.objects.create(
        use_case="credit", population="north", facilitator="ann", coder="bob", state="drawn", asked_at=now(),
        asked_by="x", names=seal('["x"]', "ann"),
    )  # fmt: skip
    Escalation.objects.create(
        use_case="credit", population="north", priority="P3", text="slow", raised_by=seal("x"), opened_at=now(),
        acknowledge_by=now(), decide_by=now(),
    )  # fmt: skip
    well = sealed.tried()
    assert [(one.kind.name, one.count > 0, one.shut) for one in well] == [
        (kind.name, True, ()) for kind in sealed.kinds()
    ]
    another_secret()
    assert all(len(one.shut) == one.count for one in sealed.tried())
    sealed.forget_what_is_shut("test")
    assert all(one.count == 0 for one in sealed.tried())
    sent(key, log, "maya", prefix="n", flagged="wrong")
    assert not any(one.shut for one in sealed.tried())


def test_another_secret_is_refused_where_it_would_leave_something_shut(key, log, another_secret):
    from django.conf import settings as django

    from takeup.server.foundation import sealed

    person("maya")
    sealed.accept_the_secret("test")
    sent(key, log, "maya")
    sealed.need_the_secret(django.TAKEUP)
    another_secret()
    with pytest.raises(InputError, match="1 of 1 vaults of people") as raised:
        sealed.need_the_secret(django.TAKEUP)
    assert "takeup secret accept" in str(raised.value)
    sealed.accept_the_secret("test")
    sealed.need_the_secret(django.TAKEUP)
    another_secret(back=True)
    sealed.accept_the_secret("test")


def test_a_secret_is_made_whole_once_and_never_over_one_that_is_there(tmp_path):
    made = ServerSettings(home=tmp_path).secret()
    assert len(made) > 40
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
    ServerSettings(home=tmp_path).keep_secret("other")
    assert ServerSettings(home=tmp_path).secret() == made
    assert sorted(os.listdir(tmp_path)) == ["secret-key"]


def test_an_empty_file_of_the_secret_is_told(tmp_path):
    (tmp_path / "secret-key").touch()
    with pytest.raises(DeclarationError, match="it is empty"):
        ServerSettings(home=tmp_path).secret()


def test_the_oversight_officers_key_is_never_written_over(store, tmp_path):
    from takeup.server.foundation.oversight.models import OversightKey, SealedBatch
    from takeup.server.running.first_run import prepare_oversight

    SealedBatch.objects.all().delete()
    OversightKey.objects.all().delete()
    (tmp_path / "oversight-key").write_text("the officer's own\n")
    (told,) = prepare_oversight(ServerSettings(home=tmp_path))
    assert (tmp_path / "oversight-key").read_text() == "the officer's own\n"
    assert "oversight-key-2" in told


@pytest.mark.store
def test_commands_go_on_with_another_secret_or_forget_what_it_does_not_open(tmp_path):
    with running(STORE, tmp_path, begin=False) as (server, _):
        server.command("key", "make", "host")
        right = (server.home / "secret-key").read_text()
        (server.home / "secret-key").write_text(OTHER)
        refused = server.command("log", "status", check=False)
        assert refused.returncode == 1
        assert "1 of 1 signing secrets" in " ".join(refused.stderr.split())
        assert (server.home / "secret-key").read_text() == OTHER
        found = json.loads(server.command("doctor", "--json", check=False).stdout)
        (told,) = [one for one in found if one["what"] == "sealed"]
        assert told["state"] == "mend"
        assert "1 of 1 signing secrets of senders" in told["words"]
        assert "put the secret that they were sealed with back" in told["do"]
        # Nobody is there to say yes.
        assert server.command("secret", "accept", check=False).returncode == 130
        assert server.command("log", "status", check=False).returncode == 1
        assert "stay shut" in server.command("secret", "accept", "--yes").stdout
        server.command("log", "status")
        # What was shut is as it was: the right secret opens it again.
        (server.home / "secret-key").write_text(right)
        assert "nothing to forget" in server.command("secret", "forget", "--yes").stdout
        (server.home / "secret-key").write_text(OTHER)
        assert server.command("secret", "forget", check=False).returncode == 130
        assert "1 forgotten" in server.command("secret", "forget", "--yes").stdout
        found = json.loads(server.command("doctor", "--json", check=False).stdout)
        assert next(one["state"] for one in found if one["what"] == "sealed") == "well"


@pytest.mark.store
def test_a_secret_that_is_gone_is_not_made_anew_in_silence(tmp_path):
    with running(STORE, tmp_path, begin=False) as (server, _):
        server.command("key", "make", "host")
        (server.home / "secret-key").unlink()
        refused = server.command("log", "status", check=False)
        assert refused.returncode == 1
        assert "there is no secret at" in " ".join(refused.stderr.split())
        assert not (server.home / "secret-key").exists()


@pytest.mark.store
def test_commands_prove_an_oversight_key_and_remove_a_second_factor(tmp_path):
    key, stranger = tmp_path / "key", tmp_path / "stranger"
    stranger.write_text("ab" * 32)
    with running(STORE, tmp_path / "own", begin=False) as (server, _):
        server.command("oversight", "key", "--out", str(key))
        server.python(_SEAL, json.dumps(decision(1, override_comment=SEPARATORS)))
        assert (
            "1 batches; this one opens"
            in server.command("oversight", "check", "--key", str(key)).stdout
        )
        shut = server.command("oversight", "check", "--key", str(stranger), check=False)
        assert shut.returncode == 4
        assert "does not open" in shut.stdout
        opened = server.command("oversight", "open", "--key", str(key), "--reason", "asked").stdout
        assert json.loads(opened)["override_comment"] == SEPARATORS
        assert len(opened.splitlines()) == 1
        server.command("person", "role", "ruth@bank.example", "programme_lead", "--add", "Ruth")
        factor = ("person", "second-factor", "ruth@bank.example")
        assert "--remove" in server.command(*factor, check=False).stderr
        assert "there was no second factor" in server.command(*factor, "--remove").stdout
        server.python(_FACTOR)
        assert "removed" in server.command(*factor, "--remove").stdout
        assert "there was no second factor" in server.command(*factor, "--remove").stdout


_SEAL = """
import sys
from takeup.server.running.start import start
start()
from takeup.record.clock import now
from takeup.server.foundation.oversight.services import seal
assert seal(1, [sys.argv[1]], now(), now())
"""
_FACTOR = """
from takeup.server.running.start import start
start()
from allauth.mfa.models import Authenticator
from takeup.server.foundation.organization.models import Person
from takeup.server.deployment.sealing import seal
Authenticator.objects.create(
    user=Person.objects.get(email="ruth@bank.example"), type="totp", data={"secret": seal("JBSWY3DPEHPK3PXP")}
)
"""


def test_everything_that_is_sealed_is_tried_by_the_doctor():
    """A module that seals something with the deployment's secret says how it is tried."""
    from importlib import import_module
    from pathlib import Path

    import takeup.server
    from takeup.server.foundation import sealed

    tried = {kind.each.__module__ for kind in sealed.kinds()}
    root = Path(takeup.server.__file__).parent
    for path in root.rglob("*.py"):
        if re.search(r"sealing import .*\bseal\b", path.read_text(encoding="utf-8")):
            name = ".".join(("takeup.server", *path.relative_to(root).with_suffix("").parts))
            assert import_module(name).__name__ in tried, name


def test_no_stored_lines_are_split_at_separators_that_texts_may_hold():
    """`str.splitlines` splits at U+2028, U+2029 and U+0085, which JSON leaves inside of texts."""
    from pathlib import Path

    import takeup

    allowed = {"sample.py", "shadow_pages.py", "json_line.py", "open_quotes.py"}
    for path in Path(takeup.__file__).parent.rglob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if ".splitlines()" in line and path.name not in allowed:
                # The first line of a library's error, to be told.
                assert ".splitlines()[0]" in line, f"{path}: {line}"
