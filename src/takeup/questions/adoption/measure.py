"""How much of the advice is looked at, followed, overridden: for whom, where and when?

Answers from the recorded actions alone. Refuses to call agreement "following" where the
table does not say whether the advice was in view, and gives a range where some eligible
cases are unaccounted. All shares are descriptive.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from takeup.disclosure.release.earlier import Earlier
from takeup.disclosure.release.inner_counts import (
    ALL,
    COUNTED,
    COUNTS,
    UNACCOUNTED,
    Collector,
    Group,
    GroupCounts,
    InnerCounts,
    nearly_alike,
    summed,
)
from takeup.log import fetch, keep
from takeup.questions.inquiry import Inquiry
from takeup.questions.shared.calendar import local_clock
from takeup.questions.shared.known_truth import OUTCOME
from takeup.questions.shared.whose import person_of
from takeup.record.settings import Settings
from takeup.record.truth import TRUTH
from takeup.record.vocabulary import Action
from takeup.stats.answer import Answer, CannotSay, insufficient, not_instrumented
from takeup.stats.clusters import Sample, clustered_ratio
from takeup.stats.interval import Interval
from takeup.stats.rates import ShareSums, ratio_from, share_from

NONE_GIVEN = "(none given)"
CLUSTER = "c-"
"""How the numbers begin that retention puts in place of people, one a quarter (`takeup.server`)."""
WITHOUT = "without confidence "
_COMPARED = ("followed", "modified", "overridden", "agreed", "differed")
_DRAWN_POPULATIONS = 3
_NO_SPREAD = not_instrumented("persons, or who looked, are unknown", "person_id and consulted")
_CONSULT_NEEDS = "a column that says whether the advice was in view (`consulted`), or the view log"


@dataclass(frozen=True, slots=True)
class GroupAdoption:
    """Counts and shares of one group of decisions.

    `counts`: decisions by action. `eligible` = E, `consulted` = C, `unknown` = U: eligible
    decisions of which nobody knows whether the advice was seen, or that no decision answers.
    `largest_share` is the part of one person in what is somebody's (unaccounted cases are nobody's): what
    disclosure judges by, and in no document, as it is one person's count. `hidden` marks a group
    disclosure has emptied; `parent` is the population of a team.
    """

    key: str
    people: int | None
    counts: dict[str, int]
    eligible: int
    consulted: int | None
    unknown: int | None
    nominal_rate: Answer
    consult_rate: Answer
    override_rate: Answer
    adjust_rate: Answer
    effective_reliance: Answer
    agreement: Answer
    unaccounted_share: Answer
    quality_gap: Answer
    largest_share: float = field(default=0.0, repr=False)
    largest_override_share: float = field(default=0.0, repr=False)
    hidden: bool = False
    parent: str | None = None

    @property
    def nobody_knows(self) -> float:
        """The share of eligible cases of which nobody knows who looked; 0 where it is too small to stand beside a
        share of the others."""
        share = (self.unknown or 0) / self.eligible if self.eligible else 0.0
        return share if share >= _UNTOLD else 0.0


_UNTOLD = 0.1
"""From so many cases of which nobody knows who looked, a share of the others does not stand alone."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How far people differ in one rate: over persons, each counted once. `lowest` and
    `highest` are one person's and are shown only of published data."""

    people: int
    mean: float
    median: float
    lower_quartile: float
    upper_quartile: float
    lowest: float | None
    highest: float | None


@dataclass(frozen=True, slots=True)
class Stayed:
    """Those who decided in the first week and in the last. `others`: how much of either week was other people's
    cases, at most; `p`: the chance of as large a change of theirs where nothing changed (errors by person), None
    where too few stayed; `fell`: whether theirs is a fall. None of their figures is shown."""

    others: float
    fell: bool = False
    p: float | None = None


