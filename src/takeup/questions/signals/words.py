"""The figures of a signal in words, alike in report and notices: what is counted, and what it is held against."""

from __future__ import annotations

from takeup.drawing.words import whole_percent
from takeup.questions.signals.measure import SignalSeen

_OF = {
    "looked": "of cases are looked at", "over": "of advice that is looked at is overridden",
    "used": "of cases are decided with the advice", "legacy": "of cases go the old way",
    "caught": "of wrong advice is overridden", "high_looked": "of high-stakes cases are looked at",
}  # fmt: skip
_AGAINST = {
    ("RR2", "looked"): "that a start has at least", ("RR3", "used"): "closed on the AI path",
    ("RR8", "over"): "that experts would override", ("RR8", "caught"): "that is asked for",
    ("RR11", "high_looked"): "of low-stakes ones",
}  # fmt: skip
"""What a share is held against: its own weeks before, where nothing is named."""


def beside(s: SignalSeen) -> str:
    """`8 % of wrong advice is overridden, against 30 % that is asked for`; never a border as if it had been before."""
    if s.unit == "share":
        return _share(s)
    if s.unit == "loss":
        return f"a loss of {s.after:,.3g} a case, against {s.before:,.3g} in the four weeks before"
    if s.id == "RR6":
        return f"{s.after:,.2g} {s.unit}, against {s.before:,.2g} at which somebody is heard"
    return f"{s.after:,.2g} {s.unit}"


def _share(s: SignalSeen) -> str:
    of = s.about.of if s.about else ""
    counted = f" {_OF[of]}" if of in _OF else ""
    against = _AGAINST.get((s.id, of), "in the weeks before")
    return f"{whole_percent(s.after)}{counted}, against {whole_percent(s.before)} {against}"
