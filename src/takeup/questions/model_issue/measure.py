"""Is the model, not the people, the finding? Asked before any word about people.

For each declared segment and population: where is the advice wrong more often, where are
the people who refuse it right, where is its error above what was promised? Needs the right
answer; refuses where truth is known unevenly. Shares are descriptive, errors by person; the
rules and thresholds are expert priors (docs/explanation/model-issue.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import ibis
import ibis.expr.types as ir
import pandas as pd

from takeup.log import fetch
from takeup.questions.inquiry import Inquiry
from takeup.questions.shared.known_truth import PANEL, answered_rows, truth_weight, uneven_truth
from takeup.questions.shared.same_cases import crossed
from takeup.questions.shared.whose import ALL, person_of, population_of
from takeup.record.columns import CASE
from takeup.record.settings import ModelIssueSettings, Settings
from takeup.record.use_case import UseCase, Utility
from takeup.stats.answer import Answer, CannotSay, Estimate, insufficient, not_instrumented
from takeup.stats.rates import (
    Posterior,
    ratio_of_shares,
    weighted_posterior,
    weighted_share,
)
from takeup.stats.two_way import Crossed

Kind = Literal[
    "blind_spot",
    "low_precision",
    "net_harm",
    "missing_input",
    "overrides_mostly_right",
    "above_promise",
    "worth_watching",
]


@dataclass(frozen=True, slots=True)
class SegmentError:
    """The advice in one kind of case of one scope (`all` or a population).

    `error`: share of advice that is wrong; `ratio`: against the rest of the scope;
    `share`: part of the scope's cases; `override_accuracy`: share of overrides that improved
    on the advice; `overrides_right` of `overrides_judged` are the counts behind it. `people`
    decided such cases, `overriders` of them overrode (None: persons unknown). `overrides_gained`
    were right where the advice was wrong, `overrides_lost` the other way round.
    """

    scope: str
    dimension: str
    segment: str
    cases: int
    share: float
    judged: int
    error: Answer
    error_elsewhere: Answer
    ratio: Answer
    override_accuracy: Answer
    overrides: int
    overrides_judged: int
    overrides_right: int | None
    missing_input_share: float | None
    people: int | None = None
    overriders: int | None = None
    overrides_gained: int | None = None
    overrides_lost: int | None = None

    def coarsened(self) -> SegmentError:
        """Without the count that would tell what a share was rounded for."""
        return replace(self, overrides_right=None)

    @property
    def right_in_words(self) -> str:
        """How many of how many judged overrides improved on the advice: `12 of 40 judged overrides`; as a
        share of them, without the counts, where those of few people are not told."""
        if self.overrides_right is not None:
            return f"{self.overrides_right:,} of {self.overrides_judged:,} judged overrides"
        share = self.override_accuracy
        if isinstance(share, CannotSay):
            return "some judged overrides"
        bound = (share.note or "").startswith("at ")
        told = str(share.note) if bound else f"{100 * share.value:.0f}\u00a0%"
        return f"{told} of judged overrides"

    @property
    def more_gained_than_lost(self) -> bool:
        """Whether overrides were right where the advice was wrong more often than the other way round; a number
        that only came closer is neither."""
        gained, lost = self.overrides_gained, self.overrides_lost
        return gained is None or lost is None or gained > lost


@dataclass(frozen=True, slots=True)
class Issue:
    """One model issue, with the segment it stands in (None: the whole scope)."""

    kind: Kind
    scope: str
    segment: str | None
    dimension: str | None
    evidence: SegmentError


@dataclass(frozen=True, slots=True)
class ModelIssues:
    """`scopes`: the advice as a whole, for all and for each population; `segments`: by kind
    of case; `issues` as ruled; `watch`: worse than the rest, but below the rule's floors.
    `promised_error` is the accuracy target the model was bought with. `by_person`: counts by person and
    population, for measures that lean on them; in no document."""

    scopes: tuple[SegmentError, ...]
    segments: tuple[SegmentError, ...]
    issues: tuple[Issue, ...]
    watch: tuple[Issue, ...]
    promised_error: float | None
    by_person: pd.DataFrame | None = field(default=None, compare=False, repr=False)


def measure_model_issue(
    decisions: ir.Table, use_case: UseCase, segments: Sequence[str], settings: Settings
) -> ModelIssues | CannotSay:
    """Where the advice is wrong, by declared `segments` and by population.

    `decisions` has `advice_right` (null where unknown), `action` and, where known,
    `choice_better`, `override_reason`, `person_id`, `population`.
    """
    if "advice_right" not in decisions.columns:
        return not_instrumented("the table does not hold the right answer", PANEL)
    rows = answered_rows(decisions)
    if refusal := uneven_truth(rows, settings):
        return refusal
    judged = int(fetch(rows.aggregate(n=rows.advice_right.count()))["n"][0].as_py())
    rules = settings.model_issue
    if judged < rules.smallest_resolved:
        return insufficient(f"only {judged} cases with a known right answer", PANEL, judged)
    sums = {dimension: _sums(rows, dimension) for dimension in segments}
    whole = _of_all_levels(next(iter(sums.values()))) if sums else _sums(rows, None)
    scopes = [
        segment_error(
            name, "", ALL, part, None, settings, (_seen(_of_scope(rows, name)).get((), {}), {})
        )
        for name, part in _scoped(whole)
    ]
    found: list[SegmentError] = []
    for dimension in segments:
        found += segment_errors(rows, dimension, settings, sums[dimension])
    issues = [issue for one in (*scopes, *found) for issue in _issues(one, use_case, rules)]
    return ModelIssues(
        tuple(scopes),
        tuple(found),
        tuple(i for i in issues if i.kind != "worth_watching"),
        tuple(i for i in issues if i.kind == "worth_watching"),
        use_case.promised_error,
        whole,
    )


def segment_errors(
    rows: ir.Table, dimension: str, settings: Settings, sums: pd.DataFrame | None = None
) -> list[SegmentError]:
    """The advice in each level of `dimension`, for all and for each population. `rows` have
    advice, and its truth where it is known; `sums`: theirs by person and level, if asked before."""
    found = []
    level_of = rows[dimension].cast("string")
    for name, part in _scoped(_sums(rows, dimension) if sums is None else sums):
        scope = _of_scope(rows, name)
        inside = _seen(scope, {"level": level_of})
        for level, own in part.dropna(subset=["level"]).groupby("level"):
            rest = part[part["level"] != level]
            outside = _seen(scope.filter((level_of != level).fill_null(True))) if inside else {}
            seen = inside.get((str(level),), {}), outside.get((), {})
            found.append(segment_error(name, dimension, str(level), own, rest, settings, seen))
    return found


def _of_scope(rows: ir.Table, scope: str) -> ir.Table:
    return rows if scope == ALL else rows.filter(population_of(rows) == scope)


def _seen(
    rows: ir.Table, by: Mapping[str, ir.Value] | None = None
) -> dict[tuple[str, ...], dict[str, Crossed]]:
    """What cases add that many people saw, to the errors of advice and of overrides (by level of `by`); nothing
    where cases do not repeat."""
    if CASE not in rows.columns:
        return {}
    weight, known = truth_weight(rows), rows.advice_right.notnull()
    ratios = {
        "error": (
            ibis.ifelse(known & ~rows.advice_right, weight, 0.0),
            ibis.ifelse(known, weight, 0.0),
        )
    }
    if "choice_better" in rows.columns:
        scored = (rows.action == "overridden") & rows.choice_better.notnull()
        ratios["overrides"] = (
            ibis.ifelse(scored & rows.choice_better, weight, 0.0),
            ibis.ifelse(scored, weight, 0.0),
        )
    return crossed(rows, ratios, by)


def is_blind_spot(one: SegmentError, settings: Settings) -> bool:
    """Whether the advice errs so often there that the rule of blind spots holds."""
    error = one.error
    return isinstance(error, Estimate) and "blind_spot" in _blind(one, error, settings.model_issue)


def _sums(rows: ir.Table, dimension: str | None) -> pd.DataFrame:
    """Weighted counts by person, population and level of `dimension`."""
    by: dict[str, ir.Value] = {
        "person": person_of(rows),
        "population": population_of(rows),
    }
    if dimension:
        by["level"] = rows[dimension].cast("string")
    return error_sums(rows, by)


def _of_all_levels(sums: pd.DataFrame) -> pd.DataFrame:
    """Sums by person and population from those by level."""
    people = sums.groupby(["person", "population"], dropna=False, sort=False)
    return people.sum(numeric_only=True).reset_index()


def error_sums(rows: ir.Table, by: Mapping[str, ir.Value]) -> pd.DataFrame:
    """Weighted counts of advice judged and wrong, and of overrides, by whatever is asked."""
    frame: pd.DataFrame = fetch(error_table(rows, by)).to_pandas()
    return frame


def error_table(rows: ir.Table, by: Mapping[str, ir.Value]) -> ir.Table:
    """The same, not asked for yet: all of it adds up."""
    weight = truth_weight(rows)
    known, wrong = rows.advice_right.notnull(), ~rows.advice_right
    over = rows.action.isin(["overridden"])
    sums: dict[str, ir.Value] = {
        "cases": rows.count(),
        "judged": known.cast("int64").sum(),
        "w": ibis.ifelse(known, weight, 0.0).sum(),
        "w_wrong": ibis.ifelse(known & wrong, weight, 0.0).sum(),
        "over": over.cast("int64").sum(),
    }
    if "choice_better" in rows.columns:
        scored = over & rows.choice_better.notnull()
        right = scored & rows.choice_better
        sums["over_judged"] = scored.fill_null(False).cast("int64").sum()
        sums["over_right"] = right.fill_null(False).cast("int64").sum()
        sums["w_over"] = ibis.ifelse(scored, weight, 0.0).sum()
        sums["w_right"] = ibis.ifelse(right, weight, 0.0).sum()
    if "choice_right" in rows.columns:
        for name, one, other in (
            ("gained", rows.choice_right, rows.advice_right),
            ("lost", rows.advice_right, rows.choice_right),
        ):
            sums[f"over_{name}"] = (over & one & ~other).fill_null(False).cast("int64").sum()
    if "override_reason" in rows.columns:
        lacks = over & (rows.override_reason == "info_model_lacks")
        sums["lacks"] = lacks.fill_null(False).cast("int64").sum()
    return rows.group_by(**by).aggregate(**sums)


def _scoped(frame: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The whole, and each population where there are several."""
    populations = [
        (str(name), part) for name, part in frame.groupby("population") if name is not None
    ]
    return [(ALL, frame), *(populations if len(populations) > 1 else [])]


