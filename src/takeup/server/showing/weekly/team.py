"""What a manager sees of the teams they lead: groups of the minimum size, never a person."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takeup.questions.knowledge.level_needs import STUCK_DAYS, LevelNeed, level_need
from takeup.server.acting.interventions.services import path_of, runs
from takeup.server.acting.signals.services import awaited, open_responses
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Manages
from takeup.server.showing.overview.queries import positions_since
from takeup.server.showing.overview.services import Snapshot, newest_by_use_case
from takeup.server.showing.weekly import queries
from takeup.server.showing.weekly.agenda import Ask, questions, states_of
from takeup.server.showing.weekly.looking import own_weeks
from takeup.server.showing.weekly.models import TeamView
from takeup.server.showing.weekly.queries import Due, Row

_CALLED = {
    "consult_rate": gettext_lazy("Looked at"), "effective_reliance": gettext_lazy("Decided with the advice"),
    "override_rate": gettext_lazy("Overridden, of those looked at"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Team:
    """A team with its figures in words; none where they are not shown."""

    called: str
    figures: list[tuple[str, str, int | None]]
    taken: bool


@dataclass(frozen=True, slots=True)
class Led:
    """One population that people of a manager's teams are in, in one use case."""

    use_case: str
    row: Row
    teams: list[Team]
    need: LevelNeed | None
    running: dict[str, int]
    asks: list[Ask]
    stuck: bool


def led_by(handle: str, today: date) -> list[Led]:
    """Every population of their teams that is measured, use case by use case."""
    mine = [one for one in organization.who_manages(today) if one.handle == handle]
    populations = {one.population for one in mine}
    return [
        _led(name, row, mine, today)
        for name, snapshot in newest_by_use_case().items()
        for row in _rows(name, snapshot, populations)
    ]


def _rows(name: str, snapshot: Snapshot, populations: Collection[str]) -> list[Row]:
    if not populations:
        return []
    open_ = queries.beside(name)
    found = queries.places(snapshot, populations, "", False, open_)
    return queries.rows(name, snapshot, [one.key for one in found], open_)


def _led(name: str, row: Row, mine: Collection[Manages], today: date) -> Led:
    view = row.view
    stuck = _stuck(name, row.key, view.get("position"), today)
    facts = view.get("facts") or {}
    need = None
    if view.get("state") == "shown":
        need = level_need(
            view.get("position"), stuck=stuck, experts=view.get("experts", ""), consult=facts.get("consult_rate"),
        )  # fmt: skip
    asks = questions(states_of(view, stuck), [r for r, *_waits in row.signals])
    running = {run.action: run.pk for run, _who in row.actions}
    return Led(name, row, _teams(name, row.key, mine), need, running, asks, stuck)


def _stuck(use_case: str, key: str, position: int | None, today: date) -> bool:
    """Whether it stands on its level for eight weeks."""
    if position is None:
        return False
    began = today - timedelta(days=STUCK_DAYS)
    seen = positions_since(use_case, key, began)
    whole = bool(seen) and seen[0][0] <= began + timedelta(days=1)
    return whole and all(one == position for _day, one in seen)


def _teams(use_case: str, population: str, mine: Collection[Manages]) -> list[Team]:
    """Teams of which people are in the population, with the figures of the newest day."""
    keys = sorted({one.team for one in mine if one.population == population})
    held = {one.team: one for one in TeamView.objects.filter(use_case=use_case, team__in=keys)}
    titles = organization.team_titles()
    return [Team(titles.get(key, key), _figures(held.get(key)), key in held) for key in keys]


def _figures(view: TeamView | None) -> list[tuple[str, str, int | None]]:
    figures: list[Mapping[str, Any]] = view.figures if view else []
    return [(str(_CALLED[one["name"]]), one["told"], one["n"]) for one in figures]


def due_of(handle: str, today: date) -> list[Due]:
    """What a person answers for themselves, what is due first first: decisions of reviews, steps and checks of actions,
    signals that are theirs."""
    found = [
        Due(one.it.due, queries.DECISION, one.it.text, "", reverse("weekly_review", args=[one.it.review_id]),
            one.it.due < today, one.it.population)
        for one in queries.decisions_of(handle)
    ]  # fmt: skip
    for run in runs():
        if run.owner == handle and run.state in ("planned", "running"):
            open_steps = [step for step in run.steps.all() if step.done_on is None]
            step = min(open_steps, key=lambda one: one.due, default=None)
            day, words = (step.due, step.text) if step else (run.check_on, run.library["do"])
            kind = _("step") if step else _("check")
            found.append(Due(day, kind, words, "", path_of(run), day < today, run.population))
    found += [
        Due(awaited(r)[0], _("signal"), r.question, "", reverse("signals"), awaited(r)[0] < today, r.population)
        for r in open_responses()[0] if r.owner == handle
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.day)


def own_looks(handle: str, use_cases: Collection[str], today: date) -> list[tuple[str, int, int]]:
    """By use case in how many of the last whole weeks a manager opened the week: for them alone."""
    found = [(name, *own_weeks(name, handle, today)) for name in use_cases]
    return [one for one in found if one[2]]
