"""Daily snapshots of the log: two looks seconds apart would show one person's decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from django_tasks import task

from takeup.api import diagnose
from takeup.log.delta import canonical
from takeup.record.clock import now
from takeup.record.errors import InputError, TakeupError
from takeup.record.incoming import RecordKind
from takeup.record.population import Population as DeclaredPopulation
from takeup.report.html import render_body
from takeup.report.page import Page
from takeup.server.organization.services import declared, population_titles
from takeup.server.organization.services import use_case as known_use_case
from takeup.server.overview.models import Snapshot
from takeup.server.record_api.services import recorded, silent_senders
from takeup.server.rollout.services import take_looks
from takeup.server.settings import read_server_settings
from takeup.server.signals.services import take_signals, take_silence
from takeup.server.start import log_of


def take_snapshots(
    only: str | None = None, step: Callable[[str], None] = lambda _: None
) -> dict[str, str]:
    """Measure every use case of the log (or `only` that one) as of today. By use case: `taken`,
    `kept` where today's is there already (it is never replaced), or why it cannot be measured.

    Raises InputError where the log holds no decision of it.
    """
    today = now().date()
    step("reading the log")
    tables = recorded(log_of(read_server_settings()))
    names = sorted(
        set(tables["decisions"]["use_case"].unique().to_pylist()) if "decisions" in tables else ()
    )
    if only is not None:
        names = [name for name in names if name == only]
    if not names:
        raise InputError("there is nothing to measure yet: no decision has been recorded")
    take_silence(silent_senders(today))
    done = set(Snapshot.objects.filter(day=today).values_list("use_case", flat=True))
    found: dict[str, str] = {}
    for name in names:
        if name in done:
            found[name] = "kept"
            continue
        try:
            _take(name, tables, today, step)
            found[name] = "taken"
        except TakeupError as error:
            # One that cannot be measured does not keep the others from it.
            found[name] = str(error)
    return found


@task()
def take_snapshot_of(use_case: str) -> dict[str, str]:
    """In the background: the snapshot that a page asked for."""
    return take_snapshots(use_case)


def latest(use_case: str, day: date | None = None) -> Snapshot | None:
    """The newest snapshot of a use case, or that of `day`."""
    found = Snapshot.objects.filter(use_case=use_case)
    if day is not None:
        found = found.filter(day=day)
    return found.order_by("-day").first()


def newest_by_use_case() -> dict[str, Snapshot]:
    """The newest snapshot of every use case that has one, without its page."""
    return {s.use_case: s for s in Snapshot.objects.defer("body").order_by("day")}


def _take(
    name: str, tables: dict[RecordKind, pa.Table], today: date, step: Callable[[str], None]
) -> None:
    parts = {
        kind: canonical(rows.filter(pc.equal(rows["use_case"], name)))
        for kind, rows in tables.items()
    }
    filled = {kind: rows for kind, rows in parts.items() if rows.num_rows}
    result = diagnose(
        filled["decisions"],
        eligible=filled.get("eligible"),
        outcomes=filled.get("outcomes"),
        use_case={name: declared(name)},
        population={
            key: DeclaredPopulation(title=title) for key, title in population_titles().items()
        },
        step=step,
    )
    known_use_case(name)
    titles = population_titles()
    for one in result.shared:
        take_signals(name, one.measures.signals, titles)
    for decisions in result.table.tables.values():
        take_looks(name, decisions, declared(name), today, step)
    Snapshot.objects.get_or_create(
        use_case=name,
        day=today,
        defaults={
            "taken_at": now(),
            "document": result.document("share"),
            "body": render_body(Page(None, result.facts, result.shared)),
        },
    )