def segment_error(
    scope: str,
    dimension: str,
    level: str,
    own: pd.DataFrame,
    rest: pd.DataFrame | None,
    settings: Settings,
    seen: tuple[Mapping[str, Crossed], Mapping[str, Crossed]] = ({}, {}),
) -> SegmentError:
    """One kind of case from its own sums (by person) and those of the `rest` of its scope. `seen`: what cases
    add that many people saw, inside and in the rest."""
    own, rest = _of_people(own), None if rest is None else _of_people(rest)
    total = own["cases"].sum() + (rest["cases"].sum() if rest is not None else 0)
    elsewhere: Answer = insufficient("there is no other kind of case", "a second kind of case")
    against: Answer = elsewhere
    if rest is not None and rest["judged"].sum() and own["judged"].sum():
        elsewhere = _error(rest, settings, seen[1].get("error"))
        against = ratio_of_shares(
            _posterior(own, seen[0].get("error")),
            _posterior(rest, seen[1].get("error")),
            settings.confidence,
        )
    over, scored = int(own["over"].sum()), "over_judged" in own
    accuracy: Answer = not_instrumented("overrides cannot be scored", "the right answer")
    if scored:
        accuracy = weighted_share(
            own["w_right"].to_numpy(float),
            own["w_over"].to_numpy(float),
            float(own["over_judged"].sum()),
            settings.confidence,
            clustered=len(own) > 1,
            crossed=seen[0].get("overrides"),
        )
    return SegmentError(
        scope,
        dimension,
        level,
        int(own["cases"].sum()),
        float(own["cases"].sum() / total),
        int(own["judged"].sum()),
        _error(own, settings, seen[0].get("error")),
        elsewhere,
        against,
        accuracy,
        over,
        int(own["over_judged"].sum()) if scored else 0,
        int(own["over_right"].sum()) if scored else 0,
        float(own["lacks"].sum() / over) if "lacks" in own and over else None,
        people=_people_with(own, "judged", "cases"),
        overriders=_people_with(own, "over_judged", "over"),
        overrides_gained=int(own["over_gained"].sum()) if "over_gained" in own else None,
        overrides_lost=int(own["over_lost"].sum()) if "over_lost" in own else None,
    )


