"""What an operator met who had the book alone: PostgreSQL with a password, a probe of a container, a machine
that was lost, an archive of the day before, an id with a slip of the pen."""

from __future__ import annotations

import pytest

from takeup.record.errors import DeclarationError
from takeup.server.deployment.settings import read_server_settings
from tests.server.running import Server, cluster

PASSWORD = "p@ss/w%rd"
"""Of signs that an address writes in another way."""


@pytest.fixture
def guarded():
    """A PostgreSQL that asks for a password, with two empty databases: their addresses."""
    with cluster(durable=False) as postgres:
        rules = postgres.folder / "pg_hba.conf"
        rules.write_text(
            "host all guarded 127.0.0.1/32 scram-sha-256\n" + rules.read_text(encoding="utf-8"),
            encoding="utf-8",
        )
        postgres.ask("SELECT pg_reload_conf()")
        postgres.ask(f"CREATE ROLE guarded LOGIN PASSWORD '{PASSWORD}'")
        for name in ("first", "second"):
            postgres.ask(f"CREATE DATABASE {name} OWNER guarded")
        at = f"postgres://guarded:p%40ss%2Fw%25rd@127.0.0.1:{postgres.port}"
        yield [f"{at}/{name}?sslmode=prefer&connect_timeout=9" for name in ("first", "second")]


def test_a_password_of_any_signs_opens_the_database_for_the_server_its_backup_and_its_restore(
    guarded, tmp_path
):
    first, second = guarded
    archive = tmp_path / "backup.tar"
    old = Server(tmp_path / "old", first)
    old.command("key", "make", "host")
    old.command("backup", str(archive), "--without-secret")
    new = Server(tmp_path / "new", second)
    restored = new.command("restore", str(archive), "--without-secret", check=False)
    assert restored.returncode == 0, restored.stderr
    assert PASSWORD not in restored.stdout + restored.stderr


def test_what_the_databases_address_says_of_tls_is_kept_to():
    address = (
        "postgres://u:p%40@db.example.org:5433/kept?sslmode=verify-full&sslrootcert=/etc/ca.pem"
    )
    found = read_server_settings({"TAKEUP_DATABASE_URL": address}).database()
    assert found["OPTIONS"] == {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem"}
    assert (found["NAME"], found["PASSWORD"], found["PORT"]) == ("kept", "p@", "5433")
    socket = read_server_settings({"TAKEUP_DATABASE_URL": "postgres:///kept?host=/run/postgresql"})
    assert socket.database()["OPTIONS"] == {"host": "/run/postgresql"}


@pytest.mark.parametrize(
    "address",
    [
        "postgres://u:hidden%zz@h/kept", "postgres://u:hidden#@h/kept", "postgres://u:hidden@h:port/kept",
        "postgres://u:hidden@h/kept?ssl_mode=require", "postgres://u:hidden@h", "mysql://u:hidden@h/kept",
    ],
)  # fmt: skip
def test_an_address_of_a_database_that_cannot_be_read_is_refused_without_being_repeated(address):
    with pytest.raises(DeclarationError, match=r"TAKEUP_DATABASE_URL.*%40 for @") as refused:
        read_server_settings({"TAKEUP_DATABASE_URL": address})
    assert "hidden" not in str(refused.value)
