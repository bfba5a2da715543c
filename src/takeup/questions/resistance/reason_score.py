"""From evidence to belief: transparent weights for five reasons, every term on display.

Two questions are kept apart. Is the reason there? The evidence, sigmoid(prior + survey +
interviews + behaviour), each source capped so that no one source decides alone; its weights are
expert priors, and verdicts go by it. Is it material (at least a quarter of the gap in use)? The
probability, sigmoid(shift + slope · the same sum), fitted to simulated populations, because
sources that agree say more than the priors give them (docs/calibration.md). How much a reason costs no
evidence tells: `between` is what the same evidence meant in five families of populations. What cannot be seen is
unknown, not unlikely: a reason of which no source tells anything, and whether values cost use where
nobody marks the cases that touch them, have no probability but what would be needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import expit

from takeup.questions.resistance.signatures import Behaviour, Signature
from takeup.record.population import Population
from takeup.record.questionnaire import AGREED, ITEMS, REVERSED, TYPES, item_type
from takeup.record.settings import ResistanceSettings
from takeup.stats.quantiles import beta_quantile
from takeup.stats.survey import (
    Reliability,
    acquiescence,
    cohens_kappa,
    reliability,
    scale_scores,
    straight_liners,
    turned,
)

Verdict = Literal["insufficient_evidence", "none", "dominant", "mixed", "leaning", "unclear"]


@dataclass(frozen=True, slots=True)
class SurveyResult:
    """A population's survey: `respondents` after careless ones (`straight_lined`) were left
    out, `response` of its people; mean `scores`, `excess` over half the general mood;
    `reliability` of each scale; `highest` counts respondents by their highest reason."""

    respondents: int
    straight_lined: int
    response: float | None
    usable: bool
    scores: dict[str, float]
    excess: dict[str, float]
    reliability: dict[str, Reliability]
    highest: dict[str, int]


@dataclass(frozen=True, slots=True)
class InterviewResult:
    """A population's coded interviews. `agreement` is Cohen's κ of two coders before they
    agreed (None: one coder); `shares` weigh a primary code 1 and a secondary ½."""

    interviews: int
    agreement: float | None
    usable: bool
    shares: dict[str, float]
    primary: dict[str, int]
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """Log-odds for one reason: what is known of the role, and what each source adds. None:
    the source is not there or not usable."""

    prior: float
    survey: float | None
    interviews: float | None
    behaviour: float | None
    signatures: tuple[Signature, ...]

    @property
    def total(self) -> float:
        """Their sum."""
        return self.prior + sum(v or 0.0 for v in (self.survey, self.interviews, self.behaviour))


@dataclass(frozen=True, slots=True)
class Share:
    """A rough share of people with a reason: mean and 80 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Scored:
    """`evidence` that each reason is there (0 to 1; `order` is by it, and so is the verdict);
    `probability` that it is material, of those of which that can be seen, `between` its lowest and highest
    over the families of populations it was fitted to; `unseen` says of the others what would be needed;
    `named` are those the verdict names."""

    verdict: Verdict
    named: tuple[str, ...]
    evidence: dict[str, float]
    probability: dict[str, float]
    between: dict[str, tuple[float, float]]
    unseen: dict[str, str]
    terms: dict[str, Terms]
    mix: dict[str, Share]
    contradictions: tuple[str, ...]
    next_evidence: tuple[str, ...]

    @property
    def order(self) -> tuple[str, ...]:
        """Reasons, the one with the most evidence first."""
        return tuple(sorted(self.evidence, key=lambda t: -self.evidence[t]))


def prior(facts: Population, rules: ResistanceSettings) -> dict[str, float]:
    """Prior log-odds from what is known of the role; unknown facts count nothing."""
    risk = dict.fromkeys(TYPES, 0.0)
    if facts.substituted_time_share is not None:
        risk["JS"] = float(np.clip((facts.substituted_time_share - 0.30) / 0.30, -1, 1))
    if facts.tenure_over_10_share is not None:
        risk["CA"] = 0.7 * float(np.clip((facts.tenure_over_10_share - 0.40) / 0.40, -1, 1))
    risk["TD"] = 0.9 if facts.prior_incident else 0.0
    risk["WD"] = 0.8 if facts.side_application else 0.0
    risk["VM"] = 0.7 if facts.fiduciary_duty else 0.0
    return {t: float(np.clip(rules.base + r, -2.0, 0.0)) for t, r in risk.items()}


