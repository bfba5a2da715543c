"""Did cases go better when people followed the advice than when they overrode it?

People override where it is hard and where they know what the model does not, so this is an
association, never an effect. Given raw, directly standardised, and adjusted: the average
difference in the overlap population, weights e(1 − e) (Li, Morgan & Zaslavsky 2018), doubly
robust, on cells summed in the engine, errors by person, and by case where many people decided the same ones.

Refuses when the outcome is seen only under some choices and the two actions differ in them,
when it has matured unevenly, with fewer than 30 outcomes in either action, with too little
overlap, with covariates known only after the decision, and (the test) with fewer than ten
effective people, or cases where they repeat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from takeup.log import fetch, keep
from takeup.log.compress import (
    Factor,
    Grain,
    beside,
    cell_of,
    code_of,
    find_factors,
    standardised,
)
from takeup.questions.comparison.known_before import ROWS_A_TERM, Cut, count_known, cuts, with_week
from takeup.questions.comparison.standardised import standardised_difference
from takeup.questions.inquiry import Inquiry
from takeup.questions.shared.doubly_robust import (
    ASSUMPTION,
    Fitted,
    Overlap,
    Specification,
    fit_adjusted,
)
from takeup.questions.shared.known_truth import uneven_truth
from takeup.questions.shared.looks import interval_of
from takeup.record.columns import CASE
from takeup.record.settings import ComparisonSettings, Settings
from takeup.record.use_case import Better, UseCase
from takeup.stats.answer import (
    Answer,
    CannotSay,
    Estimate,
    insufficient,
    not_instrumented,
    refused,
)
from takeup.stats.bins import quantile_edges
from takeup.stats.cells import e_value
from takeup.stats.clusters import Sample, clustered_difference, clustered_ratio
from takeup.stats.two_way import by_case_too

_METHOD = (
    "overlap-weighted doubly robust difference on cells (logistic and linear models on dummies, "
    "pairs and slopes per bin)"
)
CORRECTNESS, LOSS = "correctness", "loss"
MANY_BLANKS = 0.05
"""Share of decisions that do not say a covariate, from which on it is asked whether the answer holds
without them: nothing tells those with a blank apart by it."""


@dataclass(frozen=True, slots=True)
class OutcomeComparison:
    """Followed minus overridden on one outcome, in the outcome's own unit and sign.

    `with_readiness` adjusts for each person's own tendency to follow too; `without_blanks` leaves out
    decisions that do not say something which many do not say (`blanks`, the share by covariate).
    `standard_coverage` is the share of eligible cases in cells that have both actions.
    `robustness` is the partial R² a hidden cause would need. `reversed` warns that
    what may be said points the other way than the raw difference. `cells` and `balance` are for the analyst.
    """

    outcome: str
    label: str
    better: Better | None
    followed: int
    overridden: int
    mean_followed: Answer
    mean_overridden: Answer
    raw: Answer
    standardised: Answer
    adjusted: Answer
    with_readiness: Answer
    bounds: Answer
    without_blanks: Answer | None = None
    blanks: dict[str, float] = field(default_factory=dict)
    standard_coverage: float | None = None
    overlap: Overlap | None = None
    robustness: float | None = None
    e_value: float | None = None
    reversed: bool = False
    adjusted_means: tuple[float, float] | None = None
    specification: Specification | None = None
    cells: pd.DataFrame | None = field(default=None, compare=False)
    balance: pd.DataFrame | None = field(default=None, compare=False)

    @property
    def told(self) -> Estimate | None:
        """The difference that may be said aloud: what is least beyond zero of all ways to adjust, where all
        of them are beyond it on one side, and nothing that is recorded was left out."""
        ways = [self.adjusted, self.with_readiness, self.without_blanks]
        given = [w for w in ways if w is not None and not _is_unknown_person(w)]
        known = [w for w in given if isinstance(w, Estimate) and w.excludes()]
        if len(known) < len(given) or len({w.value > 0 for w in known}) != 1:
            return None
        if self.specification is None or self.specification.left_out:
            return None
        return min(known, key=lambda w: min(abs(w.low), abs(w.high)))


def _is_unknown_person(answer: Answer) -> bool:
    return isinstance(answer, CannotSay) and answer.status == "not_instrumented"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison for each outcome, the first declared one first."""

    outcomes: tuple[OutcomeComparison, ...]

    @property
    def first(self) -> OutcomeComparison:
        """The comparison on the first outcome."""
        return self.outcomes[0]


