"""How good is the adoption: which of five levels do people and populations stand on?

From the 28 days that end at the last decision (a person with too few cases is looked at over
56, then 84). What a table cannot show (training, comparisons opened, contributions) comes
from the population file or stays unknown, and then the level is a range with its reason,
never a guess. Persons are graded only to be counted. Levels are definitions with expert
thresholds, not estimates: docs/explanation/ladder.md. Refuses without persons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from takeup.disclosure.rounding import to_five_points
from takeup.log import fetch
from takeup.questions.expert_benchmark import QUESTION as EXPERT_BENCHMARK
from takeup.questions.expert_benchmark import with_benchmarks
from takeup.questions.inquiry import Inquiry
from takeup.questions.ladder.people import COUNTS, SKILL, GradedPerson, grade_people, grade_person
from takeup.questions.ladder.pooled import LEVELS, Clause, Counts, LevelRange, Pooled, Skill
from takeup.questions.shared.known_truth import without_uneven_truth
from takeup.questions.shared.whose import population_of
from takeup.record.population import Benchmark, Population, population_facts
from takeup.record.settings import LadderSettings, Settings
from takeup.record.vocabulary import ELIGIBLE_ACTIONS
from takeup.stats.answer import CannotSay, insufficient, not_instrumented

__all__ = [
    "LEVELS",
    "Clause",
    "Counts",
    "Ladder",
    "LevelRange",
    "PopulationLevel",
    "measure_ladder",
    "measure_own_level",
    "own_counts",
    "own_level_of",
]


@dataclass(frozen=True, slots=True)
class PopulationLevel:
    """One population's level. `people` had eligible cases in the window, `graded` of them
    enough; `distribution[l]` people surely stand on level l. `gaps` are the clauses of the
    next level. `level` is a CannotSay where there is too little to grade."""

    population: str
    people: int
    graded: int
    level: LevelRange | CannotSay
    distribution: tuple[int, ...]
    gaps: tuple[Clause, ...]
    markers: tuple[str, ...]
    headline: str | None
    nominal_rate: float | None
    consult_rate: float
    override_rate: float | None
    effective_reliance: float
    benchmark: Benchmark | None
    hidden: bool = False

    def coarsened(self) -> PopulationLevel:
        """With its plain shares to five points."""
        return replace(
            self,
            nominal_rate=to_five_points(self.nominal_rate),
            consult_rate=to_five_points(self.consult_rate),
            override_rate=to_five_points(self.override_rate),
            effective_reliance=to_five_points(self.effective_reliance),
        )


@dataclass(frozen=True, slots=True)
class Ladder:
    """Populations in order of size, over `window_days` (None: the whole table, undated)."""

    populations: tuple[PopulationLevel, ...]
    window_days: int | None


def _counts(sums: Any) -> Counts:
    return Counts(**{name: float(sums[name]) for name in COUNTS})


def _skill(sums: Any) -> Skill:
    return Skill(**{name: float(sums[name]) for name in SKILL})


def measure_ladder(
    decisions: ir.Table,
    populations: dict[str, Population],
    settings: Settings,
    major_versions: Sequence[str] = (),
) -> Ladder | CannotSay:
    """The level of each population (`population` column, else one of all).

    `decisions` has `person_id`, `action` and, where known, `decided_at`, `stakes`, `path`,
    `advice_right`, losses. `populations` holds what no table shows, by name (`*` for all). The
    last of the `major_versions` starts a new baseline: nothing before it is compared.
    """
    if "person_id" not in decisions.columns:
        return not_instrumented("levels are graded from persons, which are unknown", "person_id")
    since = _new_baseline(decisions, major_versions)
    if since is not None:
        decisions = decisions.filter(decisions.decided_at >= ibis.literal(since))
    decisions = without_uneven_truth(decisions, settings)
    frame = _person_counts(decisions, settings.ladder)
    if frame.empty:
        return not_instrumented(
            "no eligible case in assist", "decisions made with the advice available"
        )
    dated = "decided_at" in decisions.columns
    stakes = "stakes" in decisions.columns
    found = [
        _population(
            str(name), part, population_facts(populations, str(name)), dated, stakes, settings
        )
        for name, part in frame.groupby("population")
    ]
    found.sort(key=lambda p: -p.people)
    if since is not None:
        found = [replace(p, markers=(*p.markers, "not_comparable")) for p in found]
    return Ladder(tuple(found), settings.ladder.window_days if dated else None)


def measure_own_level(
    decisions: ir.Table, facts: Population, settings: Settings
) -> GradedPerson | CannotSay:
    """The level of one person, by the same clauses, for that person alone. `decisions` are theirs, as
    for `measure_ladder`."""
    counts = fetch(own_counts(decisions, settings.ladder))
    return own_level_of(counts, "stakes" in decisions.columns, facts, settings)


def own_counts(decisions: ir.Table, rules: LadderSettings) -> ir.Table:
    """What a person's level is graded by, as one query; `own_level_of` reads its rows."""
    t = _eligible(decisions)
    if "decided_at" not in t.columns:
        return _counted(t, rules, None)
    t = t.mutate(last__=t.decided_at.max().over())
    return _counted(t, rules, t.last__.truncate("s").epoch_seconds())