def score_survey(answers: pd.DataFrame, people: int, rules: ResistanceSettings) -> SurveyResult:
    """Scores of one population's respondents. `people` is whom it was sent to (0: unknown)."""
    raw = answers[list(ITEMS)].to_numpy(float)
    careless = straight_liners(raw)
    opposite = np.array([i in REVERSED for i in ITEMS])
    scale_of = np.array([TYPES.index(item_type(i)) for i in ITEMS])
    leaning = acquiescence(raw[~careless], opposite, scale_of)
    kept = turned(raw[~careless] - leaning[:, None], opposite)
    scores = scale_scores(kept, scale_of, len(TYPES), 3)
    n = int((~np.isnan(scores)).any(1).sum())
    response = n / people if people else None
    known = (~np.isnan(scores)).sum(0)
    means = np.where(known > 0, np.nansum(scores, 0) / np.maximum(known, 1), np.nan)
    mood = float(np.nanmean(means)) if (known > 0).any() else float("nan")
    excess = (means - 2.75) - 0.5 * max(0.0, mood - 2.75)
    return SurveyResult(
        n,
        int(careless.sum()),
        response,
        n >= rules.smallest_respondents
        and response is not None
        and response >= rules.smallest_response,
        {t: float(m) for t, m in zip(TYPES, means, strict=True)},
        {t: float(e) for t, e in zip(TYPES, excess, strict=True)},
        {t: reliability(kept[:, scale_of == i]) for i, t in enumerate(TYPES)},
        _highest(scores),
    )


def _highest(scores: np.ndarray) -> dict[str, int]:
    counts = dict.fromkeys((*TYPES, "none"), 0)
    for row in scores[(~np.isnan(scores)).any(1)]:
        top = int(np.nanargmax(row))
        counts[TYPES[top] if row[top] >= 3.5 else "none"] += 1
    return counts


def score_interviews(coded: pd.DataFrame, rules: ResistanceSettings) -> InterviewResult:
    """Shares of codes of one population. Two coders who agree too little are not used."""
    agreed = coded[coded["coder"] == AGREED]
    single = coded[coded["coder"] != AGREED]
    if agreed.empty:
        agreed = single.drop_duplicates("interview_no")
    weights = dict.fromkeys(TYPES, 0.0)
    for column, weight in (("primary", 1.0), ("secondary", 0.5)):
        for code in agreed[column].dropna():
            weights[code] += weight
    agreement = _agreement(single)
    total = sum(weights.values())
    n = agreed["interview_no"].nunique()
    return InterviewResult(
        n,
        agreement,
        n >= rules.smallest_interviews
        and (agreement is None or np.isnan(agreement) or agreement >= rules.smallest_agreement),
        {t: w / total if total else 0.0 for t, w in weights.items()},
        {t: int((agreed["primary"] == t).sum()) for t in TYPES},
        tuple(sorted({s.strip() for x in agreed["themes"].dropna() for s in x.split(";")} - {""})),
    )


def _agreement(single: pd.DataFrame) -> float | None:
    wide = single.pivot_table(
        index="interview_no", columns="coder", values="primary", aggfunc="first"
    ).dropna()
    if wide.shape[1] < 2 or wide.empty:
        return None
    return cohens_kappa(wide.iloc[:, 0].to_numpy(str), wide.iloc[:, 1].to_numpy(str))


def _ramp(x: float, x0: float, x1: float, w: float, k: float, n: float, cap: float) -> float:
    return float(np.clip(w * np.clip((x - x0) / (x1 - x0), -1, 1) * n / (n + k), -cap, cap))


def score(
    behaviour: Behaviour | None,
    survey: SurveyResult | None,
    talks: InterviewResult | None,
    facts: Population,
    people: int,
    access_share: float | None,
    rules: ResistanceSettings,
) -> Scored:
    """The verdict on one population from whatever evidence there is."""
    base = prior(facts, rules)
    measured = [s for s in behaviour.signatures if s.value is not None] if behaviour else []
    terms = {t: _terms(t, base[t], behaviour, survey, talks, rules) for t in TYPES}
    evidence = {t: float(expit(x.total)) for t, x in terms.items()}
    unseen = {t: needs for t, x in terms.items() if (needs := _unseen(t, x))}
    material = {t: probability(t, x.total, rules) for t, x in terms.items() if t not in unseen}
    ends = {t: between(t, terms[t].total, p, rules) for t, p in material.items()}
    usable = _usable(behaviour, len(measured), survey, talks, rules)
    alone = usable == ["behaviour"] and len(measured) >= rules.signatures_alone
    against = _contradictions(terms)
    told_none = survey is None or not survey.usable or _without_reason(survey) >= rules.none_share
    verdict, named = _verdict(
        evidence, terms, people, usable, alone, against, told_none, access_share, rules
    )
    return Scored(
        verdict, named, evidence, material, ends, unseen, terms, _mix(survey, talks), against,
        _next_evidence(behaviour, survey, talks, usable, verdict, people, rules),
    )  # fmt: skip


