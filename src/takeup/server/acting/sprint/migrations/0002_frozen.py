"""The database itself refuses to change what was signed, what was decided at a gate, and what happened when."""

from typing import Any

from django.db import migrations

_SIGNED = (
    "sprint_id",
    "milestone",
    "item",
    "statement",
    "signed_by",
    "signed_at",
    "sha256",
)
_TAKEN = (
    "sprint_id", "gate", "said", "decided", "populations", "decided_by", "decided_at", "evidence", "sha256",
)  # fmt: skip
_FROZEN = (
    ("signed", "sprint_signed", _SIGNED, "", "what was signed is never changed"),
    (
        "taken_back", "sprint_signed", ("withdrawn_at",), "WHEN (OLD.withdrawn_at IS NOT NULL)",
        "a signature is taken back once",
    ),
    ("gate", "sprint_gatetaken", _TAKEN, "", "what was decided at a gate is never changed"),
    ("happened", "sprint_happened", ("sprint_id", "about", "day", "what"), "", "what happened is never changed"),
)  # fmt: skip


def _sqlite(name: str, table: str, columns: tuple[str, ...], when: str, words: str) -> list[str]:
    return [
        f"CREATE TRIGGER sprint_{name} BEFORE UPDATE OF {', '.join(columns)} ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    ]


def _postgres(name: str, table: str, columns: tuple[str, ...], when: str, words: str) -> list[str]:
    return [
        f"CREATE FUNCTION sprint_{name}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$",
        f"CREATE TRIGGER sprint_{name} BEFORE UPDATE OF {', '.join(columns)} ON {table} "
        f"FOR EACH ROW {when} EXECUTE FUNCTION sprint_{name}_refuse()",
    ]


def _frozen(apps: Any, schema_editor: Any) -> None:
    write = _postgres if schema_editor.connection.vendor == "postgresql" else _sqlite
    for one in _FROZEN:
        for statement in write(*one):
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("sprint", "0001_initial")]
    operations = [migrations.RunPython(_frozen, migrations.RunPython.noop)]
