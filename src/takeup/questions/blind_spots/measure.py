"""In which kinds of case do overrides beat the model, and where does overriding hurt?

Kinds of case are levels of one or two covariates; each with enough overrides is tried, as false
discovery control pays for their number. What one half of the people shows must be confirmed by
the other half, both ways round; of two that say the same the coarser one is told. Grade: paired,
on judged overrides. Refuses where truth is not known evenly. Which of them is a model issue is
decided by the rule of model_issue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Literal

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, stdtr

from takeup.log import fetch, keep
from takeup.questions.inquiry import Inquiry
from takeup.questions.model_issue import (
    SegmentError,
    error_sums,
    error_table,
    is_blind_spot,
    segment_error,
)
from takeup.questions.shared.known_truth import answered_rows
from takeup.questions.shared.looks import interval_of
from takeup.questions.shared.override_value import judged_overrides
from takeup.questions.shared.person_groups import GROUP, with_person_groups
from takeup.record.columns import CASE
from takeup.record.settings import Settings
from takeup.stats.answer import Answer, CannotSay, Estimate, insufficient, not_instrumented
from takeup.stats.clusters import Sample, clustered_ratio
from takeup.stats.many import discoveries

_MOST_GROUPS = 1_000
"""Of more people several share a group of errors; frames stay small with any number."""

_MOST_CELLS = 2_000
"""Kinds of case that are summed together, for each group of people."""

_ALIKE = "alike__"
"""Marks rows dealt by case."""

_FEWEST_PEOPLE, _FEWEST_CASES = 3, 10
"""In each half. Of cases some count for many overrides, and a handful may well hold none of those."""

_SAYS_MORE = 0.05
"""Share of pairs told beside one of their parts that may say no more than it does."""

Array = NDArray[np.float64]
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
    """`found` and confirmed kinds of case, the largest gain first; `tried` kinds and pairs of kinds were
    tested, of which `levels` says how many are single levels of each covariate; `left_out` more occur and have
    too few overrides for it; `candidates` were found in one half and not confirmed by the other."""

    found: tuple[BlindSpot, ...]
    tried: int
    left_out: int
    candidates: int
    overrides: int
    levels: Mapping[str, int] = field(default_factory=dict)

    @property
    def tried_in_words(self) -> str:
        """`10 kinds of case and 2 pairs of them`."""
        single = sum(self.levels.values())
        pairs = max(self.tried - single, 0)
        paired = f" and {pairs:,} pair{'s' * (pairs != 1)} of them" if pairs else ""
        return f"{single:,} kind{'s' * (single != 1)} of case{paired}"

    @property
    def was(self) -> str:
        """The verb that goes with `tried_in_words`."""
        return "was" if self.tried == 1 else "were"

    def at_every_level(self, covariate: str, says: str) -> bool:
        """Whether all levels of a covariate say the same."""
        same = [s for s in self.found if len(s.kind) == 1 and s.says == says]
        return 1 < self.levels.get(covariate, 0) == sum(s.kind[0][0] == covariate for s in same)


@dataclass(frozen=True, slots=True)
class _Test:
    """One kind of case: `n` overrides, `t` and degrees of freedom of their gain in either half, and the
    sums by group of people (None where the halves do not agree, so that nothing will be told of it)."""

    kind: tuple[Level, ...]
    n: int
    t: Array
    df: Array
    frame: pd.DataFrame | None

    @property
    def sums(self) -> pd.DataFrame:
        """The sums by group of people of a kind that may be told of."""
        assert self.frame is not None
        return self.frame


def measure_blind_spots(
    decisions: ir.Table, covariates: Sequence[str], settings: Settings
) -> BlindSpots | CannotSay:
    """Kinds of case by `covariates` (texts; population among them where there are several)."""
    if "person_id" not in decisions.columns:
        return not_instrumented(
            "persons are unknown, and what some people's cases show must show again in other people's",
            "person_id",
        )
    rules = settings.blind_spots
    names = tuple(dict.fromkeys(c for c in covariates if c in decisions.columns))
    rows = judged_overrides(decisions, names, settings)
    if isinstance(rows, CannotSay):
        return rows
    names = tuple(c for c in names if c in rows.columns)
    if not names:
        return not_instrumented(
            "nothing is recorded that says which kind of case it was",
            "a covariate known before the decision",
        )
    by = ("person", *([CASE] if CASE in rows.columns else []))
    dealt = [keep(with_person_groups(_dealt(rows, unit), _MOST_GROUPS)) for unit in by]
    total = int(fetch(dealt[0].count().as_table())[0][0].as_py())
    if total < rules.smallest_overrides:
        return insufficient(
            f"{total} overrides with a known right answer",
            f"{rules.smallest_overrides} judged overrides",
            total,
        )
    searches = [_searched(r, names, settings) for r in dealt]
    first = searches[0]
    told = _coarser([one for one in first.confirmed if all(s.confirms(one) for s in searches[1:])])
    people = _people(told, dealt[0])
    errors = _errors(told, decisions, settings)
    spots = [
        _described(
            [s.test(t.kind) for s in searches], sign, people[t.kind], errors.get(t.kind), settings
        )
        for t, sign in told
    ]
    # What is told must also hold by the interval it is told with, which holds at every look where pages do.
    clear = [
        s for s in spots if not isinstance(s.gain, Estimate) or not s.gain.low <= 0 <= s.gain.high
    ]
    return BlindSpots(
        tuple(
            sorted(spots, key=lambda s: -abs(s.gain.value) if isinstance(s.gain, Estimate) else 0)
        ),
        len(first.tests),
        first.left_out,
        first.candidates + len(spots) - len(clear),
        total,
        dict(Counter(t.kind[0][0] for t in first.tests if len(t.kind) == 1)),
    )


def _dealt(rows: ir.Table, by: str) -> ir.Table:
    """`rows` with `person_id` of those by whom errors go and halves are made: people; and, where many rows are
    of the same cases, cases as well, since another half of the people only says of them what the first did.
    `who` overrode in any case. What overriding a case gains hangs on its truth, so a case is one override."""
    who = rows.person
    if by != CASE:
        return rows.mutate(who=who, person_id=who)
    return rows.mutate(who=who, person_id=rows[CASE].cast("string"), **{_ALIKE: True})


@dataclass(frozen=True, slots=True)
class _Searched:
    """What one way to halve the overrides found."""

    tests: list[_Test]
    left_out: int
    confirmed: list[tuple[_Test, int]]
    candidates: int

    def confirms(self, one: tuple[_Test, int]) -> bool:
        """Whether it found the same."""
        return any((t.kind, sign) == (one[0].kind, one[1]) for t, sign in self.confirmed)

    def test(self, kind: tuple[Level, ...]) -> _Test:
        """The test of a kind that was confirmed."""
        return next(t for t, _ in self.confirmed if t.kind == kind)


def _searched(rows: ir.Table, names: Sequence[str], settings: Settings) -> _Searched:
    tests, left_out = _tests(rows, names, settings)
    return _Searched(tests, left_out, *_confirmed(tests, settings))


def _tests(rows: ir.Table, names: Sequence[str], settings: Settings) -> tuple[list[_Test], int]:
    """Every kind of case with enough overrides, coarse ones first, and how many more have too few. Two
    grouped queries for each covariate and each pair of them; only sums of what can be tested come back."""
    tests: list[_Test] = []
    small = 0
    kinds: list[tuple[str, ...]] = [(n,) for n in names]
    for columns in [*kinds, *combinations(names, 2)]:
        frame, occur = _cells(rows, columns, settings.blind_spots.smallest_overrides)
        if len(columns) == 1 and occur < 2:
            continue
        fewest = _FEWEST_CASES if _ALIKE in rows.columns else _FEWEST_PEOPLE
        own = list(_of_columns(frame, columns, settings, fewest))
        small += occur - len(own)
        tests += own
    return tests, small


def _cells(rows: ir.Table, columns: tuple[str, ...], least: int) -> tuple[pd.DataFrame, int]:
    """Sums by group of people of the levels with at least so many overrides; how many levels there are."""
    known = rows.filter([rows[c].notnull() for c in columns])
    sizes = known.group_by(*columns).aggregate(size__=known.count())
    enough = sizes.filter(sizes.size__ >= least)
    tested = known.semi_join(enough, list(columns)).select(GROUP, "w", "gain", *columns)
    w, gain = tested.w, tested.gain
    frame = fetch(
        tested.group_by(GROUP, *columns).aggregate(
            n=tested.count(),
            w=w.sum(),
            ww=(w**2).sum(),
            g=(w * gain).sum(),
            gg=(w**2 * gain**2).sum(),
        )
    ).to_pandas()
    if _ALIKE in rows.columns:
        frame["ww"], frame["gg"] = frame["w"] ** 2, frame["g"] ** 2
    return frame, int(fetch(sizes.count().as_table())[0][0].as_py())


def _of_columns(
    frame: pd.DataFrame, columns: tuple[str, ...], settings: Settings, fewest: int
) -> Iterable[_Test]:
    """The tests of one set of covariates; a half needs the `fewest` groups to say anything."""
    if frame.empty:
        return
    by = frame.groupby(list(columns), sort=True)
    code = by.ngroup().to_numpy()
    half = _half(frame[GROUP]).astype(int)
    t, df = _halves(frame, code, half, fewest)
    kept = np.any(_agree(t, df, settings), axis=1, keepdims=True)[:, 0]
    sizes = by["n"].sum()
    for at, (levels, n) in enumerate(sizes.items()):
        values = levels if isinstance(levels, tuple) else (levels,)
        kind = tuple(zip(columns, (str(v) for v in values), strict=True))
        # A single kind is what pairs are held against, so it keeps its sums whatever it says.
        part = frame[code == at] if kept[at] or len(columns) == 1 else None
        yield _Test(kind, int(n), t[at], df[at], part)


def _half(groups: pd.Series) -> np.ndarray:
    """Which half the people of a group are in: people are dealt out in turn."""
    return np.asarray(groups % 2 == 1)


def _halves(
    frame: pd.DataFrame, code: np.ndarray, half: np.ndarray, fewest: int
) -> tuple[Array, Array]:
    """Sign-carrying t of the mean gain of each kind in each half of the people, and its degrees of freedom:
    errors by group of people, leverage-corrected (`clustered_ratio`), and at the least those of one more
    override that gained and one that lost, so that a handful that all went one way is no certainty
    (Agresti & Min 2005)."""
    at = code * 2 + half
    size = 2 * (int(code.max()) + 1)

    def total(values: Array) -> Array:
        return np.asarray(np.bincount(at, values, size), float)

    w, ww, g, gg = (frame[name].to_numpy(float) for name in ("w", "ww", "g", "gg"))
    groups = total(np.ones(len(frame)))
    whole = np.maximum(total(w), 1e-300)
    mean = total(g) / whole
    share = w / whole[at]
    u = (g - mean[at] * w) / whole[at]
    variance = total(u**2 / np.maximum(1 - share, 1e-9) ** 2)
    effective = whole**2 / np.maximum(total(ww), 1e-300)
    squares = total(gg) / np.maximum(total(ww), 1e-300)
    drawn_in = mean * effective / (effective + 2)
    least = ((squares * effective + 2) / (effective + 2) - drawn_in**2) / (effective + 2)
    t = np.where(groups >= fewest, mean / np.sqrt(np.maximum(variance, least)), 0.0)
    df = np.maximum(1 / np.maximum(total(share**2), 1e-300) - 1, 1.0)
    return t.reshape(-1, 2), df.reshape(-1, 2)


def _agree(t: Array, df: Array, settings: Settings) -> NDArray[np.bool_]:
    """Whether one half (column 0: the first) may find a kind and the other confirms it."""
    rules = settings.blind_spots
    one_sided = stdtr(df, -np.abs(t))
    same = (t[:, 0] * t[:, 1] > 0)[:, None]
    may = 2 * one_sided <= rules.false_discovery
    return np.asarray(same & may & (one_sided[:, ::-1] <= rules.confirmation))


def _confirmed(tests: Sequence[_Test], settings: Settings) -> tuple[list[tuple[_Test, int]], int]:
    """Tests that one half finds and the other confirms, with their sign; how many were found only."""
    if not tests:
        return [], 0
    t, df = np.array([x.t for x in tests]), np.array([x.df for x in tests])
    p = 2 * stdtr(df, -np.abs(t))
    rate = settings.blind_spots.false_discovery
    here = np.column_stack([discoveries(p[:, half], rate) for half in (0, 1)])
    found = np.any(here & _agree(t, df, settings), axis=1, keepdims=True)[:, 0]
    confirmed = [
        (test, int(np.sign(s))) for test, s, f in zip(tests, t[:, 0], found, strict=True) if f
    ]
    return confirmed, int((here.any(axis=1) & ~found).sum())


def _coarser(confirmed: Sequence[tuple[_Test, int]]) -> list[tuple[_Test, int]]:
    """Without pairs that say no more than one of their two parts does, beyond what as many pairs show by
    chance."""
    singles = {t.kind[0]: (t, s) for t, s in confirmed if len(t.kind) == 1}
    told, doubtful = list(singles.values()), []
    for test, sign in confirmed:
        if len(test.kind) == 1:
            continue
        parents = [singles[level] for level in test.kind if level in singles]
        same = [_says_no_more(test, parent) for parent, s in parents if s == sign]
        if same:
            doubtful.append((test, sign, max(same)))
        else:
            told.append((test, sign))
    more = discoveries(np.array([p for *_, p in doubtful]), _SAYS_MORE)
    return told + [(t, s) for (t, s, _), m in zip(doubtful, more, strict=True) if m]


def _says_no_more(pair: _Test, parent: _Test) -> float:
    """The p value of the pair's gain being that of the rest of its parent."""
    own, whole = (t.sums.groupby(GROUP)[["g", "w"]].sum() for t in (pair, parent))
    rest = whole.sub(own, fill_value=0.0)
    own = own.reindex(rest.index, fill_value=0.0)
    if rest["w"].sum() <= 0:
        return 1.0
    means = own["g"].sum() / own["w"].sum(), rest["g"].sum() / rest["w"].sum()
    u = (own["g"] - means[0] * own["w"]) / own["w"].sum()
    u = u - (rest["g"] - means[1] * rest["w"]) / rest["w"].sum()
    se = float(np.sqrt((u**2).sum()))
    return float(2 * ndtr(-abs(means[0] - means[1]) / se)) if se > 0 else 1.0


