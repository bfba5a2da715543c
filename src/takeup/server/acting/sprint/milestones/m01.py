"""M01: why people would not rely on the advice, population by population."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.record.milestones import MilestoneRecord
from takeup.server.acting.sprint.milestone import Check, Known, Milestone, Need, Seen
from takeup.server.acting.sprint.seeing import Reaches, over_populations
from takeup.server.deployment.roles import Role

_FEW_PEOPLE, _ENOUGH = 12, 5


def _conversations(known: Known) -> Seen:
    """Five, or all of few: how many are known is told from five on."""
    held = known.of("conversations.held")

    def holds(one: MilestoneRecord) -> bool:
        people = known.people.get(one.population, _FEW_PEOPLE + 1)
        return (one.value or 0) >= (min(people, _ENOUGH) if people <= _FEW_PEOPLE else _ENOUGH)

    return over_populations(known, held, holds, lambda one: f"{one.value or 0:.0f} held and coded")


MILESTONE = Milestone(
    "M01",
    _("Reasons known in each population"),
    "foundation",
    1,
    21,
    Role.PROGRAMME_LEAD,
    items=(
        Check(
            "verdict",
            _("A verdict on the reasons in four of five populations"),
            Reaches("reasons.told", at_least=1, in_share=0.8, unit="yes"),
        ),
        Check(
            "conversations",
            _("Five conversations in each population, or with all where they are twelve at most"),
            _conversations,
            about="conversations.held",
        ),
        Check(
            "told",
            _("What was found is read back to the population"),
            Reaches("conversations.read_back", at_least=1, unit="yes"),
        ),
    ),
    needs=(Need("P0"),),
)
