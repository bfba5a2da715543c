"""What the measures amount to: findings about the model first, then by what is at stake."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from takeup.diagnosis.finding import Finding, distance80, finding, high80, low80
from takeup.diagnosis.measures import Measures
from takeup.diagnosis.words import (
    among,
    chance,
    counted,
    name_of,
    odds,
    of_hundred,
    one_in,
    percent,
    points,
    points_range,
    times_range,
    whole_percent,
)
from takeup.measure.comparison import CORRECTNESS, Comparison, OutcomeComparison
from takeup.measure.disagreement import Disagreement, OneSidedOutcome
from takeup.measure.ladder import Ladder
from takeup.measure.model_issue import ALL, Issue, ModelIssues, SegmentError
from takeup.measure.paired import Paired, PairedGroup
from takeup.measure.rollout import Rollout
from takeup.record.settings import Settings
from takeup.stats.answer import CannotSay, Estimate


@dataclass(frozen=True, slots=True)
class Asked:
    """What a finding is made from: the measures, thresholds and the populations' titles."""

    measures: Measures
    settings: Settings
    titles: Mapping[str, str]

    def scope(self, key: str) -> str:
        """A population's title, or nothing for all."""
        return "" if key == ALL else self.titles.get(key, name_of(key))


def find(measures: Measures, settings: Settings, titles: Mapping[str, str]) -> list[Finding]:
    """Findings in order: the model before people, then by what is at stake. "Not enough
    evidence" is one of them."""
    asked = Asked(measures, settings, titles)
    found = [one for rule in _RULES for one in rule(asked)]
    per_case = measures.value_per_case
    if isinstance(per_case, Estimate) and per_case.value > 0:
        found = [
            replace(f, at_stake=f.at_stake * per_case.value, stake_unit=per_case.unit)
            for f in found
        ]
    return sorted(found, key=lambda f: (_ORDER.index(f.kind), -f.at_stake))


_ORDER = ("model", "people", "effect", "unknown")


def _model_issues(asked: Asked) -> list[Finding]:
    found = asked.measures.model_issue
    if isinstance(found, CannotSay):
        return []
    kept = _most_specific(found)
    merged = {(i.scope, i.segment) for i in kept if i.kind == "blind_spot"}
    return [
        _model_issue(issue, asked, kept)
        for issue in kept
        if not (issue.kind == "missing_input" and (issue.scope, issue.segment) in merged)
    ]


def _most_specific(found: ModelIssues) -> list[Issue]:
    """An issue of one population is told there; of several, for all."""
    kept = []
    for issue in found.issues:
        same = [i for i in found.issues if (i.kind, i.segment) == (issue.kind, issue.segment)]
        populations = [i for i in same if i.scope != ALL]
        if issue.scope == ALL and len(populations) == 1:
            continue
        if issue.scope != ALL and len(populations) > 1 and any(i.scope == ALL for i in same):
            continue
        kept.append(issue)
    return kept


