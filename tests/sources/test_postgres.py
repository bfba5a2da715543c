"""A table of a real PostgreSQL is read like a file of the same rows."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

import takeup
from takeup.record.errors import InputError
from takeup.sources.opened import open_decisions
from tests.server.running import migrated_database

ROWS = [
    ("d1", "p1", "2026-03-02 09:00:00+00", "approve", "approve", "0.81", True),
    ("d2", "p2", "2026-03-02 10:00:00+01", "approve", "decline", "0.40", True),
    ("d3", "p1", "2026-03-03 09:00:00+00", "decline", "decline", None, False),
]


@pytest.fixture(scope="module")
def database():
    with migrated_database("postgres", Path()) as made:
        with psycopg.connect(made.url, autocommit=True) as connection:
            connection.execute("CREATE SCHEMA risk")
            for name in ("public.decisions", 'risk."decisions 2"'):
                connection.execute(
                    f"CREATE TABLE {name} (decision_id text, person_id text, decided_at timestamptz, "
                    "recommendation text, choice text, confidence numeric(4,2), consulted boolean)"
                )
                with connection.cursor() as cursor:
                    cursor.executemany(f"INSERT INTO {name} VALUES (%s,%s,%s,%s,%s,%s,%s)", ROWS)
        yield made


@pytest.mark.parametrize("table", ["decisions", "public.decisions", "risk.decisions%202"])
def test_a_table_is_diagnosed_like_a_file_of_the_same_rows(database, table, tmp_path):
    names = (
        "decision_id",
        "person_id",
        "decided_at",
        "recommendation",
        "choice",
        "confidence",
        "consulted",
    )
    text = "\n".join(",".join("" if v is None else str(v) for v in row) for row in ROWS)
    (tmp_path / "d.csv").write_text(
        ",".join(names) + "\n" + text.replace(" 10:00:00+01", " 09:00:00+00") + "\n"
    )
    found = [
        open_decisions(source).table.tables["decisions"].to_pandas().sort_values("decided_at")
        for source in (f"{database.url}/{table}", str(tmp_path / "d.csv"))
    ]
    for column in ("action", "person_id", "decided_at", "confidence", "consulted"):
        assert found[0][column].astype(str).tolist() == found[1][column].astype(str).tolist()


def test_a_table_that_is_not_there_is_named_and_no_password_is_shown(database):
    address = database.url.replace("postgres@", "postgres:secret@")
    with pytest.raises(InputError) as refused:
        takeup.diagnose(f"{address}/nothing")
    assert "has no table public.nothing" in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("address", ["postgres://localhost", "postgres://localhost/db"])
def test_an_address_without_a_table_says_how_to_write_one(address):
    with pytest.raises(InputError, match=r"write postgres://user@host:port/database/table"):
        takeup.diagnose(address)


def test_a_server_that_is_away_is_said_to_be(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        takeup.diagnose("postgres://x:secret@127.0.0.1:9/db/decisions")


def test_a_materialised_view_of_types_that_files_do_not_have_is_read(database):
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(
            "CREATE MATERIALIZED VIEW risk.wide AS SELECT decision_id, person_id::char(8) AS person_id, "
            "recommendation, ARRAY[choice] AS choice, ARRAY[choice, 'x'] AS tags, interval '90 s' AS duration_s, "
            "CASE decision_id WHEN 'd3' THEN 'infinity'::timestamptz ELSE decided_at END AS decided_at "
            'FROM risk."decisions 2"'
        )
    opened = open_decisions(f"{database.url}/risk.wide")
    rows = opened.table.tables["decisions"].to_pandas()
    assert set(rows["person_id"]) == {"p1", "p2"}
    assert set(rows["choice"]) == {"approve", "decline"}
    assert set(rows["duration_s"]) == {90.0}
    (problem,) = opened.table.problems
    assert (problem.column, problem.what, problem.count) == ("decided_at", "lies in the future", 1)
    assert "tags is left out" in " ".join(opened.table.notes)
