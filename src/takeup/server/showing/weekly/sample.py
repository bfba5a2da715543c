"""The sample bank's reviews: two past ones, a decision that is done and one that is open; managers who looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from takeup.record.clock import at, now
from takeup.server.deployment.roles import Role
from takeup.server.deployment.sampled import Bank
from takeup.server.foundation.organization.services import named_with, who_manages
from takeup.server.showing.weekly import services
from takeup.server.showing.weekly.looking import note_opened
from takeup.server.showing.weekly.models import Review

_WEEKS = 4
_NEVER_LOOK = 2
"""Managers of the sample who did not open the week: enough of the others did, so that nobody is found by it."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A decision of a review so many weeks ago: of whom, what, in how many days, after how many it was done."""

    ago: int
    population: str
    text: str
    owner: Role
    days: int
    done_after: int | None = None
    came_of_it: str = ""


_DECIDED = (
    _Told(4, "LO2", "Ask eight officers in the rural branches which local income the model does not see, and hand the list "
          "to the model’s makers.", Role.PROGRAMME_LEAD, 10, 8, "Eleven kinds of income, nine of them in no column yet."),
    _Told(1, "LO1", "Work one live case with your team in which an officer disagreed and was right.", Role.MANAGER, 14),
    _Told(1, "", "The monthly target that asks for few overrides goes, for everybody, from January.", Role.EXECUTIVE, 21),
)  # fmt: skip


def afterwards(bank: Bank) -> None:
    """Each review as of its week; its figures were of that day and are not kept."""
    for told in _DECIDED:
        _decide(bank.use_case, told)
    managers = sorted({one.handle for one in who_manages(now().date())})
    for back in range(1, _WEEKS + 1):
        for handle in managers[_NEVER_LOOK:]:
            note_opened(bank.use_case, handle, now().date() - timedelta(weeks=back))


def _owner(told: _Told) -> str:
    """Who holds the role; of managers the first of the population's teams."""
    today = now().date()
    if told.owner is Role.MANAGER:
        led = [one for one in who_manages(today) if one.population == told.population]
        return min(led, key=lambda one: one.team).handle
    ((owner, _name), *_) = named_with([told.owner], today)
    return owner


def _decide(use_case: str, told: _Told) -> None:
    today = now().date()
    ((lead, _name), *_) = named_with([Role.PROGRAMME_LEAD], today)
    owner = _owner(told)
    opened_at = now() - timedelta(weeks=told.ago)
    with at(opened_at):
        review, _made = services.open_review(use_case, by=lead)
        due = now().date() + timedelta(days=told.days)
        made = services.decide(
            review.pk, told.text, owner=owner, due=due, by=lead, population=told.population
        )
        Review.objects.filter(pk=review.pk).update(figures_of=None)
    if told.done_after is not None:
        with at(opened_at + timedelta(days=told.done_after)):
            services.done(made.pk, by=owner, came_of_it=told.came_of_it)
