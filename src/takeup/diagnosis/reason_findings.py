"""Findings about the reasons people have, with the evidence that speaks for them."""

from __future__ import annotations

from collections.abc import Callable

from takeup.diagnosis.asked import Asked
from takeup.diagnosis.finding import Finding, finding
from takeup.diagnosis.measures import group_of
from takeup.diagnosis.words import belief, belief_between
from takeup.measure.reason_score import Scored, Terms
from takeup.measure.resistance import PopulationReasons, Resistance
from takeup.measure.whose import ALL
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
    """What is not known of any population, for want of the same, is said once, of all."""
    first = told[0] if told else None
    same = first is not None and all((f.rule, f.text) == (first.rule, first.text) for f in told)
    if first is None or not same or first.rule != _MISSING or len(told) < len(every.populations):
        return told
    if len(told) == 1:
        return told
    return [
        finding(
            _MISSING, "", _upper(_NOT_KNOWN), first.text, "descriptive",
            sum(f.at_stake for f in told), scope=ALL,
        )
    ]  # fmt: skip


_MISSING = "reasons_insufficient"
_NOT_KNOWN = "why people do not rely on it is not known yet"


def _population(p: PopulationReasons, asked: Asked, every: Resistance) -> list[Finding]:
    scored = p.scored
    if isinstance(scored, CannotSay):
        return []
    who = asked.scope(p.population)
    where = p.population
    if scored.named:
        return [_reason(t, p, scored, who) for t in scored.named]
    start = f"{who}: " if who else ""
    if scored.verdict in ("insufficient_evidence", "unclear") and hardly_missing(
        group_of(asked.measures, where).effective_reliance
    ):
        return []
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
                "reasons_unclear", where, _begun(start, "no reason stands out"),
                f"{likeliest}{_unseen(scored)}",
                "descriptive", p.eligible * 0.05, scope=where,
            )
        ]  # fmt: skip
    return [
        finding(
            "no_reason_found", where, _begun(start, "no reason against the advice was found"),
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
        f"Whether it costs use cannot be seen: that needs {scored.unseen[t]}. {_sources(terms)}"
        if material is None
        else f"How likely it is that this costs use: {belief_between(*scored.between[t])}. {_sources(terms)}"
    )
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
            f"{_listed(speaks)} speak{'s' * (len(speaks) == 1 and speaks[0] != 'interviews')} for it"
        )
    if against:
        parts.append(f"{_listed(against)} against it")
    if missing:
        parts.append(f"no usable {_listed(missing)}")
    return _upper("; ".join(parts)) + "." if parts else ""


def _signs(terms: Terms) -> list[str]:
    shown = sorted((s for s in terms.signatures if s.value is not None), key=lambda s: -s.log_odds)
    return [f"{s.rule.words}: {s.log_odds:+.2f}" for s in shown if s.log_odds >= 0.1]


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _begun(who: str, text: str) -> str:
    """A title, of a population by its name as that is written."""
    return f"{who}{text}" if who else _upper(text)


def _upper(text: str) -> str:
    return text[0].upper() + text[1:] if text else text


RULES: tuple[Callable[[Asked], list[Finding]], ...] = (_reasons,)