@dataclass(frozen=True, slots=True)
class Adoption:
    """The whole table and its groups: `groups[dimension]` in order of size, weeks in time.

    `reasons` counts overrides by reason; `reasons_by[dimension][level]` by kind of case.
    `contradictions`: rows whose recorded action is not the one that follows (None: of too few people).
    `override_spread` tells how far people differ in their override rate;
    `confidence_by_action` is the model's mean confidence in followed and overridden cases.
    `weeks_by_population` has the weeks of the largest populations where there are several;
    `version_starts` the day of each model version's first decision where there are several.
    `by_person`: counts by person and population, for measures that lean on them; `inner`: what disclosure
    proves on; `people_of`: how many people stand behind a figure that is in none of its groups; `weeks_hidden`:
    weeks by population whose looking and overriding may not be shown; `stayed`: what looking did, by population,
    among those who decided in the first week and in the last; `earlier`: what the next release has to know of this one;
    in no document.
    """

    overall: GroupAdoption
    groups: dict[str, tuple[GroupAdoption, ...]]
    reasons: dict[str, int]
    contradictions: int | None
    reasons_by: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    override_spread: Spread | CannotSay = field(default_factory=lambda: _NO_SPREAD)
    confidence_by_action: dict[str, Answer] = field(default_factory=dict)
    weeks_by_population: dict[str, tuple[GroupAdoption, ...]] = field(default_factory=dict)
    version_starts: dict[str, str] = field(default_factory=dict)
    by_person: pd.DataFrame | None = field(default=None, compare=False, repr=False)
    inner: InnerCounts | None = field(default=None, compare=False, repr=False)
    weeks_hidden: dict[str, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)
    people_of: dict[str, int] = field(default_factory=dict, compare=False, repr=False)
    stayed: dict[str, Stayed] = field(default_factory=dict, compare=False, repr=False)
    earlier: Earlier | None = field(default=None, compare=False, repr=False)


PAIRS = {
    "nominal": ("on_path", "eligible"),
    "consult": ("seen", "known"),
    "override": ("overridden", "seen"),
    "adjust": ("adjusted", "seen"),
    "reliance": ("used", "known"),
    "agreement": ("agreeing", "comparable"),
    "unaccounted": ("unaccounted", "eligible"),
    "gap": ("beyond", "eligible"),
}
"""Shares as (numerator, denominator), both counts per person."""


def measure_adoption(
    decisions: ir.Table,
    dimensions: Sequence[str],
    settings: Settings,
    reason_dimensions: Sequence[str] = (),
    facts: Sequence[str] = (),
) -> Adoption:
    """Adoption overall and by each of `dimensions` (columns of `decisions`, or `week`).

    `decisions` has `action`, `agrees` and, where known, `person_id`, `path`, `decided_at`. `facts`: columns
    that hold what came of a decision, of which disclosure asks whose decisions have it.
    """
    table = _with_weeks(decisions)
    weeks = _summed(table)
    by = "population" if "population" in table.columns else None
    counted = {
        dimension: keep(
            _counts_by_person(weeks if dimension in weeks.columns else table, dimension)
        )
        for dimension in dimensions
        if dimension in table.columns
    }
    people = counted[by] if by in counted else keep(_counts_by_person(weeks, by))
    groups = {
        dimension: _in_order(_groups(weeks, dimension, settings, of_level), dimension)
        for dimension, of_level in counted.items()
    }
    reasons = _reasons(table)
    contradictions, contradicted = _contradictions(table)
    overall = _groups(weeks, None, settings, people if by is None else None)
    by_person = fetch(people).to_pandas()
    inner = None
    if "person_id" in table.columns:
        inner = _inner(
            table, weeks, counted, by_person, reason_dimensions if reasons else (), settings, facts
        )
    return Adoption(
        overall[0],
        groups,
        reasons,
        contradictions,
        {d: _reasons_by(table, d) for d in reason_dimensions if reasons and d in table.columns},
        _override_spread(table),
        _confidence_by_action(table, settings),
        _weeks_by_population(weeks, groups.get("population", ()), settings),
        _version_starts(table),
        by_person,
        inner,
        people_of={"contradictions": contradicted} | _people_with_confidence(table),
    )


