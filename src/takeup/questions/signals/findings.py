"""Findings about what changed lately: open signals, each with its first question."""

from __future__ import annotations

from takeup.drawing.dates import day_words
from takeup.drawing.words import points, points_range
from takeup.questions.asked import Asked, Rules
from takeup.questions.finding import Finding, finding
from takeup.questions.signals.measure import FIRST_RESPONSE, Signals, SignalSeen
from takeup.questions.signals.words import beside


def _signals(asked: Asked) -> list[Finding]:
    found = asked.measures.signals
    if not isinstance(found, Signals):
        return []
    return [_signal(s, asked) for s in found.seen if s.open]


def _signal(s: SignalSeen, asked: Asked) -> Finding:
    who = asked.scope(s.population)
    lead = f"{who}: {s.words}" if who else f"{s.words[0].upper()}{s.words[1:]}"
    text = beside(s)
    text = f"{text[0].upper()}{text[1:]}"
    if s.change is not None and s.unit == "share":
        text += f" ({points(s.change.value)}, {points_range(s.change)})"
    text += f", since the week of {day_words(s.week)}."
    if s.named_first:
        text += (
            f" First look at {s.named_first}, which came in these weeks; only then at behaviour."
        )
    text += f" What to do: {FIRST_RESPONSE[s.id]}."
    return finding(
        "signal", f"{s.id}:{s.population}" if who else s.id, lead, text, "descriptive",
        asked.measures.adoption.overall.eligible * 0.02, scope=s.population,
        change=s.change,
    )  # fmt: skip


RULES: Rules = (_signals,)
