"""Why people do not rely on the advice: every term of evidence for five reasons."""

from __future__ import annotations

import math
from dataclasses import replace

from takeup.drawing.section import Row, Section, axis_row, strips
from takeup.drawing.strips import Mark, Series
from takeup.drawing.words import belief_between, whole_percent
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.questions.resistance.measure import PopulationReasons, Resistance
from takeup.questions.resistance.reason_score import Scored, Terms
from takeup.questions.resistance.signatures import Signature
from takeup.record.questionnaire import TYPE_NAMES
from takeup.stats.answer import CannotSay

_ROLE = Series("known of the role", "second", "circle", False)
_SURVEY = Series("survey", "model", "square")
_INTERVIEWS = Series("interviews", "followed", "circle")
_BEHAVIOUR = Series("behaviour", "overridden", "diamond")
_VERDICT = {
    "insufficient_evidence": "not enough evidence yet",
    "none": "no reason against the advice",
    "dominant": "weighs most",
    "mixed": "several reasons",
    "leaning": "leaning",
    "unclear": "no reason stands out",
}
_MOST_POPULATIONS = 6


def why_sections(diagnosis: Diagnosis) -> list[Section]:
    """One card per population whose reasons could be scored."""
    found = diagnosis.measures.resistance
    if not isinstance(found, Resistance):
        return []
    cards = [_card(p, diagnosis) for p in found.populations[:_MOST_POPULATIONS]]
    return [card for card in cards if card is not None]


def _card(p: PopulationReasons, diagnosis: Diagnosis) -> Section | None:
    scored = p.scored
    if isinstance(scored, CannotSay) or scored.verdict == "insufficient_evidence":
        return None
    return terms_section(p, scored, diagnosis)


def terms_section(p: PopulationReasons, scored: Scored, diagnosis: Diagnosis) -> Section:
    """Every term of evidence on one population, whatever it amounts to."""
    drawn = [[m for m in _marks(scored.terms[t]) if m] for t in scored.order]
    texts = [f"{TYPE_NAMES[t]}: {_told(scored.terms[t])}" for t in scored.order]
    axis, charts = strips(drawn, zero=True, percent=False, texts=texts)
    if axis is not None:
        axis = replace(axis, labels=tuple(_signed(t) for t in axis.ticks))
    rows = tuple(
        Row(
            TYPE_NAMES[t][0].upper() + TYPE_NAMES[t][1:],
            _strongest(scored.terms[t]),
            chart,
            belief_between(*scored.between[t]) if t in scored.between else "cannot be seen",
            _detail(t, scored),
        )
        for t, chart in zip(scored.order, charts, strict=True)
    )
    return Section(
        verdict_of(p, scored, diagnosis),
        "How many times likelier each source makes a reason (right; ÷: less likely, left), and the belief that it "
        "is material: that at least a quarter of the missing use would be there without it.",
        ("Evidence", "Reason", "Found", "Neutral to clear", "Cases", "Times likelier"),
        tuple(_table(scored, p)),
        rows,
        ((_ROLE, ""), (_SURVEY, ""), (_INTERVIEWS, ""), (_BEHAVIOUR, "")),
        axis_row(axis),
        ("Reason", "Belief"),
        note=_note(p, scored),
    )


def verdict_of(p: PopulationReasons, scored: Scored, diagnosis: Diagnosis) -> str:
    """What the evidence on one population amounts to, as a heading."""
    who = "" if p.population == "all" else f"{diagnosis.name(p.population)}: "
    names = [TYPE_NAMES[t] for t in scored.named]
    if scored.verdict == "dominant":
        text = f"{names[0]} is the reason that weighs most"
    elif scored.verdict == "mixed":
        text = f"several reasons, {' and '.join([', '.join(names[:-1]), names[-1]])}"
    elif scored.verdict == "leaning":
        text = f"the evidence leans to {' and '.join(names)}"
    else:
        text = _VERDICT[scored.verdict]
    text = who + text
    return text[0].upper() + text[1:]


def _marks(terms: Terms) -> list[Mark | None]:
    values = (
        (_ROLE, terms.prior),
        (_SURVEY, terms.survey),
        (_INTERVIEWS, terms.interviews),
        (_BEHAVIOUR, terms.behaviour),
    )
    return [
        None if v is None else Mark(series, v, min(v, 0.0), max(v, 0.0), _signed(v))
        for series, v in values
    ]


