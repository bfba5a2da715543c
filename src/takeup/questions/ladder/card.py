"""On which of five levels each population stands, and what the next one needs."""

from __future__ import annotations

import re

from takeup.drawing.section import STATUS, Row, Section
from takeup.drawing.strips import Part, bar_strip
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.questions.ladder.measure import LEVELS, Ladder, LevelRange, PopulationLevel
from takeup.questions.ladder.pooled import Clause
from takeup.stats.answer import CannotSay

_MARKERS = {
    "over_reliance": "wrong advice is followed too",
    "improving": "overrides are falling",
    "selective": "low stakes looked at more than high",
    "not_comparable": "a major release started a new baseline: no trend across it",
    "provisional": "provisional: no comparison is offered",
}
_TINTS = ("unseen", "model-tint", "model-interval", "model", "model", "model")


def levels_section(diagnosis: Diagnosis) -> Section | None:
    """One row per population, with the gaps to the next level."""
    ladder = diagnosis.measures.ladder
    if not isinstance(ladder, Ladder):
        return None
    if all(isinstance(p.level, CannotSay) and not p.hidden for p in ladder.populations):
        return None
    rows = tuple(_row(p, diagnosis) for p in ladder.populations)
    over = (
        "the whole table" if ladder.window_days is None else f"the last {ladder.window_days} days"
    )
    return Section(
        _heading(ladder),
        f"People by level of adoption quality, {over}. Of five: 1 aware, 2 trial, 3 active, 4 integrated, 5 advocate.",
        (
            "Population",
            "Level",
            "People graded",
            *(f"L{i} {name}" for i, name in enumerate(LEVELS)),
            "To the next level",
        ),
        tuple(_figures(p, diagnosis) for p in ladder.populations),
        rows,
        heads=("", ""),
        note="Levels are definitions with expert thresholds. Persons are graded only to be counted; nobody’s level is "
        "shown or stored.",
        size="half",
        first=True,
    )


_CODES = (
    (re.compile(r"people at L(\d)"), r"people on level \1 or above"),
    (re.compile(r": r\* in the population file"), ", in the population file"),
    (re.compile(r"depends on r\*"), "depends on the experts' rate"),
    (re.compile(r"\br\*"), "the experts' rate"),
    (re.compile(r"\bJ (?=\d)"), ""),
)
_BARE = re.compile(r"\d[\d,]*(?:\u00a0%)?")
"""A clause that needs a bare number needs at least so much."""


def clause_in_words(clause: Clause) -> tuple[str, str, str]:
    """What a level's clause is about, how it stands now and what it needs: without codes, and saying which way
    is better."""
    text, now, needs = (_without_codes(t) for t in (clause.text, clause.now, clause.needs))
    return text, now, f"at least {needs}" if _BARE.fullmatch(needs) else needs


def _without_codes(text: str) -> str:
    for code, words in _CODES:
        text = code.sub(words, text)
    return text


def _heading(ladder: Ladder) -> str:
    found = [p.level for p in ladder.populations if isinstance(p.level, LevelRange)]
    headlines = [p.headline for p in ladder.populations if p.headline]
    if headlines:
        return headlines[0]
    if not found:
        return "Too early for a level of adoption quality"
    names = list(dict.fromkeys(str(level).split(" ", 1)[1] for level in found))
    if len(found) == 1:
        return f"Adoption stands at {found[0]}"
    if len(names) == 1:
        both = "Both populations stand" if len(found) == 2 else "All populations stand"
        return f"{both} at {names[0]}"
    return "Populations stand at " + " and ".join(names[:3])


def _row(p: PopulationLevel, diagnosis: Diagnosis) -> Row:
    label = "Everybody" if p.population == "all" else diagnosis.name(p.population)
    if isinstance(p.level, CannotSay):
        return Row(label, "", None, STATUS[p.level.status], p.level.reason)
    total = sum(p.distribution) or 1
    parts = [
        Part(f"L{i} {LEVELS[i]}", n / total, _TINTS[i], f"L{i} · {100 * n / total:.0f} %")
        for i, n in enumerate(p.distribution)
        if n
    ]
    text = f"{label}: " + ", ".join(f"{part.name} {100 * part.share:.0f} %" for part in parts)
    gaps = tuple(clause_in_words(gap) for gap in p.gaps)
    markers = "; ".join(_MARKERS[m] for m in p.markers if m in _MARKERS)
    detail = f"{p.graded:,} of {p.people:,} people graded" + (f"; {markers}" if markers else "")
    return Row(
        label,
        detail,
        bar_strip(parts, text) if parts else None,
        str(p.level),
        "",
        gaps=gaps,
        position=p.level.certain,
    )


def _figures(p: PopulationLevel, diagnosis: Diagnosis) -> tuple[str, ...]:
    level = STATUS[p.level.status] if isinstance(p.level, CannotSay) else str(p.level)
    counts = p.distribution or ("–",) * len(LEVELS)
    return (
        diagnosis.name(p.population),
        level,
        "–" if p.hidden else f"{p.graded:,} of {p.people:,}",
        *(str(n) for n in counts),
        "; ".join(
            f"{text} {now}, needs {needs}" for text, now, needs in map(clause_in_words, p.gaps)
        )
        or "–",
    )


CARDS = (Card(20, levels_section),)