def _model_issue(issue: Issue, asked: Asked, kept: list[Issue]) -> Finding:
    one = issue.evidence
    error = one.error
    assert isinstance(error, Estimate)
    kind = name_of(one.segment) if issue.segment else ""
    who = asked.scope(one.scope)
    right = ""
    if one.overrides_judged:
        right = (
            f" Of {one.overrides_judged:,} judged overrides {'there ' if kind else ''}"
            f"{one.overrides_right:,} were right."
        )
    elsewhere = one.error_elsewhere
    against = ""
    if isinstance(elsewhere, Estimate) and isinstance(one.ratio, Estimate):
        against = f"Elsewhere in {of_hundred(elsewhere.value)} ({times_range(one.ratio)})."
    lacks = any(
        i.kind == "missing_input" and (i.scope, i.segment) == (issue.scope, issue.segment)
        for i in kept
    )
    if lacks:
        right += f" In {whole_percent(one.missing_input_share or 0)} the reason was what the model lacks."
    titles: dict[str, tuple[str, str]] = {
        "blind_spot": (
            f"On {kind} the model is wrong in {of_hundred(error.value)} cases",
            f"{against}{right}",
        ),
        "missing_input": (
            f"On {kind} people know what the model lacks",
            f"It is the reason of {whole_percent(one.missing_input_share or 0)} of overrides there.{right}",
        ),
        "low_precision": (
            f"The advice is wrong in {of_hundred(error.value)} cases",
            f"{counted(error)} judged cases ({percent(error)}).{right}",
        ),
        "overrides_mostly_right": (
            "People are right more often than the advice they reject",
            f"{right.strip()} Read beside the model's error: {percent(error)}.",
        ),
        "net_harm": (
            f"{'On ' + kind if kind else 'Overall'} the advice harms more than it helps",
            f"It is wrong in {of_hundred(error.value)} cases ({percent(error)}); with the declared "
            "benefit and harm that is a loss.",
        ),
        "above_promise": (
            "The model errs more than was promised",
            f"Wrong in {percent(error)} of judged cases; promised was less than the lower end.",
        ),
    }
    title, text = titles[issue.kind]
    concerned = low80(error)
    if isinstance(elsewhere, Estimate) and issue.kind == "blind_spot":
        concerned = max(low80(error) - elsewhere.value, 0.0)
    return finding(
        issue.kind,
        ":".join(p for p in (one.scope if who else "", issue.segment or "") if p),
        f"{who}: {title[0].lower()}{title[1:]}" if who and kind else title,
        text,
        "descriptive",
        one.cases * concerned,
        scope=one.scope,
        sentence=_refusers_right(one, who, kind),
        evidence=(
            f"{one.judged:,} cases with a known right answer, {whole_percent(one.share)} of cases",
        ),
        error=error,
        error_elsewhere=elsewhere,
        ratio=one.ratio,
        override_accuracy=one.override_accuracy,
    )


def _refusers_right(one: SegmentError, who: str, kind: str) -> str:
    """The sentence for a blind spot in which those who refuse the advice are right."""
    accuracy = one.override_accuracy
    if isinstance(accuracy, CannotSay) or not kind or one.overrides_judged < 30:
        return ""
    if low80(accuracy) < 0.5:
        return ""
    people = who[0].lower() + who[1:] if who else "people"
    return f"Where {people} refuse it, on {kind}, they are right {odds(accuracy.value)}."


def _high_rate_low_quality(asked: Asked) -> list[Finding]:
    a = asked.measures.adoption.overall
    nominal, used, gap = a.nominal_rate, a.effective_reliance, a.quality_gap
    if isinstance(nominal, CannotSay) or isinstance(used, CannotSay):
        return []
    rules = asked.settings
    if nominal.value < rules.high_nominal_rate or used.value >= rules.low_effective_reliance:
        return []
    parted = f" Between the two lie {points(gap.value)}." if isinstance(gap, Estimate) else ""
    return [
        finding(
            "high_rate_low_quality",
            "",
            "High rate, low quality",
            f"{percent(nominal)} of eligible cases go through the tool, but the advice carries "
            f"only {percent(used)} of the decisions.{parted}",
            "descriptive",
            a.eligible * max(low80(nominal) - high80(used), 0),
            nominal_rate=nominal,
            effective_reliance=used,
        )
    ]


def _seldom_seen(asked: Asked) -> list[Finding]:
    a = asked.measures.adoption.overall
    seen = a.consult_rate
    if isinstance(seen, CannotSay) or seen.value >= asked.settings.ladder.l3_consult:
        return []
    return [
        finding(
            "seldom_seen",
            "",
            f"The advice is looked at in {one_in(seen.value)}",
            f"{counted(seen)} eligible cases were decided with the advice in view "
            f"({percent(seen)}). What nobody sees cannot help.",
            "descriptive",
            a.eligible * (1 - high80(seen)),
            consult_rate=seen,
        )
    ]


def _often_overridden(asked: Asked) -> list[Finding]:
    a = asked.measures.adoption.overall
    rate = a.override_rate
    if isinstance(rate, CannotSay) or rate.low < asked.settings.often_overridden:
        return []
    return [
        finding(
            "often_overridden",
            "",
            f"Of advice looked at, {chance(rate.value)} is overridden",
            f"{counted(rate)} decisions with the advice in view went against it "
            f"({percent(rate)}). Whether that is too much depends on how often the advice is wrong.",
            "descriptive",
            a.consulted * low80(rate),
            override_rate=rate,
        )
    ]