def own_level_of(
    counts: pa.Table, stakes: bool, facts: Population, settings: Settings
) -> GradedPerson | CannotSay:
    """The level of the person whose `own_counts` these are; `stakes`: whether they are recorded."""
    frame = _filled(counts)
    if frame.empty:
        return not_instrumented(
            "no eligible case in assist", "decisions made with the advice available"
        )
    found = grade_person(frame, facts, stakes, settings.ladder)
    if found is None:
        n, least = int(frame["eligible"].sum()), settings.ladder.person_eligible
        return insufficient(f"{n} cases with advice in the last weeks", f"{least} such cases", n)
    return found


def _new_baseline(decisions: ir.Table, major_versions: Sequence[str]) -> datetime | None:
    """When the last major version came, where decisions lie before it."""
    if not major_versions or not {"model_version", "decided_at"} <= set(decisions.columns):
        return None
    version = decisions.model_version.cast("string")
    first = fetch(
        decisions.filter(version.isin(list(major_versions)))
        .group_by(version=version)
        .aggregate(first=lambda t: t.decided_at.min())
    )["first"].to_pylist()
    began = fetch(decisions.aggregate(first=decisions.decided_at.min()))["first"][0].as_py()
    last = max((f for f in first if f is not None), default=None)
    return last if last is not None and last > began else None


def _person_counts(decisions: ir.Table, rules: LadderSettings) -> pd.DataFrame:
    """Counts by population, person and 28-day window back from the last decision."""
    t = _eligible(decisions)
    end: ir.IntegerValue | None = None
    if "decided_at" in t.columns:
        last = fetch(t.aggregate(last=t.decided_at.max()))["last"][0].as_py()
        if last is not None:
            seconds = (last.replace(tzinfo=None) - _EPOCH).total_seconds()
            end = ibis.literal(int(np.floor(seconds)))
    return _filled(fetch(_counted(t, rules, end)))


def _eligible(decisions: ir.Table) -> ir.Table:
    t = decisions.filter(
        decisions.action.isin([*(a.value for a in ELIGIBLE_ACTIONS), "unaccounted"])
    )
    return t.filter(t.person_id.notnull())


