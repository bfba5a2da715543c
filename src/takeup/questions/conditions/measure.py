"""Which of eight organizational conditions are there, for each population?

Every indicator from the decisions where they tell, else from records and attestations that are handed in, else
unknown with what would tell: never zero. A condition is present, partial, absent or unknown by rules of expert
thresholds, not by estimates; what people claim annotates, contradicts or disputes it, and never decides. Risk is
of a population; several are as the gravest of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import ibis.expr.types as ir

from takeup.questions.conditions.indicators import (
    ConditionRule,
    Grade,
    IndicatorRule,
    conditions,
)
from takeup.questions.conditions.rules import (
    Judged,
    Risk,
    Risks,
    Status,
    contradicts,
    disputed,
    judge,
    risk,
    worst_of,
)
from takeup.questions.conditions.telemetry import people_of, tell
from takeup.questions.conditions.windows import Told
from takeup.questions.inquiry import Inquiry
from takeup.record.conditions import (
    EVERY_POPULATION,
    ConditionClaim,
    ConditionRecord,
    ConditionRecords,
)
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.stats.answer import (
    Answer,
    CannotSay,
    Estimate,
    insufficient,
    not_instrumented,
    suppressed,
)
from takeup.stats.rates import trend

EVIDENCE_DAYS = 14
"""Days within which whoever claims otherwise is asked for evidence."""


@dataclass(frozen=True, slots=True)
class IndicatorFound:
    """One indicator: its grade, the figure behind it, from where (`source`: telemetry, record, attestation; empty
    where nothing tells), the figure a window `before`, and whether it got better since. `said`: who recorded it,
    when, and by which document; `pooled`: of all populations together. `reason`: why it is graded so, or what would
    tell."""

    id: str
    grade: Grade
    figure: Answer
    source: str = ""
    before: Answer | None = None
    beside: float | None = None
    trend: str = ""
    reason: str = ""
    said: str = ""
    pooled: bool = False
    did: int | None = field(default=None, repr=False, compare=False)
    did_not: int | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ConditionFound:
    """One condition: status and why, `known` the share (by weight) of its indicators that is known, what was
    `claimed` of it, a `contradiction` to be cleared up, whether practitioners dispute it, and the ids of actions
    that close its gaps, the first one first. `pooled`: its figures are of all populations together."""

    condition: str
    status: Status
    why: str
    known: float
    claimed: str
    contradiction: str
    disputed: str
    pooled: bool
    closes: tuple[str, ...]
    indicators: tuple[IndicatorFound, ...]


@dataclass(frozen=True, slots=True)
class PopulationConditions:
    """The eight of one population, and its risk: now, were all unknown ones present, and were they absent."""

    population: str
    people: int | None
    eligible: int
    conditions: tuple[ConditionFound, ...]
    risk: Risk | None
    best: Risk | None
    worst: Risk | None
    absent: int
    partial: int
    unknown: int
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Conditions:
    """Populations in order of size; `risk` that of the gravest. `window_days`: what telemetry looks back at
    (None: the whole table, undated)."""

    populations: tuple[PopulationConditions, ...]
    risk: Risk | None
    window_days: int | None


def measure_conditions(
    decisions: ir.Table, use_case: UseCase, records: ConditionRecords, settings: Settings
) -> Conditions | CannotSay:
    """The eight conditions by population, from decisions and from `records`."""
    sizes = people_of(decisions)
    told = tell(decisions, use_case, records.own_view, settings)
    names = sorted({*sizes, *records.populations}, key=lambda n: (-sizes.get(n, (0, 0))[1], n))
    if not names:
        return not_instrumented(
            "no eligible case in assist, and no record of any condition",
            "decisions made with the advice available, or a file of records (--conditions)",
        )
    found = tuple(
        _population(name, *sizes.get(name, (None, 0)), told.get(name, {}), records, settings)
        for name in names
    )
    return Conditions(
        found,
        worst_of([p.risk for p in found if p.risk is not None]),
        settings.conditions.window_days if "decided_at" in decisions.columns else None,
    )


def _population(
    name: str,
    people: int | None,
    eligible: int,
    told: dict[str, Told],
    records: ConditionRecords,
    settings: Settings,
) -> PopulationConditions:
    every = tuple(_condition(rule, name, told, records, settings) for rule in conditions())
    risks: Risks = risk([c.status for c in every], settings.conditions.several_absent)
    return PopulationConditions(
        name, people, eligible, every, risks.now, risks.best, risks.worst, risks.absent,
        risks.partial, risks.unknown,
    )  # fmt: skip


def _condition(
    rule: ConditionRule,
    population: str,
    told: dict[str, Told],
    records: ConditionRecords,
    settings: Settings,
) -> ConditionFound:
    found = []
    approval = told.get("approval")
    for one in rule.indicators:
        own = told.get(one.id)
        if own is not None and one.id == "C3.1" and approval is not None:
            own = replace(own, beside=approval.beside)
        found.append(_indicator(one, own, records.of(population, one.id), settings))
    pooled = any(f.pooled for f in found)
    judged = judge([(one, f.grade) for one, f in zip(rule.indicators, found, strict=True)])
    return _with_claims(rule, judged, tuple(found), pooled, records.claims_of(population, rule.id))


def _with_claims(
    rule: ConditionRule,
    judged: Judged,
    found: tuple[IndicatorFound, ...],
    pooled: bool,
    claims: Sequence[ConditionClaim],
) -> ConditionFound:
    """What is claimed beside what is known: it annotates, contradicts or disputes, and changes no status."""
    claim = claims[0] if claims else None
    contradiction = dispute = ""
    if claim is not None and contradicts(claim.status, judged.status):
        contradiction = (
            f"{claim.who or 'somebody'} says {claim.status}, the evidence says {judged.status}: it "
            f"stays {judged.status}; evidence is asked for within {EVIDENCE_DAYS} days"
        )
    for one in claims:
        if disputed(judged.status, one.practitioners, one.answer):
            dispute = (
                f"{one.practitioners} practitioners answer {one.answer:g} of 5 (median): is the right "
                "thing measured?"
            )
    return ConditionFound(
        rule.id,
        judged.status,
        judged.why,
        judged.known,
        claim.status if claim is not None else "",
        contradiction,
        dispute,
        pooled,
        _closing(rule, found) if judged.status in ("absent", "partial") else (),
        found,
    )


def _closing(rule: ConditionRule, found: Sequence[IndicatorFound]) -> tuple[str, ...]:
    """Actions that close what is not met: critical and failed ones first."""
    order = {"unmet": 0, "partial": 1}
    short = sorted(
        ((order[f.grade], not one.star, i, one.closes)
         for i, (one, f) in enumerate(zip(rule.indicators, found, strict=True)) if f.grade in order)
    )  # fmt: skip
    return tuple(dict.fromkeys(closes for *_, closes in short))


def _counts(rule: IndicatorRule, record: ConditionRecord) -> bool:
    """Whether a record may decide: an attestation only where its indicator takes one, a claim never."""
    if record.source == "attestation":
        return "A" in rule.classes
    return record.source != "claim"


def _indicator(
    rule: IndicatorRule, told: Told | None, held: Sequence[ConditionRecord], settings: Settings
) -> IndicatorFound:
    """Telemetry where it tells, else the first record that counts, else unknown with what would tell."""
    if told is not None and isinstance(told.now, Estimate):
        return _by_telemetry(rule, told, settings)
    for record in held:
        if _counts(rule, record) and (found := _by_record(rule, record, settings)) is not None:
            return found
    why = told.now if told is not None and isinstance(told.now, CannotSay) else None
    claimed = next((r for r in held if not _counts(rule, r)), None)
    said = (
        "" if claimed is None else f"claimed by {claimed.who or 'somebody'}, which does not count"
    )
    if why is None:
        missing = _too_little(rule, held) or not_instrumented("nothing tells it", rule.told_by)
        return IndicatorFound(rule.id, "unknown", missing, reason=missing.reason, said=said)
    did, did_not = (None, None) if told is None else (told.did, told.did_not)
    return IndicatorFound(
        rule.id, "unknown", why, reason=why.reason, said=said, did=did, did_not=did_not
    )


def _by_telemetry(rule: IndicatorRule, told: Told, settings: Settings) -> IndicatorFound:
    figure = told.now
    assert isinstance(figure, Estimate)
    grade = rule.grade(figure.value, told.beside)
    return IndicatorFound(
        rule.id, grade, figure, "telemetry", told.before, told.beside, _trend(rule, told, settings),
        _why(rule, grade, figure.value, told.beside), did=told.did, did_not=told.did_not,
    )  # fmt: skip


def _trend(rule: IndicatorRule, told: Told, settings: Settings) -> str:
    """Better, worse or stable since the window before; indeterminate where that cannot be told."""
    rules = settings.ladder
    if told.posteriors is None:
        return ""
    found = trend(
        *told.posteriors, p_decline=rules.probability_of_decline, smallest=rules.smallest_decline,
        p_stable=rules.probability_of_stable, delta=rules.stable_within,
    )  # fmt: skip
    if found in ("stable", "indeterminate"):
        return found
    return "better" if (found == "rising") != rule.lower else "worse"


def _by_record(
    rule: IndicatorRule, record: ConditionRecord, settings: Settings
) -> IndicatorFound | None:
    """An indicator as a record has it; None where it holds too few to say."""
    said, pooled = _said(record), record.population == EVERY_POPULATION
    if (
        record.n == 0
        and rule.unmet_without is not None
        and (record.beside or 0) > rule.unmet_without
    ):
        figure = insufficient("nothing to count", rule.told_by, 0)
        reason = f"none, with {record.beside:g} {rule.beside_words}"
        return IndicatorFound(
            rule.id, "unmet", figure, record.source, None, record.beside, "", reason, said, pooled
        )
    value = record.figure
    if value is None or _short(rule, record):
        return None
    grade = rule.grade(value, record.beside)
    figure_ = Estimate(
        value, value, value, settings.confidence, record.n or 0,
        "as recorded, no interval: it is a count of all, not a sample", "descriptive",
        unit="share" if rule.unit == "share" else "number",
        k=None if record.k is None else round(record.k),
    )  # fmt: skip
    return IndicatorFound(
        rule.id, grade, figure_, record.source, None, record.beside, "",
        _why(rule, grade, value, record.beside), said, pooled, *_of_people(rule, record),
    )  # fmt: skip


def _of_people(rule: IndicatorRule, record: ConditionRecord) -> tuple[int | None, int | None]:
    """How many are counted, and how many are not, of a share of so many."""
    if rule.unit != "share" or not record.n or record.figure is None:
        return None, None
    did = round(record.figure * record.n)
    return did, record.n - did


def _short(rule: IndicatorRule, record: ConditionRecord) -> bool:
    least = rule.least if record.source == "telemetry" else rule.least_record
    return least > 0 and (record.n or 0) < least


def _too_little(rule: IndicatorRule, held: Sequence[ConditionRecord]) -> CannotSay | None:
    short = next((r for r in held if _counts(rule, r) and _short(rule, r)), None)
    if short is None:
        return None
    least = rule.least if short.source == "telemetry" else rule.least_record
    return insufficient(f"recorded of {short.n or 0}, {least} needed", f"{least} of them", short.n)


def _said(record: ConditionRecord) -> str:
    """Who, when, by which document."""
    parts = [record.who, f"{record.on:%d %B %Y}" if record.on else "", record.document]
    if record.sha256:
        parts.append(f"SHA-256 {record.sha256[:12]}…")
    return ", ".join(p for p in (*parts, record.statement) if p)


def _why(rule: IndicatorRule, grade: Grade, value: float, beside: float | None) -> str:
    """The threshold that decided."""
    if rule.unit == "yes":
        return "it holds" if grade == "met" else "it does not hold"
    sign = "at most" if rule.lower else "at least"
    if grade == "partial" and rule.beside_most is not None and beside is not None and rule.grade(value) == "met":  # fmt: skip
        return (
            f"{rule.beside_words}: {_told(rule.beside_most, rule.beside_most < 1)} at most for met"
        )
    end = rule.met if grade == "met" or rule.partial is None else rule.partial
    met = f"met from {sign} {_told(rule.met, rule.unit == 'share')}"
    if grade == "met" or rule.partial is None:
        return met
    return f"{met}; partly from {sign} {_told(end, rule.unit == 'share')}"


def _told(end: float, is_share: bool) -> str:
    return f"{100 * end:.0f} %" if is_share else f"{end:g}"


def without_figures(one: PopulationConditions) -> PopulationConditions:
    """A population whose conditions may not be shown."""
    return PopulationConditions(one.population, None, 0, (), None, None, None, 0, 0, 0, hidden=True)


def hidden_figure(one: IndicatorFound) -> IndicatorFound:
    """An indicator whose figure may not be shown; its grade is coarse enough to stand. Why there was none would tell
    how many cases there were."""
    why = "" if isinstance(one.figure, CannotSay) else one.reason
    return IndicatorFound(
        one.id, one.grade, suppressed(), one.source, None, None, one.trend, why, one.said,
        one.pooled,
    )  # fmt: skip


def ask(inquiry: Inquiry) -> Conditions | CannotSay:
    """The question, of one use case."""
    return measure_conditions(
        inquiry.decisions,
        inquiry.use_case,
        inquiry.evidence.conditions.with_facts(dict(inquiry.populations)),
        inquiry.settings,
    )
