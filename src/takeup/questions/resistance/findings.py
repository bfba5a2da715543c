"""Findings about the reasons people have, with the evidence that speaks for them."""

from __future__ import annotations

from collections.abc import Sequence

from takeup.drawing.words import belief, belief_between, listed
from takeup.questions.asked import Asked, Rules
from takeup.questions.finding import Finding, finding
from takeup.questions.resistance.measure import PopulationReasons, Resistance
from takeup.questions.resistance.reason_score import Scored, Terms
from takeup.questions.shared.group_of import group_of
from takeup.questions.shared.whose import ALL
from takeup.record.questionnaire import TYPE_NAMES
from takeup.stats.answer import Answer, CannotSay, Estimate

_STRENGTH = {
    "dominant": "is the reason that weighs most",
    "mixed": "is one of several reasons",
    "leaning": "is what the evidence leans to",
}


def hardly_missing(used: Answer) -> bool:
    """Whether surely nineteen in twenty cases are decided with the advice: nothing is left to have a reason for."""
    return isinstance(used, Estimate) and used.low >= 0.95


def _reasons(asked: Asked) -> list[Finding]:
    found = asked.measures.resistance
    if isinstance(found, CannotSay):
        return []
    return _once([f for p in found.populations for f in _population(p, asked, found)], found)


def _once(told: list[Finding], every: Resistance) -> list[Finding]:
    """What is not known of several populations is said once, of all of them by name."""
    out = []
    for key, rule_told in _NOT_TOLD.items():
        alike = [f for f in told if f.rule == key]
        if len(alike) > 1:
            out.append(_of_several(alike, rule_told, len(alike) == len(every.populations)))
    merged = {f.rule for f in out}
    return [*(f for f in told if f.rule not in merged), *out]


def _of_several(alike: Sequence[Finding], said: str, of_all: bool) -> Finding:
    """Findings of one rule of several populations as one; what differs between them stands by name."""
    names = [f.title.removesuffix(f": {said}") for f in alike]
    texts = {f.text for f in alike}
    text = alike[0].text if len(texts) == 1 else " ".join(
        f"{name}: {f.text}" for name, f in zip(names, alike, strict=True)
    )  # fmt: skip
    return finding(
        alike[0].rule, "", _upper(said) if of_all else f"{listed(names)}: {said}", text, "descriptive",
        sum(f.at_stake for f in alike), scope=ALL,
    )  # fmt: skip


_MISSING = "reasons_insufficient"
_NOT_KNOWN = "what keeps people from relying on it is not known yet"
_NOT_TOLD = {
    _MISSING: _NOT_KNOWN,
    "reasons_unclear": "no reason stands out",
    "no_reason_found": "no reason against the advice was found",
}
"""Rules that name no reason, and what they say of a population."""


def _population(p: PopulationReasons, asked: Asked, every: Resistance) -> list[Finding]:
    scored = p.scored
    if isinstance(scored, CannotSay):
        return []
    who = asked.scope(p.population)
    where = p.population
    if scored.named:
        told = [_reason(t, p, scored, who) for t in scored.named]
        return [*told, *_contradictions(p, scored, who)]
    start = f"{who}: " if who else ""
    if scored.verdict in ("insufficient_evidence", "unclear") and hardly_missing(
        group_of(asked.measures, where).effective_reliance
    ):
        return []
    if scored.contradictions and scored.verdict != "insufficient_evidence":
        return _contradictions(p, scored, who)
    if scored.verdict == "insufficient_evidence":
        if not p.eligible and p.survey is None and p.interviews is None:
            return []
        text = "; ".join(scored.next_evidence)
        return [
            finding(
                _MISSING, where, _begun(start, _NOT_KNOWN),
                f"Missing: {text}.", "descriptive", p.eligible * 0.05, scope=where,
            )
        ]  # fmt: skip
    if scored.verdict == "unclear":
        best = max(scored.probability, key=lambda t: scored.probability[t], default="")
        likeliest = (
            f"The likeliest to be material is {TYPE_NAMES[best]} at "
            f"{belief_between(*scored.between[best])}; no reason is clearly ahead."
            if best
            else "Whether any is material cannot be seen."
        )
        return [
            finding(
                "reasons_unclear", where, _begun(start, _NOT_TOLD["reasons_unclear"]),
                f"{likeliest}{_unseen(scored)}",
                "descriptive", p.eligible * 0.05, scope=where,
            )
        ]  # fmt: skip
    return [
        finding(
            "no_reason_found", where, _begun(start, _NOT_TOLD["no_reason_found"]),
            (
                "No reason is likelier to be material than "
                f"{belief(max(high for _, high in scored.between.values()))}, by what people say and do."
                if scored.probability
                else "Whether any is material cannot be seen."
            )
            + _unseen(scored),
            "descriptive", 0.0, scope=where,
        )
    ]  # fmt: skip