def _of_people(sums: pd.DataFrame) -> pd.DataFrame:
    """The sums, a row a person."""
    return sums.groupby("person", dropna=False).sum(numeric_only=True)


def _people_with(own: pd.DataFrame, *counts: str) -> int | None:
    """How many people there are of whom one of these counts is above zero, of that of which there are fewest
    and some."""
    if list(own.index) == ["everyone"]:
        return None
    return min((n for c in counts if c in own if (n := int((own[c] > 0).sum()))), default=0)


def _posterior(own: pd.DataFrame, cases: Crossed | None) -> Posterior:
    wrong, w = own["w_wrong"].to_numpy(float), own["w"].to_numpy(float)
    return weighted_posterior(wrong, w, float(own["judged"].sum()), cases)


def _error(own: pd.DataFrame, settings: Settings, cases: Crossed | None) -> Answer:
    return weighted_share(
        own["w_wrong"].to_numpy(float),
        own["w"].to_numpy(float),
        float(own["judged"].sum()),
        settings.confidence,
        clustered=len(own) > 1,
        crossed=cases,
    )


def _issues(one: SegmentError, use_case: UseCase, rules: ModelIssueSettings) -> list[Issue]:
    error = one.error
    if isinstance(error, CannotSay):
        return []
    segment = None if not one.dimension else one.segment
    kinds: list[Kind] = []
    if segment is None:
        if error.low >= rules.low_precision and one.judged >= rules.low_precision_resolved:
            kinds.append("low_precision")
        if _mostly_right(one, rules):
            kinds.append("overrides_mostly_right")
        promised = use_case.promised_error
        if promised is not None and error.low > promised:
            kinds.append("above_promise")
    else:
        kinds += _blind(one, error, rules)
        if _missing_input(one, rules):
            kinds.append("missing_input")
    utility = use_case.utilities.get(one.segment, use_case.utility)
    if utility is not None and one.judged >= rules.smallest_resolved and is_harmful(error, utility):
        kinds.append("net_harm")
    return [Issue(kind, one.scope, segment, one.dimension or None, one) for kind in kinds]