def _contradictions(table: ir.Table) -> tuple[int, int]:
    """How many rows say another action than the one that follows, and how many people's they are (0: unknown)."""
    rows = table.filter(table.contradicts_source)
    people = rows.person_id.nunique() if "person_id" in rows.columns else ibis.literal(0)
    found = fetch(rows.aggregate(n=rows.count(), people=people)).to_pylist()[0]
    return int(found["n"]), int(found["people"] or 0)


def _people_with_confidence(table: ir.Table) -> dict[str, int]:
    """Of each action how many people's cases have the model's confidence, and how many people's have none
    (after `WITHOUT`)."""
    if not {"confidence", "person_id"} <= set(table.columns):
        return {}
    person, known = table.person_id, table.confidence.notnull()
    found = fetch(
        table.filter(table.action.isin(_COMPARED))
        .group_by("action")
        .aggregate(known=person.nunique(where=known), blank=person.nunique(where=~known))
    ).to_pylist()
    return {row["action"]: row["known"] for row in found} | {
        WITHOUT + row["action"]: row["blank"] for row in found
    }


def _inner(
    table: ir.Table,
    weeks: ir.Table,
    counted: Mapping[str, ir.Table],
    by_person: pd.DataFrame,
    reason_dimensions: Sequence[str],
    settings: Settings,
    facts: Sequence[str],
) -> InnerCounts:
    """Every group that is counted anywhere, with its people."""
    held = Collector()
    nested = [c for c in ("week", "team") if c in counted and "population" in counted]
    for cut, people in counted.items():
        if cut in nested:
            held.add_nested(
                "population", cut, _fetched(_counts_by_person(weeks, cut, "population")), _known_key
            )
        else:
            held.add(cut, by_person if cut == "population" else _fetched(people), _known_key)
    if counted:
        held.groups[ALL] = summed(_of_cut(held.groups, next(iter(counted))))
    else:
        held.add("", by_person.drop(columns="level", errors="ignore"), _known_key)
        held.groups[ALL] = held.groups.pop(("", None, None))

    def apart(ones: Sequence[Group], others: Sequence[Group]) -> tuple[GroupCounts, GroupCounts]:
        mine, theirs = (ibis.or_(*(_is(table, g) for g in groups)) for groups in (ones, others))
        rows = table.filter(mine != theirs).mutate(level=mine)
        found = dict(held.read(_fetched(_counts_by_person(rows, "level")), str))
        beyond, missing = (found.get((side, None), summed([])) for side in ("True", "False"))
        return beyond, missing

    cuts, fewest = list(counted), settings.disclosure.minimum_group
    alike = nearly_alike(_of_some_people(table, cuts, held), cuts, fewest, _known_key, apart)
    reasons = {
        group: told
        for dimension in (None, *(d for d in reason_dimensions if d in counted))
        if "override_reason" in table.columns
        for group, told in _reasons_of_people(table, dimension, held).items()
    }
    known = {
        fact: _known_of_people(table, fact, cuts, held) for fact in facts if fact in table.columns
    }
    return InnerCounts(held.groups, _spans(weeks, held.people()), reasons, alike, known)


def _known_of_people(
    table: ir.Table, fact: str, cuts: Sequence[str], held: Collector
) -> dict[Group, GroupCounts]:
    """Decisions of which a fact is known, by group and person; none where it is known of all: then they are those
    of the groups themselves."""
    known = table.filter(table[fact].notnull())
    if fetch(table.aggregate(n=table[fact].isnull().any()))["n"][0].as_py() is False:
        return {}
    found: dict[Group, GroupCounts] = {}
    told: list[str | None] = [c for c in cuts if c not in ("week", "team")]
    for cut in told or [None]:
        for (level, _), counts in held.read(_fetched(_counts_by_person(known, cut)), _known_key):
            found[ALL if cut is None else (cut, level, None)] = counts
    if found and ALL not in found:
        found[ALL] = summed(_of_cut(found, next(iter(found))[0]))
    return found