def _reason(t: str, p: PopulationReasons, scored: Scored, who: str) -> Finding:
    name = TYPE_NAMES[t]
    terms = scored.terms[t]
    lead = f"{who}: {name}" if who else name[0].upper() + name[1:]
    material = scored.probability.get(t)
    text = (
        f"Whether it keeps people from using the advice cannot be seen: that needs {scored.unseen[t]}. {_sources(terms)}"
        if material is None
        else f"It is {belief_between(*scored.between[t])} likely that this keeps people from using the advice. {_sources(terms)}"
    )
    if scored.verdict == "leaning":
        text += " Whether it is the one that weighs most is less sure."
    if p.model_issues:
        text += " The model has an issue here as well: mend it before asking people to change."
    if t in scored.contradictions:
        text += " What people say and what they do point opposite ways."
    share = scored.mix[t].low if t in scored.mix else 0.0
    return finding(
        f"reason_{t}", p.population, f"{lead} {_STRENGTH[scored.verdict]}", text, "descriptive",
        p.eligible * max(share, 0.05) * (scored.evidence[t] if material is None else material),
        scope=p.population, evidence=tuple(_signs(terms)),
    )  # fmt: skip


def _contradictions(p: PopulationReasons, scored: Scored, who: str) -> list[Finding]:
    """Where what people say and what they do point opposite ways, of reasons that are not named anyway."""
    apart = [t for t in scored.contradictions if t not in scored.named]
    if not apart:
        return []
    names = listed([TYPE_NAMES[t] for t in apart])
    return [
        finding(
            "reason_contradiction", p.population,
            _begun(f"{who}: " if who else "", f"people say one thing about {names} and do another"),
            "One of the two does not measure what it should: what is asked may be answered as it is wanted, or what "
            "is recorded may have another cause.",
            "descriptive", p.eligible * 0.05, scope=p.population,
        )
    ]  # fmt: skip


def _unseen(scored: Scored) -> str:
    """Reasons that may be there or not, for all that is recorded."""
    if not scored.unseen:
        return ""
    told = "; ".join(f"{TYPE_NAMES[t]}, which needs {needs}" for t, needs in scored.unseen.items())
    return f" Not seen, so not excluded: {told}."


def _sources(terms: Terms) -> str:
    """Which sources speak for it, against it, or are not there."""
    said = {"survey": terms.survey, "interviews": terms.interviews, "behaviour": terms.behaviour}
    speaks = [n for n, v in said.items() if v is not None and v >= 0.25]
    against = [n for n, v in said.items() if v is not None and v <= -0.25]
    missing = [n for n, v in said.items() if v is None]
    parts = []
    if speaks:
        parts.append(
            f"{listed(speaks)} speak{'s' * (len(speaks) == 1 and speaks[0] != 'interviews')} for it"
        )
    if against:
        parts.append(f"{listed(against)} against it")
    if missing:
        parts.append(f"no usable {listed(missing)}")
    return _upper("; ".join(parts)) + "." if parts else ""


def _signs(terms: Terms) -> list[str]:
    shown = sorted((s for s in terms.signatures if s.value is not None), key=lambda s: -s.log_odds)
    return [f"{s.rule.words}: {s.log_odds:+.2f}" for s in shown if s.log_odds >= 0.1]


def _begun(who: str, text: str) -> str:
    """A title, of a population by its name as that is written."""
    return f"{who}{text}" if who else _upper(text)


def _upper(text: str) -> str:
    return text[0].upper() + text[1:] if text else text


RULES: Rules = (_reasons,)
