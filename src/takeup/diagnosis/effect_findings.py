"""Findings about who is right more often, what following goes with, and what advice changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from takeup.diagnosis.asked import Asked
from takeup.diagnosis.claim import Claim, chance_of
from takeup.diagnosis.cost import loses_most, most_lost_by
from takeup.diagnosis.finding import Finding, distance80, finding
from takeup.diagnosis.words import (
    changes_of,
    listed,
    name_of,
    of_kind,
    plain_number,
    points,
    points_range,
    seconds,
    upper_first,
    whole_percent,
)
from takeup.measure.comparison import CORRECTNESS, Comparison, OutcomeComparison
from takeup.measure.paired import Paired, PairedGroup
from takeup.measure.rollout import Effect, Rollout
from takeup.measure.team import Complementarity, Effort, Team
from takeup.measure.value import Value, ValueOf
from takeup.stats.answer import CannotSay, Estimate


def _paired(asked: Asked) -> list[Finding | Claim]:
    paired = asked.measures.paired
    if not isinstance(paired, Paired):
        return []
    found = _paired_group("", "Over all judged cases", paired.overall, 1.0)
    for dimension, groups in paired.groups.items():
        # One kind of case alone is the whole.
        for g in groups if len(groups) > 1 else ():
            lead = upper_first(of_kind(((dimension, g.key),), asked.titles))
            found += _paired_group(dimension, lead, g, 0.9)
    return [*found]


def told_once(found: Sequence[Finding], asked: Asked) -> list[Finding]:
    """Who is right more often over all, if it is so at every level of a covariate, is said once with its name."""
    paired = asked.measures.paired
    whole = next((f for f in found if f.id in ("people_ahead", "model_ahead")), None)
    if whole is None or not isinstance(paired, Paired):
        return [*found]
    said = {f.id for f in found}
    everywhere = {
        dimension: {f"{whole.rule}:{dimension}:{g.key}" for g in groups}
        for dimension, groups in paired.groups.items()
        if len(groups) > 1 and {f"{whole.rule}:{dimension}:{g.key}" for g in groups} <= said
    }
    if not everywhere:
        return [*found]
    gone = {key for keys in everywhere.values() for key in keys}
    levels = listed([f"every {name_of(dimension)}" for dimension in everywhere])
    one = replace(whole, text=f"{whole.text} So for {levels}.")
    return [one if f is whole else f for f in found if f.id not in gone]


def _paired_group(dimension: str, where: str, g: PairedGroup, weight: float) -> list[Claim]:
    answer = g.person_minus_model
    if isinstance(answer, CannotSay):
        return []
    ahead = answer.value > 0
    who = (
        "people are right more often than the model"
        if ahead
        else "the model alone is right more often than people with it"
    )
    said = finding(
        "people_ahead" if ahead else "model_ahead",
        f"{dimension}:{g.key}" if dimension else "",
        f"{where}, {who}",
        f"On the same {g.judged:,} judged cases{_caught(g)}: {points(answer.value)} "
        f"({points_range(answer)}) for people minus model.",
        "paired",
        g.judged * distance80(answer) * weight,
        scope=g.key if dimension == "population" else "all",
        kind=((dimension, g.key),) if dimension not in ("", "population") else (),
        person_minus_model=answer,
    )
    family = f"paired by {dimension}" if dimension else "paired"
    return [Claim(family, g.key if dimension else "", chance_of(answer), said)]


def _caught(g: PairedGroup) -> str:
    if g.person_only is None or g.model_only is None:
        return ""
    return (
        f" people caught {g.person_only:,} errors of the model and made {g.model_only:,} that it "
        "did not"
    )


def _comparison(asked: Asked) -> list[Finding | Claim]:
    comparison = asked.measures.comparison
    if not isinstance(comparison, Comparison):
        return []
    found: list[Finding | Claim] = []
    for one in comparison.outcomes:
        if isinstance(one.adjusted, Estimate):
            said = _association(one, one.told) if one.told else []
            if one.outcome == CORRECTNESS and isinstance(asked.measures.paired, Paired):
                # The answer on the same cases is the one to go by.
                said = []
            # All ways to adjust must say it: the chance is that of the least sure.
            least = chance_of(one.told) if one.told else max(chance_of(one.adjusted), 0.5)
            found += [Claim("followed against overridden", one.outcome, least, f) for f in said]
            if not said:
                found.append(Claim("followed against overridden", one.outcome, least))
    return [*found, *_refused(comparison, asked)]


def _refused(comparison: Comparison, asked: Asked) -> list[Finding]:
    """One finding for all outcomes on which a comparison would mislead."""
    refused = [
        (one, one.raw)
        for one in comparison.outcomes
        if isinstance(one.raw, CannotSay) and one.raw.status == "refused"
    ]
    if not refused:
        return []
    labels = " or ".join(one.label for one, _ in refused[:2])
    more = "" if len(refused) < 3 else f" or {len(refused) - 2} more"
    why = refused[0][1].reason
    return [
        finding(
            "comparison_refused",
            refused[0][0].outcome,
            f"Whether following does better than overriding ({labels}{more})",
            f"{why[0].upper()}{why[1:]}.",
            "refused",
            (asked.measures.adoption.overall.consulted or 0) * 0.1,
            bounds=refused[0][0].bounds,
        )
    ]


def _association(one: OutcomeComparison, adjusted: Estimate) -> list[Finding]:
    before = one.mean_overridden.value if isinstance(one.mean_overridden, Estimate) else 1.0
    at_stake = (one.followed + one.overridden) * _weight(adjusted, before)
    found = []
    if one.reversed and isinstance(one.raw, Estimate):
        found.append(
            finding(
                "reversal",
                one.outcome,
                "The raw comparison points the wrong way",
                f"Followed minus overridden on {one.label}: {_number(one.raw)} as recorded, "
                f"{_number(adjusted)} like with like. People override other cases than they follow.",
                "adjusted",
                at_stake,
                raw=one.raw,
                adjusted=adjusted,
            )
        )
    better = one.better
    good = (adjusted.value > 0) == (better != "lower")
    who = (
        "Followed and overridden cases differ"
        if better is None
        else "Followed cases went better"
        if good
        else "Overridden cases went better"
    )
    robust = (
        f" Something not recorded that explains {whole_percent(one.robustness)} of what is left on both "
        "sides would erase it."
        if one.robustness is not None and one.robustness == one.robustness
        else ""
    )
    found.append(
        finding(
            "association",
            one.outcome,
            f"{who} on {one.label}, like with like: an association",
            f"{_number(adjusted)} for followed minus overridden, adjusted for what is recorded "
            f"before the decision{_how(one, adjusted)}.{robust}",
            "adjusted",
            at_stake,
            adjusted=adjusted,
            raw=one.raw,
        )
    )
    return found


def _how(one: OutcomeComparison, told: Estimate) -> str:
    """Which of the ways to adjust the difference that is told comes from."""
    if told is one.with_readiness:
        return " and for each person's own tendency"
    return ", among decisions that say all of it" if told is one.without_blanks else ""


def _number(e: Estimate) -> str:
    if e.unit == "points":
        return f"{points(e.value)} ({points_range(e)})"
    return f"{e.value:+.2f} ({e.low:+.2f} to {e.high:+.2f}) {e.unit}".replace("-", "−")


def _ends(e: Estimate) -> str:
    return (
        f"{points_range(e)} points"
        if e.unit == "points"
        else f"{e.low:+.2f} to {e.high:+.2f} {e.unit}".replace("-", "−")
    )


def _weight(e: Estimate, before: float) -> float:
    """How much a difference is, as a share: of what there was without it where it is no share itself."""
    far = distance80(e)
    return far if e.unit == "points" else min(far / max(abs(before), 1e-9), 1.0)


_ENDS = ("outcome:", "misclassification:", "correctness")
"""Quantities of a draw that say how cases end."""


_HARMS = (
    "Give the advice to nobody else, and stop showing it in the kinds of case in which it does harm, until it is "
    "mended: it was drawn at random, so the harm is the advice's doing."
)


def _rollout(asked: Asked) -> list[Finding | Claim]:
    rollout = asked.measures.rollout
    if not isinstance(rollout, Rollout):
        return []
    n = rollout.with_advice + rollout.without_advice
    known = [(e, e.unadjusted) for e in rollout.effects if isinstance(e.unadjusted, Estimate)]
    found: list[Finding | Claim] = []

    def claim(e: Effect, u: Estimate, said: Finding | None) -> None:
        found.append(Claim("drawn at random", e.name, chance_of(u), said))

    for e, u in known:
        if e.name == "agreement":
            way = "less" if u.value < 0 else "a little more" if u.value < 0.10 else "more"
            claim(
                e,
                u,
                finding(
                    "advice_taken",
                    "",
                    f"The advice is taken {way} when it is shown",
                    f"Choices agree with it in {100 * e.mean_with:.1f}\u00a0% of cases in which it was shown and "
                    f"{100 * e.mean_without:.1f}\u00a0% in which it was not: {points(u.value)} ({points_range(u)}), drawn "
                    "at random.",
                    "randomised",
                    n * distance80(u),
                    effect=u,
                ),
            )
        elif e.name.startswith("choice:"):
            claim(e, u, None)
    outcomes = [(e, u) for e, u in known if e.name.startswith(_ENDS)]
    for e, u in outcomes:
        said = finding(
            "outcome_effect",
            e.name,
            f"Having the advice {changes_of(e)}",
            f"{_number(u)} with the advice, drawn at random.",
            "randomised",
            n * _weight(u, e.mean_without),
            effect=u,
        )
        wrong = e.name.startswith("misclassification:")
        harms = (e.name == "correctness" and u.value < 0) or (wrong and u.value > 0)
        claim(e, u, replace(said, first_action=_HARMS) if harms else said)
    if outcomes:
        _, widest = max(
            outcomes, key=lambda pair: (pair[1].unit == "points", pair[1].high - pair[1].low)
        )
        found.append(
            finding(
                "no_outcome_effect",
                "",
                "No effect on outcomes is established",
                f"{_none_of(len(outcomes))}; the widest interval runs {_ends(widest)}. That is not evidence of "
                "no effect.",
                "randomised",
                n * 0.001,
                widest=widest,
            )
        )
    return found


def _none_of(measures: int) -> str:
    if measures == 1:
        return "The one outcome measured does not differ beyond chance"
    return f"None of {measures} outcome measures differs by more than looking at several explains"


def _team(asked: Asked) -> list[Finding | Claim]:
    team = asked.measures.team
    if not isinstance(team, Team) or isinstance(team.complementarity, CannotSay):
        return []
    c = team.complementarity
    return [*_with_against_alone(c, team), *_with_against_best(c)]


def _with_against_alone(c: Complementarity, team: Team) -> list[Claim]:
    """What the advice adds to the same people on the same cases."""
    d = c.joint_minus_alone
    if d.grade != "paired":
        return []
    better = d.value > 0
    time = team.effort.seconds if isinstance(team.effort, Effort) else None
    took = f" {seconds(time)}" if isinstance(time, Estimate) else ""
    said = finding(
        "advice_helps" if better else "advice_hurts",
        "",
        f"The same people decide the same cases {'better' if better else 'worse'} with the advice",
        f"Right in {whole_percent(c.joint.value)} of cases with it and in {whole_percent(c.alone.value)} "
        f"alone (known from {c.source}): {points(d.value)} ({points_range(d)}).{took}",
        "paired",
        d.n * distance80(d),
        joint_minus_alone=d,
    )
    return [Claim("with and alone", "", chance_of(d), said)]


def _with_against_best(c: Complementarity) -> list[Claim]:
    d = c.joint_minus_best
    ahead = d.value > 0
    best = "people alone" if c.alone.value >= c.model.value else "the model alone"
    said = finding(
        "team_ahead" if ahead else "team_behind",
        "",
        "People with the advice beat the better of the two alone"
        if ahead
        else f"People with the advice stay behind {best}",
        f"Right in {whole_percent(c.joint.value)} of cases together; people alone "
        f"{whole_percent(c.alone.value)}, the model alone {whole_percent(c.model.value)} (known "
        f"from {c.source}). Against the better one: {points(d.value)} ({points_range(d)}).",
        c.joint.grade,
        d.n * distance80(d),
        joint_minus_best=d,
    )
    if c.joint.grade == "paired":
        said = replace(said, otherwise=_IN_WHICH_ORDER)
    return [Claim("both together", "", chance_of(d), said)]


_IN_WHICH_ORDER = (
    "What was decided alone came first: people may have learned from it, or grown tired."
)


def _overriding(whole: ValueOf, unit: str) -> str:
    """What overriding loses and saves, both named."""
    net, lost, saved = whole.overriding, whole.wrong_overrides, whole.gained_by_overrides
    if not isinstance(net, Estimate) or isinstance(lost, CannotSay) or isinstance(saved, CannotSay):
        return ""
    gain = replace(net, value=-net.value, low=-net.high, high=-net.low)
    which = (
        f"loses {_amount(net, unit)}"
        if net.low > 0
        else f"saves {_amount(gain, unit)}"
        if gain.low > 0
        else "neither loses nor saves as far as can be told"
    )
    return (
        f" Overriding {which}: wrong overrides lose {plain_number(lost.value)}, right ones save "
        f"{plain_number(saved.value)}."
    )


def _value(asked: Asked) -> list[Finding | Claim]:
    value = asked.measures.value
    if not isinstance(value, Value) or not value.populations:
        return []
    whole = value.populations[0]
    ways = whole.ways()
    if isinstance(whole.at_stake, CannotSay) or not ways:
        return []
    known, most = whole.surely_lost(), loses_most(whole)
    out: list[Finding | Claim] = [
        Claim("lost", name, chance_of(e)) for name, e in ways.items() if name != most
    ]
    if not most:
        return out
    e = known[most]
    told = "; ".join(f"{n} {_amount(known[n], value.unit)}" for n in known)
    said = finding(
        "value_lost",
        "",
        f"{'Most' if most_lost_by(whole) == most else 'Something'} is lost by {most}",
        f"Per eligible decision: {told}. Over all {whole.eligible:,} decisions {most} comes to "
        f"{e.value * whole.eligible:,.0f} {value.unit} ({e.low * whole.eligible:,.0f} to "
        f"{e.high * whole.eligible:,.0f}).{_overriding(whole, value.unit)}",
        "paired",
        e.low * whole.eligible / _per_case(asked),
        lost=e,
    )
    return [*out, Claim("lost", most, chance_of(e), said)]


def _per_case(asked: Asked) -> float:
    """What turns money into cases, as findings are ordered in cases first."""
    per_case = asked.measures.value_per_case
    return per_case.value if isinstance(per_case, Estimate) and per_case.value > 0 else 1.0


def _amount(e: Estimate, unit: str) -> str:
    return f"{plain_number(e.value)} {unit} ({plain_number(e.low)} to {plain_number(e.high)})"


RULES: tuple[Callable[[Asked], Sequence[Finding | Claim]], ...] = (
    _paired,
    _comparison,
    _rollout,
    _team,
    _value,
)
