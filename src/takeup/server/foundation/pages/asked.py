"""What a page was asked, as text that anybody may have written."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from takeup.record.errors import InputError

_LONGEST = 18
"""Digits of the largest number that every store keeps."""


def whole_number(text: str) -> int | None:
    """The number that `text` is in plain digits; None where it is none (`²` is a digit and no number)."""
    plain = text.isascii() and text.isdigit() and len(text) <= _LONGEST
    return int(text) if plain else None


def day_of(text: str) -> date:
    """The day that `text` is (ISO). Raises InputError where it is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InputError(_("write the day as 2027-12-31")) from None