def measure_comparison(
    decisions: ir.Table,
    use_case: UseCase,
    covariates: Sequence[str],
    outcomes: Sequence[str],
    settings: Settings,
) -> Comparison | CannotSay:
    """Followed against overridden on each of `outcomes` (columns `y_NAME`), on correctness and
    on loss where truth is known. `decisions` has `action`, covariates and `mode`."""
    names = _outcomes(decisions, outcomes)
    if not names:
        return not_instrumented(
            "no outcome is recorded", "an outcome of each decision, or its right answer"
        )
    rows = decisions.filter(decisions.action.isin(["followed", "overridden"]))
    arms = dict(
        fetch(rows.group_by("action").aggregate(n=rows.count())).to_pandas().itertuples(index=False)
    )
    if not arms:
        return not_instrumented(
            "the table does not say whether the advice was in view, so following and overriding "
            "are not told apart",
            "a column that says whether the advice was in view (`consulted`)",
        )
    if len(arms) < 2:
        only = next(iter(arms))
        return insufficient(
            f"all {sum(arms.values()):,} decisions with the advice in view {only} it"
            if only == "followed"
            else f"all {sum(arms.values()):,} decisions with the advice in view went against it",
            "decisions of both kinds",
            int(sum(arms.values())),
        )
    return Comparison(
        tuple(_compare(decisions, rows, use_case, covariates, name, settings) for name in names)
    )


def _outcomes(decisions: ir.Table, outcomes: Sequence[str]) -> list[str]:
    columns = set(decisions.columns)
    names = [name for name in outcomes if f"y_{name}" in columns]
    if "choice_right" in columns:
        names.append(CORRECTNESS)
    if "loss_final" in columns and ("correct_value" in columns or "choice_right" not in columns):
        names.append(LOSS)
    return names


@dataclass(frozen=True, slots=True)
class _Outcome:
    name: str
    label: str
    better: Better | None
    value: ir.NumericValue
    observed_when: tuple[str, ...] | None
    maturation_days: float
    is_truth: bool


def _outcome(rows: ir.Table, use_case: UseCase, name: str) -> _Outcome:
    if name == CORRECTNESS:
        right = rows.choice_right.cast("float64")
        return _Outcome(name, "right decisions", "higher", right, None, 0.0, True)
    if name == LOSS:
        return _Outcome(name, "loss", "lower", rows.loss_final, None, 0.0, True)
    rule = use_case.rule_for(name)
    value = rows[f"y_{name}"].cast("float64")
    if rule.one_sided and "choice" in rows.columns:
        # What stands under another choice is no outcome of it: a detained person's zero.
        value = ibis.ifelse(rows.choice.isin(list(rule.observed_when)), value, None)
    return _Outcome(
        name,
        use_case.label_of(name),
        rule.better,
        value,
        tuple(rule.observed_when) if rule.one_sided else None,
        rule.maturation_days,
        False,
    )


def _compare(
    decisions: ir.Table,
    rows: ir.Table,
    use_case: UseCase,
    covariates: Sequence[str],
    name: str,
    settings: Settings,
) -> OutcomeComparison:
    outcome = _outcome(rows, use_case, name)
    windowed = _matured(rows, outcome)
    known = _known(windowed, outcome)
    counts = _arms(known)
    followed, overridden = counts["followed"], counts["overridden"]
    refusal = _why_not(windowed, outcome, known, use_case, covariates, settings)
    unknown = refusal or insufficient("not computed", "")
    blank = OutcomeComparison(
        outcome=name,
        label=outcome.label,
        better=outcome.better,
        followed=int(followed.known),
        overridden=int(overridden.known),
        mean_followed=unknown,
        mean_overridden=unknown,
        raw=unknown,
        standardised=unknown,
        adjusted=unknown,
        with_readiness=unknown,
        bounds=_bounds(counts, outcome, settings),
    )
    if refusal is not None:
        return blank
    rarer = min(followed.known, overridden.known)
    narrow = _coarse_enough(windowed, outcome, covariates, rarer, settings.comparison)
    return _answers(decisions, narrow, blank, use_case, settings)


