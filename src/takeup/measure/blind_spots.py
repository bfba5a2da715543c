"""In which kinds of case do overrides beat the model, and where does overriding hurt?

Kinds of case are levels of one or two covariates. What one half of the people shows (false
discovery controlled) must be confirmed by the other half, both ways round; of two that say
the same the coarser one is told. Grade: paired, on judged overrides. Refuses where truth is
not known evenly. Which of them is a model issue is decided by the rule of model_issue.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.special import stdtr

from takeup.log import fetch, keep
from takeup.measure.known_truth import answered_rows
from takeup.measure.looks import interval_of
from takeup.measure.model_issue import SegmentError, error_sums, is_blind_spot, segment_error
from takeup.measure.override_value import judged_overrides
from takeup.measure.person_groups import GROUP, with_person_groups
from takeup.record.settings import Settings
from takeup.stats.answer import Answer, CannotSay, Estimate, insufficient, not_instrumented
from takeup.stats.clusters import Sample, clustered_ratio
from takeup.stats.many import discoveries

_MOST_GROUPS = 1_000
"""Of more people several share a group of errors; frames stay small with any number."""

Level = tuple[str, str]
"""A covariate and one of its levels."""


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """One kind of case. `gain`: right choices minus right advice among its overrides, in
    points; `says`: overrides beat the advice, or hurt. `share` of the decisions with advice
    that are of this kind, `small` under five per cent. `model_issue`: the rule of model issues
    holds there; `error` is the advice there, where it is known."""

    kind: tuple[Level, ...]
    says: Literal["overrides_better", "overriding_hurts"]
    gain: Answer
    overrides: int
    people: int | None
    share: float | None
    small: bool
    model_issue: bool
    error: SegmentError | None


@dataclass(frozen=True, slots=True)
class BlindSpots:
    """`found` and confirmed kinds of case, the largest gain first; `tried` kinds were tested,
    `left_out` more had enough overrides but stood beyond the number of tests; `candidates`
    were found in one half and not confirmed by the other."""

    found: tuple[BlindSpot, ...]
    tried: int
    left_out: int
    candidates: int
    overrides: int


@dataclass(frozen=True, slots=True)
class _Test:
    kind: tuple[Level, ...]
    frame: pd.DataFrame
    n: int


def measure_blind_spots(
    decisions: ir.Table, covariates: Sequence[str], settings: Settings
) -> BlindSpots | CannotSay:
    """Kinds of case by `covariates` (texts; population among them where there are several)."""
    if "person_id" not in decisions.columns:
        return not_instrumented(
            "persons are unknown, so no half of them can confirm the other", "person_id"
        )
    rules = settings.blind_spots
    names = tuple(dict.fromkeys(c for c in covariates if c in decisions.columns))
    rows = judged_overrides(decisions, names, settings)
    if isinstance(rows, CannotSay):
        return rows
    names = tuple(c for c in names if c in rows.columns)
    rows = keep(with_person_groups(rows.rename(person_id="person"), _MOST_GROUPS))
    total = int(fetch(rows.count().as_table())[0][0].as_py())
    if total < rules.smallest_overrides or not names:
        return insufficient(
            f"{total} overrides with a known right answer and {len(names)} covariates",
            f"{rules.smallest_overrides} judged overrides and a covariate known beforehand",
            total,
        )
    tests = sorted(_tests(rows, names, rules.smallest_overrides), key=lambda t: (len(t.kind), -t.n))
    kept = tests[: rules.most_tests]
    confirmed, candidates = _confirmed(kept, settings)
    told = _coarser(confirmed)
    cells = _error_cells(told, decisions)
    return BlindSpots(
        tuple(
            sorted(
                (_described(t, sign, cells, settings) for t, sign in told),
                key=lambda s: -abs(s.gain.value) if isinstance(s.gain, Estimate) else 0,
            )
        ),
        len(kept),
        len(tests) - len(kept),
        candidates,
        total,
    )


def _tests(rows: ir.Table, names: Sequence[str], least: int) -> Iterable[_Test]:
    kinds: list[tuple[str, ...]] = [(n,) for n in names]
    kinds += list(combinations(names, 2))
    for columns in kinds:
        frame = fetch(
            rows.group_by(rows[GROUP], *columns).aggregate(
                people=rows.person_id.nunique(),
                n=rows.count(),
                w=rows.w.sum(),
                g=(rows.w * rows.gain).sum(),
            )
        ).to_pandas()
        frame = frame.dropna(subset=list(columns))
        if len(columns) == 1 and frame[columns[0]].nunique() < 2:
            continue
        for levels, part in frame.groupby(list(columns)):
            n = int(part["n"].sum())
            if n >= least:
                kind = tuple(zip(columns, (str(v) for v in levels), strict=True))
                yield _Test(kind, part, n)


def _half(groups: pd.Series) -> np.ndarray:
    """Which half the people of a group are in: people are dealt out in turn."""
    return np.asarray(groups % 2 == 1)


def _t(part: pd.DataFrame) -> tuple[float, float]:
    """Sign-carrying t of the mean gain and its degrees of freedom, clustered by person."""
    if len(part) < 3:
        return 0.0, 1.0
    found = clustered_ratio(part["g"].to_numpy(float), part["w"].to_numpy(float))
    if found.se <= 0:
        return float(np.sign(found.value)) * 10.0, max(found.df, 1.0)
    return found.value / found.se, max(found.df, 1.0)


def _confirmed(tests: Sequence[_Test], settings: Settings) -> tuple[list[tuple[_Test, int]], int]:
    """Tests that one half finds and the other confirms, with their sign."""
    rules = settings.blind_spots
    halves = [(_t(t.frame[h]), _t(t.frame[~h])) for t in tests for h in [_half(t.frame[GROUP])]]
    p = np.array([[2 * stdtr(df, -abs(t)) for t, df in pair] for pair in halves]).reshape(-1, 2)
    one_sided = np.array([[stdtr(df, -abs(t)) for t, df in pair] for pair in halves]).reshape(-1, 2)
    sign = np.array([[np.sign(t) for t, _ in pair] for pair in halves]).reshape(-1, 2)
    agree = sign[:, 0] * sign[:, 1] > 0 if len(tests) else np.zeros(0, bool)
    found = np.zeros(len(tests), bool)
    candidate = np.zeros(len(tests), bool)
    for first, second in ((0, 1), (1, 0)):
        here = discoveries(p[:, first], rules.false_discovery)
        candidate |= here
        found |= here & agree & (one_sided[:, second] <= rules.confirmation)
    confirmed = [(t, int(s)) for t, s, f in zip(tests, sign[:, 0], found, strict=True) if f]
    return confirmed, int((candidate & ~found).sum())


def _coarser(confirmed: Sequence[tuple[_Test, int]]) -> list[tuple[_Test, int]]:
    """Without a pair that says no more than one of its two parts does."""
    singles = {t.kind[0]: (t, s) for t, s in confirmed if len(t.kind) == 1}
    told = list(singles.values())
    for test, sign in confirmed:
        if len(test.kind) == 1:
            continue
        parents = [singles[level] for level in test.kind if level in singles]
        if not any(s == sign and not _says_more(test, parent) for parent, s in parents):
            told.append((test, sign))
    return told


def _says_more(pair: _Test, parent: _Test) -> bool:
    """Whether the pair's gain differs from the rest of its parent's, beyond chance (5 %)."""
    own, whole = (t.frame.groupby(GROUP)[["g", "w"]].sum() for t in (pair, parent))
    rest = whole.sub(own, fill_value=0.0)
    own = own.reindex(rest.index, fill_value=0.0)
    if rest["w"].sum() <= 0:
        return False
    means = own["g"].sum() / own["w"].sum(), rest["g"].sum() / rest["w"].sum()
    u = (own["g"] - means[0] * own["w"]) / own["w"].sum()
    u = u - (rest["g"] - means[1] * rest["w"]) / rest["w"].sum()
    se = float(np.sqrt((u**2).sum()))
    return se > 0 and abs(means[0] - means[1]) / se > 1.96


def _described(test: _Test, sign: int, cells: pd.DataFrame | None, settings: Settings) -> BlindSpot:
    gain: Answer
    if len(test.frame) < 2:
        gain = insufficient(f"{test.n} overrides of one person", "more people", test.n)
    else:
        found = clustered_ratio(test.frame["g"].to_numpy(float), test.frame["w"].to_numpy(float))
        gain = Sample(test.n, "points", True, interval_of(settings)).estimate(
            found,
            "mean gain of an override, found in one half of the people and confirmed in the other",
            "paired",
        )
    error = _error_of(test.kind, cells, settings)
    rules = settings.blind_spots
    return BlindSpot(
        test.kind,
        "overrides_better" if sign > 0 else "overriding_hurts",
        gain,
        test.n,
        int(test.frame["people"].sum()),
        error.share if error else None,
        error is not None and error.share < rules.named_small_below,
        sign > 0 and error is not None and is_blind_spot(error, settings),
        error,
    )


def _error_cells(told: Sequence[tuple[_Test, int]], decisions: ir.Table) -> pd.DataFrame | None:
    """The advice in every cell of the covariates that are told of, by groups of people: one
    pass over all decisions for all kinds of case."""
    columns = list(dict.fromkeys(c for test, _ in told for c, _ in test.kind))
    if not columns:
        return None
    rows = with_person_groups(answered_rows(decisions))
    by: dict[str, ir.Value] = {"person": rows[GROUP]}
    return error_sums(rows, by | {c: rows[c].cast("string") for c in columns})


def _error_of(
    kind: tuple[Level, ...], cells: pd.DataFrame | None, settings: Settings
) -> SegmentError | None:
    """The advice in this kind of case against all others."""
    if cells is None:
        return None
    inside = np.ones(len(cells), bool)
    for column, level in kind:
        inside &= np.asarray(cells[column] == level, bool)
    if not inside.any() or inside.all():
        return None
    label = " · ".join(level for _, level in kind)
    own, rest = cells[inside], cells[~inside]
    found = segment_error("all", "+".join(c for c, _ in kind), label, own, rest, settings)
    return replace(found, people=None, overriders=None)
