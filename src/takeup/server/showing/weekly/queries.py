"""What the dashboard reads: rows of the newest snapshot, what stands beside each, what is due, what was decided.
Nothing is measured here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takeup.questions.conditions.card import SIGNS
from takeup.questions.conditions.indicators import conditions
from takeup.record.clock import now
from takeup.server.acting.conditions.pages import RISK_TITLES, STATUS_WORDS
from takeup.server.acting.conditions.services import newest as conditions_of
from takeup.server.acting.interventions.services import ActionRun, path_of, runs
from takeup.server.acting.rollout.gates import gates_due
from takeup.server.acting.sprint.services import running
from takeup.server.acting.sprint.standing import stands
from takeup.server.foundation.organization import services as organization
from takeup.server.showing.overview.queries import (
    Place,
    Waiting,
    order_of,
    signals_by_population,
    views_of,
)
from takeup.server.showing.overview.services import Snapshot
from takeup.server.showing.reasons.services import reasons_in
from takeup.server.showing.weekly.models import Judgement, Review, ReviewDecision
from takeup.server.showing.weekly.weeks import week_of, weeks_before

DECISION = gettext_lazy("decision")
SOON = timedelta(days=7)
"""What is due within a week is a decision of this week."""
_OPEN = ("planned", "running")
_FIGURES = {
    "consult_rate": "Consult rate", "override_rate": "Override rate",
    "effective_reliance": "Effective reliance", "nominal_rate": "Nominal rate",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that somebody answers by a day. `population` is empty for the whole."""

    day: date
    kind: str | Promise
    title: str
    who: str
    path: str
    late: bool
    population: str = ""


