"""One person's own decisions: where did overriding serve them, where did following?

For that person alone. On judged cases that they overrode, their choice and the advice are compared on
the same case, so what kind of case they picked does not matter; the interval holds however often they
look, also where a case tends to go as the one before it (`repetition`). Shares of decisions that ended well, followed beside overridden, are an association: people
choose what they override. Refuses nothing loudly: what is too little says how much is lacking.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from takeup.log import fetch
from takeup.questions.advice_record import CERTAINTY_WORDS, certainty_of
from takeup.stats.answer import Answer, Estimate, insufficient
from takeup.stats.anytime import Array, repetition, share_excludes, share_sequence
from takeup.stats.quantiles import normal_quantile

Flags = NDArray[np.bool_]
Says = Literal["back_yourself", "look_twice", "too_early"]
MOST_MORE = 400
"""Judged overrides beyond which no further count is promised."""
_CELL = 5


@dataclass(frozen=True, slots=True)
class OwnKind:
    """One kind of case (`dimension` empty: all). `followed`, `overridden`: shares that ended well;
    `difference` overridden minus followed as recorded, `alike` the same on like cases (by `kinds`
    and certainty), each in points. `apart` judged overrides in which exactly one was right, the
    person in `own_right` of them; `paired` is that share. `needs` more such cases, if the share
    stays, until it can be said (None: not within sight)."""

    dimension: str
    key: str
    cases: int
    followed: Answer
    overridden: Answer
    difference: Answer
    alike: Answer
    apart: int
    own_right: int
    paired: Answer
    says: Says
    needs: int | None


@dataclass(frozen=True, slots=True)
class OwnTrust:
    """How right the advice was in one's own judged cases when it was this sure."""

    certainty: str
    said: float
    right: Answer


@dataclass(frozen=True, slots=True)
class OwnCalibration:
    """`decisions` of the person with advice in view, `known` of them with a known end. `truth`: whether
    ends come from a right answer (else from the outcome)."""

    decisions: int
    known: int
    overrides_known: int
    truth: bool
    whole: OwnKind
    kinds: tuple[OwnKind, ...]
    trust: tuple[OwnTrust, ...]


def measure_own_calibration(
    decisions: ir.Table,
    segments: Sequence[str],
    *,
    outcome: str | None,
    better_higher: bool = True,
    confidence: float = 0.95,
) -> OwnCalibration:
    """`decisions` of one person, with `action` and, where known, `choice_right`, `advice_right`,
    `confidence`; `outcome` names a yes/no (0 or 1) column that says how a decision ended where no
    right answer does."""
    wanted = (
        "decided_at", "action", "choice_right", "advice_right", "confidence", outcome, *segments
    )  # fmt: skip
    columns = [c for c in dict.fromkeys(wanted) if c in decisions.columns]
    return own_calibration_of(
        fetch(decisions.select(*columns)), segments, outcome=outcome, better_higher=better_higher,
        confidence=confidence,
    )  # fmt: skip


