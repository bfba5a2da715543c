"""Shadow reports, taken with the daily snapshot and kept as they were shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time

import ibis
import ibis.expr.types as ir
from django.db.models import OuterRef, Subquery
from pydantic import TypeAdapter

from takeup.log import fetch, keep
from takeup.questions.shadow.card import shadow_heading
from takeup.questions.shadow.disclose import disclose_shadow, followed_by, waiting_kinds
from takeup.questions.shadow.measure import EQUAL, Shadow, ShadowPlan, measure_shadow, new_people
from takeup.record.use_case import UseCase
from takeup.server.acting.rollout.gates import gate_of, report_path
from takeup.server.acting.rollout.models import Look
from takeup.server.foundation.agreement.services import measuring
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization
from takeup.stats.answer import CannotSay

_DOCUMENT: TypeAdapter[Shadow | CannotSay] = TypeAdapter(Shadow | CannotSay)


def take_looks(
    name: str,
    decisions: ir.Table,
    use_case: UseCase,
    day: date,
    step: Callable[[str], None] = lambda _: None,
) -> None:
    """Keep the shadow report of each cohort that has pairs, as of `day`; one a day. A report that
    would differ from the last by what too few people decided is not taken."""
    done = Look.objects.filter(use_case=name, day=day).values_list("cohort", flat=True)
    open_ones = {c: cut for c, cut in _cohorts(decisions).items() if c not in set(done)}
    if not open_ones:
        return
    # Every report asks ten questions of these rows, which are few among all.
    shadow = keep(decisions.filter(decisions["mode"] == "shadow"))
    for cohort, cut in open_ones.items():
        step(f"{name}: shadow report {cohort or 'everybody else'}")
        _take(name, cohort, _of_cohort(shadow, cohort), cut, use_case, day)


def looks_of(name: str, cohort: str) -> list[tuple[Look, Shadow | CannotSay]]:
    """Every look of a cohort, oldest first."""
    held = Look.objects.filter(use_case=name, cohort=cohort).order_by("day")
    return [(look, _DOCUMENT.validate_python(look.document)) for look in held]


def _take(
    name: str, cohort: str, decisions: ir.Table, cut: datetime, use_case: UseCase, day: date
) -> None:
    settings = measuring()
    least = settings.disclosure.minimum_group
    version, gate = gate_of(name, cohort)
    expected = gate.pairs_to_decide(settings.confidence)
    starts = datetime.combine(gate.starts, time(), UTC) if version else None
    plan = ShadowPlan(expected, starts, use_case.utility or EQUAL)
    segments = [s for s in use_case.segment if s in decisions.columns]
    found = disclose_shadow(
        measure_shadow(decisions, segments, plan, settings), "share", settings.disclosure
    )
    last = Look.objects.filter(use_case=name, cohort=cohort).order_by("-day").first()
    revision = version.revision if version else 0
    if last is not None and last.gate_revision == revision:
        before = _DOCUMENT.validate_python(last.document)
        waiting = waiting_kinds(new_people(decisions, segments, plan, last.cut), least)
        if waiting is None and not isinstance(before, CannotSay):
            return
        if isinstance(found, Shadow) and isinstance(before, Shadow):
            found = followed_by(before, found, waiting or frozenset())
    Look.objects.create(
        use_case=name, cohort=cohort, day=day, gate_revision=revision, cut=cut,
        document=_DOCUMENT.dump_python(found, mode="json"),
    )  # fmt: skip
    if isinstance(found, Shadow):
        _tell(name, cohort, version.decider if version else "", found, day)


def _tell(name: str, cohort: str, decider: str, found: Shadow, day: date) -> None:
    """The cohort and whoever decides are told of one report a week."""
    people = organization.handles_in(cohort, day) | ({decider} if decider else set())
    year, week, _ = day.isocalendar()
    tell(
        sorted(people), f"shadow:{name}:{cohort}:{year}-W{week:02d}"[:120],
        f"Model and people on the same cases, as of {day:%-d} {day:%B}: {organization.use_case_title(name)}",
        shadow_heading(found),
        report_path(name, cohort), kind="digest",
    )  # fmt: skip


def _cohorts(decisions: ir.Table) -> dict[str, datetime]:
    """Cohorts with decisions in shadow (empty: people in none), and when the last decision of each was made."""
    cohort = decisions.cohort if "cohort" in decisions.columns else ibis.null("string")
    found = fetch(
        decisions.group_by(cohort=cohort.cast("string").fill_null("")).aggregate(
            shadow=(decisions["mode"] == "shadow").any(), last=decisions.decided_at.max()
        )
    ).to_pylist()
    return {
        one["cohort"]: one["last"] if one["last"].tzinfo else one["last"].replace(tzinfo=UTC)
        for one in sorted(found, key=lambda one: str(one["cohort"]))
        if one["shadow"]
    }


def _of_cohort(decisions: ir.Table, cohort: str) -> ir.Table:
    if "cohort" not in decisions.columns:
        return decisions
    mine = decisions.cohort == cohort if cohort else decisions.cohort.isnull()
    return decisions.filter(mine)


def kinds_seen(name: str) -> list[dict[str, str]]:
    """Kinds of case that the newest shadow report of any cohort tells apart."""
    found: dict[tuple[str, str], None] = {}
    of_cohort = Look.objects.filter(use_case=name, cohort=OuterRef("cohort")).order_by("-day")
    newest = Look.objects.filter(use_case=name, pk=Subquery(of_cohort.values("pk")[:1]))
    # A report has megabytes where there are many kinds: the store takes out what is asked for.
    for kinds in newest.values_list("document__kinds", flat=True):
        for kind in kinds or ():
            if kind["dimension"]:
                found[kind["dimension"].removeprefix("x_"), kind["key"]] = None
    return [{dimension: key} for dimension, key in sorted(found)]