def _of_cut(groups: Mapping[Group, GroupCounts], cut: str) -> list[GroupCounts]:
    """The groups of one cut, which together are all."""
    return [counts for group, counts in groups.items() if group[0] == cut]


def _fetched(people: ir.Table) -> pd.DataFrame:
    """Counts by person as disclosure reads them: what is derived from them stays where it is."""
    told = ("person__", "level", "within", *COUNTED)
    frame: pd.DataFrame = fetch(
        people.select(*(c for c in told if c in people.columns))
    ).to_pandas()
    return frame


_ROWS_LOOKED_AT = 300_000


def _of_some_people(table: ir.Table, cuts: Sequence[str], held: Collector) -> pa.Table:
    """Of whom and of which groups decisions are: of all people, or of as many as are quickly read."""
    rows = table.filter(table.person_id.notnull()).select("person_id", *cuts)
    decisions = held.groups[ALL].counts[:, : len(COUNTS)].sum()
    if decisions > _ROWS_LOOKED_AT:
        some = held.people()[:: math.ceil(decisions / _ROWS_LOOKED_AT)]
        rows = rows.filter(rows.person_id.isin(some))
    return fetch(rows)


def _is(table: ir.Table, group: Group) -> ir.BooleanValue:
    """Whether a row is of the group; of no level is of none."""
    column = table[group[0]]
    if group[1] is None:
        return column.isnull()
    text = column.strftime("%Y-%m-%d") if group[0] == "week" else column.cast("string")
    return (text == group[1]).fill_null(False)


def _known_key(level: object) -> str | None:
    return None if level is None else _key(level)


def _reasons_of_people(
    table: ir.Table, dimension: str | None, held: Collector
) -> dict[Group, dict[str, GroupCounts]]:
    """Overrides by group, reason and person."""
    overridden = table.filter(table.action == "overridden").mutate(
        reason__=ibis.coalesce(table.override_reason, NONE_GIVEN)
    )
    counts = _counts_by_person(overridden, "reason__", dimension)
    found: dict[Group, dict[str, GroupCounts]] = {}
    for (reason, level), one in held.read(_fetched(counts), _known_key):
        group = ALL if dimension is None else (dimension, level, None)
        found.setdefault(group, {})[str(reason)] = one
    return found


def _spans(weeks: ir.Table, people: Sequence[str]) -> NDArray[np.int64]:
    """For each person the span in which the id is one person's: the quarter of a cluster number, which
    retention puts in a person's place, and none for all others."""
    spans = np.zeros(len(people), np.int64)
    numbers = [i for i, name in enumerate(people) if name.startswith(CLUSTER)]
    if not numbers or "week" not in weeks.columns:
        return spans
    whose = weeks.filter(weeks.person_id.startswith(CLUSTER))
    last = fetch(whose.group_by("person_id").aggregate(last=whose.week.max())).to_pandas()
    quarters = dict(zip(last["person_id"], pd.PeriodIndex(last["last"], freq="Q"), strict=True))
    for i in numbers:
        spans[i] = quarters[people[i]].ordinal + 1
    return spans


_CASES = "cases__"
_SUMMED = ("person_id", "population", "team", "week", "action", "agrees", "path")


def _summed(table: ir.Table) -> ir.Table:
    """How many decisions (`_CASES`) each person made of each kind in each week: what most groups add up, in
    far fewer rows than there are decisions."""
    by = [c for c in _SUMMED if c in table.columns]
    return keep(table.group_by(by).aggregate(**{_CASES: table.count()}))


def _weeks_by_population(
    table: ir.Table, populations: Sequence[GroupAdoption], settings: Settings
) -> dict[str, tuple[GroupAdoption, ...]]:
    if "week" not in table.columns or len(populations) < 2:
        return {}
    return {
        p.key: _in_order(_groups(table.filter(table.population == p.key), "week", settings), "week")
        for p in populations[:_DRAWN_POPULATIONS]
    }