def _gain(test: _Test, settings: Settings) -> Answer:
    sums = test.sums
    if len(sums) < 2:
        return insufficient(f"{test.n} overrides of one person", "more people", test.n)
    found = clustered_ratio(sums["g"].to_numpy(float), sums["w"].to_numpy(float))
    return Sample(test.n, "points", True, interval_of(settings)).estimate(
        found,
        "mean gain of an override, found in one half of the people and confirmed in the other",
        "paired",
    )


def _described(
    tests: Sequence[_Test],
    sign: int,
    people: int,
    error: SegmentError | None,
    settings: Settings,
) -> BlindSpot:
    """A kind as it was tested in each way to halve the overrides: told with the widest of their intervals."""
    test = tests[0]
    gains = [_gain(t, settings) for t in tests]
    gain = max(gains, key=lambda g: g.high - g.low if isinstance(g, Estimate) else np.inf)
    rules = settings.blind_spots
    return BlindSpot(
        test.kind,
        "overrides_better" if sign > 0 else "overriding_hurts",
        gain,
        test.n,
        people,
        error.share if error else None,
        error is not None and error.share < rules.named_small_below,
        sign > 0 and error is not None and is_blind_spot(error, settings),
        error,
    )


def _people(told: Sequence[tuple[_Test, int]], rows: ir.Table) -> dict[tuple[Level, ...], int]:
    """How many people overrode in each kind of case that is told of."""
    found: dict[tuple[Level, ...], int] = {}
    for columns in _column_sets(told):
        counts = fetch(rows.group_by(*columns).aggregate(people=rows.who.nunique())).to_pylist()
        found |= {tuple((c, str(r[c])) for c in columns): int(r["people"]) for r in counts}
    return found


