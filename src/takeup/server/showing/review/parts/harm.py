"""9. Harm and oversight: stops, signs of following wrong advice, of harm."""

from __future__ import annotations

from takeup.server.acting.rollout.services import stops_of
from takeup.server.acting.signals.services import responses_of
from takeup.server.foundation.pages.detail import kind_words
from takeup.server.showing.review.part import Figures, Part, Reviewed

_HARM = ("RR8", "RR12")


def part(of: Reviewed) -> Part:
    """Every stop, and every signal of harm or over-reliance."""
    stops = tuple(
        (f"{s.made_at:%-d %B %Y}", kind_words(s.kind) or "every case", s.reason, f"{s.lifted_at:%-d %B %Y}" if s.lifted_at else "in force")
        for s in stops_of(of.use_case)
    )  # fmt: skip
    signals = tuple(
        (of.called(r.population), r.words, r.evidence, f"{r.closed_at:%-d %B %Y}" if r.closed_at else "open")
        for r in responses_of(of.use_case) if r.code in _HARM
    )  # fmt: skip
    open_ = sum(row[3] in ("open", "in force") for row in (*stops, *signals))
    return Part(
        9, "Harm and oversight", f"{len(stops)} stops and {len(signals)} signals of harm or over-reliance; {open_} are open.",
        (
            Figures("Stops", ("on", "of", "why", "lifted"), stops),
            Figures("Signals", ("population", "signal", "evidence", "closed"), signals),
        ),
        ("Differences between groups of clients are not measured: who the clients are is not recorded here.",),
    )  # fmt: skip
