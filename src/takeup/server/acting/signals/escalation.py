"""Late responses go up the line: owner, programme lead, executive; each level is told once, one a working day."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from takeup.record.clock import now
from takeup.server.acting.signals.models import Escalation, Response
from takeup.server.acting.signals.rules import HOLDERS, LEVELS, Level
from takeup.server.acting.signals.services import awaited, path_of
from takeup.server.deployment.working_days import is_working_day, working_days_late
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Role


def escalate(today: date) -> int:
    """Tell the next level of every response that is late on a working day; of how many was told. Drills go up no line,
    and what queues is not late."""
    if not is_working_day(today):
        return 0
    waiting = Response.objects.filter(closed_at=None, queued=False, drill=False)
    return sum(_escalate(response, today) for response in waiting.order_by("id"))


@transaction.atomic
def _escalate(response: Response, today: date) -> bool:
    _tell_where_the_owner_left(response, today)
    day, what = awaited(response)
    late = working_days_late(day, today)
    told = set(response.escalations.values_list("level", flat=True))
    next_ = next((one for one in LEVELS if one.number not in told), None)
    if (
        next_ is None
        or late < next_.late
        or response.escalations.filter(told_at__date=today).exists()
    ):
        return False
    people = _people(response, next_, today)
    made = Escalation.objects.create(
        response=response, level=next_.number, people=len(people), told_at=now()
    )
    text = f"{response.evidence}. It has waited for {what} since {day:%-d %B %Y}. Ask: “{response.question}”"
    tell(
        people, f"signal:{response.pk}:late:{made.level}", f"Overdue: {response.words}", text,
        path_of(response), to_webhooks=next_.number > 1,
    )  # fmt: skip
    audit.record(
        "signal.escalated", use_case=response.use_case, population=response.population,
        code=response.code, level=made.level, late=late,
    )  # fmt: skip
    return True


def _people(response: Response, level: Level, today: date) -> list[str]:
    """Who is told: those of the level's roles; at the first its owner, or who could be where there is none."""
    if level.roles:
        return [handle for handle, _ in organization.named_with(level.roles, today)]
    if organization.active_person(response.owner) is not None:
        return [response.owner]
    holders = HOLDERS.get(response.owner_role, ()) or (Role.PROGRAMME_LEAD,)
    return [handle for handle, _ in organization.named_with(holders, today)]


def _tell_where_the_owner_left(response: Response, today: date) -> None:
    if not response.owner or organization.active_person(response.owner) is not None:
        return
    leads = [handle for handle, _ in organization.named_with([Role.PROGRAMME_LEAD], today)]
    tell(
        leads, f"signal:{response.pk}:left:{response.owner}", f"Nobody answers: {response.words}",
        f"Who answered for this has left. {response.evidence}. Name somebody else.", path_of(response),
    )  # fmt: skip