def _version_starts(table: ir.Table) -> dict[str, str]:
    if not {"model_version", "decided_at"} <= set(table.columns):
        return {}
    known = table.filter(table.model_version.notnull())
    found = fetch(
        known.group_by(version=known.model_version.cast("string"))
        .aggregate(first=known.decided_at.min())
        .order_by("first")
    ).to_pylist()
    if len(found) < 2:
        return {}
    return {r["version"]: r["first"].strftime("%Y-%m-%d") for r in found}


def _override_spread(table: ir.Table) -> Spread | CannotSay:
    if "person_id" not in table.columns:
        return _NO_SPREAD
    seen = table.filter(table.action.isin(["followed", "modified", "overridden"]))
    rates = fetch(
        seen.group_by("person_id").aggregate(
            rate=(seen.action == "overridden").cast("float64").mean()
        )
    )["rate"].to_numpy()
    if len(rates) < 2:
        return _NO_SPREAD
    low, middle, high = np.quantile(rates, [0.25, 0.5, 0.75])
    return Spread(
        len(rates), float(rates.mean()), float(middle), float(low), float(high),
        float(rates.min()), float(rates.max()),
    )  # fmt: skip


def _confidence_by_action(table: ir.Table, settings: Settings) -> dict[str, Answer]:
    if "confidence" not in table.columns:
        return {}
    known = table.filter(table.confidence.notnull() & table.action.isin(_COMPARED))
    known = known.mutate(person__=person_of(known))
    frame = fetch(
        known.group_by("action", "person__").aggregate(
            n=known.count().cast("float64"), total=known.confidence.cast("float64").sum()
        )
    ).to_pandas()
    found: dict[str, Answer] = {}
    for action, part in frame.groupby("action"):
        n = int(part["n"].sum())
        if len(part) < 2:
            found[str(action)] = insufficient(f"{n} cases of one person", "more people", n)
            continue
        mean = clustered_ratio(part["total"].to_numpy(float), part["n"].to_numpy(float))
        sample = Sample(n, "share", True, Interval(settings.confidence))
        found[str(action)] = sample.estimate(mean, "mean", "descriptive")
    return found


def _with_weeks(table: ir.Table) -> ir.Table:
    if "decided_at" not in table.columns:
        return table
    return table.mutate(week=local_clock(table).truncate("W"))


def _in_order(groups: list[GroupAdoption], dimension: str) -> tuple[GroupAdoption, ...]:
    if dimension == "week":
        return tuple(sorted(groups, key=lambda g: g.key))
    return tuple(sorted(groups, key=lambda g: (-sum(g.counts.values()), g.key)))


def _groups(
    table: ir.Table, dimension: str | None, settings: Settings, people: ir.Table | None = None
) -> list[GroupAdoption]:
    """One group per level of `dimension`, or one of all. Two grouped steps in the engine:
    counts per person, then what clustered shares need, summed over persons."""
    people = _counts_by_person(table, dimension) if people is None else people
    if dimension is not None:
        people = people.filter(people.level.notnull())
    sums: dict[str, ir.Value] = {
        name: people[name].sum() for name in (*COUNTS, *_DERIVED) if name in people.columns
    }
    named = people.person__.notnull()
    sums["people"] = named.cast("int64").sum()
    sums["people_eligible"] = (named & (people.eligible > 0)).cast("int64").sum()
    sums["nobodys"] = ibis.ifelse(named, 0.0, people.eligible).sum()
    sums["largest"] = ibis.ifelse(named, people.eligible, 0.0).max()
    sums["largest_overridden"] = ibis.ifelse(named, people.overridden, 0.0).max()
    if "parent" in people.columns:
        sums["parent"] = people.parent.max()
    for name, (k, n) in PAIRS.items():
        x, y = people[k], people[n]
        sums |= {
            f"{name}_kk": (x * x).sum(where=named),
            f"{name}_kn": (x * y).sum(where=named),
            f"{name}_nn": (y * y).sum(where=named),
            f"{name}_g": (named & (y > 0)).cast("int64").sum(),
            # Cases that nobody answered are nobody's: no cluster of errors.
            f"{name}_others": y.sum(where=~named),
        }
    grouped = people.aggregate(**sums)
    if dimension is not None:
        grouped = people.group_by("level").aggregate(**sums)
    rows = fetch(grouped).to_pylist()
    return [_group(row, dimension, "person_id" in table.columns, settings) for row in rows]


