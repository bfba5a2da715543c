"""Days as people read them."""

from __future__ import annotations

import re
from datetime import date, datetime

_MOMENT = re.compile(r"\b(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(?:\+00:00|Z)?")
_DAY = re.compile(r"(?<![\w-])(\d{4}-\d{2}-\d{2})(?![\w-])")


def day_words(day: date | str) -> str:
    """`2026-09-14` as 14 September 2026; a text that is no day as it is."""
    if isinstance(day, str):
        try:
            day = date.fromisoformat(day[:10])
        except ValueError:
            return str(day)
    return f"{day:%-d %B %Y}"


def days_in_words(text: str) -> str:
    """A text in which every day and moment is written as people read it; moments are in UTC."""
    told = _MOMENT.sub(lambda m: f"{day_words(m[1])}, {m[2]}", text)
    return _DAY.sub(lambda m: day_words(m[1]), told)


def moment_words(moment: datetime) -> str:
    """A moment with its time."""
    return f"{day_words(moment)}, {moment:%H:%M}"