@dataclass(frozen=True, slots=True)
class _Arm:
    n: float
    known: float
    total: float
    low: float
    high: float

    @property
    def rate(self) -> float:
        return self.known / self.n if self.n else 0.0


def _known(rows: ir.Table, outcome: _Outcome) -> pd.DataFrame:
    """Decisions, known outcomes, their sum and ends, by action and (where recorded) choice."""
    y = outcome.value
    choice = rows.choice if "choice" in rows.columns else ibis.literal("")
    frame: pd.DataFrame = fetch(
        rows.group_by(action=rows.action, choice=choice).aggregate(
            n=rows.count(), known=y.count(), total=y.sum(), low=y.min(), high=y.max()
        )
    ).to_pandas()
    return frame.astype({"action": object, "choice": object})


def _arms(known: pd.DataFrame) -> dict[str, _Arm]:
    nobody = _Arm(0, 0, 0.0, 0.0, 0.0)
    found = {"followed": nobody, "overridden": nobody}
    for action, part in known.groupby("action"):
        found[str(action)] = _Arm(
            float(part["n"].sum()),
            float(part["known"].sum()),
            float(part["total"].sum()),
            float(np.nan_to_num(part["low"].min())),
            float(np.nan_to_num(part["high"].max())),
        )
    return found


def _matured(rows: ir.Table, outcome: _Outcome) -> ir.Table:
    """Decisions old enough that their outcome could be known: the same window for both."""
    if outcome.is_truth or not outcome.maturation_days or "decided_at" not in rows.columns:
        return rows
    latest = rows.decided_at.max()
    if "observed_at" in rows.columns:
        latest = ibis.greatest(latest, rows.observed_at.max())
    last = fetch(rows.aggregate(last=latest))["last"][0].as_py()
    if last is None:
        return rows
    days = pd.Timedelta(days=outcome.maturation_days)
    return rows.filter(rows.decided_at <= ibis.literal((pd.Timestamp(last) - days).to_pydatetime()))


def _why_not(
    rows: ir.Table,
    outcome: _Outcome,
    known: pd.DataFrame,
    use_case: UseCase,
    covariates: Sequence[str],
    settings: Settings,
) -> CannotSay | None:
    after = [c for c in covariates if c in use_case.covariates_after_decision]
    if after:
        return refused(
            f"{', '.join(after)} became known only after the decision and would distort it",
            "covariates known before the decision",
        )
    if outcome.is_truth and (refusal := uneven_truth(rows, settings)):
        return refusal
    if not outcome.is_truth and (refusal := _selective(known, outcome, settings)):
        return refusal
    counts = _arms(known)
    followed, overridden = counts["followed"], counts["overridden"]
    least = settings.comparison.smallest_arm
    if min(followed.known, overridden.known) < least:
        return insufficient(
            f"{followed.known:,} followed and {overridden.known:,} overridden decisions have a "
            f"matured outcome ({outcome.label})",
            f"at least {least} of each",
            int(followed.known + overridden.known),
        )
    gap = abs(followed.rate - overridden.rate)
    if not outcome.is_truth and gap > settings.comparison.largest_maturity_gap:
        return refused(
            f"{outcome.label} is known for {followed.rate:.0%} of followed and "
            f"{overridden.rate:.0%} of overridden decisions of the same age",
            "outcomes followed up alike for both, or maturation_days in the use case",
            int(followed.known + overridden.known),
        )
    return None


