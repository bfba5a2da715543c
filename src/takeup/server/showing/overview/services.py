"""Daily snapshots of the log: two looks seconds apart would show one person's decision."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import duckdb
import ibis.expr.types as ir
import pandas as pd
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django_tasks import task

from takeup.api import Result, diagnose, takeup_version
from takeup.drawing.plain import plain
from takeup.log import Engine, fetch
from takeup.log.view import filled
from takeup.questions.comparison.card import comparison_sections
from takeup.questions.model_issue.card import model_section
from takeup.questions.paired.card import same_cases_section
from takeup.questions.rollout.card import rollout_section
from takeup.questions.staggered.card import staggered_sections
from takeup.record.clock import now
from takeup.record.errors import InputError, TakeupError
from takeup.record.incoming import RecordKind
from takeup.record.mapping import Mapping as ColumnMapping
from takeup.record.population import Population as DeclaredPopulation
from takeup.report.html import render_body, render_card
from takeup.report.overview import overview_of
from takeup.report.page import Page
from takeup.server.acting.conditions.services import records_of
from takeup.server.acting.interventions.services import interventions_of
from takeup.server.acting.rollout.services import tell_of_gates
from takeup.server.acting.signals.services import take_silence
from takeup.server.deployment.capability import of_every
from takeup.server.deployment.connect import log_of
from takeup.server.deployment.day import Day
from takeup.server.deployment.settings import read_server_settings
from takeup.server.foundation.agreement.services import measuring, mode_on, need_agreement, showing
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization.services import (
    declared,
    people_by_population,
    population_keys,
    population_titles,
)
from takeup.server.foundation.organization.services import use_case as known_use_case
from takeup.server.foundation.pages.for_people import page_words
from takeup.server.recording.record_api.services import Recorded, silent_senders
from takeup.server.showing.overview.models import PopulationView
from takeup.server.showing.overview.models import Snapshot as Snapshot
from takeup.server.showing.overview.release import release


def take_snapshots(
    only: str | None = None, step: Callable[[str], None] = lambda _: None
) -> dict[str, str]:
    """Measure every use case of the log (or `only` that one) as of today. By use case: `taken`, `unchanged`
    where nothing came that its figures follow from, `kept` where today's is there already (it is never
    replaced), or why it cannot be measured.

    Raises InputError where the log holds no decision of it.
    """
    need_agreement("a snapshot")
    today = now().date()
    step("reading the log")
    log = Recorded(log_of(read_server_settings()))
    with _engine() as engine:
        names = log.use_cases(engine)
    if only is not None:
        names = [name for name in names if name == only]
    if not names:
        raise InputError("there is nothing to measure yet: no decision has been recorded")
    take_silence(silent_senders(today))
    done = set(Snapshot.objects.filter(day=today).values_list("use_case", flat=True))
    found: dict[str, str] = {}
    for name in names:
        tell_of_gates(name)
        if name in done:
            found[name] = "kept"
            continue
        try:
            found[name] = "unchanged" if _stands(name, log, today) else "taken"
            if found[name] == "taken":
                try:
                    _take(name, log, today, step)
                except (TakeupError, duckdb.IOException) as error:
                    if not isinstance(error.__cause__ or error, duckdb.IOException):
                        raise
                    # An erasure took files away while they were read: the log as it is now.
                    log = Recorded(log_of(read_server_settings()))
                    _take(name, log, today, step)
            for passes in of_every("day", "each_day"):
                passes(name, today)
        except TakeupError as error:
            # One that cannot be measured does not keep the others from it.
            found[name] = str(error)
    return found


@task()
def take_snapshot_of(use_case: str) -> dict[str, str]:
    """In the background: the snapshot that a page asked for; why there is none where nothing can be
    measured."""
    try:
        return take_snapshots(use_case)
    except TakeupError as error:
        return {use_case: str(error)}


def latest(use_case: str, day: date | None = None) -> Snapshot | None:
    """The newest snapshot of a use case, or that of `day`. Whole documents are read when asked for:
    with hundreds of populations they have megabytes."""
    found = Snapshot.objects.filter(use_case=use_case).defer("document", "body", "cards")
    if day is not None:
        found = found.filter(day=day)
    return found.order_by("-day").first()


def first_measured(use_case: str) -> date | None:
    """The day of the first snapshot of a use case; None where there is none."""
    return (
        Snapshot.objects.filter(use_case=use_case)
        .order_by("day")
        .values_list("day", flat=True)
        .first()
    )


def day_near(use_case: str, day: date) -> date | None:
    """The day of the snapshot that is nearest to one, from it on; the first there is where none came later."""
    held = Snapshot.objects.filter(use_case=use_case).order_by("day").values_list("day", flat=True)
    return held.filter(day__gte=day).first() or held.first()


def newest_by_use_case() -> dict[str, Snapshot]:
    """The newest snapshot of every use case that has one, without its page and document."""
    newest = Snapshot.objects.filter(
        day=Subquery(
            Snapshot.objects.filter(use_case=OuterRef("use_case"))
            .order_by("-day")
            .values("day")[:1]
        )
    )
    return {s.use_case: s for s in newest.defer("document", "body", "cards").order_by("use_case")}


_LEAST_MEMORY, _MEMORY_A_ROW = 512, 48
"""MiB, and bytes: what an engine may hold of a night's rows in memory. The rest waits on the disk, while the server
beside it answers (benchmarks/night.py)."""


@contextmanager
def _engine(rows: int = 0) -> Iterator[Engine]:
    """An engine for one use case of so many rows: what it holds goes with it."""
    engine = Engine(f"{max(_LEAST_MEMORY, rows * _MEMORY_A_ROW >> 20)}MiB")
    try:
        yield engine
    finally:
        engine.close()


_STANDS = timedelta(days=6)
"""What has no news is measured again after so long: some of what is kept of a day goes by the calendar."""


def _said(name: str) -> dict[str, pd.DataFrame]:
    """What people said of their reasons, as capabilities hold it."""
    found: dict[str, pd.DataFrame] = {}
    for what in ("survey", "interviews"):
        frames = [of(name) for of in of_every("evidence", what)]
        if kept := [frame for frame in frames if frame is not None]:
            found[what] = pd.concat(kept, ignore_index=True)
    return found


def _basis(name: str, log: Recorded, of_people: Mapping[str, pd.DataFrame]) -> str:
    """What the figures of a use case follow from, as one mark: its rows, what it declares, what people
    decided about it and said, what may be shown, the names of populations, this version."""
    said = {
        what: sorted(map(repr, frame.itertuples(index=False))) for what, frame in of_people.items()
    }
    told = (
        takeup_version(), log.mark(name), declared(name).model_dump_json(), audit.last_number_of(name),
        measuring().model_dump_json(), mode_on(), sorted(population_titles().items()),
        sorted(population_keys()), said,
    )  # fmt: skip
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _stands(name: str, log: Recorded, today: date) -> bool:
    """Whether the last figures are today's too; they are kept as such then."""
    last = Snapshot.objects.filter(use_case=name).order_by("-day").first()
    if (
        last is None
        or last.basis != _basis(name, log, _said(name))
        or now() - last.taken_at > _STANDS
    ):
        return False
    views = list(last.populations.all())
    with transaction.atomic():
        last.pk, last.day = None, today
        last.save(force_insert=True)
        for view in views:
            view.pk, view.snapshot = None, last
        PopulationView.objects.bulk_create(views)
    return True