def _over_reliance(asked: Asked) -> list[Finding]:
    ladder = asked.measures.ladder
    if not isinstance(ladder, Ladder):
        return []
    found = []
    for p in ladder.populations:
        if "over_reliance" not in p.markers:
            continue
        who = asked.scope(p.population)
        found.append(
            finding(
                "over_reliance",
                p.population if who else "",
                f"{who or 'People'}: wrong advice is followed too",
                f"Overrides are rarer ({whole_percent(p.override_rate or 0)}) than experts would make them, "
                "or wrong advice is let through. A low override rate is no success here.",
                "descriptive",
                float(p.people),
                scope=p.population,
            )
        )
    return found


def _agreement_only(asked: Asked) -> list[Finding]:
    a = asked.measures.adoption.overall
    if not isinstance(a.consult_rate, CannotSay) or isinstance(a.agreement, CannotSay):
        return []
    return [
        finding(
            "agreement_only",
            "",
            "Whether anybody looked is not recorded",
            f"{percent(a.agreement)} of {a.agreement.n:,} choices agree with the advice. That is "
            "agreement, not following: people may agree without looking.",
            "descriptive",
            a.eligible * (1 - high80(a.agreement)),
            agreement=a.agreement,
        )
    ]


def _disagreement(asked: Asked) -> list[Finding]:
    found = asked.measures.disagreement
    if not isinstance(found, Disagreement):
        return []
    out = []
    rate = found.rate
    if found.highest is not None and isinstance(rate, Estimate):
        high = found.highest.rate
        assert isinstance(high, Estimate)
        part = sum(k.part for k in found.half)
        ways = "; ".join(
            f"{d.advice} → {d.choice} in {percent(d.rate)} of cases so advised"
            for d in found.directions[:2]
            if isinstance(d.rate, Estimate)
        )
        out.append(
            finding(
                "disagreement_concentrated",
                "",
                f"Choices differ most on {among(found.highest.kind)}",
                f"In {percent(high)} of these cases, against {percent(rate)} overall. {ways}. "
                f"{len(found.half)} of {found.kinds_tried} kinds of case make "
                f"{whole_percent(part)} of all disagreement.",
                "descriptive",
                found.highest.cases * max(low80(high) - rate.value, 0),
                sentence=f"Choices differ most on {among(found.highest.kind)}.",
                rate=high,
                overall=rate,
            )
        )
    for one in found.one_sided:
        out += _one_sided(one, asked)
    return out


def _one_sided(one: OneSidedOutcome, asked: Asked) -> list[Finding]:
    d = one.difference
    if isinstance(d, CannotSay):
        return []
    other = "the same" if not d.excludes() else "higher" if d.value > 0 else "lower"
    return [
        finding(
            "one_sided_outcome",
            f"{one.outcome}:{one.choice}",
            f"Decided {one.choice} against the advice: {one.label} is "
            + (f"{other} than" if d.excludes() else "not clearly different from")
            + " with it, in the same score band",
            f"{points(d.value)} ({points_range(d)}) among cases whose outcome was seen. One-sided: "
            "it says nothing of the cases whose outcome nobody saw.",
            "descriptive",
            asked.measures.adoption.overall.eligible * 0.01,
            difference=d,
            bounds=one.bounds,
        )
    ]


def _paired(asked: Asked) -> list[Finding]:
    paired = asked.measures.paired
    if not isinstance(paired, Paired):
        return []
    found = [_paired_group("", "Over all judged cases", paired.overall, 1.0)]
    for dimension, groups in paired.groups.items():
        for g in groups:
            where = asked.titles.get(g.key, name_of(g.key))
            found.append(_paired_group(f"{dimension}:{g.key}", f"On {where}", g, 0.9))
    return [f for f in found if f is not None]


def _paired_group(key: str, where: str, g: PairedGroup, weight: float) -> Finding | None:
    answer = g.person_minus_model
    if isinstance(answer, CannotSay) or not answer.excludes():
        return None
    ahead = answer.value > 0
    who = (
        "people are right more often than the model"
        if ahead
        else "the model alone is right more often than people with it"
    )
    return finding(
        "people_ahead" if ahead else "model_ahead",
        key,
        f"{where}, {who}",
        f"On the same {g.judged:,} judged cases{_caught(g)}: {points(answer.value)} "
        f"({points_range(answer)}) for people minus model.",
        "paired",
        g.judged * distance80(answer) * weight,
        person_minus_model=answer,
    )


