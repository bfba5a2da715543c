"""In shadow, on the same cases: is the model right more often than people deciding without it?

A pair is a shadow case with the model's answer and the person's own, given before any advice was
seen. Where both say the same, neither is ahead, so only disagreements need a judge; where some
are judged, each counts by one over its chance of having been judged, or all alike where they are
judged evenly; unevenly, the answer is refused. Intervals hold at every look (confidence
sequences, errors by person), because a shadow report is read every week. Grade: paired.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from takeup.log import fetch
from takeup.questions.shared.calendar import local_clock, week_of
from takeup.questions.shared.known_truth import PANEL
from takeup.questions.shared.whose import EVERYONE, person_of
from takeup.record.settings import Settings
from takeup.record.use_case import Utility
from takeup.stats.answer import Answer, CannotSay, Estimate, insufficient, not_instrumented, refused
from takeup.stats.anytime import clustered_half_width, share_sequence
from takeup.stats.clusters import clustered_ratio
from takeup.stats.rates import share

Array = NDArray[np.float64]
_ASSUMPTION = (
    "people gave their own answer as they would without a model, and the right answer does not "
    "depend on who gave which"
)


@dataclass(frozen=True, slots=True)
class ShadowLook:
    """The comparison as it stood at the end of one week (its Sunday)."""

    week_ends: str
    pairs: int
    difference: Answer


@dataclass(frozen=True, slots=True)
class ShadowKind:
    """One kind of case (`dimension` empty: all). `only_model` and `only_person` count judged
    disagreements in which one of them was right; `difference` is model minus person in points of
    right answers; `net_value` what following the model would have brought per case, in the use
    case's utilities; errors are shares of wrong answers. `people` gave the answers, the one with
    most of them `largest_share`."""

    dimension: str
    key: str
    pairs: int
    share: float
    people: int | None
    largest_share: float
    disagreements: int
    judged: int
    only_model: int | None
    only_person: int | None
    difference: Answer
    model_error: Answer
    person_error: Answer
    net_value: Answer
    looks: tuple[ShadowLook, ...] = ()


@dataclass(frozen=True, slots=True)
class Shadow:
    """`days` on which pairs arose; `blind`: share of shadow cases decided before any advice was seen
    (the others are no pairs); `weekly_pairs` a week over the last four."""

    overall: ShadowKind
    kinds: tuple[ShadowKind, ...]
    first: str
    last: str
    days: int
    blind: Answer
    weekly_pairs: float

    def every(self) -> tuple[ShadowKind, ...]:
        """All cases, then kind by kind."""
        return (self.overall, *self.kinds)


EQUAL = Utility(benefit_right=1, harm_wrong=1)


@dataclass(frozen=True, slots=True)
class ShadowPlan:
    """What was said beforehand: pairs at which a decision is expected (the sequence is narrowest
    there), when it `starts`, and the utilities of right and wrong advice."""

    expected_pairs: int
    starts: datetime | None = None
    utility: Utility = EQUAL


def measure_shadow(
    decisions: ir.Table, dimensions: Sequence[str], plan: ShadowPlan, settings: Settings
) -> Shadow | CannotSay:
    """Model against people on shadow pairs, for all cases and by `dimensions`.

    `decisions` has `mode`, `decided_at`, advice and choice, `agrees`, `unblinded` and, where truth
    is known, `advice_right` and `choice_right` (or `initial_right`).
    """
    if "decided_at" not in decisions.columns:
        return not_instrumented("when pairs arose is unknown", "decided_at")
    rows = _shadow_rows(decisions, plan)
    counted = fetch(_counts(rows)).to_pylist()[0]
    if not counted["pairs"]:
        return insufficient(
            "no case in shadow has both the model's answer and the person's own", "shadow cases", 0
        )
    pairs = rows.filter(rows.pair__)
    refusal = _uneven(pairs, settings)
    overall = _kind("", "all", _cells(pairs, None), int(counted["pairs"]), refusal, plan, settings)
    kinds = tuple(
        _kind(dimension, str(level), part, int(counted["pairs"]), refusal, plan, settings)
        for dimension in dimensions
        if dimension in pairs.columns
        for level, part in _cells(pairs, dimension).dropna(subset=["level"]).groupby("level")
    )
    return Shadow(
        overall,
        tuple(sorted(kinds, key=lambda k: (k.dimension, -k.pairs, k.key))),
        counted["first"].date().isoformat(),
        counted["last"].date().isoformat(),
        int(counted["days"]),
        _blind_share(rows, settings),
        float(counted["recent"]) / 4,
    )


def new_people(
    decisions: ir.Table, dimensions: Sequence[str], plan: ShadowPlan, since: datetime | None
) -> dict[tuple[str, str], frozenset[str]]:
    """Who gave answers at or after `since` (None: ever), by dimension and level; for disclosure
    between two looks, never shown."""
    rows = _shadow_rows(decisions, plan)
    pairs = rows.filter(rows.pair__)
    if since is not None:
        pairs = pairs.filter(pairs.decided_at >= since)
    found: dict[tuple[str, str], frozenset[str]] = {}
    for dimension in ("", *[d for d in dimensions if d in pairs.columns]):
        level = pairs[dimension].cast("string") if dimension else ibis.literal("all")
        frame = fetch(pairs.select(level=level, person=person_of(pairs)).distinct()).to_pandas()
        for key, part in frame.dropna().groupby("level"):
            found[(dimension, str(key))] = frozenset(part["person"].astype(str))
    return found


def _shadow_rows(decisions: ir.Table, plan: ShadowPlan) -> ir.Table:
    """Shadow cases with their own answer's agreement and rightness; `pair__`: blind ones."""
    t = decisions.filter((decisions["mode"] == "shadow") & decisions.decided_at.notnull())
    if plan.starts is not None:
        t = t.filter(t.decided_at >= plan.starts)
    own_agrees, own_right = t.agrees, _column(t, "choice_right")
    for name, advice in (
        ("initial_choice", "recommendation"),
        ("initial_choice_value", "recommendation_value"),
    ):
        if name in t.columns and advice in t.columns:
            own_agrees = ibis.ifelse(t[name].notnull(), t[name] == t[advice], own_agrees)
            own_right = ibis.ifelse(t[name].notnull(), _column(t, "initial_right"), own_right)
    t = t.mutate(
        own_agrees__=own_agrees, own_right__=own_right, model_right__=_column(t, "advice_right")
    )
    return t.mutate(pair__=t.own_agrees__.notnull() & ~t.unblinded.fill_null(False))


