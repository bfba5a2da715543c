"""The rules of every rollout as of a moment, and what clients are told of them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from pydantic_core import to_json

from takeup.record.assignment import EVERYBODY_ELSE, Rules, Stage, person_mark
from takeup.record.clock import now
from takeup.server.acting.rollout.models import Draw, Step, Stop, StopDrill
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization import services as organization


def rules_in_force(
    names: Collection[str], moment: datetime, *, drills: bool = True
) -> dict[str, Rules]:
    """The rules of the use cases of these names; one without any step is in shadow. With the stop that is rehearsed at
    that moment, unless `drills` are left out: a drill is no decision."""
    draws = {draw.use_case: draw for draw in Draw.objects.filter(use_case__in=names)}
    stages: dict[str, dict[str, Stage]] = {name: {} for name in names}
    for step in begun(names, moment):
        stages[step.use_case][step.cohort] = Stage(step.mode, step.share, step.unit)  # type: ignore[arg-type]
    stops = Stop.objects.filter(use_case__in=names, lifted_at=None).order_by("id")
    kinds: dict[str, list[dict[str, str]]] = {name: [] for name in names}
    for stop in stops:
        kinds[stop.use_case].append(stop.kind)
    found = {}
    for name in names:
        draw = draws.get(name) or Draw(use_case=name, salt="")
        withheld = [*organization.declared(name).reserved_kinds, *(k for k in kinds[name] if k)]
        found[name] = Rules(
            draw.salt,
            {EVERYBODY_ELSE: Stage("shadow")} | stages[name],
            draw.blind,
            draw.ask_first,
            tuple(withheld),
            any(not kind for kind in kinds[name]),
        )
    for drill in drills_running(names, moment) if drills else ():
        seconds = (drill.ends_at - drill.made_at).total_seconds()
        rules = found[drill.use_case]
        found[drill.use_case] = rules.rehearsed(drill.pk, seconds, _drilled(drill, rules))
    return found


def drills_running(names: Collection[str], moment: datetime) -> list[StopDrill]:
    """Drills whose stop holds at that moment. It ends by the clock: no job lifts it."""
    held = StopDrill.objects.filter(use_case__in=names, made_at__lte=moment, ends_at__gt=moment)
    return list(held.order_by("id"))


def _drilled(drill: StopDrill, rules: Rules) -> list[str] | None:
    """The cohorts that a drill is on; None where it is on everybody."""
    if drill.everybody:
        return None
    if drill.cohort:
        return [drill.cohort]
    return ["", *(c for c in organization.cohort_keys() if c not in rules.cohorts)]


def begun(names: Collection[str], moment: datetime) -> Iterable[Step]:
    """Steps that have begun, the one that holds last for each cohort."""
    return Step.objects.filter(use_case__in=names, from_at__lte=moment, withdrawn_at=None).order_by(
        "from_at", "id"
    )


def told(names: Collection[str]) -> dict[str, Any]:
    """What a client needs to decide by itself whether advice is shown: rules by use case, and in
    which cohort and team people are, by a keyed mark instead of their ids."""
    rules = rules_in_force(names, now())
    salt = hashlib.blake2b(b"people", key=settings.SECRET_KEY.encode()[:64], digest_size=8).hexdigest()  # fmt: skip
    cohorts = {cohort for one in rules.values() for cohort in one.cohorts if cohort}
    teams = any(
        stage.unit == "team" and stage.share < 1
        for one in rules.values()
        for stage in one.cohorts.values()
    )
    return {
        "modes": {name: mode_of(one) for name, one in rules.items()},
        "rollouts": {name: one.to_json() for name, one in rules.items()},
        "people_salt": salt,
        "people": _people.marked(salt, frozenset(cohorts), teams),
    }


def mode_of(rules: Rules) -> str:
    """The mode of everybody who is in no cohort of the rollout."""
    stage = rules.stage_of(None)
    return "shadow" if rules.stopped and stage.mode != "off" else stage.mode


class _People:
    """Where people are, kept until the organization changes (every change of it is audited) or
    the day does."""

    def __init__(self) -> None:
        self._held: dict[Any, dict[str, tuple[str, str]]] = {}

    def marked(self, salt: str, cohorts: frozenset[str], teams: bool) -> dict[str, tuple[str, str]]:
        """Cohort and team by mark; everybody where teams are drawn."""
        if not cohorts and not teams:
            return {}
        today = now().date()
        state = (audit.last_number(), today, salt, cohorts, teams)
        if state not in self._held:
            places = organization.cohort_and_team_on(today, None if teams else cohorts)
            self._held = {
                state: {
                    person_mark(salt, person): (cohort or "", team or "")
                    for person, cohort, team in places
                }
            }
        return self._held[state]


_people = _People()
HELD_SECONDS = 0.5
"""How long an answer is given again without looking."""


class HeldAnswers:
    """The body and the tag of `GET /modes` by scope of use cases, for `HELD_SECONDS`: clients ask
    every other second, each of them."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, ...], tuple[float, bytes, str]] = {}

    def held(self, scope: tuple[str, ...]) -> tuple[bytes, str] | None:
        """What was told within the last moment; None where it is older."""
        at, body, tag = self._held.get(scope, (0.0, b"", ""))
        return (body, tag) if time.monotonic() - at < HELD_SECONDS else None

    def hold(self, scope: tuple[str, ...]) -> tuple[bytes, str]:
        """What holds now, kept for a moment."""
        names = organization.use_case_names()
        found = told([n for n in names if not scope or n in scope])
        body = to_json(found)
        tag = f'"{hashlib.blake2b(body, digest_size=_MARK).hexdigest()}{_drills_in(found)}"'
        self._held[scope] = (time.monotonic(), body, tag)
        return body, tag


_MARK = 12
"""Bytes of an answer's mark."""


def _drills_in(found: dict[str, Any]) -> str:
    """Which drills an answer tells of, as they stand in its tag."""
    numbers = [rules["drill"]["number"] for rules in found["rollouts"].values() if "drill" in rules]
    return "".join(f".{number}" for number in numbers)


def told_of(tag: str) -> set[int]:
    """The drills that an answer with this tag told of."""
    return {int(number) for number in tag.strip('"').split(".")[1:]}


def planned(names: Collection[str], moment: datetime) -> Iterable[Step]:
    """Steps that have not begun and were not withdrawn, the next first."""
    return Step.objects.filter(use_case__in=names, from_at__gt=moment, withdrawn_at=None).order_by(
        "from_at", "id"
    )