def _selective(known: pd.DataFrame, outcome: _Outcome, settings: Settings) -> CannotSay | None:
    """Whether the outcome is seen only under some choices, and the two actions differ in them."""
    by_choice = known.groupby("choice")[["n", "known"]].sum()
    if outcome.observed_when is not None:
        hidden = [c for c in by_choice.index if c not in outcome.observed_when]
        seen = list(outcome.observed_when)
    else:
        rate = by_choice["known"] / by_choice["n"]
        large = by_choice["n"] >= settings.comparison.smallest_arm
        hidden = [str(c) for c in by_choice.index[large & (rate < 0.01)]]
        seen = [str(c) for c in by_choice.index[rate > 0.20]]
        if not seen:
            return None
    if not hidden:
        return None
    n = int(by_choice["known"].sum())
    return refused(
        f"{outcome.label} is seen only when the choice is {' or '.join(seen)}; for "
        f"{' and '.join(hidden)} nobody knows it, so the two groups cannot be compared on it",
        "about 60 cases of the other choice judged by a blinded panel (`takeup sample`)",
        n,
    )


def _bounds(counts: dict[str, _Arm], outcome: _Outcome, settings: Settings) -> Answer:
    """Worst-case bounds of the difference: unknown outcomes at 0 and at 1 (Manski 1990)."""
    f, o = counts["followed"], counts["overridden"]
    if min(f.n, o.n) == 0 or f.known + o.known == 0:
        return insufficient("no outcome is known", "outcomes")
    if min(f.low, o.low) < 0 or max(f.high, o.high) > 1:
        return not_instrumented("bounds need an outcome between 0 and 1", "a yes/no outcome")
    low = f.total / f.n - (o.total + o.n - o.known) / o.n
    high = (f.total + f.n - f.known) / f.n - o.total / o.n
    return Estimate(
        (low + high) / 2,
        low,
        high,
        settings.confidence,
        int(f.n + o.n),
        "worst-case bounds: every unknown outcome at 0, and at 1 (Manski 1990)",
        "bounds",
        unit="points",
        note="bounds, not an interval: the value is only their middle",
    )


@dataclass(frozen=True, slots=True)
class _Narrow:
    """What the estimators read: one row per decision with an outcome. `table` has person, a
    (followed), y, perhaps w, `cell` (of the factors of `cut`), `standard` (of `standard_factors`), and
    for numbers their bins f… and z…."""

    table: ir.Table
    cut: Cut
    standard_factors: tuple[Factor, ...]


def _coarse_enough(
    rows: ir.Table,
    outcome: _Outcome,
    covariates: Sequence[str],
    rarer: float,
    settings: ComparisonSettings,
) -> _Narrow:
    """The narrow table, all that is known beforehand cut so that there are at most `most_cells` cells and a
    term for ROWS_A_TERM of the `rarer` action. The result shows how."""
    known = with_week(rows)
    counted = count_known(known, covariates)
    finest = [c.factor(Grain(settings.quantile_bins)) for c in counted if c.name in covariates]
    extra = [c for c in ("score_band", "stakes") if c in rows.columns and c not in covariates]
    standard = (
        *(f for f in finest if len(f.levels) > 1 and not f.numeric),
        *find_factors(rows, extra, settings.quantile_bins),
    )
    for cut in cuts(counted, covariates, settings.quantile_bins):
        if cut.factors and cut.terms(covariates) * ROWS_A_TERM > rarer:
            continue
        table = _narrow(known, outcome, cut.factors, standard)
        if np.prod([float(len(f.levels)) for f in cut.factors]) <= settings.most_cells:
            break
        # Not kept before it is known that they are few enough.
        cells = fetch(table.aggregate(n=table.cell.nunique()))["n"][0].as_py()
        if cells <= settings.most_cells:
            break
    return _Narrow(keep(table), cut, standard)