def _blind(one: SegmentError, error: Estimate, rules: ModelIssueSettings) -> list[Kind]:
    against = one.ratio
    if isinstance(against, CannotSay) or one.judged < rules.smallest_resolved:
        return []
    if against.low <= rules.error_ratio_low:
        return []
    rule_holds = (
        one.share >= rules.segment_share
        and against.value >= rules.error_ratio
        and error.value >= rules.error_floor
    )
    return ["blind_spot" if rule_holds else "worth_watching"]


def _missing_input(one: SegmentError, rules: ModelIssueSettings) -> bool:
    accuracy = one.override_accuracy
    return (
        one.missing_input_share is not None
        and one.overrides >= rules.smallest_overrides
        and one.missing_input_share >= rules.missing_input_share
        and isinstance(accuracy, Estimate)
        and one.overrides_judged >= rules.smallest_overrides
        and accuracy.value >= rules.missing_input_accuracy
    )


def _mostly_right(one: SegmentError, rules: ModelIssueSettings) -> bool:
    """The lower bound of override accuracy, 80 % one-sided, is at least one half."""
    accuracy = one.override_accuracy
    if not isinstance(accuracy, Estimate) or one.overrides_judged < rules.smallest_overrides:
        return False
    if not one.more_gained_than_lost:
        return False
    return _at_least(accuracy) >= rules.mostly_right_low


def is_harmful(error: Estimate, utility: Utility) -> bool:
    """Whether right advice gains less than wrong advice costs, by the lower bound of its errors."""
    least = _at_least(error)
    return (1 - least) * utility.benefit_right < least * utility.harm_wrong


def _at_least(share: Estimate) -> float:
    """Its lower bound, 80 % one-sided."""
    return share.value - (share.value - share.low) * 0.8416 / 1.96


def ask(inquiry: Inquiry) -> ModelIssues | CannotSay:
    """The question, of one use case."""
    return measure_model_issue(
        inquiry.decisions, inquiry.use_case, inquiry.segments, inquiry.settings
    )
