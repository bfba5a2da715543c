"""The sample bank's report on the model: this month's, published by its makers."""

from __future__ import annotations

from takeup.record.clock import now
from takeup.server.deployment.roles import Role
from takeup.server.deployment.sampled import Bank
from takeup.server.foundation.organization.services import named_with
from takeup.server.showing.performance.services import approve_report, draft_report

_WORDS = (
    "It is right in nine of ten cases, and in two of three where the income is local and comes once a year: there it does not know "
    "when the money comes. Decide those yourselves; what you mark as wrong there is what the next version learns from."
)


def afterwards(bank: Bank) -> None:
    """Drafted from the first snapshot, approved in somebody's own words."""
    ((by, _),) = named_with([Role.PRODUCT_TEAM], now().date())
    report = draft_report(bank.use_case, by=by)
    approve_report(bank.use_case, report.month, _WORDS, by=by)
