"""The store's tables brought up to date: homes of before are mended and migrated, one of a later
version is not touched.

Until 26 November 2026 initial migrations were edited in place: a home made before has the tables of its
day under the names of today's migrations. What they lack is found by looking and added, before the later
migrations run. Since then no migration is edited (`tests/server/migrations.txt`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    Migration,
)
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RemoveField
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.foundation.audit.services import last_number

_NOTHING: dict[str, Any] = {
    "CharField": "", "TextField": "", "BooleanField": False, "IntegerField": 0,
    "BigIntegerField": 0, "FloatField": 0.0,
}  # fmt: skip


def bring_up_to_date(alias: str = "default") -> None:
    """Migrate what is not yet; raises InputError where the tables are of a later version."""
    connection = connections[alias]
    executor = MigrationExecutor(connection)
    loader = executor.loader
    later = _later(loader)
    if later:
        raise InputError(
            f"these tables are of a later version of takeup ({', '.join(later)}): install that "
            "version, or restore a backup that was made with this one; nothing was changed"
        )
    if not executor.migration_plan(loader.graph.leaf_nodes()):
        return
    modes = _modes_of_use_cases(connection)
    mend(connection, loader)
    whole = _Whole(connection)
    emit_pre_migrate_signal(0, False, alias)
    whole.migrate(whole.loader.graph.leaf_nodes())
    emit_post_migrate_signal(0, False, alias)
    _keep_modes(modes, alias)


class _Whole(MigrationExecutor):
    """Each migration in one transaction with the record that it was applied. Where constraints come last, Django
    records after it, and a process killed between the two leaves tables that every later start would make again."""

    def apply_migration(
        self,
        state: ProjectState,
        migration: Migration,
        fake: bool = False,
        fake_initial: bool = False,
    ) -> ProjectState:
        """Run a migration forwards."""
        # SQLite changes tables only while keys are not checked, which cannot be switched within a transaction.
        unchecked = self.connection.constraint_checks_disabled()
        with unchecked, transaction.atomic(using=self.connection.alias):
            return super().apply_migration(state, migration, fake, fake_initial)


def later_migrations() -> list[str]:
    """Migrations that were applied and that this version does not know."""
    return _later(MigrationLoader(connections["default"]))


def pending_migrations() -> list[str]:
    """Migrations that the next start would apply."""
    executor = MigrationExecutor(connections["default"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label} {migration.name}" for migration, _ in plan]


def need_installed_version() -> None:
    """Raises InputError where the tables are of an earlier version, and says how to go on; no tables at
    all are of none, nor are those of a first start that was killed."""
    if (pending := pending_migrations()) and _ever_used():
        raise InputError(
            f"this home is of an earlier version of takeup ({len(pending)} changes of tables wait): take a "
            "backup with that version, then `takeup upgrade` (`--check` says what it does), or `takeup serve --upgrade` "
            "where that is asked for with every start; nothing was changed"
        )


def _ever_used() -> bool:
    """Whether a start ever came to its end: it leaves an entry in the audit log."""
    applied = MigrationLoader(connections["default"]).applied_migrations
    return any(app == "audit" for app, _ in applied) and last_number() > 0


def _later(loader: MigrationLoader) -> list[str]:
    return sorted(
        f"{app} {name}"
        for app, name in loader.applied_migrations
        if app in _ours() and (app, name) not in loader.disk_migrations
    )


def mend(connection: BaseDatabaseWrapper, loader: MigrationLoader) -> list[str]:
    """Give the tables what the applied migrations say they have; returns what was done."""
    applied = [node for node in loader.applied_migrations if node[0] in _ours()]
    wanted = loader.project_state(applied)
    found, steps = _as_found(connection, wanted)
    if steps:
        with connection.schema_editor(atomic=True) as editor:
            for label, step in steps:
                before = found.clone()
                step.state_forwards(label, found)
                step.database_forwards(label, editor, before, found)
    return [f"{label}: {step.describe()}" for label, step in steps]


def _ours() -> set[str]:
    return {app.label for app in apps.get_app_configs() if app.name.startswith("takeup.server")}


def _as_found(
    connection: BaseDatabaseWrapper, wanted: ProjectState
) -> tuple[ProjectState, list[tuple[str, Operation]]]:
    """The state that the tables are really in, and the steps from there to `wanted`."""
    found = wanted.clone()
    tables, fields, rest = [], [], []
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    for (label, name), model in wanted.models.items():
        if label not in _ours():
            continue
        table = wanted.apps.get_model(label, name)._meta.db_table
        if table not in there:
            found.remove_model(label, name)
            tables.append((label, _created(model)))
            continue
        changes, held = _of_table(connection, wanted, label, model)
        found.models[label, name] = held
        fields += [(label, step) for step in changes if not isinstance(step, _LAST)]
        rest += [(label, step) for step in changes if isinstance(step, _LAST)]
    found.clear_delayed_apps_cache()
    return found.clone(), [*tables, *fields, *rest]


_LAST = (AddConstraint, AddIndex)


def _created(model: ModelState) -> CreateModel:
    return CreateModel(
        model.name, list(model.fields.items()), model.options, model.bases, model.managers
    )


def _of_table(
    connection: BaseDatabaseWrapper, wanted: ProjectState, label: str, model: ModelState
) -> tuple[list[Operation], ModelState]:
    """What a table lacks, and the model as the table has it."""
    real = wanted.apps.get_model(label, model.name)
    held = model.clone()
    with connection.cursor() as cursor:
        columns = {c.name: c for c in connection.introspection.get_table_description(cursor, real._meta.db_table)}  # fmt: skip
        names = set(connection.introspection.get_constraints(cursor, real._meta.db_table))
    steps: list[Operation] = []
    for field in real._meta.local_concrete_fields:
        column = columns.pop(field.column, None)
        declared = model.fields[field.name]
        if column is None:
            del held.fields[field.name]
            steps.append(
                AddField(model.name, field.name, _filled(declared), preserve_default=False)
            )
        elif bool(column.null_ok) != field.null and not field.primary_key:
            held.fields[field.name] = _nullable(declared, bool(column.null_ok))
            steps.append(AlterField(model.name, field.name, declared))
    for extra in columns:
        held.fields[extra] = models.TextField(null=True)
        steps.append(RemoveField(model.name, extra))
    for kind, add in (("indexes", AddIndex), ("constraints", AddConstraint)):
        missing = [one for one in model.options.get(kind, ()) if one.name not in names]
        held.options[kind] = [one for one in model.options.get(kind, ()) if one not in missing]
        steps += [add(model.name, one) for one in missing]
    return steps, held


def _filled(field: models.Field[Any, Any]) -> models.Field[Any, Any]:
    """A column for rows that are there: with a value where it may not be blank."""
    filled = field.clone()
    if not filled.has_default() and not filled.null:
        kind = filled.get_internal_type()
        moment = {"DateField": now().date(), "DateTimeField": now(), "JSONField": dict}
        filled.default = {**_NOTHING, **moment}[kind]
    return filled


def _nullable(field: models.Field[Any, Any], null: bool) -> models.Field[Any, Any]:
    changed = field.clone()
    changed.null = null
    return changed


def _modes_of_use_cases(connection: BaseDatabaseWrapper) -> Sequence[tuple[str, str]]:
    """The mode that a use case had itself, before there were rollouts."""
    with connection.cursor() as cursor:
        if "organization_usecase" not in connection.introspection.table_names(cursor):
            return ()
        columns = connection.introspection.get_table_description(cursor, "organization_usecase")
        if "mode" not in {column.name for column in columns}:
            return ()
        cursor.execute("SELECT name, mode FROM organization_usecase WHERE mode <> 'shadow'")
        return list(cursor.fetchall())


def _keep_modes(modes: Sequence[tuple[str, str]], alias: str) -> None:
    """As the first step of each use case's rollout, for everybody."""
    step, draw = apps.get_model("rollout", "Step"), apps.get_model("rollout", "Draw")
    for use_case, mode in modes:
        draw._default_manager.using(alias).get_or_create(use_case=use_case)
        step._default_manager.using(alias).create(
            use_case=use_case, mode=mode, from_at=now(), made_at=now(), made_by="upgrade",
            reason="the mode it had before there were rollouts",
        )  # fmt: skip