def probability(t: str, total: float, rules: ResistanceSettings) -> float:
    """How likely reason `t` is material, from all its log-odds together."""
    return float(expit(rules.shift[t] + rules.slope[t] * total))


def between(t: str, total: float, fitted: float, rules: ResistanceSettings) -> tuple[float, float]:
    """The lowest and highest of it over the families of populations it was fitted to."""
    families = rules.families.get(t, ())
    found = [fitted, *(float(expit(shift + slope * total)) for shift, slope in families)]
    return min(found), max(found)


def of_behaviour(signs: Sequence[Signature], rules: ResistanceSettings) -> float:
    """What all signs in behaviour add to one reason."""
    cap = rules.behaviour_cap
    return float(np.clip(sum(s.log_odds for s in signs), -cap, cap))


def of_talks(share: float, interviews: int, rules: ResistanceSettings) -> float:
    """What a share of the codes of so many interviews adds to one reason."""
    return _ramp(share, 0.15, 0.50, 1.8, 4, interviews, rules.interview_cap)


VALUES_COST = "vm_segment_gap"
"""The sign that tells whether a value that people hold costs use. Survey and interviews tell that it is
held: by how much it costs, one and the same answer stood for nothing in one family of simulated
populations and for a quarter of the gap in the other."""


def _unseen(t: str, terms: Terms) -> str | None:
    """What would be needed to see whether the reason is material; None where it can be seen."""
    if t == "VM" and all(s.value is None for s in terms.signatures if s.rule.id == VALUES_COST):
        return "decisions marked where they touch values (`value_tagged`) and the right answer"
    if terms.survey is None and terms.interviews is None and terms.behaviour is None:
        wanted = [s.why.removeprefix("needs ") for s in terms.signatures]
        return f"a survey, interviews, or {wanted[0]}" if wanted else "a survey or interviews"
    return None


def _terms(
    t: str,
    base: float,
    behaviour: Behaviour | None,
    survey: SurveyResult | None,
    talks: InterviewResult | None,
    rules: ResistanceSettings,
) -> Terms:
    own = tuple(s for s in behaviour.signatures if s.rule.reason == t) if behaviour else ()
    acted = None
    if any(s.value is not None for s in own):
        acted = of_behaviour(own, rules)
    said = told = None
    if survey is not None and survey.usable and not np.isnan(survey.excess[t]):
        said = _ramp(survey.excess[t], 0.10, 0.75, 1.6, 10, survey.respondents, rules.survey_cap)
    if talks is not None and talks.usable:
        told = of_talks(talks.shares[t], talks.interviews, rules)
    return Terms(base, said, told, acted, own)


def _usable(
    behaviour: Behaviour | None,
    measured: int,
    survey: SurveyResult | None,
    talks: InterviewResult | None,
    rules: ResistanceSettings,
) -> list[str]:
    found = []
    if survey is not None and survey.usable:
        found.append("survey")
    if talks is not None and talks.usable:
        found.append("interviews")
    if (
        behaviour is not None
        and behaviour.eligible >= rules.smallest_eligible
        and measured >= rules.smallest_signatures
    ):
        found.append("behaviour")
    return found