def _take(name: str, log: Recorded, today: date, step: Callable[[str], None]) -> None:
    with _engine(log.size(name)) as engine:
        _take_in(engine, name, log, today, step)


def _take_in(
    engine: Engine, name: str, log: Recorded, today: date, step: Callable[[str], None]
) -> None:
    said = _said(name)
    basis = _basis(name, log, said)
    released = release(name, log.tables(engine, name), declared(name).segment)
    parts = {
        kind: table for kind, rows in released.rows.items() if (table := filled(rows)) is not None
    }
    if mode_on():
        parts = {kind: _without_teams(rows) for kind, rows in parts.items()}
    parts, left_out = without_small_populations(parts)
    parts["decisions"] = _with_what_came_before(parts["decisions"])
    titles = population_titles()
    # Before anybody has advice, no decision tells how many they are.
    sizes = {} if _had_advice(parts["decisions"]) else people_by_population(today)
    result = diagnose(
        parts["decisions"],
        eligible=parts.get("eligible"),
        outcomes=parts.get("outcomes"),
        # The log has the record's own names and types: nothing is to be recognised.
        mapping=ColumnMapping(),
        use_case={name: declared(name)},
        population={
            # Everybody placed may open their own comparison here; the ladder asks for it.
            key: DeclaredPopulation(
                title=titles.get(key), people=sizes.get(key), comparison_available_share=1
            )
            for key in population_keys()
        },
        interventions=interventions_of(name),
        settings=measuring(),
        survey=said.get("survey"),
        interviews=said.get("interviews"),
        conditions=records_of(name, now().date()),
        declared_ahead=True,
        last_shared=None if (last := latest(name)) is None else last.document,
        hidden_so_far=released.hidden_so_far,
        step=step,
    )
    known_use_case(name)
    day = Day(
        name,
        declared(name),
        today,
        tuple(result.table.tables.values()),
        parts["decisions"],
        result.shared,
        titles,
        step,
    )
    for take in of_every("day", "take"):
        take(day)
    with transaction.atomic():
        snapshot, made = Snapshot.objects.get_or_create(
            use_case=name,
            day=today,
            defaults={
                "taken_at": now(),
                "basis": basis,
                "document": result.document("share"),
                "body": page_words(
                    render_body(Page(None, result.shared_facts, result.shared, run_again=False))
                ),
            },
        )
        if made:
            _draw(snapshot, result, left_out)
            released.keep(result.hidden_so_far)