@dataclass(slots=True)
class Row:
    """One population of the dashboard: its row of the snapshot, and what is known and open beside it."""

    key: str
    view: Mapping[str, Any]
    judgement: str = ""
    answer: Mapping[str, Any] = field(default_factory=dict)
    risk: str = ""
    conditions: list[dict[str, Any]] = field(default_factory=list)
    verdict: str = ""
    signals: list[Waiting] = field(default_factory=list)
    actions: list[tuple[ActionRun, str]] = field(default_factory=list)
    decisions: list[Decided] = field(default_factory=list)

    @property
    def figures(self) -> dict[str, str]:
        """Consult, override, effective reliance and nominal rate in words, each with interval and n."""
        told = {one["name"]: one["told"] for one in self.view.get("figures", ())}
        return {name: told.get(called, "") for name, called in _FIGURES.items()}


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with what people are called. `gone`: its owner has left."""

    it: ReviewDecision
    where: str
    who: str
    by: str
    late: bool
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """What is open in a use case, read once for all its rows."""

    signals: Mapping[str, list[Waiting]]
    actions: Mapping[str, list[tuple[ActionRun, str]]]
    decisions: Mapping[str, list[Decided]]

    def waits_at(self, key: str) -> bool:
        """Whether something waits for somebody there."""
        return bool(self.signals.get(key) or self.actions.get(key) or self.decisions.get(key))


def places(
    snapshot: Snapshot, seen: Collection[str] | None, asked: str, waits: bool, beside: Beside
) -> list[Place]:
    """The populations that a person sees (None: every one), of those asked for, the gravest first."""
    wanted = asked.strip().lower()
    return [
        one for one in order_of(snapshot)
        if (seen is None or one.key in seen)
        and wanted in f"{one.title} {one.key}".lower()
        and (not waits or beside.waits_at(one.key))
    ]  # fmt: skip


def beside(use_case: str) -> Beside:
    """Signals, actions and decisions that are open, by population."""
    actions: dict[str, list[tuple[ActionRun, str]]] = {}
    held = [run for run in runs(use_case) if run.state in _OPEN]
    owners = organization.names_of([run.owner for run in held])
    for run in held:
        actions.setdefault(run.population, []).append((run, name_in(owners, run.owner)))
    decisions: dict[str, list[Decided]] = {}
    for one in decided(open_decisions(use_case)):
        decisions.setdefault(one.it.population, []).append(one)
    return Beside(signals_by_population(use_case), actions, decisions)


def rows(use_case: str, snapshot: Snapshot, keys: Sequence[str], open_: Beside) -> list[Row]:
    """Rows of these populations in this order."""
    views = views_of(snapshot, keys)
    held = Judgement.objects.filter(use_case=use_case, population__in=keys)
    judged = {one.population: one for one in held}
    stood = {one.population: one.night.stood for one in conditions_of(use_case)}
    reasons = {one.population: one for one in reasons_in(use_case, keys) if one.verdict}
    return [
        _row(key, views[key], judged.get(key), stood.get(key, {}), reasons.get(key), open_)
        for key in keys if key in views
    ]  # fmt: skip


def _row(
    key: str, view: Mapping[str, Any], judged: Judgement | None, stood: Mapping[str, str],
    reasons: Any, open_: Beside,
) -> Row:  # fmt: skip
    row = Row(
        key, view, signals=open_.signals.get(key, []), actions=open_.actions.get(key, []),
        decisions=open_.decisions.get(key, []),
    )  # fmt: skip
    if view.get("state") != "shown":
        return row
    row.judgement = judged.told if judged else ""
    row.answer = judged.answer if judged else {}
    row.conditions = strip_of(stood)
    row.risk = str(RISK_TITLES.get(stood.get("risk", ""), ""))
    row.verdict = reasons.heading if reasons else ""
    return row


def strip_of(stood: Mapping[str, str]) -> list[dict[str, Any]]:
    """Eight conditions as signs with their words; nothing where they were never told."""
    if not stood:
        return []
    return [
        {"key": c.id, "name": c.name, "status": (status := stood.get(c.id, "unknown")),
         "sign": SIGNS.get(status, "?"), "words": STATUS_WORDS.get(status, "")}
        for c in conditions()
    ]  # fmt: skip


def due(use_case: str, open_: Beside, seen: Collection[str] | None) -> list[Due]:
    """What somebody decides or answers this week: signals, gates, checks of actions, decisions of reviews; what is due
    first first, of the populations a person sees and of the whole."""
    today = now().date()
    found = [*_signals_due(open_, today), *_checks_due(open_, today), *_decisions_due(open_, today)]
    titles = organization.population_titles()
    found = [one for one in found if concerns(one.population, seen)]
    found = [
        one if not one.population else _at(one, titles.get(one.population, one.population))
        for one in found
    ]
    if seen is None:
        found += [*_gates_due(use_case, today), *_sprint_due(use_case, today)]
    return sorted(found, key=lambda one: (one.day, str(one.kind)))


def concerns(population: str, seen: Collection[str] | None) -> bool:
    """Whether something of a population (empty: of the whole) is for who sees these (None: all); the whole is for who
    sees some of it."""
    return seen is None or (population in seen if population else bool(seen))


def _at(one: Due, where: str) -> Due:
    return Due(one.day, one.kind, f"{where}: {one.title}", one.who, one.path, one.late, one.population)  # fmt: skip


def _signals_due(open_: Beside, today: date) -> Iterable[Due]:
    for key, found in open_.signals.items():
        for r, who, day, _what in found:
            yield Due(day, _("signal"), r.words, who, reverse("signals"), day < today, key)


def _checks_due(open_: Beside, today: date) -> Iterable[Due]:
    for key, found in open_.actions.items():
        for run, who in found:
            if run.check_on <= today + SOON:
                late = run.check_on < today
                yield Due(run.check_on, _("check"), run.library["do"], who, path_of(run), late, key)


def _decisions_due(open_: Beside, today: date) -> Iterable[Due]:
    for key, found in open_.decisions.items():
        for one in found:
            path = reverse("weekly_review", args=[one.it.review_id])
            yield Due(
                one.it.due, _("decision"), one.it.text, one.who, path, one.it.due < today, key
            )


def _gates_due(use_case: str, today: date) -> Iterable[Due]:
    cohorts = organization.cohort_titles()
    for gate in gates_due(use_case):
        where = cohorts.get(gate.cohort, gate.cohort) or _("everybody else")
        title = _("{cohort}: go, hold, or go with kinds left to people?").format(cohort=where)
        who = name_in(organization.names_of([gate.decider]), gate.decider)
        yield Due(gate.decide_by, _("gate"), title, who, gate.path, gate.decide_by < today)


def _sprint_due(use_case: str, today: date) -> Iterable[Due]:
    """The next gate of its sprint, and milestones that are due this week or late."""
    for sprint in running(use_case):
        held = stands(sprint)
        gate = held.next_gate()
        if gate is not None and gate.due <= today + SOON:
            decider = sprint.deciders.get(gate.id, "")
            who = name_in(organization.names_of([decider]), decider)
            title = _("{gate} of {sprint}").format(gate=held.windows[gate.id].name, sprint=sprint.title)  # fmt: skip
            path = reverse("sprint_gate", args=[sprint.pk, gate.id])
            yield Due(gate.due, _("gate"), title, who, path, gate.due < today)
        for row in held.soon:
            path = reverse("milestone", args=[sprint.pk, row.milestone.id])
            yield Due(row.planned.due, _("milestone"), str(row.milestone.name), row.who, path, row.standing == "late")  # fmt: skip


def name_in(names: Mapping[str, str], handle: str) -> str:
    """What somebody is called; who was erased has no name any more."""
    return names.get(handle) or _("somebody who left")


def open_decisions(use_case: str) -> QuerySet[ReviewDecision]:
    """Decisions of all its reviews that are not done, what is due first first."""
    held = ReviewDecision.objects.filter(review__use_case=use_case, done_on=None)
    return held.select_related("review").order_by("due", "id")


def decisions_of(handle: str) -> list[Decided]:
    """What a person answers for and has not done, what is due first first."""
    held = ReviewDecision.objects.filter(owner=handle, done_on=None)
    return decided(held.select_related("review").order_by("due", "id"))


def decided(found: Iterable[ReviewDecision]) -> list[Decided]:
    """These, with what their populations and people are called."""
    held = list(found)
    handles = {h for one in held for h in (one.owner, one.decided_by)}
    names, here = organization.names_of(handles), organization.active_among(handles)
    titles, today = organization.population_titles(), now().date()
    return [
        Decided(
            one, titles.get(one.population, one.population), name_in(names, one.owner),
            name_in(names, one.decided_by), one.done_on is None and one.due < today,
            one.owner not in here,
        )
        for one in held
    ]  # fmt: skip


def reviews_of(use_case: str) -> list[Review]:
    """Every review of a use case, the newest first."""
    held = Review.objects.filter(use_case=use_case).prefetch_related("decisions")
    return list(held.order_by("-year", "-week"))


def this_week(use_case: str) -> Review | None:
    """The review of this week, where it was opened."""
    year, week = week_of(now().date())
    return Review.objects.filter(use_case=use_case, year=year, week=week).first()


def reviews_lately(use_case: str, today: date) -> list[Review]:
    """Reviews of this week and the four before."""
    weeks = [week_of(today), *weeks_before(today, 4)]
    wanted = Q()
    for year, week in weeks:
        wanted |= Q(year=year, week=week)
    return list(Review.objects.filter(wanted, use_case=use_case).order_by("-year", "-week"))
