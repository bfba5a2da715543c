"""M07: the model answers beside people who do not see it."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from takeup.record.milestones import MilestoneRecord
from takeup.server.acting.sprint.milestone import Check, Known, Milestone, Need, Seen
from takeup.server.acting.sprint.seeing import Reaches, over_populations
from takeup.server.deployment.roles import Role

_CASES, _JUDGED = 200, 60


def _where_needed(sees: Callable[[Known], Seen]) -> Callable[[Known], Seen]:
    """What is live already goes into shadow only where people doubt the advice or the model has an issue."""

    def seen(known: Known) -> Seen:
        found = sees(known)
        if not known.remediation or found.holds is True:
            return found
        if not (known.of("reasons.told") and known.of("model.net_harm")):
            return Seen(None, "whether it is needed is not known yet")
        asks = [
            one for fact in ("reasons.doubt", "model.issue")
            for one in known.of(fact).values() if one.figure
        ]  # fmt: skip
        if not asks:
            return Seen(True, "not needed: no doubt of the advice and no model issue was found")
        if found.holds is None:
            return Seen(
                False, "needed, as the advice is doubted or has an issue; there was no shadow"
            )
        return found

    return seen


def _cases(known: Known) -> Seen:
    """Two hundred cases, or sixty judged."""
    judged = known.of("rollout.shadow_judged")

    def holds(one: MilestoneRecord) -> bool:
        beside = judged.get(one.population)
        return (one.value or 0) >= _CASES or (beside is not None and (beside.value or 0) >= _JUDGED)

    held = known.of("rollout.shadow_cases")
    return over_populations(
        known, held, holds, lambda one: f"{one.value or 0:,.0f} cases", cohorts=True
    )


MILESTONE = Milestone(
    "M07",
    _("Shadow mode for early cohorts"),
    "shadow",
    31,
    58,
    Role.PRODUCT_TEAM,
    items=(
        Check(
            "days",
            _("Twenty days of shadow in each cohort"),
            _where_needed(Reaches("rollout.shadow_days", at_least=20, unit="days", cohorts=True)),
            about="rollout.shadow_days",
        ),
        Check(
            "cases",
            _("Two hundred shadow cases in each cohort, or sixty that were judged"),
            _where_needed(_cases),
            about="rollout.shadow_cases",
        ),
        Check(
            "first",
            _("People answered first in 95 of 100 pairs"),
            _where_needed(Reaches("rollout.own_answer_first", at_least=0.95, cohorts=True)),
            about="rollout.own_answer_first",
        ),
    ),
    needs=(
        Need("M05"),
        Need("T2"),
    ),
)
