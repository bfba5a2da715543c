"""The sample bank's signals: a sender that went silent and came back, managers who did not look; both answered. What its
decisions show is found by its first snapshot."""

from __future__ import annotations

from datetime import timedelta

from takeup.record.clock import at, now
from takeup.server.acting.signals.models import Response
from takeup.server.acting.signals.rules import NOT_LOOKING, SILENT
from takeup.server.acting.signals.services import Raised, answer, own, take_raised
from takeup.server.deployment.roles import Role
from takeup.server.deployment.sampled import Bank
from takeup.server.foundation.organization.services import named_with


def afterwards(bank: Bank) -> None:
    """Each as of its week."""
    _answered(
        SILENT, "", "branch desk", 33, "last heard on a Friday", Role.ADMINISTRATOR,
        "The desk's key had been renewed and not carried over; it sends again since noon.",
        "Keys are carried over by the team that renews them, on the same day.",
    )  # fmt: skip
    _answered(
        NOT_LOOKING, bank.use_case, "", 26, "in two weeks running some of the 12 managers did not open the weekly page; which, nobody is told", Role.EXECUTIVE,
        "Met with all twelve: the page came on the day of the volume report. It comes on Mondays now.",
        "The week has to come on a day on which somebody has time for it.",
    )  # fmt: skip


def _answered(
    code: str, use_case: str, where: str, ago: int, evidence: str, role: Role, found: str, learned: str
) -> None:  # fmt: skip
    ((handle, _), *_others) = named_with([role], now().date())
    opened = now() - timedelta(days=ago)
    case = use_case or None
    with at(opened):
        take_raised(code, {(use_case, where): Raised(now().date(), evidence)}, use_case=case)
    response = Response.objects.get(code=code, use_case=use_case, population=where)
    with at(opened + timedelta(hours=6)):
        own(response.pk, handle, by=handle)
        answer(response.pk, found, closes=True, learned=learned, by=handle)
    with at(opened + timedelta(days=1)):
        take_raised(code, {}, use_case=case)
