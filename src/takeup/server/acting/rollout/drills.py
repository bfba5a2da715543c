"""Stop drills: a stop that is rehearsed for a minute, and how long every client took to obey it.

A drill ends by the clock, with no job: `in_force.rules_in_force` looks at its end, and a client that loses the server
ends it by itself. A key's clients are timed from the answer of `GET /modes` that first told them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.rollout.in_force import drills_running, rules_in_force, told_of
from takeup.server.acting.rollout.models import DrilledClient, Heard, StopDrill
from takeup.server.deployment.locks import hold_to_commit
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization import services as organization

LASTS = timedelta(minutes=1)
OBEYS_WITHIN = 5.0
"""Seconds in which every client is to obey. A client asks every other second, and what it is told may be half a second
old (`in_force.HELD_SECONDS`): that is 2.5, twice over for one answer that is lost."""
ASKED_WITHIN = timedelta(hours=1)
"""Who asked no later is timed. A client that was not told for an hour shows no advice anyway (`keep_mode`)."""
COUNTS_FOR = timedelta(days=90)
"""How long a drill says something of the clients there are."""


@dataclass(frozen=True, slots=True)
class Timed:
    """The clients of one key: seconds until they were told of the stop, and from its end until they were told of that;
    None where they have not been."""

    sender: str
    told: float | None
    again: float | None


@dataclass(frozen=True, slots=True)
class DrillSeen:
    """What a drill has shown by now. `running`: its stop holds; `measured`: nothing more is waited for; `passed` is None
    until then; `deaf`: senders whose clients were not told in time, of the stop or of its end."""

    drill: StopDrill
    running: bool
    measured: bool
    clients: tuple[Timed, ...]

    @property
    def slowest(self) -> float | None:
        """Seconds of the slowest client that was told of the stop."""
        return max((one.told for one in self.clients if one.told is not None), default=None)

    @property
    def slowest_again(self) -> float | None:
        """Seconds of the slowest client that was told of its end."""
        return max((one.again for one in self.clients if one.again is not None), default=None)

    @property
    def deaf(self) -> tuple[str, ...]:
        """Who was not told in time."""
        within = self.drill.within
        late = [
            one for one in self.clients if not (_in(one.told, within) and _in(one.again, within))
        ]
        return tuple(sorted({one.sender for one in late}))

    @property
    def passed(self) -> bool | None:
        """Whether every client obeyed in time, both ways."""
        return None if not self.measured else not self.deaf


def _in(seconds: float | None, within: float) -> bool:
    return seconds is not None and seconds <= within


@transaction.atomic
def start_drill(use_case: str, *, by: str, cohort: str = "", everybody: bool = False) -> StopDrill:
    """No advice for a cohort (empty: everybody else), or for `everybody`, for a minute from now on. Raises InputError
    where nobody there has advice, where it is stopped in earnest or rehearsed already, or where no client asks."""
    hold_to_commit("stop drill")
    moment = now()
    if use_case not in organization.use_case_names():
        raise InputError(f"there is no use case {use_case!r}")
    _need_advice(use_case, cohort, everybody, moment)
    before = newest_drill(use_case)
    if before is not None and moment < before.ends_at + timedelta(seconds=before.within):
        raise InputError(
            f"a stop is rehearsed until {before.ends_at:%H:%M:%S} UTC and timed until a moment later: one at a time"
        )
    asking = list(_asking(use_case, moment))
    if not asking:
        raise InputError(
            "no client asked within the last hour who sees advice, so there is nothing to time: hosts that ask with "
            "each case are told with each"
        )
    drill = StopDrill.objects.create(
        use_case=use_case, cohort="" if everybody else cohort, everybody=everybody,
        within=OBEYS_WITHIN, made_at=moment, ends_at=moment + LASTS, made_by=by,
    )  # fmt: skip
    DrilledClient.objects.bulk_create(
        DrilledClient(drill=drill, key=one.key, sender=one.sender) for one in asking
    )
    audit.record(
        "rollout.drill", actor=by, use_case=use_case, cohort=drill.cohort, everybody=everybody,
        ends_at=drill.ends_at.isoformat(), clients=len(asking),
    )  # fmt: skip
    return drill


def _need_advice(use_case: str, cohort: str, everybody: bool, moment: datetime) -> None:
    rules = rules_in_force([use_case], moment, drills=False)[use_case]
    if rules.stopped or (not everybody and {"cohort": cohort} in rules.withheld):
        raise InputError("advice is stopped there in earnest: lift that stop first, then rehearse")
    if cohort and cohort not in {*organization.cohort_keys(), *rules.cohorts}:
        raise InputError(f"there is no cohort {cohort!r}; the organization's file names cohorts")
    stages = rules.cohorts.values() if everybody else [rules.stage_of(cohort)]
    if not any(stage.mode == "assist" and stage.share > 0 for stage in stages):
        raise InputError("nobody there sees advice, so there is nothing to stop")


def _asking(use_case: str, moment: datetime) -> Iterable[Heard]:
    for one in Heard.objects.filter(at__gte=moment - ASKED_WITHIN).order_by("sender", "key"):
        if not one.use_cases or use_case in one.use_cases:
            yield one


def heard(key: str, tag: str) -> None:
    """The clients behind a key were given the answer of this tag: what it tells them of drills is timed."""
    moment, told = now(), told_of(tag)
    waiting = DrilledClient.objects.filter(
        key=key, again_at=None, drill__made_at__gte=moment - ASKED_WITHIN
    ).select_related("drill")
    for one in waiting:
        if one.drill_id in told:
            if one.told_at is None:
                one.told_at = moment
                one.save(update_fields=["told_at"])
        elif moment >= one.drill.ends_at:
            one.again_at = moment
            one.save(update_fields=["again_at"])


def drill_running(use_case: str) -> StopDrill | None:
    """The drill whose stop holds now."""
    return next(iter(drills_running([use_case], now())), None)


def newest_drill(use_case: str) -> StopDrill | None:
    """The drill that was begun last."""
    return StopDrill.objects.filter(use_case=use_case).order_by("-id").first()


def drills_of(use_case: str, most: int = 10) -> list[DrillSeen]:
    """Drills of a use case, the newest first."""
    held = StopDrill.objects.filter(use_case=use_case).prefetch_related("clients")
    return [seen_of(drill) for drill in held.order_by("-id")[:most]]


def seen_of(drill: StopDrill) -> DrillSeen:
    """What a drill has shown by now."""
    moment = now()
    clients = sorted(drill.clients.all(), key=lambda one: (one.sender, one.key))
    timed = tuple(
        Timed(
            one.sender, _between(drill.made_at, one.told_at), _between(drill.ends_at, one.again_at)
        )
        for one in clients
    )
    over = moment >= drill.ends_at + timedelta(seconds=drill.within)
    return DrillSeen(
        drill,
        moment < drill.ends_at,
        over or (moment >= drill.ends_at and all(one.again is not None for one in timed)),
        timed,
    )


def _between(begins: datetime, moment: datetime | None) -> float | None:
    return None if moment is None else max((moment - begins).total_seconds(), 0.0)


def counted_drill(use_case: str, cohort: str | None = None) -> DrillSeen | None:
    """The newest drill of the last 90 days that is measured: on this cohort or on everybody; None for `cohort`: on any
    of them."""
    held = StopDrill.objects.filter(use_case=use_case, made_at__gte=now() - COUNTS_FOR)
    if cohort is not None:
        held = held.filter(Q(everybody=True) | Q(cohort=cohort))
    found = (seen_of(drill) for drill in held.order_by("-id"))
    return next((seen for seen in found if seen.measured), None)


@transaction.atomic
def enter_drills(use_case: str) -> None:
    """What drills have shown goes into the audit log, once."""
    for drill in StopDrill.objects.filter(use_case=use_case, entered_at=None):
        seen = seen_of(drill)
        if not seen.measured:
            continue
        drill.entered_at = now()
        drill.save(update_fields=["entered_at"])
        audit.record(
            "rollout.drill_timed", use_case=use_case, cohort=drill.cohort, everybody=drill.everybody,
            passed=seen.passed, slowest=seen.slowest, slowest_again=seen.slowest_again,
            late=list(seen.deaf), clients=len(seen.clients),
        )  # fmt: skip


def where_words(drill: StopDrill, titles: dict[str, str], words: Sequence[str]) -> str:
    """Whom a drill was on; `words`: everybody, everybody else."""
    if drill.everybody:
        return words[0]
    return titles.get(drill.cohort, drill.cohort) or words[1]