def _narrow(
    rows: ir.Table, outcome: _Outcome, factors: Sequence[Factor], standard: Sequence[Factor]
) -> ir.Table:
    known = rows.mutate(y__=outcome.value)
    known = known.filter(known.y__.notnull())
    codes = {f.name: code_of(known, f) for f in factors}
    gaps = [known[f.name].isnull() for f in factors if f.blank >= MANY_BLANKS]
    others = {f.name: code_of(known, f) for f in standard}
    person = known.person_id if "person_id" in known.columns else ibis.row_number().cast("string")
    columns: dict[str, ir.Value] = {
        "person": person,
        "a": (known.action == "followed").cast("int8"),
        "y": known.y__.cast("float64"),
        "cell": cell_of([codes[f.name] for f in factors], [len(f.levels) for f in factors]),
        "standard": cell_of([others[f.name] for f in standard], [len(f.levels) for f in standard]),
    }
    if outcome.is_truth and "truth_probability" in known.columns:
        columns["w"] = 1 / known.truth_probability
    if CASE in known.columns:
        columns[CASE] = known[CASE]
    if gaps:
        columns["gap"] = ibis.or_(*gaps)
    numbers = [(i, f) for i, f in enumerate(factors) if f.numeric]
    columns |= {f"f{i}": codes[f.name] for i, f in numbers}
    columns |= {f"z{j}": standardised(known, f) for j, (_, f) in enumerate(numbers)}
    return known.select(**columns)


def _answers(
    decisions: ir.Table,
    narrow: _Narrow,
    blank: OutcomeComparison,
    use_case: UseCase,
    settings: Settings,
) -> OutcomeComparison:
    clustered = "person_id" in decisions.columns
    table = narrow.table
    n = blank.followed + blank.overridden
    unit = (
        "points" if _is_share(table) else (use_case.loss_unit or use_case.label_of(blank.outcome))
    )
    sample = Sample(n, unit, clustered, interval_of(settings), CASE in table.columns)
    fitted = fit_adjusted(table, narrow.cut.factors, settings.comparison)
    raw, means = _raw(fitted, sample)
    standard, coverage = standardised_difference(
        decisions, table, narrow.standard_factors, sample, settings
    )
    adjusted = _adjusted(fitted, sample, settings.comparison)
    ready: Answer = adjusted
    if isinstance(adjusted, Estimate):
        ready = _with_readiness(narrow, fitted, sample, settings)
    specification = replace(fitted.specification, left_out=narrow.cut.left_out)
    found = replace(
        blank,
        mean_followed=means[0],
        mean_overridden=means[1],
        raw=raw,
        standardised=standard,
        adjusted=adjusted,
        with_readiness=ready,
        without_blanks=_without_blanks(narrow, sample, settings),
        blanks={f.name: f.blank for f in narrow.cut.factors if f.blank >= MANY_BLANKS},
        standard_coverage=coverage,
        overlap=fitted.overlap,
        robustness=fitted.robustness,
        e_value=_e_value(fitted, unit),
        adjusted_means=fitted.means,
        specification=specification,
        cells=fitted.cells,
        balance=fitted.balance,
    )
    said = found.told
    return replace(found, reversed=said is not None and raw.value * said.value < 0)


def _without_blanks(narrow: _Narrow, sample: Sample, settings: Settings) -> Answer | None:
    """The adjusted difference among decisions that say all that many do not; None where few do not."""
    if "gap" not in narrow.table.columns:
        return None
    whole = narrow.table.filter(~narrow.table.gap)
    (arms,) = fetch(whole.aggregate(n=whole.count(), followed=whole.a.sum())).to_pylist()
    followed = int(arms["followed"] or 0)
    least = settings.comparison.smallest_arm
    if min(followed, arms["n"] - followed) < least:
        return insufficient(
            f"{followed:,} followed and {arms['n'] - followed:,} overridden decisions say all covariates",
            f"at least {least} of each",
            int(arms["n"]),
        )
    part = replace(sample, n=int(arms["n"]))
    found = fit_adjusted(whole, narrow.cut.factors, settings.comparison)
    return _adjusted(found, part, settings.comparison)


def _raw(fitted: Fitted, sample: Sample) -> tuple[Estimate, list[Estimate]]:
    """The difference in means as recorded, and both means."""
    sums = {c: fitted.persons[c].to_numpy(float) for c in ("y1", "n1", "y0", "n0")}
    found = by_case_too(
        clustered_difference(sums["y1"], sums["n1"], sums["y0"], sums["n0"]),
        fitted.cases.get("raw"),
    )
    unit = "share" if sample.unit == "points" else sample.unit
    means = [
        replace(
            sample.estimate(
                by_case_too(clustered_ratio(sums[y], sums[m]), fitted.cases.get(arm)),
                "mean",
                "descriptive",
            ),
            unit=unit,
            p=None,
        )
        for arm, y, m in (("followed", "y1", "n1"), ("overridden", "y0", "n0"))
    ]
    return sample.estimate(found, "difference in means", "descriptive"), means


