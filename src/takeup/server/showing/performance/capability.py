"""How the model does."""

from django.utils.translation import gettext_lazy as _

from takeup.server.deployment.capability import EVERYBODY, Capability, InBar, only
from takeup.server.deployment.roles import Role

CAPABILITY = Capability(
    "performance",
    __name__.removesuffix(".capability"),
    place=120,
    opens={
        "performance": EVERYBODY,
        "performance_of": EVERYBODY,
        "performance_month": EVERYBODY,
        "performance_draft": only(Role.PRODUCT_TEAM),
        "performance_approve": only(Role.PRODUCT_TEAM),
    },
    bar=(InBar("performance", _("The model"), 60, ("performance_of", "performance_month")),),
)
