"""Findings about the model: blind spots, low precision, harm, missing inputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import ndtr

from takeup.drawing.words import (
    counted,
    odds,
    of_hundred,
    of_kind,
    percent,
    percent_between,
    times_range,
    upper_first,
    whole_percent,
)
from takeup.questions.asked import Asked, Rules
from takeup.questions.claim import Claim, chance_of
from takeup.questions.finding import Finding, finding, low80
from takeup.questions.model_issue.measure import Issue, ModelIssues, SegmentError
from takeup.questions.paired import Paired
from takeup.questions.shared.whose import ALL
from takeup.stats.answer import Answer, CannotSay, Estimate


def _model_issues(asked: Asked) -> list[Finding | Claim]:
    found = asked.measures.model_issue
    if isinstance(found, CannotSay):
        return []
    kept = _most_specific(found)
    merged = {(i.scope, i.segment) for i in kept if i.kind == "blind_spot"}
    told: list[Finding | Claim] = []
    for issue in kept:
        if issue.kind == "missing_input" and (issue.scope, issue.segment) in merged:
            continue
        said = _model_issue(issue, asked, kept)
        accuracy = issue.evidence.override_accuracy
        name = _place(issue.evidence)
        if issue.kind == "overrides_mostly_right" and isinstance(accuracy, Estimate):
            told.append(Claim(_MOSTLY_RIGHT, name, chance_of(accuracy, 0.5), said))
        elif issue.kind == "missing_input" and isinstance(accuracy, Estimate):
            told.append(Claim(_MISSING, name, chance_of(accuracy, 0.5), said))
        elif issue.kind == "blind_spot":
            told.append(Claim(_BLIND, name, _chance_of_ratio(issue.evidence.ratio), said))
        elif issue.kind == "low_precision" and isinstance(issue.evidence.error, Estimate):
            told.append(
                Claim(_TOO_OFTEN, name, _chance_of_too_many(issue.evidence.error, asked), said)
            )
        else:
            told.append(said)
    return [*told, *_looked_at(found, told, asked)]


_MOSTLY_RIGHT, _MISSING, _BLIND = "overrides mostly right", "what the model lacks", "blind spots"
_TOO_OFTEN = "wrong too often"


def _chance_of_too_many(error: Estimate, asked: Asked) -> float:
    """The two-sided chance of so many errors, or so few, where the advice is as often wrong as it just may be."""
    return chance_of(error, asked.settings.model_issue.low_precision)


def _place(one: SegmentError) -> str:
    return f"{one.scope}:{one.dimension}={one.segment}" if one.dimension else f"{one.scope}:"


def _chance_of_ratio(ratio: Answer) -> float:
    """The two-sided chance of a ratio so far from 1, from its interval on the scale of logarithms."""
    if isinstance(ratio, CannotSay) or min(ratio.value, ratio.low, ratio.high) <= 0:
        return 1.0
    off = np.log(ratio.value)
    half = off - np.log(ratio.low) if off > 0 else np.log(ratio.high) - off
    return float(2 * ndtr(-1.96 * abs(off) / half)) if half > 0 else 1.0


def _looked_at(found: ModelIssues, told: list[Finding | Claim], asked: Asked) -> list[Claim]:
    """Where else it was looked at whether overrides are mostly right, and where the advice errs more often, or
    too often."""
    names = {(one.family, one.name) for one in told if isinstance(one, Claim)}
    looked = []
    for one in (*found.scopes, *found.segments):
        accuracy = one.override_accuracy
        if isinstance(accuracy, Estimate) and one.overrides_judged >= 30:
            family = _MISSING if one.dimension else _MOSTLY_RIGHT
            looked.append(Claim(family, _place(one), chance_of(accuracy, 0.5)))
        if not one.dimension and isinstance(one.error, Estimate):
            looked.append(Claim(_TOO_OFTEN, _place(one), _chance_of_too_many(one.error, asked)))
        if one.dimension and isinstance(one.ratio, Estimate):
            looked.append(Claim(_BLIND, _place(one), _chance_of_ratio(one.ratio)))
    return [one for one in looked if (one.family, one.name) not in names]


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


def _reason_of(share: float | None) -> str:
    return (
        "" if share is None else f"It is the reason of {whole_percent(share)} of overrides there."
    )


def _whoever_looked(asked: Asked) -> str:
    """The model's errors are counted in all cases, people's only where they looked."""
    seen = asked.measures.adoption.overall.consult_rate
    return ", looked at or not" if isinstance(seen, Estimate) and seen.value < 0.995 else ""


def _model_issue(issue: Issue, asked: Asked, kept: list[Issue]) -> Finding:
    one = issue.evidence
    error = one.error
    assert isinstance(error, Estimate)
    on = of_kind(((issue.dimension, issue.segment),)) if issue.dimension and issue.segment else ""
    who = asked.scope(one.scope)
    right = ""
    if one.overrides_judged:
        there = "there " if on else ""
        right = f" {one.right_in_words.capitalize()} {there}improved on the advice."
        if one.overrides_right is not None:
            right = (
                f" Of {one.overrides_judged:,} judged overrides {there}{one.overrides_right:,} "
                "improved on the advice."
            )
    elsewhere = one.error_elsewhere
    against = ""
    if isinstance(elsewhere, Estimate) and isinstance(one.ratio, Estimate):
        against = f"Elsewhere in {of_hundred(elsewhere.value)} ({times_range(one.ratio)})."
    lacks = any(
        i.kind == "missing_input" and (i.scope, i.segment) == (issue.scope, issue.segment)
        for i in kept
    )
    share = one.missing_input_share  # None: not shown, on purpose
    if lacks and share is not None:
        right += f" Of the overrides there {whole_percent(share)} give what the model lacks as their reason."
    titles: dict[str, tuple[str, str]] = {
        "blind_spot": (
            f"{upper_first(on)} the model is wrong in {of_hundred(error.value)} cases",
            f"{against}{right}",
        ),
        "missing_input": (
            f"{upper_first(on)} people know what the model lacks",
            f"{_reason_of(share)}{right}".strip(),
        ),
        "low_precision": (
            f"The advice is wrong in {of_hundred(error.value)} cases",
            f"{counted(error)} judged cases{_whoever_looked(asked)} ({percent(error)}).{right}",
        ),
        "overrides_mostly_right": (
            "People are right more often than the advice they reject",
            f"{right.strip()} Read beside the model's error: {percent_between(error)}.",
        ),
        "net_harm": (
            f"{upper_first(on) if on else 'There' if who else 'Overall'} the advice harms more than it helps",
            f"It is wrong in {of_hundred(error.value)} cases ({percent(error)}); with the declared "
            "benefit and harm that is a loss.",
        ),
        "above_promise": (
            "The model errs more than was promised",
            f"Wrong in {percent_between(error)} of judged cases; promised was less than the lower end.",
        ),
    }
    title, text = titles[issue.kind]
    concerned = low80(error)
    said = _decided_by(issue, asked)
    if isinstance(elsewhere, Estimate) and issue.kind == "blind_spot":
        concerned = max(low80(error) - elsewhere.value, 0.0)
    found = finding(
        issue.kind,
        ":".join(p for p in (one.scope if who else "", issue.segment or "") if p),
        f"{who}: {title[0].lower()}{title[1:]}" if who else title,
        text,
        "descriptive",
        one.cases * concerned,
        scope=one.scope,
        kind=((issue.dimension, issue.segment),) if issue.dimension and issue.segment else (),
        sentence=_refusers_right(one, asked.inside(one.scope), on),
        evidence=(
            f"{one.judged:,} cases with a known right answer, {whole_percent(one.share)} of cases",
        ),
        error=error,
        error_elsewhere=elsewhere,
        ratio=one.ratio,
        override_accuracy=one.override_accuracy,
    )
    if said is None:
        return found
    return replace(
        found, first_action=said, actions=tuple(a for a in found.actions if a.id != "A-MD1")
    )


def _decided_by(issue: Issue, asked: Asked) -> str | None:
    """What to do first in a blind spot in which it is not known that people do better; None where they do, or
    where there is no blind spot."""
    if issue.kind != "blind_spot":
        return None
    ahead = _people_minus_model(issue, asked)
    if isinstance(ahead, Estimate):
        if low80(ahead) > 0:
            return None
        return _BOTH_WEAK if ahead.high < 0 else _NO_BETTER
    return None if _refusers_right(issue.evidence, "", str(issue.segment)) else _NOT_KNOWN


_BOTH_WEAK = (
    "Say on the screen that the model is weak here, and that people with it are right less often still; add "
    "what the model lacks and retrain, and have a second person look at these cases until then."
)
_NO_BETTER = (
    "Say on the screen that the model is weak here; add what it lacks and retrain. On the judged cases people "
    "with it do no better beyond chance: have a second person look at these cases until then."
)
_NOT_KNOWN = (
    "Say on the screen that the model is weak here; add what it lacks and retrain. That people decide these "
    "cases better is not known: have 60 of them judged blind (takeup sample) before they go to people alone."
)


def _people_minus_model(issue: Issue, asked: Asked) -> Estimate | None:
    """How much more often people with the advice are right than the model, in an issue's kind of case."""
    paired = asked.measures.paired
    if not isinstance(paired, Paired) or issue.scope != ALL or issue.dimension is None:
        return None
    groups = paired.groups.get(issue.dimension, ())
    found = next((g.person_minus_model for g in groups if g.key == issue.segment), None)
    return found if isinstance(found, Estimate) else None


def _refusers_right(one: SegmentError, who: str, on: str) -> str:
    """The sentence for a blind spot in which those who refuse the advice are right."""
    accuracy = one.override_accuracy
    if isinstance(accuracy, CannotSay) or not on or one.overrides_judged < 30:
        return ""
    if low80(accuracy) < 0.5 or not one.more_gained_than_lost:
        return ""
    # Which of the two is right where they differ; the advice's own share is over all cases, not over these.
    return f"Where {who or 'people'} refuse the advice, {on}, they are right and it is wrong {odds(accuracy.value)}."


RULES: Rules = (_model_issues,)