def _column(t: ir.Table, name: str) -> ir.BooleanValue:
    return t[name] if name in t.columns else ibis.literal(None, "boolean")


def _counts(rows: ir.Table) -> ir.Table:
    pairs = rows.pair__.cast("int64")
    moment = ibis.ifelse(rows.pair__, rows.decided_at, None)
    # The last four weeks up to the last pair: what a week brings at this pace.
    last = rows.aggregate(last__=moment.max())
    recent = rows.cross_join(last)
    recent = recent.filter(
        recent.pair__ & (recent.decided_at > recent.last__ - ibis.interval(days=28))
    )
    return rows.aggregate(
        pairs=pairs.sum().fill_null(0),
        first=moment.min(),
        last=moment.max(),
        days=ibis.ifelse(rows.pair__, local_clock(rows), None).truncate("D").nunique(),
    ).cross_join(recent.aggregate(recent=recent.count()))


def _uneven(pairs: ir.Table, settings: Settings) -> CannotSay | None:
    """Why disagreements cannot be counted by who was right: nobody judged them, or unevenly."""
    apart = pairs.filter(~pairs.own_agrees__)
    known = (apart.model_right__.notnull() & apart.own_right__.notnull()).cast("float64")
    if "truth_probability" in apart.columns:
        blank = (known > 0) & apart.truth_probability.isnull()
        sums = fetch(apart.aggregate(n=known.sum(), blank=blank.cast("int64").sum())).to_pylist()[0]
        if sums["n"] and not sums["blank"]:
            return None
    side = [c for c in ("recommendation", "choice") if c in apart.columns] or ["mode"]
    rates = fetch(apart.group_by(*side).aggregate(n=apart.count(), known=known.mean())).to_pandas()
    if rates.empty:
        return None
    if not float((rates["n"] * rates["known"]).sum()):
        return not_instrumented("no disagreement has been judged", PANEL)
    rates = rates[rates["n"] >= settings.paired.smallest_sample]
    gap = float(rates["known"].max() - rates["known"].min()) if len(rates) > 1 else 0.0
    if gap <= settings.paired.largest_truth_rate_gap:
        return None
    return refused(
        f"some disagreements are judged {100 * gap:.0f} points more often than others: such a "
        "sample can turn the sign",
        f"truth_probability for each judged case, or {PANEL}",
        int(rates["n"].sum()),
    )


