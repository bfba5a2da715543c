"""A gate is decided: once, by the one who was named, on the clauses as they stand, which are kept with it."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.acting.sprint.looking import mark_of
from takeup.server.acting.sprint.models import GATE_SAYS, GateLook, GateTaken, Sprint
from takeup.server.acting.sprint.plan import GATES
from takeup.server.acting.sprint.services import need_short, path_of
from takeup.server.deployment.roles import Role
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization


def look_of(sprint: Sprint, gate: str) -> GateLook | None:
    """What a gate said when it was last looked at; None before the first look."""
    return sprint.looks.filter(gate=gate).first()


def taken(sprint: Sprint, gate: str) -> list[GateTaken]:
    """What was decided at a gate, the newest first."""
    return list(sprint.gates.filter(gate=gate).order_by("-id"))


@transaction.atomic
def decide(
    sprint: Sprint, gate: str, decided: str, *, by: str, looked_at: str, reason: str = "",
    populations: Collection[str] = (),
) -> GateTaken:  # fmt: skip
    """Decide at a gate, with the evidence as it is now: `looked_at` is the mark of what the decider read. `populations`:
    those that go on, where not all do. Raises InputError where somebody else decides, it was decided, what was read has
    changed since, or a decision that departs from the clauses has no reason."""
    held = Sprint.objects.select_for_update().get(pk=sprint.pk)
    if held.ended_on is not None:
        raise InputError("that sprint is over: nothing of it changes any more")
    if gate not in {one.id for one in GATES} or decided not in GATE_SAYS:
        raise InputError("choose go, intervene or hold")
    if held.deciders.get(gate) != by:
        raise InputError("only the person named for this gate decides")
    before = taken(held, gate)
    if before and before[0].decided == "go":
        raise InputError(f"this gate was passed on {before[0].decided_at:%-d %B %Y}: it is not decided again")  # fmt: skip
    look = look_of(held, gate)
    if look is None or look.sha256 != looked_at:
        raise InputError("the clauses have changed since you opened this page: read them again, then decide")  # fmt: skip
    if mark_of(look.evidence) != looked_at:
        raise InputError("the evidence of this gate is not what was looked at, its hash is another: decide after the next night’s look")  # fmt: skip
    need_short(reason)
    if before and before[0].sha256 == looked_at and before[0].decided == decided:
        raise InputError("that was decided on the same evidence already")
    said = str(look.evidence["says"])
    if decided != said and not reason.strip():
        raise InputError(f"the clauses say {said}: give the reason for {decided}, all will read it")  # fmt: skip
    unknown = set(populations) - set(organization.population_keys())
    if unknown or (populations and decided != "intervene"):
        raise InputError("name populations that are there, where some go on and others do not: decide intervene")  # fmt: skip
    made = GateTaken.objects.create(
        sprint=held, gate=gate, said=said, decided=decided, populations=sorted(populations),
        reason=reason.strip(), decided_by=by, decided_at=now(), evidence=look.evidence, sha256=looked_at,
    )  # fmt: skip
    audit.record(
        "sprint.gate_decided", actor=by, number=held.pk, use_case=held.use_case, gate=gate,
        said=said, decided=decided, reason=reason.strip(), sha256=looked_at,
    )  # fmt: skip
    leads = {h for h, _ in organization.named_with([Role.PROGRAMME_LEAD], now().date())} - {by}
    subject = f"Gate of day {gate[1:]}: {decided} ({held.title})"
    tell(sorted(leads), f"sprint:{held.pk}:{gate}:taken:{made.pk}", subject, "The decision and its evidence stand on its page.", f"{path_of(held)}/{gate}")  # fmt: skip
    return made