def _without_teams(rows: ir.Table) -> ir.Table:
    return rows.drop("team") if "team" in rows.columns else rows


def _had_advice(decisions: ir.Table) -> bool:
    return "mode" not in decisions.columns or _any(decisions.filter(decisions["mode"] == "assist"))


def _with_what_came_before(decisions: ir.Table) -> ir.Table:
    """Where there was no advice on any case yet, that is what was done: the figures of before are kept too."""
    known = {"action", "recommendation", "recommendation_value"} & set(decisions.columns)
    if known or "mode" not in decisions.columns:
        return decisions
    return decisions.mutate(action=decisions["mode"].cases(("off", "off"), else_=None))


def without_small_populations(
    parts: Mapping[RecordKind, ir.Table],
) -> tuple[dict[RecordKind, ir.Table], list[str]]:
    """The tables without populations of fewer people than the minimum group, and their keys. They
    are in no total, so none is found by subtraction, and no other must be hidden to protect them.
    Where all are small nothing is left out: then the whole is shown or hidden as one group."""
    kept, decisions = dict(parts), parts["decisions"]
    if not {"population", "person_id"} <= set(decisions.columns):
        return kept, []
    people = fetch(
        decisions.group_by("population").aggregate(n=decisions.person_id.nunique())
    ).to_pylist()
    least = showing().minimum_group
    small = sorted(
        one["population"] for one in people
        if one["population"] is not None and 0 < one["n"] < least
    )  # fmt: skip
    if not small or len(small) == len(people):
        return kept, []
    for kind in ("decisions", "eligible"):
        table = kept.get(kind)
        if table is not None and "population" in table.columns:
            kept[kind] = table.filter(~table.population.isin(small).fill_null(False))
    if "outcomes" in kept:
        kept["outcomes"] = kept["outcomes"].semi_join(kept["decisions"], "decision_id")
    return {kind: rows for kind, rows in kept.items() if _any(rows)}, small


def _any(rows: ir.Table) -> bool:
    return bool(fetch(rows.limit(1).count().as_table())[0][0].as_py())


def _draw(snapshot: Snapshot, result: Result, left_out: Sequence[str]) -> None:
    """What the overview shows, drawn once."""
    (diagnosis,) = result.shared
    told = overview_of(diagnosis, result.settings, snapshot.day, left_out)
    snapshot.overview = plain(replace(told, rows=()))
    sections = {
        "same_cases": same_cases_section(diagnosis),
        "model": model_section(diagnosis),
        "rollout": rollout_section(diagnosis),
        **{f"staggered{i}": one for i, one in enumerate(staggered_sections(diagnosis))},
        **{f"comparison{i}": one for i, one in enumerate(comparison_sections(diagnosis))},
    }
    snapshot.cards = {
        key: page_words(render_card(one)) for key, one in sections.items() if one is not None
    }
    snapshot.save(update_fields=["overview", "cards"])
    PopulationView.objects.bulk_create(
        PopulationView(snapshot=snapshot, key=row.key, place=place, row=plain(row))
        for place, row in enumerate((told.total, *told.rows))
    )
