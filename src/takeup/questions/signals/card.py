"""What changed over the weeks: signals on a time line, beside new versions."""

from __future__ import annotations

from takeup.drawing.charts import Event, timeline
from takeup.drawing.dates import day_words
from takeup.drawing.section import Section
from takeup.drawing.words import points, points_range, whole_percent
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.questions.signals.measure import FIRST_RESPONSE, OWNER, WORDS, Signals, SignalSeen

_MOST_POPULATIONS = 12


def signals_section(diagnosis: Diagnosis) -> Section | None:
    """A lane for each population with a signal."""
    found = diagnosis.measures.signals
    if not isinstance(found, Signals) or not (found.seen or found.weeks >= 5):
        return None
    looked = f"{found.weeks} weeks of " + (
        f"{len(found.populations)} populations" if len(found.populations) > 1 else "decisions"
    )
    missing = (
        f" Not looked for: {'; '.join(_in_words(one) for one in found.not_looked_for)}."
        if found.not_looked_for
        else ""
    )
    note = (
        "Thresholds are simulated to at most one false alarm a year for each population, all signals "
        f"together. A new version is named before behaviour.{missing} Grade: descriptive."
    )
    columns = ("Week of", "Population", "Signal", "Held against", "Now", "First look at", "First question", "Owner")  # fmt: skip
    if not found.seen:
        return Section(
            "No signal of a change",
            f"{looked} were looked at, each week against its own past.",
            ("Looked at", "Number"),
            (
                ("Weeks", f"{found.weeks}"),
                ("Populations", f"{len(found.populations)}"),
                ("Signals", "0"),
            ),
            note=note,
            size="half",
        )
    shown = list(dict.fromkeys(s.population for s in found.seen))[:_MOST_POPULATIONS]
    events = [
        Event(
            diagnosis.name(s.population) if s.population != "all" else "All",
            s.week,
            s.words,
            s.open,
        )
        for s in found.seen
        if s.population in shown
    ]
    return Section(
        _heading(found.seen, diagnosis),
        f"{looked}; filled: still open. Dashed lines: new versions.",
        columns,
        tuple(_figures(s, diagnosis) for s in found.seen),
        chart=timeline(events, found.changes),
        note=note,
    )


def _heading(seen: tuple[SignalSeen, ...], diagnosis: Diagnosis) -> str:
    still = [s for s in seen if s.open]
    last = (still or list(seen))[-1]
    who = "" if last.population == "all" else f"{diagnosis.name(last.population)}: "
    text = f"{who}{last.words} in the week of {day_words(last.week)}"
    return text[0].upper() + text[1:]


def _in_words(missing: str) -> str:
    """`RR3 needs path` as what it is about."""
    code, _, rest = missing.partition(" ")
    return f"{WORDS[code]} {rest}" if code in WORDS else missing


def _figures(s: SignalSeen, diagnosis: Diagnosis) -> tuple[str, ...]:
    share = s.unit == "share"
    unit = "" if s.unit == "loss" else f" {s.unit}"
    after = whole_percent(s.after) if share else f"{s.after:,.3g}{unit}"
    if s.change is not None and share:
        after += f" ({points(s.change.value)}, {points_range(s.change)})"
    return (
        day_words(s.week),
        "all" if s.population == "all" else diagnosis.name(s.population),
        f"{s.words}{' (open)' if s.open else ''}",
        whole_percent(s.before) if share else f"{s.before:,.3g}",
        after,
        s.named_first or "behaviour",
        FIRST_RESPONSE[s.id],
        OWNER[s.id],
    )


CARDS = (Card(40, signals_section),)
