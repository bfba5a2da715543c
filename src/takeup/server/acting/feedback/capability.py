"""What users report, and what became of it."""

from django.utils.translation import gettext_lazy as _

from takeup.server.deployment.capability import Capability, InBar, only
from takeup.server.deployment.roles import Role

CAPABILITY = Capability(
    "feedback",
    __name__.removesuffix(".capability"),
    place=100,
    opens={
        "queue": only(Role.PRODUCT_TEAM, Role.PROGRAMME_LEAD),
        "queue_of": only(Role.PRODUCT_TEAM, Role.PROGRAMME_LEAD),
        "topic_act": only(Role.PRODUCT_TEAM),
        "release_ship": only(Role.PRODUCT_TEAM),
    },
    bar=(InBar("queue", _("Queue"), 70, ("queue_of",)),),
)
