"""Weekdays, for those who plan."""

from takeup.server.deployment.capability import Capability, InBar, only
from takeup.server.deployment.roles import Role

CAPABILITY = Capability(
    "busy_days",
    "busy_days",
    place=200,
    opens={"busy_days": only(Role.PROGRAMME_LEAD, Role.EXECUTIVE)},
    bar=(InBar("busy_days", "Busy days", 85),),
)
