"""What `takeup doctor` looks at."""

from __future__ import annotations

from collections.abc import Iterator

from busy_days.models import Weekday
from takeup.server.deployment.examined import Check, Finding
from takeup.server.deployment.settings import ServerSettings


def _counted(settings: ServerSettings) -> Iterator[Finding]:
    use_cases = Weekday.objects.values("use_case").distinct().count()
    yield Finding("busy days", "well", f"{use_cases:,} use cases are counted")


CHECKS: tuple[Check, ...] = (_counted,)