def _caught(g: PairedGroup) -> str:
    if g.person_only is None or g.model_only is None:
        return ""
    return (
        f" people caught {g.person_only:,} errors of the model and made {g.model_only:,} that it "
        "did not"
    )


def _comparison(asked: Asked) -> list[Finding]:
    comparison = asked.measures.comparison
    if not isinstance(comparison, Comparison):
        return []
    found = []
    for one in comparison.outcomes:
        if isinstance(one.adjusted, CannotSay):
            continue
        if one.outcome == CORRECTNESS and isinstance(asked.measures.paired, Paired):
            continue
        found += _association(one, one.adjusted)
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
            asked.measures.adoption.overall.consulted * 0.1,
            bounds=refused[0][0].bounds,
        )
    ]


def _association(one: OutcomeComparison, adjusted: Estimate) -> list[Finding]:
    n = one.followed + one.overridden
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
                n * 0.5,
                raw=one.raw,
                adjusted=adjusted,
            )
        )
    if adjusted.excludes():
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
                f"{_number(adjusted)} for followed minus overridden, adjusted for what is "
                f"recorded.{robust}",
                "adjusted",
                n * 0.25,
                adjusted=adjusted,
                raw=one.raw,
            )
        )
    return found


def _number(e: Estimate) -> str:
    if e.unit == "points":
        return f"{points(e.value)} ({points_range(e)})"
    return f"{e.value:+.2f} ({e.low:+.2f} to {e.high:+.2f})".replace("-", "−")


def _rollout(asked: Asked) -> list[Finding]:
    rollout = asked.measures.rollout
    if not isinstance(rollout, Rollout):
        return []
    n = rollout.with_advice + rollout.without_advice
    known = [(e, e.unadjusted) for e in rollout.effects if isinstance(e.unadjusted, Estimate)]
    found = []
    for e, u in known:
        if e.name == "agreement" and u.excludes():
            way = "less" if u.value < 0 else "a little more" if u.value < 0.10 else "more"
            found.append(
                finding(
                    "advice_taken",
                    "",
                    f"The advice is taken {way} when it is shown",
                    f"Choices agree with it in {e.mean_with:.1%} of cases with it and "
                    f"{e.mean_without:.1%} without: {points(u.value)} ({points_range(u)}), drawn "
                    "at random.",
                    "randomised",
                    n * distance80(u),
                    effect=u,
                )
            )
    outcomes = [(e, u) for e, u in known if e.name.startswith(("outcome:", "misclassification:"))]
    settled = [(e, u) for e, u in outcomes if u.excludes()]
    for e, u in settled:
        found.append(
            finding(
                "outcome_effect",
                e.name,
                f"Having the advice changes {e.label}",
                f"{points(u.value)} ({points_range(u)}) with the advice, drawn at random.",
                "randomised",
                n * distance80(u),
                effect=u,
            )
        )
    if outcomes and not settled:
        _, widest = max(outcomes, key=lambda pair: pair[1].high - pair[1].low)
        found.append(
            finding(
                "no_outcome_effect",
                "",
                "No effect on outcomes is established",
                f"For none of {len(outcomes)} outcome measures does the interval leave zero out; "
                f"the widest runs {points_range(widest)}. That is not evidence of no effect.",
                "randomised",
                n * 0.001,
                widest=widest,
            )
        )
    return found


def _hidden(asked: Asked) -> list[Finding]:
    if not asked.measures.adoption.overall.hidden:
        return []
    return [
        finding(
            "hidden",
            "",
            "Not shown, on purpose",
            "Too few people, or persons unknown: any figure here could describe a person.",
            "descriptive",
            0.0,
        )
    ]


_RULES: tuple[Callable[[Asked], list[Finding]], ...] = (
    _model_issues,
    _high_rate_low_quality,
    _seldom_seen,
    _often_overridden,
    _over_reliance,
    _agreement_only,
    _disagreement,
    _paired,
    _comparison,
    _rollout,
    _hidden,
)