_DERIVED = (
    "on_path",
    "path_known",
    "agreeing",
    "comparable",
    "seen",
    "known",
    "eligible",
    "used",
    "adjusted",
    "beyond",
    "unknown_consult",
)


def _counts_by_person(
    table: ir.Table, dimension: str | None, within: str | None = None
) -> ir.Table:
    """Counts per person (`person__`) and level of `dimension` (`level`) inside that of another cut (`within`),
    as numbers that can be multiplied."""
    by: dict[str, ir.Value] = {"person__": person_of(table)}
    if dimension is not None:
        by["level"] = table[dimension]
    if within is not None:
        by["within"] = table[within]
    has_path = "path" in table.columns
    kinds = ["action", "agrees", *(["path"] if has_path else [])]
    nested = dimension == "team" and within is None and "population" in table.columns
    parent = {"parent": table.population.max()} if nested else {}
    n = table[_CASES].sum() if _CASES in table.columns else table.count()
    small = table.group_by(**by, **{c: table[c] for c in kinds}).aggregate(n=n, **parent)
    plain = ~small.action.isin(["shadow", "off", UNACCOUNTED])
    on_path = plain & (small.action != Action.DEFERRED.value)

    def count(flag: ir.BooleanValue) -> ir.FloatingValue:
        return ibis.ifelse(flag.fill_null(False), small.n, 0).sum().cast("float64")

    one = {name: count(small.action == name) for name in COUNTS}
    one["agreeing"] = count(plain & small.agrees)
    one["comparable"] = count(plain & small.agrees.notnull())
    one["on_path"] = count(on_path & (small.path == "ai")) if has_path else ibis.literal(0.0)
    one["path_known"] = count(small.path.notnull()) if has_path else ibis.literal(0.0)
    if "parent" in small.columns:
        one["parent"] = small.parent.max()
    t = small.group_by(*by).aggregate(**one)
    seen = t.followed + t.modified + t.overridden
    unknown = t.agreed + t.differed + t["unknown"] + t[UNACCOUNTED]
    t = t.mutate(
        seen=seen,
        used=t.followed + t.modified,
        adjusted=t.modified + t.overridden,
        unknown_consult=unknown,
        known=seen + t.not_consulted,
        eligible=seen + t.not_consulted + unknown,
    )
    return t.mutate(beyond=t.on_path - t.used)


