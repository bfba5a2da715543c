"""When two spellings are one word.

Blanks of any width around and within a text, and the normal form of its letters, never tell two things
apart. Whether a capital letter does is for whoever compares the words of one question to say.
"""

from __future__ import annotations

import re
import unicodedata

WIDE_BLANKS = "\u00a0\u2009\u202f"
"""Blanks that programs write into numbers and times, and that engines do not take for blanks."""

_PLAIN = str.maketrans(dict.fromkeys(WIDE_BLANKS, " "))
_BLANKS = re.compile(r"[\s\u00a0\u180e\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff]+")
_ONE_IN_LIST = re.compile(r"""\[\s*(?:'([^']*)'|"([^"]*)"|([^,'"\[\]]*))\s*\]""")
_WHOLE = re.compile(r"(-?\d+)\.0+")


def tidy(text: str) -> str:
    """The text in one normal form, without blanks around it, one plain blank for any within."""
    if text.isascii() and not _BLANKS.search(text):
        return text
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()


def plain_blanks(text: str) -> str:
    """The text with plain blanks for wide ones and none around it."""
    return text.translate(_PLAIN).strip()


def has_wide_blanks(text: str) -> bool:
    """Whether an engine would not see some blank of the text."""
    return not text.isascii() and text.translate(_PLAIN) != text


def fold(word: str) -> str:
    """What the spellings of one word share: `Approve`, `approve ` and `APPROVE`."""
    return tidy(unicodedata.normalize("NFKC", word)).casefold()


def out_of_list(text: str) -> str:
    """The value of a list that holds one (`['approve']`), other texts as they are."""
    found = _ONE_IN_LIST.fullmatch(text)
    return next((g for g in found.groups() if g is not None), "") if found else text


def is_list_of_several(text: str) -> bool:
    """Whether a text is a list of more than one value (`['approve', 'decline']`)."""
    return text.startswith("[") and text.endswith("]") and "," in text


def whole_number(text: str) -> str:
    """`1.0` and `1` are one name."""
    found = _WHOLE.fullmatch(text)
    return found[1] if found else text