def _verdict(
    evidence: Mapping[str, float],
    terms: Mapping[str, Terms],
    people: int,
    usable: Sequence[str],
    alone: bool,
    against: Sequence[str],
    told_none: bool,
    access_share: float | None,
    rules: ResistanceSettings,
) -> tuple[Verdict, tuple[str, ...]]:
    if people < rules.smallest_people or (len(usable) < 2 and not alone):
        return "insufficient_evidence", ()
    order = sorted(evidence, key=lambda t: -evidence[t])
    first, second = order[:2]
    if evidence[first] < rules.none_below and (access_share or 0.0) < rules.access_limit:
        return ("none" if told_none else "unclear"), ()
    likely = tuple(t for t in order if evidence[t] >= rules.mixed_from)
    capped = alone or any(t in against for t in likely or (first,))
    supports = sum(
        (v or 0.0) >= rules.support
        for v in (terms[first].survey, terms[first].interviews, terms[first].behaviour)
    )
    if (
        not capped
        and evidence[first] >= rules.dominant_from
        and evidence[first] - evidence[second] >= rules.dominant_gap
        and supports >= 2
        and _stands(first, terms, rules)
    ):
        return "dominant", (first,)
    if len(likely) >= 2 and not capped:
        return "mixed", likely
    if likely:
        return "leaning", likely[:1] if not capped else likely
    return "unclear", ()


def _stands(first: str, terms: Mapping[str, Terms], rules: ResistanceSettings) -> bool:
    """Whether a reason is dominant whatever those would have said who did not answer. Who has a reason may not answer, or
    as is wanted: a survey that supports it clearly, or conversations and behaviour that put it far ahead by
    themselves."""
    said = terms[first].survey
    if said is None or said >= rules.clear_support:
        return True
    own = {t: x.total - (x.survey or 0.0) for t, x in terms.items()}
    return own[first] - max(v for t, v in own.items() if t != first) >= rules.ahead_unsaid


def _without_reason(survey: SurveyResult) -> float:
    """Share of respondents who hold none of the five reasons."""
    return survey.highest["none"] / max(sum(survey.highest.values()), 1)


def _contradictions(terms: Mapping[str, Terms]) -> tuple[str, ...]:
    """Reasons on which what people say and what they do point opposite ways, both clearly."""
    return tuple(
        t
        for t, x in terms.items()
        if x.survey is not None
        and x.behaviour is not None
        and min(abs(x.survey), abs(x.behaviour)) >= 0.5
        and x.survey * x.behaviour < 0
    )


def _mix(survey: SurveyResult | None, talks: InterviewResult | None) -> dict[str, Share]:
    """Rough shares: Dirichlet with prior 1; 0.7 per respondent, 1.5 per interview; 80 %."""
    weight = dict.fromkeys((*TYPES, "none"), 1.0)
    if survey is not None and survey.usable:
        for t, n in survey.highest.items():
            weight[t] += 0.7 * n
    if talks is not None and talks.usable:
        for t, n in talks.primary.items():
            weight[t] += 1.5 * n
    total = sum(weight.values())
    if total == len(weight):
        return {}
    return {
        t: Share(a / total, beta_quantile(0.1, a, total - a), beta_quantile(0.9, a, total - a))
        for t, a in weight.items()
    }


def _next_evidence(
    behaviour: Behaviour | None,
    survey: SurveyResult | None,
    talks: InterviewResult | None,
    usable: Sequence[str],
    verdict: Verdict,
    people: int,
    rules: ResistanceSettings,
) -> tuple[str, ...]:
    if people < rules.smallest_people:
        return (
            f"at least {rules.smallest_people} people to score reasons of (of fewer nothing is scored: talk with them)",
        )
    if verdict in ("none", "dominant", "mixed"):
        return ()
    wanted = []
    if "interviews" not in usable:
        asked = talks.interviews if talks else 0
        more = max(rules.smallest_interviews - asked, 0)
        wanted.append(
            f"{more} {'more ' if asked else ''}interviews with people who seldom use the advice"
            if more
            else "the interviews coded again: two coders agreed too little"
        )
    if "survey" not in usable:
        have = f" ({survey.respondents} so far)" if survey else ""
        wanted.append(
            f"a survey answered by {rules.smallest_respondents} people and "
            f"{100 * rules.smallest_response:.0f}\u00a0% of those asked{have}"
        )
    if "survey" in usable and survey and (survey.response or 1.0) < rules.heard_by_most:
        wanted.append(
            f"a survey that more answer ({100 * (survey.response or 0.0):.0f}\u00a0% did): whoever has another reason "
            "may be among those who did not"
        )
    lacking = [s.why for s in behaviour.signatures if s.value is None] if behaviour else []
    lacking = [why.removeprefix("needs ") for why in lacking if why.startswith("needs ")]
    if lacking and "behaviour" not in usable:
        wanted.append(f"records of {lacking[0]}")
    return tuple(wanted) or ("five to eight talks with people who seldom use the advice",)
