"""What stands around the number of a cell: a currency, a percent sign, the minus of accounts.

`3.354,08 €`, `CHF 473'659.16`, `(462)` and `6935-` are numbers to whoever wrote them. A column with one
unit is read without it; what is in two units is no column of one quantity, and refused.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

PERCENT = "%"

_CODES = (
    "AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW "
    "MXN MYR NGN NOK NZD PEN PHP PKR PLN RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR"
)  # fmt: skip
_CAPITALS = {
    "EUR": "€",
    "EURO": "€",
    "USD": "US$",
    "GBP": "£",
    "INR": "₹",
    "PLN": "zł",
    "CZK": "Kč",
    "BRL": "R$",
}
_WORDS = {
    "Fr.": "CHF", "SFr.": "CHF", "Rs": "₹", "Rs.": "₹", "₨": "₹", "zł": "zł", "Kč": "Kč", "kr": "kr",
    "kr.": "kr", "％": PERCENT, "%": PERCENT, "percent": PERCENT, "Prozent": PERCENT,
}  # fmt: skip
"""Units and their spellings; `FR1` and `KR 12` rather name a place. Units of time or length are none:
whether minutes were meant as seconds is not for a reader to pass over."""
_UNITS = {code: code for code in _CODES.split()} | _CAPITALS

MINUS = "-−–"
_BEFORE = re.compile(r"([^\s\d()+.,'’−–-]+\.?)\s?(?=[\d(+.,−–-])")
_AFTER = re.compile(r"(?<=[\d).,−–-])\s?([^\s\d()+.,'’−–-]+\.?)$")
_NO_CENTS = re.compile(r"(?<=\d)[.,][−–-]{1,2}$")
"""`1'200.-`: the dash stands for no cents, and is no minus."""


@dataclass(frozen=True, slots=True)
class Dress:
    """The number within a cell, the unit with its spelling, whether the minus stood elsewhere than in front."""

    core: str
    unit: str = ""
    spelling: str = ""
    accounting: bool = False


@functools.lru_cache(maxsize=20_000)
def undressed(text: str) -> Dress:
    """The text without unit, parentheses and trailing minus; as it is where it is no such number."""
    rest, unit, spelling, minus, accounting = text, "", "", 0, False
    while True:
        before = rest
        if found := _unit_at(_BEFORE.match(rest)):
            if unit:
                return Dress(text)
            unit, spelling, rest = *found, rest[len(found[1]) :].strip()
        if found := _unit_at(_AFTER.search(rest)):
            if unit:
                return Dress(text)
            unit, spelling, rest = *found, rest[: -len(found[1])].strip()
        if rest.startswith("(") and rest.endswith(")"):
            rest, minus, accounting = rest[1:-1].strip(), minus + 1, True
        rest = _NO_CENTS.sub("", rest)
        if rest[:1] and rest[0] in MINUS and len(rest) > 1:
            rest, minus = rest[1:].strip(), minus + 1
        if rest[-1:] and rest[-1] in MINUS and len(rest) > 1:
            rest, minus, accounting = rest[:-1].strip(), minus + 1, True
        if rest == before:
            break
    if minus > 1:
        return Dress(text)
    return Dress("-" * minus + rest, unit, spelling, accounting)


def _unit_at(found: re.Match[str] | None) -> tuple[str, str] | None:
    """The unit that a match names, and how it is spelled."""
    if found is None or not found[1]:
        return None
    unit = unit_of(found[1])
    return (unit, found[1]) if unit else None


def unit_of(spelling: str) -> str:
    """The unit of a word or sign: a currency or percent; "" for others."""
    known = _WORDS.get(spelling) or _UNITS.get(spelling.upper())
    if known:
        return known
    # US$, A$, $
    if len(spelling) <= 3 and unicodedata.category(spelling[-1]) == "Sc":
        return spelling.upper()
    return ""
