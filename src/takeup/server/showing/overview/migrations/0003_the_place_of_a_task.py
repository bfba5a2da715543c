"""A task is stored by the place of its function: one that waits still runs, and what came of one is still told."""

from typing import Any

from django.db import migrations

_BEFORE = "takeup.server.overview.services.take_snapshot_of"
_NOW = "takeup.server.showing.overview.services.take_snapshot_of"


def _rename(apps: Any, schema_editor: Any) -> None:
    tasks = apps.get_model("django_tasks_database", "DBTaskResult")._default_manager
    held = tasks.using(schema_editor.connection.alias)
    held.filter(task_path=_BEFORE).update(task_path=_NOW)


class Migration(migrations.Migration):
    dependencies = [
        ("overview", "0002_basis"),
        ("django_tasks_database", "0001_initial"),
    ]
    operations = [migrations.RunPython(_rename, migrations.RunPython.noop)]
