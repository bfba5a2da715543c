"""The database itself refuses to change what was declared, the days of its steps, and what came of it."""

from typing import Any

from django.db import migrations

_RUN, _STEP = "interventions_actionrun", "interventions_actionstep"
_DECLARED = (
    "use_case", "population", "action", "version", "library", "reason", "owner", "declared_at", "declared_by",
    "starts_on", "shows_on", "check_on", "indicator", "direction", "smallest", "comparison", "warnings", "finding",
)  # fmt: skip
_FROZEN = (
    ("declared", _RUN, _DECLARED, "", "what was declared of an action is never changed"),
    (
        "checked", _RUN, ("state", "started_on", "checked_on", "verdict", "result"),
        "WHEN (OLD.state = 'checked')", "what came of an action is never changed",
    ),
    ("due", _STEP, ("run_id", "place", "due"), "", "the days of an action are never changed"),
    (
        "done", _STEP, ("done_on", "done_by"), "WHEN (OLD.done_on IS NOT NULL)",
        "a step that is done stays done",
    ),
)  # fmt: skip


def _sqlite(name: str, table: str, columns: tuple[str, ...], when: str, words: str) -> list[str]:
    return [
        f"CREATE TRIGGER action_{name} BEFORE UPDATE OF {', '.join(columns)} ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    ]


def _postgres(name: str, table: str, columns: tuple[str, ...], when: str, words: str) -> list[str]:
    return [
        f"CREATE FUNCTION action_{name}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$",
        f"CREATE TRIGGER action_{name} BEFORE UPDATE OF {', '.join(columns)} ON {table} "
        f"FOR EACH ROW {when} EXECUTE FUNCTION action_{name}_refuse()",
    ]


def _frozen(apps: Any, schema_editor: Any) -> None:
    write = _postgres if schema_editor.connection.vendor == "postgresql" else _sqlite
    for one in _FROZEN:
        for statement in write(*one):
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("interventions", "0001_initial")]
    operations = [migrations.RunPython(_frozen, migrations.RunPython.noop)]