def _counted(t: ir.Table, rules: LadderSettings, end: ir.IntegerValue | None) -> ir.Table:
    """Counts of eligible rows; `end`: the second of the last decision (None: undated)."""
    window: ir.Value = ibis.literal(0)
    if end is not None:
        age = (end - t.decided_at.truncate("s").epoch_seconds()) / (86_400 * rules.window_days)
        oldest = 2 * (rules.lookback_days[-1] // rules.window_days)
        window = ibis.least(age.floor().fill_null(oldest).cast("int64"), oldest)
    kinds = [c for c in ("stakes", "path", "advice_right") if c in t.columns]
    by = {"population": population_of(t), "person": t.person_id, "window": window}
    small = t.group_by(**by, action=t.action, **{c: t[c] for c in kinds}).aggregate(
        n=t.count(), **_gains(t)
    )
    return small.group_by(*by).aggregate(**_flags(small), **_skill_sums(small))


def _filled(counts: pa.Table) -> pd.DataFrame:
    given: pd.DataFrame = counts.to_pandas()
    names = [*COUNTS, *SKILL]
    numbers = given.reindex(columns=names).to_numpy(float, na_value=0.0)
    return pd.DataFrame(np.nan_to_num(numbers), columns=names).assign(
        population=given["population"].astype(object).fillna("(none)"),
        person=given["person"],
        window=given["window"],
    )


def _count(flag: ir.BooleanValue, small: ir.Table) -> ir.Value:
    return ibis.ifelse(flag.fill_null(False), small.n, 0).sum()


def _flags(t: ir.Table) -> dict[str, ir.Value]:
    """Counts of COUNTS, from counts by person, window, action and kind of case."""
    seen = t.action.isin(["followed", "modified", "overridden"])
    unknown = t.action.isin(["agreed", "differed", "unknown", "unaccounted"])
    high = (t.stakes == "high") if "stakes" in t.columns else ibis.literal(False)
    low = (t.stakes == "low") if "stakes" in t.columns else ibis.literal(False)
    flags: dict[str, ir.Value] = {
        "eligible": t.action.notnull(),
        "consulted": seen,
        "unknown": unknown,
        "used": t.action.isin(["followed", "modified"]),
        "overridden": t.action == "overridden",
        "high": high,
        "high_consulted": high & seen,
        "high_unknown": high & unknown,
        "low": low,
        "low_consulted": low & seen,
        "on_path": (t.path == "ai") if "path" in t.columns else ibis.literal(False),
    }
    return {name: _count(flag & t.action.notnull(), t) for name, flag in flags.items()}


def _gains(t: ir.Table) -> dict[str, ir.Value]:
    """What overrides gained, in units of loss."""
    if not {"loss_recommended", "loss_final"} <= set(t.columns):
        return {}
    over = t.action == "overridden"
    gain = ibis.ifelse(over, t.loss_recommended - t.loss_final, None)
    return {"gain": gain.sum(), "gain_squares": (gain**2).sum(), "gains": gain.count()}


def _skill_sums(t: ir.Table) -> dict[str, ir.Value]:
    sums: dict[str, ir.Value] = {
        c: t[c].sum() for c in ("gain", "gain_squares", "gains") if c in t.columns
    }
    if "advice_right" not in t.columns:
        return sums
    seen = t.action.isin(["followed", "modified", "overridden"])
    over = t.action == "overridden"
    right, wrong = seen & t.advice_right, seen & ~t.advice_right
    return sums | {
        "right": _count(right, t),
        "right_kept": _count(right & ~over, t),
        "wrong": _count(wrong, t),
        "wrong_caught": _count(wrong & over, t),
    }


_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - decided_at is UTC without a zone


def _population(
    name: str, part: pd.DataFrame, facts: Population, dated: bool, stakes: bool, settings: Settings
) -> PopulationLevel:
    rules = settings.ladder
    graded = grade_people(part, facts, stakes, rules)
    recent = part[part["window"] == part["window"].min()] if dated else part
    whole = _counts(recent[list(COUNTS)].sum())
    skill = _skill(part[list(SKILL)].sum())
    base = PopulationLevel(
        population=name,
        people=graded.people,
        graded=graded.graded,
        level=CannotSay("insufficient", "", ""),
        distribution=(),
        gaps=(),
        markers=(),
        headline=None,
        nominal_rate=whole.on_path / whole.eligible if whole.on_path else None,
        consult_rate=whole.consult()[0],
        override_rate=None if np.isnan(whole.override_rate) else whole.override_rate,
        effective_reliance=whole.reliance()[0],
        benchmark=facts.expert_benchmark,
    )
    if refusal := _too_little(graded.people, graded.graded, whole, facts, rules):
        return replace(base, level=refusal)
    pooled = Pooled(recent, part, whole, skill, facts, stakes, rules)
    level, gaps = pooled.level(graded)
    distribution = tuple(int((graded.certain == step).sum()) for step in range(6))
    nominal = base.nominal_rate
    low_quality = (
        nominal is not None and nominal >= settings.high_nominal_rate and level.possible <= 2
    )
    return replace(
        base,
        level=level,
        distribution=distribution,
        gaps=gaps,
        markers=pooled.markers(graded),
        headline="High rate, low quality" if low_quality else None,
    )


def _too_little(
    people: int, graded: int, whole: Counts, facts: Population, rules: LadderSettings
) -> CannotSay | None:
    if facts.expert_benchmark and facts.expert_benchmark.rate >= rules.model_unfit_benchmark:
        return CannotSay(
            "refused",
            f"experts would override {facts.expert_benchmark.rate:.0%} of the advice: the model, "
            "not the people, is the finding (model unfit)",
            "a model fit for use",
        )
    if whole.eligible and whole.unknown == whole.eligible:
        return CannotSay(
            "not_instrumented",
            "the table does not say whether the advice was in view",
            "a column that says whether the advice was in view (`consulted`)",
        )
    if graded < rules.population_people or graded < rules.coverage_of_people * people:
        return CannotSay(
            "insufficient",
            f"{graded} of {people} people have {rules.person_eligible} eligible cases",
            f"{rules.population_people} such people, and {rules.coverage_of_people:.0%} of all",
            graded,
        )
    if whole.eligible < rules.population_eligible:
        return CannotSay(
            "insufficient",
            f"{whole.eligible:.0f} eligible cases in the window",
            f"{rules.population_eligible} eligible cases",
            int(whole.eligible),
        )
    return None


def ask(inquiry: Inquiry) -> Ladder | CannotSay:
    """The question, of one use case."""
    return measure_ladder(
        inquiry.decisions,
        with_benchmarks(inquiry.populations, inquiry.measures[EXPERT_BENCHMARK]),
        inquiry.settings,
        inquiry.use_case.major_versions,
    )