def _column_sets(told: Sequence[tuple[_Test, int]]) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(tuple(c for c, _ in test.kind) for test, _ in told))


def _errors(
    told: Sequence[tuple[_Test, int]], decisions: ir.Table, settings: Settings
) -> dict[tuple[Level, ...], SegmentError]:
    """The advice in each kind of case that is told of, against all others, by groups of people: one pass
    over the decisions for as many covariates as stay small together, and one for each set beyond them."""
    if not told:
        return {}
    rows = with_person_groups(answered_rows(decisions))
    sets = _column_sets(told)
    together = _small_together(rows, sets)
    whole = keep(error_table(rows, _by(rows, together)))
    found: dict[tuple[Level, ...], SegmentError] = {}
    for columns in sets:
        if set(columns) <= set(together):
            own = whole.group_by("person", *columns)
            sums = [c for c in whole.columns if c not in ("person", *together)]
            cells = fetch(own.aggregate(**{c: whole[c].sum() for c in sums})).to_pandas()
        else:
            cells = error_sums(rows, _by(rows, columns))
        for test, _ in told:
            if tuple(c for c, _ in test.kind) == columns:
                error = _error_of(test.kind, cells, settings)
                found |= {test.kind: error} if error else {}
    return found


def _by(rows: ir.Table, columns: Iterable[str]) -> dict[str, ir.Value]:
    return {"person": rows[GROUP], **{c: rows[c].cast("string") for c in columns}}