def _adjusted(
    fitted: Fitted, sample: Sample, rules: ComparisonSettings, method: str = _METHOD
) -> Answer:
    if fitted.overlap.effective_n < rules.smallest_effective_overlap:
        return refused(
            "followed and overridden decisions hardly overlap in what is recorded about them "
            f"(effective sample {fitted.overlap.effective_n:.0f})",
            "decisions of the same kind that went both ways, at least "
            f"{rules.smallest_effective_overlap:.0f}",
            sample.n,
        )
    if fitted.overlap.left < rules.smallest_left_open:
        return refused(
            f"what is recorded tells which cases are overridden: it leaves {fitted.overlap.left:.1%} of that "
            "open, so that followed and overridden decisions are of other kinds of case",
            f"decisions of the same kind that went both ways, {rules.smallest_left_open:.0%} left open",
            sample.n,
        )
    if sample.by_person and fitted.effect.effective < rules.smallest_effective_people:
        return insufficient(
            f"only {fitted.effect.effective:.1f} effective people follow or override the advice where cases "
            f"go both ways (difference {fitted.effect.value:+.3g}): too few for an interval",
            f"at least {rules.smallest_effective_people:.0f} people who do both about equally often",
            sample.n,
        )
    cases = fitted.cases.get("effect")
    if cases is not None and cases.cases < rules.smallest_effective_people:
        return insufficient(
            f"the same cases were decided many times, and those that go both ways are worth {cases.cases:.1f} "
            f"different ones (difference {fitted.effect.value:+.3g}): too few for an interval",
            f"at least {rules.smallest_effective_people:.0f} different cases that go both ways about equally often",
            sample.n,
        )
    found = by_case_too(fitted.effect, cases)
    return sample.estimate(found, method, "adjusted", ASSUMPTION)


def _is_share(table: ir.Table) -> bool:
    ends = fetch(table.aggregate(low=table.y.min(), high=table.y.max())).to_pylist()[0]
    return bool(ends["low"] >= 0 and ends["high"] <= 1)


def _with_readiness(narrow: _Narrow, fitted: Fitted, sample: Sample, settings: Settings) -> Answer:
    """The same with each person's own tendency to follow as one more covariate, in bins."""
    if not sample.by_person:
        return not_instrumented("persons are unknown", "person_id")
    persons = fitted.persons
    tendency = (persons["r"] / persons["s"].clip(lower=1e-9)).to_numpy(float)
    edges = quantile_edges(tendency, np.ones(len(tendency)), settings.comparison.quantile_bins)
    if not edges:
        return insufficient("too few people", "more people")
    code = np.searchsorted(np.array(edges), tendency, side="left").astype(np.int64)
    levels = tuple(f"tendency {i + 1}" for i in range(len(edges) + 1))
    side = beside(narrow.table, pa.table({"person": pa.array(persons["person"]), "ready": code}))
    rows = narrow.table.join(side, "person")
    rows = rows.mutate(cell=rows.cell * len(levels) + rows.ready)
    factors = (*narrow.cut.factors, Factor("own tendency", levels))
    more = fit_adjusted(rows, factors, settings.comparison)
    method = f"{_METHOD}, with each person's own tendency to follow in {len(levels)} bins"
    return _adjusted(more, sample, settings.comparison, method)


def _e_value(fitted: Fitted, unit: str) -> float | None:
    m1, m0 = fitted.means
    if unit != "points" or not (0 < m1 < 1 and 0 < m0 < 1):
        return None
    return e_value(m1 / m0)


def ask(inquiry: Inquiry) -> Comparison | CannotSay:
    """The question, of one use case."""
    return measure_comparison(
        inquiry.decisions,
        inquiry.use_case,
        inquiry.covariates,
        inquiry.outcomes,
        inquiry.settings,
    )
