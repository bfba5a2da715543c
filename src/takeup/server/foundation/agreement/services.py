"""Whether works-council mode is on, what holds then, and which agreement it stands on.

The switch is necessary and not sufficient: it does not make an excessive measurement lawful.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.record.settings import DisclosureSettings, LookSettings, Settings
from takeup.record.use_case import UseCase
from takeup.server.foundation.agreement.models import Agreement, Change
from takeup.server.foundation.audit import services as audit

MINIMUM_GROUP = 10
MOST_DAYS = 91
"""Longest time for which the log tells people apart in works-council mode."""
LEAST_DAYS, _BEYOND_OUTCOME, _MOST_DAYS = 91, 28, 730
"""The same without it: at least, beyond an outcome's lag, at most."""
OBJECTION = timedelta(days=14)
"""How long representatives may object to an announced change; then it stands."""
CARRIED_OUT_WITHIN = timedelta(days=28)
"""How long a change that was agreed may be carried out; a later one is announced again."""


def mode_on() -> bool:
    """Whether the deployment runs in works-council mode (TAKEUP_WORKS_COUNCIL)."""
    return bool(settings.TAKEUP.works_council)


def keep_days(use_case: UseCase) -> int:
    """How many days the log tells people apart: 91, or the outcome's lag and 28 days more, at
    most 24 months; what the use case declares, where that is shorter. In works-council mode never beyond 91."""
    most = MOST_DAYS if mode_on() else _MOST_DAYS
    if use_case.keep_person_days is not None:
        return min(use_case.keep_person_days, most)
    rules = (use_case.outcome, *use_case.outcomes.values())
    lag = max(rule.maturation_days for rule in rules)
    return min(max(LEAST_DAYS, round(lag) + _BEYOND_OUTCOME), most)


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
    """The thresholds of everything the server measures and shows, every day: its differences hold at every
    look."""
    return Settings(disclosure=showing(), looks=LookSettings(again=True))


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


@transaction.atomic
def announce_change(use_case: str, words: str, *, by: str) -> Change:
    """Put a change of configuration before the representatives. Raises InputError without words."""
    if not words.strip():
        raise InputError("say what is to change, and why: representatives answer what they read")
    made = Change.objects.create(
        use_case=use_case, words=words.strip(), announced_at=now(), announced_by=by
    )
    audit.record("change.announced", actor=by, use_case=use_case, number=made.pk, words=made.words)
    return made


@transaction.atomic
def answer_change(number: int, *, consents: bool, answer: str, by: str) -> None:
    """A representative consents or objects. Raises InputError where it was answered or stands
    already, or where an objection has no reason."""
    change = Change.objects.select_for_update().filter(pk=number).first()
    if change is None or change.consents is not None or agreed_from(change) is not None:
        raise InputError("that change was answered, or its time to object has passed")
    if not consents and not answer.strip():
        raise InputError("say what speaks against it, so that it can be changed")
    change.consents, change.answer = consents, answer.strip()
    change.answered_at, change.answered_by = now(), by
    change.save()
    audit.record(
        "change.answered", actor=by, use_case=change.use_case, number=number, consents=consents,
        answer=change.answer,
    )  # fmt: skip


def stands_from(change: Change) -> datetime | None:
    """From when a change may be carried out; None where representatives objected."""
    if change.consents is None:
        return change.announced_at + OBJECTION
    return change.answered_at if change.consents else None


def agreed_from(change: Change) -> datetime | None:
    """As `stands_from`, but None where that moment is still to come."""
    start = stands_from(change)
    return start if start is not None and start <= now() else None


def need_agreed_change(use_case: str, what: str) -> None:
    """Raises InputError in works-council mode where no change of this use case was agreed within the
    time for carrying it out, or no agreement is in force."""
    if not mode_on():
        return
    need_agreement(what)
    held = Change.objects.filter(use_case=use_case).exclude(consents=False)
    starts = [start for one in held if (start := agreed_from(one)) is not None]
    if not any(now() <= start + CARRIED_OUT_WITHIN for start in starts):
        raise InputError(
            f"{what}: works-council mode is on; announce the change on the page Agreement first. It "
            f"can be carried out once representatives consent, or after {OBJECTION.days} days "
            "without an objection"
        )


def changes() -> list[Change]:
    """Every announced change, the newest first."""
    return list(Change.objects.order_by("-id"))
