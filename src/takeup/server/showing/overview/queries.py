"""What the overview reads beside the snapshot: what is due, and what changed when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from takeup.record.clock import now
from takeup.server.acting.rollout.services import gates_due, rollout_events
from takeup.server.acting.signals.services import Response, awaited, names_in, open_responses
from takeup.server.foundation.organization import services as organization
from takeup.server.showing.overview.models import PopulationView, Snapshot


@dataclass(frozen=True, slots=True)
class Due:
    """One thing somebody answers by a day."""

    day: date
    kind: str
    title: str
    text: str
    who: str
    path: str
    late: bool


def due_of(use_case: str) -> list[Due]:
    """Signals and gates that wait for an answer, what is due first first."""
    responses, _queued = open_responses(use_case)
    names, titles, today = names_in(responses), organization.population_titles(), now().date()
    cohorts = organization.cohort_titles()
    found = [
        Due(
            awaited(r)[0], _("signal"), f"{titles.get(r.population, r.population or organization.use_case_title(use_case))}: {r.question}",
            f"{r.words.capitalize()}: {r.evidence}.", names.get(r.owner) or r.owner_role, f"/signals#signal-{r.pk}",
            awaited(r)[0] < today,
        )
        for r in responses
    ]  # fmt: skip
    for gate in gates_due(use_case):
        who = organization.names_of([gate.decider]).get(gate.decider, "")
        found.append(
            Due(
                gate.decide_by, _("gate"),
                _("{cohort}: go, hold, or go with kinds left to people?").format(
                    cohort=cohorts.get(gate.cohort, gate.cohort) or _("everybody else")
                ),
                _("The shadow report and the clauses declared beforehand."), who, gate.path,
                gate.decide_by < today,
            )
        )  # fmt: skip
    return sorted(found, key=lambda d: d.day)


Waiting = tuple[Response, str, date, str]
"""An open response: who answers, by which day, and what it waits for."""


def signals_by_population(use_case: str) -> dict[str, list[Waiting]]:
    """Open responses of each population."""
    responses, queued = open_responses(use_case)
    names = names_in([*responses, *queued])
    found: dict[str, list[Waiting]] = {}
    for r in [*responses, *queued]:
        who = names.get(r.owner) or r.owner_role
        found.setdefault(r.population, []).append((r, who, *awaited(r)))
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """What changed on a day: a model or client version, a step, a stop, a decision, people."""

    day: date
    kind: str
    what: str


def changes_of(use_case: str, snapshot: Snapshot) -> list[Change]:
    """Model, client, rollout and organization changes, the newest first."""
    found = [
        Change(date.fromisoformat(day), what.split()[0], what)
        for day, what in snapshot.overview.get("changes", ())
    ]
    found += [Change(day, kind, what) for day, kind, what in rollout_events(use_case)]
    found += [Change(day, "organization", what) for day, what in organization.import_days()]
    return sorted(found, key=lambda c: c.day, reverse=True)


def rows_of(snapshot: Snapshot) -> Any:
    """The populations of a snapshot, the gravest first."""
    return PopulationView.objects.filter(snapshot=snapshot).exclude(key="all").order_by("place")


@dataclass(frozen=True, slots=True)
class Place:
    """Where one population stands in the order of a snapshot: its key, title and whether it is shown."""

    key: str
    title: str
    state: str


def order_of(snapshot: Snapshot) -> list[Place]:
    """Every population, the gravest first, without its figures: there may be hundreds."""
    rows = rows_of(snapshot).values_list("key", "row__title", "row__state")
    return [Place(key, title or key, state or "") for key, title, state in rows]


def views_of(snapshot: Snapshot, keys: Collection[str]) -> dict[str, dict[str, Any]]:
    """Rows of these populations, by key."""
    held = PopulationView.objects.filter(snapshot=snapshot, key__in=keys)
    return dict(held.values_list("key", "row"))


def measured_populations(use_case: str) -> set[str]:
    """The populations of which the newest figures are."""
    newest = Snapshot.objects.filter(use_case=use_case).order_by("-day").values("pk")[:1]
    found = PopulationView.objects.filter(snapshot__in=newest).exclude(key="all")
    return set(found.values_list("key", flat=True))


def positions_since(use_case: str, key: str, day: date) -> list[tuple[date, int | None]]:
    """On which level a population stood from `day` on, by day of the snapshot, the oldest first."""
    held = PopulationView.objects.filter(
        snapshot__use_case=use_case, key=key, snapshot__day__gte=day
    )
    rows = held.order_by("snapshot__day").values_list("snapshot__day", "row__position")
    return [(day, position) for day, position in rows]
