"""Every day each milestone is looked at: done where all of it holds, open again where something no longer does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta

from django.db import transaction

from takeup.server.acting.sprint.facts import Facts, known_of
from takeup.server.acting.sprint.looking import look_at_gates
from takeup.server.acting.sprint.milestone import Attest, Known, Milestone, Seen, lacks, seen_of
from takeup.server.acting.sprint.milestones import MILESTONES
from takeup.server.acting.sprint.models import MilestoneState, Sprint
from takeup.server.acting.sprint.seen import seen_in
from takeup.server.acting.sprint.services import (
    happened,
    holding_on,
    left,
    owners_of,
    path_of,
    plan_of,
    running,
)
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Role

_TOLD_BEFORE = timedelta(days=7)


def evaluate_use_case(use_case: str, today: date) -> None:
    """Every running sprint of a use case, once more today."""
    for sprint in running(use_case):
        evaluate(sprint, today)


def evaluate_rest(today: date) -> None:
    """Sprints that were not looked at today: of use cases of which nothing is recorded yet."""
    for sprint in running():
        if sprint.evaluated_on != today:
            evaluate(sprint, today)


@transaction.atomic
def evaluate(sprint: Sprint, today: date, facts: Facts | None = None) -> Known:
    """Look at every milestone and gate of a sprint; what was seen is kept. Owners are told of what is due and what is late."""
    known = known_of(sprint, today, facts)
    states = {one.milestone: one for one in sprint.states.all()}
    for key, milestone in MILESTONES.items():
        state = states.get(key) or MilestoneState(sprint=sprint, milestone=key)
        _look(sprint, milestone, state, seen_of(milestone, known), today)
    look_at_gates(sprint, known)
    sprint.evaluated_on = today
    sprint.save(update_fields=["evaluated_on"])
    _remind(sprint, today)
    return known


def _look(
    sprint: Sprint, milestone: Milestone, state: MilestoneState, seen: Mapping[str, Seen], today: date
) -> None:  # fmt: skip
    open_ = lacks(milestone, seen)
    state.attested_only = not open_ and all(one.attested for one in seen.values() if one.holds)
    if state.done_on is None and not open_:
        state.done_on, state.reopened = today, ""
        happened(sprint, milestone.id, "done", "attested, not verified" if state.attested_only else "")  # fmt: skip
    elif state.done_on is not None and (fell := _fallen(milestone, state, seen, open_)):
        state.done_on = None
        state.reopened = "; ".join(_fell(milestone, key, seen[key]) for key in fell)[:500]
        happened(sprint, milestone.id, "reopened", state.reopened)
    state.seen = {key: asdict(one) for key, one in seen.items()}
    state.seen_on = today
    state.save()


def _fallen(
    milestone: Milestone, state: MilestoneState, seen: Mapping[str, Seen], open_: Sequence[str]
) -> list[str]:
    """What holds no more. What is not known today may hold all the same: a figure that may not be shown for once takes
    nothing back; a signature that stood in its place and was taken back does."""
    before = seen_in(state)
    back = {
        one.instead_of for one in milestone.items
        if isinstance(one, Attest) and one.key in before and before[one.key].holds and not seen[one.key].holds
    }  # fmt: skip
    return [key for key in open_ if seen[key].holds is False or key in back]


def _fell(milestone: Milestone, key: str, seen: Seen) -> str:
    item = milestone.item(key)
    return f"{item.words if item else key}: {seen.words}"


def _remind(sprint: Sprint, today: date) -> None:
    """Owners, once a week before a milestone is due and once it is late; leads where an owner left."""
    planned, owners = plan_of(sprint, today), owners_of(sprint, holding_on(today))
    for key, milestone in MILESTONES.items():
        one = planned[key]
        if one.done is not None:
            continue
        path = f"{path_of(sprint)}/{key}"
        if one.late(today):
            text = f"It was due on {one.due:%-d %B %Y}. What waits for it moves with every day."
            subject = f"Late: {milestone.name}"
            tell(owners[key], f"sprint:{sprint.pk}:{key}:late:{one.due}", subject, text, path)
        elif timedelta(0) <= one.due - today <= _TOLD_BEFORE:
            subject = f"Due on {one.due:%-d %B}: {milestone.name}"
            tell(owners[key], f"sprint:{sprint.pk}:{key}:due:{one.due}", subject, "What it still lacks stands on its page.", path)  # fmt: skip
    for gate in ("G30", "G60", "G90"):
        one = planned[gate]
        if one.done is None and one.due - today <= _TOLD_BEFORE and today >= sprint.starts_on:
            decider = sprint.deciders.get(gate, "")
            subject = f"The gate of day {gate[1:]} is decided on {max(one.due, today):%-d %B}: {sprint.title}"
            tell([decider], f"sprint:{sprint.pk}:{gate}:{one.due}", subject, "Its clauses, and what they lack, stand on its page.", f"{path_of(sprint)}/{gate}")  # fmt: skip
    leads = [handle for handle, _ in organization.named_with([Role.PROGRAMME_LEAD], today)]
    for key in left(sprint):
        subject = f"Whoever answered for {key} has left: {sprint.title}"
        tell(leads, f"sprint:{sprint.pk}:{key}:left", subject, "Name somebody else.", path_of(sprint))  # fmt: skip