def _signed(value: float) -> str:
    """A weight of evidence as how many times likelier it makes a reason: `×2.1`, `÷1.4`."""
    return f"{'÷' if value < 0 else '×'}{math.exp(abs(value)):.2g}"


def _told(terms: Terms) -> str:
    parts = [f"role {_signed(terms.prior)}"]
    for name, v in (
        ("survey", terms.survey), ("interviews", terms.interviews), ("behaviour", terms.behaviour)
    ):  # fmt: skip
        parts.append(f"{name} not there" if v is None else f"{name} {_signed(v)}")
    return ", ".join(parts)


def _strongest(terms: Terms) -> str:
    """The sign in behaviour that speaks most for it."""
    known = [s for s in terms.signatures if s.value is not None and s.log_odds >= 0.1]
    if not known:
        return ""
    return max(known, key=lambda s: s.log_odds).rule.words


def _detail(t: str, scored: Scored) -> str:
    parts = []
    if t in scored.named:
        parts.append(_VERDICT[scored.verdict])
    if t in scored.unseen:
        parts.append(f"needs {scored.unseen[t]}")
    if t in scored.contradictions:
        parts.append("people say one thing and do another")
    if t in scored.mix:
        m = scored.mix[t]
        parts.append(f"roughly {100 * m.low:.0f} to {100 * m.high:.0f} % of people")
    return " · ".join(parts)


def _table(scored: Scored, p: PopulationReasons) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for t in scored.order:
        terms, name = scored.terms[t], TYPE_NAMES[t]
        rows.append(("known of the role", name, "–", "–", "–", _signed(terms.prior)))
        if p.survey is not None:
            rows.append(
                ("survey", name, f"{p.survey.excess[t]:+.2f} above mood", "+0.10 to +0.75",
                 f"{p.survey.respondents} people", _or_unused(terms.survey))
            )  # fmt: skip
        if p.interviews is not None and t in p.interviews.shares:
            rows.append(
                ("interviews", name, f"{100 * p.interviews.shares[t]:.0f} % of codes", "15 to 50 %",
                 f"{p.interviews.interviews} talks", _or_unused(terms.interviews))
            )  # fmt: skip
        rows += [_signature(s, name) for s in terms.signatures]
    return [tuple(cell.replace("-", "−") for cell in row) for row in rows]


def _or_unused(value: float | None) -> str:
    return "not used" if value is None else _signed(value)


def _signature(s: Signature, name: str) -> tuple[str, ...]:
    rule = s.rule
    if s.value is None:
        return (rule.words, name, "not measured", _ends(rule.neutral, rule.clear), s.why, "–")
    return (
        rule.words,
        name,
        f"{s.value:.2f}",
        _ends(rule.neutral, rule.clear),
        f"about {s.n:,.0f}" if s.why else f"{s.n:,.0f}",
        _signed(s.log_odds),
    )


def _ends(neutral: float, clear: float) -> str:
    return f"{neutral:g} to {clear:g}"


def _note(p: PopulationReasons, scored: Scored) -> str:
    parts = ["People have reasons; nobody is typed, only populations."]
    seen = scored.probability
    likeliest = max(seen, key=lambda t: seen[t], default=None)
    if scored.named and likeliest and scored.named[0] in seen and likeliest != scored.named[0]:
        parts.append(
            f"Most speaks for {TYPE_NAMES[scored.named[0]]} being there; {TYPE_NAMES[likeliest]} is "
            "likelier to be what keeps people from using the advice."
        )
    if p.model_issues:
        names = ", ".join(
            kind.replace("_", " ") + (f" on {segment.replace('_', ' ')}" if segment else "")
            for kind, segment in p.model_issues
        )
        parts.append(f"The model has issues here, which come first: {names}.")
    if p.access_share is not None and p.access_share > 0:
        parts.append(f"{whole_percent(p.access_share)} are without training or access.")
    if p.survey is not None and p.survey.straight_lined:
        parts.append(f"{p.survey.straight_lined} careless answers were left out of the survey.")
    if scored.next_evidence:
        parts.append(f"Next evidence: {'; '.join(scored.next_evidence)}.")
    parts.append(
        "Weights are expert priors, beliefs are fitted to five families of simulated populations, "
        "in which reasons cost differently (the book's page Calibration says how well)."
    )
    return " ".join(parts)


CARDS = (Card(160, why_sections),)
