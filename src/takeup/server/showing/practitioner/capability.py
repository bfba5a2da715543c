"""What is for one person alone."""

from django.utils.translation import gettext_lazy as _

from takeup.server.deployment.capability import Capability, InBar

CAPABILITY = Capability(
    "practitioner",
    __name__.removesuffix(".capability"),
    place=110,
    opens={
        "my_today": "signed in",
        "practice": "signed in",
        "my_calibration": "signed in",
        "my_cases": "signed in",
        "my_data": "signed in",
        "my_data_download": "signed in",
        "my_vault": "signed in",
        "my_objection": "signed in",
    },
    bar=(
        InBar("my_today", _("Today"), 10, ("practice", "my_data"), own=True),
        InBar("my_cases", _("My cases"), 20, own=True),
        InBar("my_calibration", _("My calibration"), 30, own=True),
    ),
)