def own_calibration_of(
    rows: pa.Table,
    segments: Sequence[str],
    *,
    outcome: str | None,
    better_higher: bool = True,
    confidence: float = 0.95,
) -> OwnCalibration:
    """The same of one person's rows that are here already, in order of `decided_at` where it is known."""
    if "decided_at" in rows.column_names:
        rows = rows.sort_by("decided_at")
    seen = rows.filter(pc.is_in(rows["action"], pa.array(["followed", "overridden", "modified"])))
    truth = "choice_right" in seen.column_names and seen["choice_right"].null_count < len(seen)
    own = [s for s in segments if s in seen.column_names]
    cases = _Cases(
        followed=np.asarray(pc.equal(seen["action"], "followed")),
        overridden=np.asarray(pc.equal(seen["action"], "overridden")),
        well=_ended(seen, truth, outcome, better_higher),
        choice_right=_numbers(seen, "choice_right"),
        advice_right=_numbers(seen, "advice_right"),
        confidence=_numbers(seen, "confidence"),
        certainty=_certainties(_numbers(seen, "confidence")),
        kinds={s: _codes(seen[s].cast(pa.string()).fill_null("")) for s in own},
    )  # fmt: skip
    levels = [
        (dimension, level, code)
        for dimension in own
        for level, code in _largest_first(cases.kinds[dimension])
    ]
    # Each kind is a question of its own: together they are wrong at most as often as one alone.
    each = 1 - (1 - confidence) / max(len(levels), 1)
    whole = _kind(cases, "", "all", own, confidence, confidence)
    kinds = [
        _kind(
            cases.of(cases.kinds[d].code == code),
            d,
            key,
            [x for x in own if x != d],
            confidence,
            each,
        )
        for d, key, code in levels
    ]
    known = ~np.isnan(cases.well)
    return OwnCalibration(
        len(seen), int(known.sum()), int((known & cases.overridden).sum()), truth, whole,
        tuple(kinds), _trust(cases, confidence),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Coded:
    """Words by their place in `words`, a `code` for each case."""

    words: Sequence[str]
    code: NDArray[np.int64]

    def of(self, those: Flags) -> _Coded:
        return _Coded(self.words, self.code[those])


@dataclass(frozen=True, slots=True)
class _Cases:
    """Decisions with advice in view, an entry each; unknown is NaN, of words the empty one."""

    followed: Flags
    overridden: Flags
    well: Array
    choice_right: Array
    advice_right: Array
    confidence: Array
    certainty: _Coded
    kinds: dict[str, _Coded]

    def of(self, those: Flags) -> _Cases:
        return _Cases(
            self.followed[those], self.overridden[those], self.well[those],
            self.choice_right[those], self.advice_right[those], self.confidence[those],
            self.certainty.of(those), {name: coded.of(those) for name, coded in self.kinds.items()},
        )  # fmt: skip

    def ends(self, those: Flags) -> Array:
        """How those ended whose end is known."""
        ended = self.well[those]
        return ended[~np.isnan(ended)]


def _codes(words: pa.ChunkedArray) -> _Coded:
    coded = words.combine_chunks().dictionary_encode()
    return _Coded(coded.dictionary.to_pylist(), np.asarray(coded.indices, dtype=np.int64))


def _largest_first(coded: _Coded) -> list[tuple[str, int]]:
    """Words that are not empty, with their code, the most frequent first."""
    counts = Counter(coded.code.tolist())
    return [(coded.words[code], code) for code, _ in counts.most_common() if coded.words[code]]


def _numbers(rows: pa.Table, name: str) -> Array:
    if name not in rows.column_names:
        return np.full(len(rows), np.nan)
    values = rows[name].cast(pa.int8()) if pa.types.is_boolean(rows[name].type) else rows[name]
    return np.asarray(values.cast(pa.float64()).to_numpy(), dtype=np.float64)


def _ended(rows: pa.Table, truth: bool, outcome: str | None, better_higher: bool) -> Array:
    """1 well, 0 not, NaN unknown."""
    if truth:
        return _numbers(rows, "choice_right")
    if outcome is None:
        return np.full(len(rows), np.nan)
    value = _numbers(rows, outcome)
    value = np.where(np.isin(value, [0.0, 1.0]), value, np.nan)
    return value if better_higher else 1 - value


def _kind(
    cases: _Cases, dimension: str, key: str, others: Sequence[str], shown: float, each: float
) -> OwnKind:
    followed, overridden = cases.ends(cases.followed), cases.ends(cases.overridden)
    apart = _apart(cases)
    says, needs = _says(apart, each)
    return OwnKind(
        dimension, key, len(cases.well), _share(followed, shown), _share(overridden, shown),
        _difference(followed, overridden, shown), _alike(cases, others, shown), len(apart), int(apart.sum()),
        _paired(apart, each), says, needs,
    )  # fmt: skip


def _apart(cases: _Cases) -> Array:
    """Judged overrides in which exactly one was right, in order: 1 where the person was."""
    own, advice = cases.choice_right[cases.overridden], cases.advice_right[cases.overridden]
    return np.asarray(own[((own == 1) & (advice == 0)) | ((own == 0) & (advice == 1))])


def _sequence(hits: Array, confidence: float) -> tuple[float, float]:
    """The interval of a share of a person's cases, given in order, that holds at every look."""
    alike = repetition(hits)
    return share_sequence(float(hits.sum()) / alike, len(hits) / alike, confidence)


def _says(apart: Array, confidence: float) -> tuple[Says, int | None]:
    n, right = len(apart), int(apart.sum())
    low, high = _sequence(apart, confidence)
    if low > 0.5:
        return "back_yourself", None
    if high < 0.5:
        return "look_twice", None
    if n == 0:
        return "too_early", None
    more, alike = np.arange(1.0, MOST_MORE), repetition(apart)
    grown = share_excludes(
        np.round((n + more) * right / n) / alike, (n + more) / alike, 0.5, confidence
    )
    return "too_early", int(more[grown][0]) if grown.any() else None


_HOLDS = "interval that holds at every look, also where cases repeat the one before"


def _paired(apart: Array, confidence: float) -> Answer:
    n, right = len(apart), int(apart.sum())
    if n == 0:
        return insufficient("no override with a known right answer", "overrides that are judged", 0)
    low, high = _sequence(apart, confidence)
    return Estimate(
        right / n, low, high, confidence, n,
        f"own choice against the advice on the same overridden cases; {_HOLDS}", "paired", k=right,
    )  # fmt: skip


def _share(well: Array, confidence: float) -> Answer:
    n, k = len(well), int(well.sum())
    if n == 0:
        return insufficient("no decision of this kind with a known end", "outcomes", 0)
    low, high = _sequence(well, confidence)
    return Estimate(
        k / n, low, high, confidence, n, f"share that ended well; {_HOLDS}", "descriptive", k=k
    )


def _difference(followed: Array, overridden: Array, confidence: float) -> Answer:
    """Overridden minus followed; each side's sequence at half the error, so both hold together."""
    n = len(followed) + len(overridden)
    if not len(followed) or not len(overridden):
        return insufficient("only one of the two has known ends", "both followed and overridden", n)
    half = 1 - (1 - confidence) / 2
    f_low, f_high = _sequence(followed, half)
    o_low, o_high = _sequence(overridden, half)
    return Estimate(
        float(overridden.mean() - followed.mean()), o_low - f_high, o_high - f_low, confidence, n,
        f"difference of shares as recorded; {_HOLDS}", "descriptive",
        unit="points",
    )  # fmt: skip


def _alike(cases: _Cases, others: Sequence[str], confidence: float) -> Answer:
    """Overridden minus followed within cells of certainty and the other kinds, weighted by the cell's
    cases (direct standardisation); cells need five known ends on both sides."""
    known = cases.of(~np.isnan(cases.well) & (cases.followed | cases.overridden))
    n_known = len(known.well)
    if not n_known:
        return insufficient("no known end", "outcomes", 0)
    by = [known.kinds[name] for name in others]
    if not np.isnan(cases.confidence).all():
        by.append(known.certainty)
    if not by:
        return insufficient("nothing is known to match on", "confidence or kinds of case", n_known)
    cell = _cells(by)
    n_f, n_o = np.bincount(cell, known.followed), np.bincount(cell, known.overridden)
    both = (n_f >= _CELL) & (n_o >= _CELL)
    if not both.any():
        return insufficient("too few like cases on both sides", "more known ends", n_known)
    k_f = np.bincount(cell, known.followed * known.well)[both]
    k_o = np.bincount(cell, known.overridden * known.well)[both]
    n_f, n_o = n_f[both], n_o[both]
    weight = (n_f + n_o) / (n_f + n_o).sum()
    value = float((weight * (k_o / n_o - k_f / n_f)).sum())
    smooth_f, smooth_o = (k_f + 0.5) / (n_f + 1), (k_o + 0.5) / (n_o + 1)
    variance = weight**2 * (
        smooth_f * (1 - smooth_f) / (n_f + 1) + smooth_o * (1 - smooth_o) / (n_o + 1)
    )
    spread = float(np.sqrt(variance.sum() * repetition(known.well)))
    half = normal_quantile(0.5 + confidence / 2) * spread
    covered = int((n_f + n_o).sum())
    return Estimate(
        value, value - half, value + half, confidence, covered,
        "directly standardised to certainty and kind of case; normal interval for a single look",
        "adjusted", unit="points", note=f"{covered} of {n_known} cases have like ones on both sides",
    )  # fmt: skip


def _certainties(confidence: Array) -> _Coded:
    return _codes(
        pa.chunked_array(
            [[certainty_of(c) if c == c else "" for c in confidence.tolist()]], pa.string()
        )
    )


def _cells(by: Sequence[_Coded]) -> NDArray[np.int64]:
    """The number of each row's cell."""
    cell = np.zeros(len(by[0].code), dtype=np.int64)
    for coded in by:
        cell = cell * max(len(coded.words), 1) + coded.code
    return np.unique(cell, return_inverse=True)[1]


def _trust(cases: _Cases, confidence: float) -> tuple[OwnTrust, ...]:
    judged = ~np.isnan(cases.advice_right)
    found = []
    for word in CERTAINTY_WORDS:
        if word not in cases.certainty.words:
            continue
        those = judged & (cases.certainty.code == cases.certainty.words.index(word))
        if those.any():
            right = _share(cases.advice_right[those], confidence)
            found.append(OwnTrust(word, float(cases.confidence[those].mean()), right))
    return tuple(found)