def _cells(pairs: ir.Table, dimension: str | None) -> pd.DataFrame:
    """Sums by person and week (and level): pairs, disagreements, judged ones and their sums."""
    apart = ~pairs.own_agrees__
    judged = pairs.model_right__.notnull() & pairs.own_right__.notnull()
    weight = (
        1 / pairs.truth_probability
        if "truth_probability" in pairs.columns
        else ibis.ifelse(judged, 1, 1).cast("float64")
    )
    weight = ibis.ifelse(judged, weight.fill_null(1.0), 0.0)
    m, p = pairs.model_right__.cast("float64"), pairs.own_right__.cast("float64")
    by = {"person": person_of(pairs), "week": week_of(pairs)}
    if dimension:
        by["level"] = pairs[dimension].cast("string")
    one = judged.cast("int64")

    def in_(part: ir.BooleanValue, value: ir.Value) -> ir.Value:
        return ibis.ifelse(part, value, 0).sum()

    frame: pd.DataFrame = fetch(
        pairs.group_by(**by).aggregate(
            pairs=pairs.count(),
            apart=in_(apart, 1),
            judged=in_(apart & judged, one),
            w=in_(apart & judged, weight),
            wd=in_(apart & judged, weight * (m - p)),
            only_model=in_(apart & judged & (m > p), one),
            only_person=in_(apart & judged & (m < p), one),
            w_gain=in_(apart & judged & (m > p), weight),
            w_cost=in_(apart & judged & (m < p), weight),
            wm_apart=in_(apart & judged, weight * (1 - m)),
            wp_apart=in_(apart & judged, weight * (1 - p)),
            judged_same=in_(~apart & judged, one),
            w_same=in_(~apart & judged, weight),
            wm_same=in_(~apart & judged, weight * (1 - m)),
        )
    ).to_pandas()
    return frame


def _kind(
    dimension: str,
    key: str,
    cells: pd.DataFrame,
    of: int,
    refusal: CannotSay | None,
    plan: ShadowPlan,
    settings: Settings,
) -> ShadowKind:
    cells = cells.drop(columns=[c for c in ("level",) if c in cells.columns])
    people = _by_person(cells)
    n = int(people["pairs"].sum())
    known = set(cells["person"]) != {EVERYONE}
    none: Answer = refusal or insufficient("no look yet", "pairs", n)
    made = ShadowKind(
        dimension, key, n, n / of, len(people) if known else None,
        float(people["pairs"].max()) / n, int(people["apart"].sum()),
        int(people["judged"].sum()), None, None, none, none, none, none,
    )  # fmt: skip
    if refusal is not None:
        return made
    return replace(
        made,
        only_model=int(people["only_model"].sum()),
        only_person=int(people["only_person"].sum()),
        difference=_difference(people, plan, settings),
        model_error=_error(people, "wm", plan, settings),
        person_error=_error(people, "wp", plan, settings),
        net_value=_net_value(people, plan, settings),
        looks=shadow_looks(cells, plan, settings),
    )


def _by_person(cells: pd.DataFrame) -> pd.DataFrame:
    sums: pd.DataFrame = cells.drop(columns="week").groupby("person", as_index=False).sum()
    return sums


def shadow_looks(
    cells: pd.DataFrame, plan: ShadowPlan, settings: Settings
) -> tuple[ShadowLook, ...]:
    """The comparison at the end of each week, from sums by person and week."""
    looks = []
    for week in sorted(cells["week"].unique()):
        people = _by_person(cells[cells["week"] <= week])
        ends = (pd.Timestamp(week) + pd.Timedelta(days=6)).date().isoformat()
        looks.append(
            ShadowLook(ends, int(people["pairs"].sum()), _difference(people, plan, settings))
        )
    return tuple(looks)


def _difference(people: pd.DataFrame, plan: ShadowPlan, settings: Settings) -> Answer:
    """Model minus person over all pairs: agreements add nothing to either."""
    return _sequence(people, people["wd"].to_numpy(float), 1.0, "points", plan, settings)


def _net_value(people: pd.DataFrame, plan: ShadowPlan, settings: Settings) -> Answer:
    """Benefit of what following would have put right less harm of what it would have spoiled."""
    utility = plan.utility
    total = utility.benefit_right * people["w_gain"] - utility.harm_wrong * people["w_cost"]
    most = float(max(abs(utility.benefit_right), abs(utility.harm_wrong)))
    return _sequence(people, total.to_numpy(float), most, "utility per case", plan, settings)


