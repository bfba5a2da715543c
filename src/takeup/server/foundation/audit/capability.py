"""Who changed or looked at what."""

from django.utils.translation import gettext_lazy as _

from takeup.server.deployment.capability import Capability, InBar, only
from takeup.server.deployment.roles import Role

CAPABILITY = Capability(
    "audit",
    __name__.removesuffix(".capability"),
    place=140,
    opens={
        "audit": only(Role.OVERSIGHT_OFFICER, Role.WORKER_REPRESENTATIVE),
        "access_to_me": "signed in",
    },
    bar=(InBar("audit", _("Audit"), 120),),
)
