"""The sample bank's sprint: it went live, was little used, and stands on day 67 of mending that; two milestones are late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from takeup.record.clock import at, now
from takeup.server.acting.sprint import services
from takeup.server.acting.sprint.deciding import decide
from takeup.server.acting.sprint.evaluating import evaluate
from takeup.server.acting.sprint.milestone import Attest
from takeup.server.acting.sprint.milestones import MILESTONES
from takeup.server.acting.sprint.models import Happened, MilestoneState, Sprint
from takeup.server.deployment import documents
from takeup.server.deployment.roles import Role
from takeup.server.deployment.sampled import Bank
from takeup.server.foundation.organization.services import named_with

DAY = 67
_DEVIATES = (
    "Three managers practise next week; waiting would leave both branches without the weekly review. Advice on local income "
    "stays with people until the next release."
)
_SIGNED_BY = {
    Role.PROGRAMME_LEAD: "rollout plan", Role.ROLE_OWNER: "minutes of the role workshop",
    Role.PRODUCT_TEAM: "design of the form", Role.EXECUTIVE: "letter to managers",
}  # fmt: skip


def afterwards(bank: Bank) -> None:
    """Begun, looked at, signed and decided as of its days; today's look is the real one."""
    bank.step("looking back on its sprint")
    begun = now() - timedelta(days=DAY)
    lead, executive = (_holder(role) for role in (Role.PROGRAMME_LEAD, Role.EXECUTIVE))
    with at(begun):
        sprint = services.begin(
            bank.use_case, begun.date(), by=lead, title="Credit advice that is used", remediation=True,
            deciders={"G30": executive, "G60": executive, "G90": executive},
        )  # fmt: skip
    _signatures(sprint)
    _technical(sprint, begun.date(), lead)
    evaluate(sprint, now().date())
    _as_it_was(sprint, begun)
    _gates(sprint, executive)
    evaluate(sprint, now().date())


def _holder(role: Role) -> str:
    return named_with([role], now().date())[0][0]


def _signatures(sprint: Sprint) -> None:
    """What is due by now and cannot be seen, each signed three days before its day, with a document."""
    planned = services.plan_of(sprint, sprint.starts_on)
    holders = {role: _holder(role) for role in _SIGNED_BY}
    for key, milestone in MILESTONES.items():
        due = planned[key].due
        if due > now().date():
            continue
        for item in milestone.items:
            if isinstance(item, Attest):
                _sign(sprint, key, item, due - timedelta(days=3), holders)


def _sign(sprint: Sprint, key: str, item: Attest, day: date, holders: Mapping[Role, str]) -> None:
    role = item.roles[0]
    text = f"{_SIGNED_BY.get(role, 'notes')}\n\n{item.words}\n(invented, as everything in this sample)\n"
    file = SimpleUploadedFile(f"{key}-{item.key}.txt", text.encode())
    with at(datetime.combine(day, now().timetz())):
        services.sign(
            sprint, key, item.key, by=holders[role], roles=[role], document=documents.keep(file)
        )


def _technical(sprint: Sprint, begun: date, lead: str) -> None:
    """Its technical track was over when it began, but for monitoring."""
    for n, key in enumerate(("T1", "T2", "T3", "T4")):
        day = begun - timedelta(days=40 - 8 * n)
        services.set_technical(sprint, key, day, by=lead, done_on=day, source="plan.csv")
    services.set_technical(sprint, "T5", begun + timedelta(days=75), by=lead, source="plan.csv")


def _as_it_was(sprint: Sprint, begun: datetime) -> None:
    """What holds today was done two days before it was due, as its history tells."""
    planned = services.plan_of(sprint, begun.date())
    for state in sprint.states.exclude(done_on=None):
        due = min(planned[state.milestone].was, now().date()) - timedelta(days=2)
        Happened.objects.filter(sprint=sprint, about=state.milestone).delete()
        Happened.objects.create(sprint=sprint, about=state.milestone, day=due, what="done")
        MilestoneState.objects.filter(pk=state.pk).update(done_on=due)


def _gates(sprint: Sprint, executive: str) -> None:
    """The first as its clauses said; the second against them, with a reason that everybody reads."""
    with at(now() - timedelta(days=DAY - 30)):
        evaluate(sprint, now().date())
        look = sprint.looks.get(gate="G30")
        decide(sprint, "G30", look.evidence["says"], by=executive, looked_at=look.sha256)
    with at(now() - timedelta(days=DAY - 61)):
        evaluate(sprint, now().date())
        look = sprint.looks.get(gate="G60")
        decide(
            sprint, "G60", "go" if look.evidence["says"] != "go" else "intervene", by=executive,
            looked_at=look.sha256, reason=_DEVIATES,
        )  # fmt: skip
