"""The verdict: what happens to the advice, who is right, and where; what it costs stands after it.

Every sentence is a finding's own, so that nothing stands here that has not passed (claim.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from takeup.drawing.words import (
    Titles,
    part_in_words,
    percent,
    percent_between,
    share_in_words,
    whole_percent,
)
from takeup.questions.adoption import GroupAdoption
from takeup.questions.finding import Finding
from takeup.questions.measures import Measures
from takeup.questions.shared.whose import ALL
from takeup.questions.value import Cost, Value, cost_of
from takeup.stats.answer import CannotSay

MODEL_FIRST = ("low_precision", "overrides_mostly_right")
"""Where the advice is wrong too often, that stands before anything else."""

_USE = ("use_fell", "high_rate_low_quality")
_WHOLE = (
    "advice_helps", "advice_hurts", "model_ahead", "people_ahead", "team_ahead", "team_behind",
    *MODEL_FIRST,
)  # fmt: skip
_RIGHT = "outcome_effect:correctness"
_STRENGTH = ("randomised", "paired", "adjusted", "descriptive")


def verdict(measures: Measures, findings: Sequence[Finding], right: str) -> str:
    """Use, who is right over all (and the population of which the opposite holds), and where most is at stake.
    `right`: what right means where nobody declared it."""
    overall = measures.adoption.overall
    if overall.hidden:
        return "Too few people to show anything without showing a person."
    use = max((f for f in findings if f.rule in _USE), key=lambda f: f.at_stake, default=None)
    whole, part = _who_is_right(findings), _where(findings)
    if part is None or part is whole:
        part = _drawn(findings)
    both = [f for f in (whole, part) if f is not None]
    opposite = next((o for f in both if (o := contradicting(f, findings)) is not None), None)
    if opposite and part and opposite.where and opposite.where == part.where:
        opposite = part  # Where is told already.
    told = [f for f in (whole, opposite, part) if f is not None]
    told = list({f.id: f for f in told}.values())
    said = [f.sentence for f in told]
    used = use.sentence if use else f"{_of_use(overall)}{_apart_from_all(findings)}"
    at = 1 if told and _leads(told[0], use) else 0
    said.insert(at, used)
    if right and any(_judged(f) for f in told):
        said.append(f"{right}.")
    return " ".join(said)


def _surely_lost(measures: Measures, titles: Titles) -> str:
    """What is lost over all decisions, where that is surely more than nothing."""
    value = measures.value
    if not isinstance(value, Value) or not value.populations:
        return ""
    found = cost_of(value, ALL, titles)
    return found.sentence if isinstance(found, Cost) and found.surely_lost else ""


def _apart_from_all(findings: Sequence[Finding]) -> str:
    """The population that seldom looks, or often overrides, where all together do not: the share of all would hide it."""
    hidden = ("seldom_seen", "often_overridden")
    among = [f for f in findings if f.rule in hidden and f.scope != ALL]
    most = max(among, key=lambda f: f.at_stake, default=None)
    return f" {most.sentence}" if most else ""


def _drawn(findings: Sequence[Finding]) -> Finding | None:
    """What having the advice, drawn at random, changes in a declared outcome."""
    effects = [f for f in findings if f.rule == "outcome_effect" and f.grade == "randomised"]
    return max(effects, key=lambda f: f.at_stake, default=None)


def _leads(first: Finding, use: Finding | None) -> bool:
    """Whether a finding stands before how much the advice is used: a model that is wrong too often does, and
    where use fell, what has more at stake."""
    return first.rule in MODEL_FIRST or (use is not None and first.at_stake > use.at_stake)


def _who_is_right(findings: Sequence[Finding]) -> Finding | None:
    """The strongest answer over all cases: drawn at random before paired before adjusted."""
    whole = [f for f in findings if says_of_all(f)]
    return min(whole, key=lambda f: (_STRENGTH.index(f.grade), -f.at_stake), default=None)


def says_of_all(f: Finding) -> bool:
    """Whether a finding says of all cases who is right."""
    return f.id == _RIGHT or (f.rule in _WHOLE and f.id == f.rule)


_OPPOSITE = {
    "people_ahead": "model_ahead", "model_ahead": "people_ahead",
    "overrides_better": "overriding_hurts", "overriding_hurts": "overrides_better",
}  # fmt: skip


def contradicting(said: Finding, findings: Sequence[Finding]) -> Finding | None:
    """The population, else the kind of case, of which the opposite of what is said may be said, if there is one."""
    parts = [f for f in findings if f.rule == _OPPOSITE.get(said.rule) and f.id != f.rule]
    return max(parts, key=lambda f: (f.scope != ALL, f.at_stake), default=None)


def _where(findings: Sequence[Finding]) -> Finding | None:
    """The model's gravest issue, else what is most at stake of what pairs, draws or counts tell."""
    return next(
        (
            f
            for f in findings
            if f.kind == "model"
            or f.grade in ("paired", "randomised")
            or f.rule == "disagreement_concentrated"
        ),
        None,
    )


