"""Whether works-council mode is on, what holds then, and which agreement it stands on.

The switch is necessary and not sufficient: it does not make an excessive measurement lawful.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import transaction

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.record.settings import DisclosureSettings, Settings
from takeup.server.agreement.models import Agreement
from takeup.server.audit import services as audit

MINIMUM_GROUP = 10
MOST_DAYS = 91
"""Longest time for which the log tells people apart in works-council mode."""


def mode_on() -> bool:
    """Whether the deployment runs in works-council mode (TAKEUP_WORKS_COUNCIL)."""
    return bool(settings.TAKEUP.works_council)


def in_force() -> Agreement | None:
    """The newest agreement, if its last day has not passed."""
    last = Agreement.objects.order_by("-id").first()
    return last if last is not None and last.valid_until >= now().date() else None


def need_agreement(what: str) -> None:
    """Raises InputError in works-council mode where no agreement is in force: then everything can be
    read and nothing is begun or measured anew."""
    if mode_on() and in_force() is None:
        raise InputError(
            f"{what}: works-council mode is on and no agreement is in force; a worker representative "
            "records its number, the version of its data list and its last day"
        )


def measuring() -> Settings:
    """The thresholds of everything the server measures and shows."""
    return Settings(disclosure=showing())


def showing() -> DisclosureSettings:
    """What may be shown: the minimum group is larger in works-council mode."""
    return DisclosureSettings(minimum_group=MINIMUM_GROUP) if mode_on() else DisclosureSettings()


@transaction.atomic
def record_agreement(number: str, data_list: str, valid_until: date, *, by: str) -> Agreement:
    """Keep an agreement. Raises InputError where a part of it is missing, or it has expired."""
    if not number.strip() or not data_list.strip():
        raise InputError("an agreement has a number and a list of data in a version")
    if valid_until < now().date():
        raise InputError("that day has passed; an agreement that has expired changes nothing")
    made = Agreement.objects.create(
        number=number.strip(), data_list=data_list.strip(), valid_until=valid_until,
        recorded_at=now(), recorded_by=by,
    )  # fmt: skip
    audit.record(
        "agreement.recorded", actor=by, number=made.number, data_list=made.data_list,
        valid_until=valid_until.isoformat(),
    )  # fmt: skip
    return made


def recorded() -> list[Agreement]:
    """Every agreement, the newest first."""
    return list(Agreement.objects.order_by("-id"))