def _small_together(rows: ir.Table, sets: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The covariates of `sets`, in order, whose levels make no more than `_MOST_CELLS` kinds together."""
    names = list(dict.fromkeys(c for columns in sets for c in columns))
    levels = fetch(rows.aggregate(**{c: rows[c].approx_nunique() for c in names})).to_pylist()[0]
    taken, cells = [], 1
    for name in names:
        if cells * (levels[name] + 1) <= _MOST_CELLS:
            taken.append(name)
            cells *= levels[name] + 1
    return tuple(taken)


def _error_of(
    kind: tuple[Level, ...], cells: pd.DataFrame, settings: Settings
) -> SegmentError | None:
    """The advice in this kind of case against all others."""
    inside = np.ones(len(cells), bool)
    for column, level in kind:
        inside &= np.asarray(cells[column] == level, bool)
    if not inside.any() or inside.all():
        return None
    label = " · ".join(level for _, level in kind)
    own, rest = cells[inside], cells[~inside]
    found = segment_error("all", "+".join(c for c, _ in kind), label, own, rest, settings)
    return replace(found, people=None, overriders=None)


def ask(inquiry: Inquiry) -> BlindSpots | CannotSay:
    """The question, of one use case."""
    return measure_blind_spots(inquiry.decisions, inquiry.searched, inquiry.settings)