def _group(
    row: dict[str, Any], dimension: str | None, persons_known: bool, settings: Settings
) -> GroupAdoption:
    row = {name: value or 0 for name, value in row.items() if name != "level"} | {
        "level": row.get("level")
    }
    # Who has no eligible case is in no figure: they would only make the group look larger.
    counted = row["people_eligible"] if row["eligible"] else row["people"]
    people = int(counted) if persons_known else None
    clustered = persons_known and (people or 0) > 1
    level = settings.confidence
    somebodys = row["eligible"] - row["nobodys"]

    def sums(name: str) -> ShareSums:
        k, n = PAIRS[name]
        others = float(row[f"{name}_others"])
        found = ShareSums(
            float(row[k]), float(row[n]) - others, float(row[f"{name}_kk"]), float(row[f"{name}_kn"]),
            float(row[f"{name}_nn"]), int(row[f"{name}_g"]),
        )  # fmt: skip
        return found.among_more(others) if others else found

    def rate(name: str) -> Answer:
        return share_from(sums(name), level, clustered=clustered)

    nothing_known = row["eligible"] > 0 and row["known"] == 0
    silent = not_instrumented(
        "the table does not say whether the advice was in view", _CONSULT_NEEDS
    )
    no_path = not row["path_known"]
    no_gap = not_instrumented(
        "needs the nominal rate and the effective reliance", "the columns path and consulted"
    )
    return GroupAdoption(
        key="all" if dimension is None else _key(row["level"]),
        people=people,
        counts={name: int(row[name]) for name in COUNTS if row[name]},
        eligible=int(row["eligible"]),
        consulted=int(row["seen"]),
        unknown=int(row["unknown_consult"]),
        nominal_rate=not_instrumented(
            "the table does not say which way cases were closed", "a column path (ai or legacy)"
        )
        if no_path
        else rate("nominal"),
        consult_rate=silent if nothing_known else _ranged(rate("consult"), "seen", row),
        override_rate=silent if nothing_known else rate("override"),
        adjust_rate=silent if nothing_known else rate("adjust"),
        effective_reliance=silent if nothing_known else _ranged(rate("reliance"), "used", row),
        agreement=rate("agreement")
        if row["comparable"]
        else not_instrumented(
            "advice and choice are not both recorded",
            "the advice and the choice of each case (`recommendation`, `choice`)",
        ),
        unaccounted_share=_plain_share(row["unaccounted"], row["eligible"], level)
        if row["nobodys"]
        else rate("unaccounted"),
        quality_gap=no_gap
        if no_path or nothing_known
        else ratio_from(
            sums("gap"),
            level,
            unit="points",
            clustered=clustered,
            method="nominal rate minus effective reliance, clustered by person",
        ),
        largest_share=row["largest"] / somebodys if somebodys > 0 else 0.0,
        largest_override_share=row["largest_overridden"] / row["overridden"]
        if row["overridden"] >= 5
        else 0.0,
        parent=row.get("parent") or None,
    )


def _plain_share(k: float, n: float, confidence: float) -> Answer:
    """A share of cases some of which are nobody's."""
    return share_from(
        ShareSums(k, n, k, k, n, round(n)),
        confidence,
        clustered=False,
        method="plain share of eligible cases, Jeffreys interval: unanswered cases are nobody's",
    )


def _key(level: Any) -> str:
    """A level as text; a week as its Monday."""
    return level.strftime("%Y-%m-%d") if isinstance(level, date) else str(level)


def _ranged(answer: Answer, k: str, row: dict[str, Any]) -> Answer:
    """The known share with the range it can have once the unknown are counted."""
    if isinstance(answer, CannotSay) or not row["unknown_consult"]:
        return answer
    total = float(row["eligible"])
    return replace(
        answer,
        range_low=row[k] / total,
        range_high=(row[k] + row["unknown_consult"]) / total,
    )


def _reasons(table: ir.Table) -> dict[str, int]:
    if "override_reason" not in table.columns:
        return {}
    overridden = table.filter(table.action == "overridden")
    found = fetch(overridden.group_by("override_reason").aggregate(n=ibis._.count())).to_pylist()
    rows = sorted(found, key=lambda row: -row["n"])
    return {row["override_reason"] or NONE_GIVEN: int(row["n"]) for row in rows}


def _reasons_by(table: ir.Table, dimension: str) -> dict[str, dict[str, int]]:
    overridden = table.filter((table.action == "overridden") & table[dimension].notnull())
    level = overridden[dimension].cast("string")
    found = fetch(
        overridden.group_by(level=level, reason=overridden.override_reason).aggregate(
            n=ibis._.count()
        )
    ).to_pylist()
    counts: dict[str, dict[str, int]] = {}
    for row in sorted(found, key=lambda row: (row["level"], -row["n"], str(row["reason"]))):
        counts.setdefault(row["level"], {})[row["reason"] or NONE_GIVEN] = int(row["n"])
    return counts


def ask(inquiry: Inquiry) -> Adoption:
    """The question, of one use case."""
    return measure_adoption(
        inquiry.decisions,
        ["population", "team", "week", *inquiry.kinds],
        inquiry.settings,
        ["population", *inquiry.segments],
        (TRUTH, "value", *(f"{OUTCOME}{name}" for name in inquiry.outcomes)),
    )