def _judged(f: Finding) -> bool:
    return f.rule != "value_lost" and (f.kind == "model" or f.grade == "paired")


def _of_use(a: GroupAdoption) -> str:
    """How often the advice decides nothing, something, all; no word of cause: people may agree unmoved."""
    seen, used, over = a.consult_rate, a.effective_reliance, a.override_rate
    if not isinstance(used, CannotSay) and not isinstance(seen, CannotSay):
        if seen.value < 0.995:
            share = share_in_words(used)
            verb = "is" if share.startswith(("one", "no ", "fewer")) else "are"
            share = f"{share[0].upper()}{share[1:]}"
            return f"{share}{_where_known(a)} {verb} decided with the advice{_of_the_rest(a)}."
        if isinstance(over, CannotSay):
            return (
                "The advice is in view wherever it is shown."
                if _withheld(a) or a.nobody_knows
                else "The advice is always in view."
            )
        if _withheld(a):
            return f"Where the advice is shown, it is overridden in {share_in_words(over)}."
        if a.nobody_knows:
            return (
                "Wherever it is known who looked, the advice is in view and overridden in "
                f"{share_in_words(over)}{_of_the_rest(a)}."
            )
        return f"The advice is always in view and overridden in {share_in_words(over)}."
    if not isinstance(a.agreement, CannotSay):
        share = percent(a.agreement, interval=False)
        return f"{share} of choices agree with the advice; who looked is unknown."
    if a.agreement.status == "suppressed":
        return "How the advice is used is not shown, on purpose: it would show a person."
    return "This table holds too little to say how the advice is used."


def _where_known(a: GroupAdoption) -> str:
    return " of which it is known who looked" if a.nobody_knows else ""


def _of_the_rest(a: GroupAdoption) -> str:
    return (
        f"; of {whole_percent(a.nobody_knows)} of all eligible cases nobody knows"
        if a.nobody_knows
        else ""
    )


def _without(a: GroupAdoption) -> str:
    """How many more decisions there are that nobody could decide with the advice."""
    more = sum(a.counts.get(mode) or 0 for mode in ("shadow", "off"))
    return f" ({more:,} more without advice)" if more else ""


def _withheld(a: GroupAdoption) -> bool:
    """Whether other cases were decided without it: in shadow, or drawn not to have it."""
    return any(a.counts.get(mode) for mode in ("shadow", "off"))


def summary(measures: Measures, titles: Titles) -> str:
    """Who decided how many cases, and what it costs; `titles` of populations."""
    a = measures.adoption.overall
    if a.hidden:
        return "Hidden is not zero: the analyst who holds the rows can see more."
    who = f"{a.people:,} people had " if a.people else "There were "
    text = f"{who}{a.eligible:,} eligible cases{_without(a)}"
    if not isinstance(a.consult_rate, CannotSay):
        rounded_away = a.consult_rate.k is None
        always = not rounded_away and a.consulted == a.eligible
        looked = percent(a.consult_rate, interval=False) if rounded_away else f"{a.consulted:,}"
        looked = "all of them" if always else looked
        if rounded_away and a.unknown:
            looked += " of those of which it is known who looked"
        text += f"; the advice was looked at in {looked}"
        if not isinstance(a.override_rate, CannotSay):
            text += f", and {part_in_words(a.override_rate)} of those were decided against it"
    elif not isinstance(a.agreement, CannotSay):
        text += f"; {percent_between(a.agreement)} of the choices agree with the advice"
    lost = _surely_lost(measures, titles)
    return f"{text}. {lost}" if lost else f"{text}."
