"""Is it the night it seems to be? What takes away by time trusts no clock that jumped."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Max

from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.server.recording.record_api.models import InboxRow, Night

_LONGEST_PAUSE = timedelta(days=14)
"""Since the last night, or the newest record of before today: longer is asked of a person."""
_A_DAY = timedelta(days=1)


def need_plausible_clock() -> None:
    """Raises InputError where the clock is far from the last night, or where there was none yet, from
    the newest record of before today: a clock years ahead would take away everything at once."""
    problem = implausible()
    if problem:
        raise InputError(
            f"{problem}. Nothing was taken away and no key was changed. If the clock is right (the server "
            "was off for long), say so once with `takeup log retain --clock-is-right`; if not, set it"
        )


def implausible() -> str:
    """What is odd about the clock; empty where nothing is."""
    moment = now()
    last = Night.objects.aggregate(at=Max("at"))["at"]
    what = "the last nightly work"
    if last is None:
        earlier = InboxRow.objects.filter(received_at__lt=moment - _A_DAY)
        last, what = (
            earlier.aggregate(at=Max("received_at"))["at"],
            "the newest record of before today",
        )
    if last is None or -_A_DAY <= moment - last <= _LONGEST_PAUSE:
        return ""
    days = abs((moment - last).days)
    where = "before" if moment < last else "after"
    return (
        f"the clock says {moment:%Y-%m-%d %H:%M} UTC, {days:,} days {where} {what} "
        f"({last:%Y-%m-%d %H:%M} UTC)"
    )


def keep_night() -> None:
    """The nightly work was done, by this clock."""
    Night.objects.update_or_create(pk=1, defaults={"at": now()})
