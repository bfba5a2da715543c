"""What champions raise to the product team, and what became of it."""

from django.utils.translation import gettext_lazy as _

from takeup.server.deployment.capability import Capability, InBar, only
from takeup.server.deployment.roles import Role

_READS = only(Role.CHAMPION, Role.PRODUCT_TEAM, Role.PROGRAMME_LEAD)
"""A champion reads what is theirs alone (`escalations.pages`)."""

CAPABILITY = Capability(
    "escalations",
    __name__.removesuffix(".capability"),
    place=102,
    opens={
        # An executive sees how many there are and how many are late, and no text.
        "escalations": _READS | only(Role.EXECUTIVE),
        "escalation": _READS,
        "escalation_open": only(Role.CHAMPION),
        "escalation_act": only(Role.PRODUCT_TEAM),
    },
    bar=(InBar("escalations", _("Escalations"), 72, ("escalation",)),),
)
