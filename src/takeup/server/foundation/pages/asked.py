"""What a page was asked, as text that anybody may have written."""

from __future__ import annotations

_LONGEST = 18
"""Digits of the largest number that every store keeps."""


def whole_number(text: str) -> int | None:
    """The number that `text` is in plain digits; None where it is none (`²` is a digit and no number)."""
    plain = text.isascii() and text.isdigit() and len(text) <= _LONGEST
    return int(text) if plain else None
