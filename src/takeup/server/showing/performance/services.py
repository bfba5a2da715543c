"""Reports on the model's performance: drafted from the log, approved by a named person, read by its
users."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from takeup.disclosure.group_size import share_at_least
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.feedback.services import name_of, releases_of
from takeup.server.deployment.sealing import keyed
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization
from takeup.server.recording.component.services import record_of
from takeup.server.showing.performance.models import Reading, Report


@transaction.atomic
def draft_report(use_case: str, *, by: str) -> Report:
    """This month's report as the newest snapshot has it; a draft is made anew, one that was approved
    stays. Raises InputError where there is no snapshot, or it is approved already."""
    held = record_of(use_case)
    if held is None:
        raise InputError("there is no snapshot yet: the report is made from it")
    month = f"{now():%Y-%m}"
    last = Report.objects.filter(use_case=use_case, month=month).first()
    if last is not None and last.approved_at is not None:
        raise InputError("this month's report is published; the next one comes next month")
    before = (
        Report.objects.filter(use_case=use_case, month__lt=month)
        .exclude(approved_at=None).order_by("-month").first()
    )  # fmt: skip
    figures = _figures(use_case, held, before)
    report, _ = Report.objects.update_or_create(
        use_case=use_case, month=month,
        defaults={"figures": figures, "drafted_at": now(), "drafted_by": by},
    )  # fmt: skip
    audit.record("performance.drafted", actor=by, use_case=use_case, month=month)
    return report


@transaction.atomic
def approve_report(use_case: str, month: str, words: str, *, by: str) -> Report:
    """Publish a draft under one's name; its users are told. Raises InputError without words, or where
    there is no draft."""
    report = Report.objects.select_for_update().filter(use_case=use_case, month=month).first()
    if report is None or report.approved_at is not None:
        raise InputError("there is no draft of this month")
    if not words.strip():
        raise InputError(
            "say in your own words how the model is doing: figures alone are no report"
        )
    report.words, report.approved_at, report.approved_by = words.strip(), now(), by
    report.save(update_fields=["words", "approved_at", "approved_by"])
    title = organization.declared(use_case).title or use_case
    tell(
        sorted(organization.practitioners(now().date())), f"performance:{use_case}:{month}"[:120],
        f"How the model is doing: {title}", report.words, f"/performance/{use_case}/{month}",
        kind="digest",
    )  # fmt: skip
    audit.record("performance.approved", actor=by, use_case=use_case, month=month)
    return report


def reports_of(use_case: str, *, drafts: bool) -> list[Report]:
    """Reports of a use case, the newest first; `drafts` too for those who approve."""
    held = Report.objects.filter(use_case=use_case).order_by("-month")
    return list(held if drafts else held.exclude(approved_at=None))


def read_by(report: Report, handle: str) -> None:
    """Count that one of its users has opened it, without keeping who."""
    if report.approved_at is None or handle not in organization.practitioners(now().date()):
        return
    reader = keyed("reading", f"{report.pk} {handle}")
    Reading.objects.get_or_create(report=report, reader=reader)


def readers(report: Report, least: int) -> tuple[int, int] | None:
    """How many in 100 of its users have opened it, at least and in twenties, and how many users there are; None where
    they are fewer than `least`."""
    users = len(organization.practitioners(now().date()))
    if users < least:
        return None
    return round(100 * share_at_least(report.readings.count(), users, least)), users


def _figures(use_case: str, held: dict[str, Any], before: Report | None) -> dict[str, Any]:
    declared = organization.declared(use_case)
    document: dict[str, Any] = held["document"].get("lately") or held["document"]
    titles = organization.population_titles()
    kinds = [
        {
            "dimension": dimension,
            "kind": level,
            **told,
            "before": _was(before, "kinds", dimension, level),
        }
        for dimension, levels in document["kinds"].items()
        for level, told in levels.items()
    ]
    places = [
        {"dimension": "population", "kind": titles.get(name, name), **told,
         "before": _was(before, "places", "population", titles.get(name, name))}
        for name, told in document["populations"].items()
    ]  # fmt: skip
    for rows in (kinds, places):
        rows.sort(key=lambda k: k["value"])
    promised = declared.promised_error
    releases = [
        {
            "version": r.version, "words": r.words, "on": r.shipped_at.date().isoformat(),
            "answers": [name_of(t) for t in r.topics.all()],
        }
        for r in releases_of(use_case)
        if before is None or r.made_at > before.drafted_at
    ]  # fmt: skip
    return {
        "day": held["day"], "days": document.get("days"), "judged": document["judged"], "kinds": kinds, "places": places,
        "certainty": document["certainty"], "releases": releases, "promised_error": promised,
        "broken": [k["kind"] for k in kinds if promised is not None and k["high"] < 1 - promised],
        "reserved": list(declared.reserved_for_people),
    }  # fmt: skip


def _was(before: Report | None, rows: str, dimension: str, level: str) -> dict[str, float] | None:
    """The same figure of the last report, with its range."""
    held = before.figures[rows] if before is not None else []
    found = next((k for k in held if (k["dimension"], k["kind"]) == (dimension, level)), None)
    return None if found is None else {name: found[name] for name in ("value", "low", "high")}