def _sequence(
    people: pd.DataFrame, total: Array, most: float, unit: str, plan: ShadowPlan, settings: Settings
) -> Answer:
    """Σ over judged disagreements, each of at most `most`, raised to all disagreements, over all pairs.

    The spread is at least that of as many disagreements as there may be by what was seen so far: none
    yet is no evidence that there are none.
    """
    n, apart, judged = (float(people[c].sum()) for c in ("pairs", "apart", "judged"))
    w = float(people["w"].sum())
    if len(people) < 2 and set(people["person"]) != {EVERYONE}:
        return insufficient("the pairs of one person", "pairs of several people", int(n))
    if apart and judged < min(settings.paired.smallest_sample, apart):
        return insufficient(
            f"{judged:.0f} of {apart:.0f} disagreements are judged",
            f"{settings.paired.smallest_sample} judged disagreements", int(n),
        )  # fmt: skip
    raised = total * (apart / w if w else 0.0)
    pairs = people["pairs"].to_numpy(float)
    found = clustered_ratio(raised, pairs)
    se, df = found.se, found.df
    if len(people) < 2:
        # Persons unknown: cases alone, which says too little where a person's cases are alike.
        d2 = float(people["w_gain"].sum() + people["w_cost"].sum()) * (apart / w if w else 0.0) / n
        se, df = float(np.sqrt(max(d2 - found.value**2, 0.0) / n)), n - 1
    _, often = share_sequence(int(apart), int(n), settings.confidence)
    se = max(se, float(np.sqrt(max(often * most**2 - found.value**2, 0.0) / n)))
    half = clustered_half_width(
        se, n, df, confidence=settings.confidence, expected=plan.expected_pairs
    )
    return Estimate(
        found.value, found.value - half, found.value + half, settings.confidence, int(n),
        "confidence sequence over shadow pairs, errors by person", "paired", unit=unit,
        people=len(people) if len(people) > 1 else None, se=se, assumption=_ASSUMPTION,
    )  # fmt: skip


def _error(people: pd.DataFrame, which: str, plan: ShadowPlan, settings: Settings) -> Answer:
    """Share of wrong answers, agreements and disagreements each raised to their own number."""
    n, apart = float(people["pairs"].sum()), float(people["apart"].sum())
    same = n - apart
    if same and people["judged_same"].sum() < settings.paired.smallest_sample:
        return insufficient(
            "too few cases with the same answer are judged to know how often both are wrong",
            f"{settings.paired.smallest_sample} judged agreements", int(n),
        )  # fmt: skip
    value, u = 0.0, np.zeros(len(people))
    wrong_same = "wm_same"  # Both gave the same answer: wrong together.
    for part, wrong, weight in (
        (apart / n, f"{which}_apart", "w"),
        (same / n, wrong_same, "w_same"),
    ):
        total = float(people[weight].sum())
        if not total:
            continue
        rate = float(people[wrong].sum()) / total
        value += part * rate
        u += part * (people[wrong].to_numpy(float) - rate * people[weight].to_numpy(float)) / total
    g = len(people)
    se = float(np.sqrt((u**2).sum() * g / max(g - 1, 1)))
    judged = float(people["judged"].sum() + people["judged_same"].sum())
    expected = max(plan.expected_pairs * judged / n, 1.0)
    half = clustered_half_width(
        se, judged, g - 1, confidence=settings.confidence, expected=expected
    )
    return Estimate(
        value, max(value - half, 0.0), min(value + half, 1.0), settings.confidence, int(judged),
        "confidence sequence, agreements and disagreements weighted to all pairs, errors by person",
        "paired", people=g, se=se,
    )  # fmt: skip


def _blind_share(rows: ir.Table, settings: Settings) -> Answer:
    """How many shadow cases were decided before any advice was seen."""
    known = rows.filter(rows.own_agrees__.notnull())
    sums = fetch(
        known.group_by(person=person_of(known)).aggregate(
            k=known.pair__.cast("int64").sum(), n=known.count()
        )
    ).to_pandas()
    k, n = sums["k"].to_numpy(float), sums["n"].to_numpy(float)
    return share(k, n, settings.confidence, clustered=set(sums["person"]) != {EVERYONE})
