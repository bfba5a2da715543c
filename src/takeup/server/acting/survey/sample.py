"""The sample bank's surveys: both branches were asked last month, and those who answered are among the officers."""

from __future__ import annotations

from datetime import timedelta

from takeup.record.clock import at, now
from takeup.record.questionnaire import ITEMS
from takeup.server.acting.survey.models import Round
from takeup.server.acting.survey.services import (
    answer,
    begin_and_close,
    open_round,
    path_of,
)
from takeup.server.deployment.roles import Role
from takeup.server.deployment.sampled import Bank
from takeup.server.foundation.organization.services import named_with

_YEARS = ("under_2", "2_to_5", "6_to_10", "over_10")
_BEGAN, _DAYS = timedelta(days=40), timedelta(days=13)


def prepare(bank: Bank) -> None:
    """Asked, answered and ended."""
    bank.step("asking its people")
    ((lead, _),) = named_with([Role.PROGRAMME_LEAD], now().date())
    rows = bank.survey.to_pylist()
    begun = now() - _BEGAN
    for population in dict.fromkeys(row["population"] for row in rows):
        said = [{i: row[i] for i in ITEMS} for row in rows if row["population"] == population]
        with at(begun):
            first = begun.date()
            one = open_round(bank.use_case, population, first, first + _DAYS, by=lead)
            _answered(one, said)
    with at(begun + _DAYS + timedelta(days=1)):
        begin_and_close(now().date())


def _answered(one: Round, said: list[dict[str, int]]) -> None:
    asked = sorted(one.invitations.values_list("handle", flat=True))
    for handle, answers in zip(asked, said, strict=False):
        years = _YEARS[int(handle, 16) % len(_YEARS)]
        answer(path_of(one.pk, handle).removeprefix("/survey/"), answers, {"tenure": years})
