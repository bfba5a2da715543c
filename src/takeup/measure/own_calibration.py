"""One person's own decisions: where did overriding serve them, where did following?

For that person alone. On judged cases that they overrode, their choice and the advice are compared on
the same case, so what kind of case they picked does not matter; the interval holds however often they
look. Shares of decisions that ended well, followed beside overridden, are an association: people
choose what they override. Refuses nothing loudly: what is too little says how much is lacking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from takeup.log import fetch
from takeup.measure.advice_record import CERTAINTY_WORDS, certainty_of
from takeup.stats.answer import Answer, Estimate, insufficient
from takeup.stats.anytime import share_sequence

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
    wanted = ("action", "choice_right", "advice_right", "confidence", outcome, *segments)
    columns = [c for c in dict.fromkeys(wanted) if c in decisions.columns]
    frame: pd.DataFrame = fetch(decisions.select(*columns)).to_pandas()
    frame = frame[frame["action"].isin(["followed", "overridden", "modified"])]
    truth = "choice_right" in frame and bool(frame["choice_right"].notna().any())
    frame["well"] = _ended(frame, truth, outcome, better_higher)
    levels = [
        (dimension, str(level))
        for dimension in segments
        if dimension in frame
        for level in frame[dimension].dropna().astype(str).value_counts().index
    ]
    own = [s for s in segments if s in frame]
    # Each kind is a question of its own: together they are wrong at most as often as one alone.
    each = 1 - (1 - confidence) / max(len(levels), 1)
    whole = _kind(frame, "", "all", own, confidence, confidence)
    kinds = [
        _kind(frame[frame[d].astype(str) == key], d, key, [x for x in own if x != d], confidence, each)
        for d, key in levels
    ]  # fmt: skip
    known = frame["well"].notna()
    over = frame["action"] == "overridden"
    return OwnCalibration(
        len(frame), int(known.sum()), int((known & over).sum()), truth, whole, tuple(kinds),
        _trust(frame, confidence),
    )  # fmt: skip


def _ended(frame: pd.DataFrame, truth: bool, outcome: str | None, better_higher: bool) -> pd.Series:
    """1 well, 0 not, NaN unknown."""
    if truth:
        return frame["choice_right"].astype("float64")
    if outcome is None or outcome not in frame:
        return pd.Series(np.nan, frame.index)
    value = frame[outcome].astype("float64")
    value = value.where(value.isin([0.0, 1.0]))
    return value if better_higher else 1 - value


def _kind(
    frame: pd.DataFrame, dimension: str, key: str, others: Sequence[str], shown: float, each: float
) -> OwnKind:
    followed = frame[frame["action"] == "followed"]["well"].dropna()
    over = frame[frame["action"] == "overridden"]
    overridden = over["well"].dropna()
    right, wrong = _apart(over)
    says, needs = _says(right, wrong, each)
    return OwnKind(
        dimension, key, len(frame), _share(followed, shown), _share(overridden, shown),
        _difference(followed, overridden, shown), _alike(frame, others, shown), right + wrong, right,
        _paired(right, wrong, each), says, needs,
    )  # fmt: skip


def _apart(over: pd.DataFrame) -> tuple[int, int]:
    """Judged overrides in which the person alone was right, and the advice alone."""
    if not {"choice_right", "advice_right"} <= set(over.columns):
        return 0, 0
    known = over.dropna(subset=["choice_right", "advice_right"])
    own, advice = known["choice_right"].astype(bool), known["advice_right"].astype(bool)
    return int((own & ~advice).sum()), int((advice & ~own).sum())


def _says(right: int, wrong: int, confidence: float) -> tuple[Says, int | None]:
    n = right + wrong
    low, high = share_sequence(right, n, confidence)
    if low > 0.5:
        return "back_yourself", None
    if high < 0.5:
        return "look_twice", None
    if n == 0:
        return "too_early", None
    for more in range(1, MOST_MORE):
        low, high = share_sequence(round((n + more) * right / n), n + more, confidence)
        if low > 0.5 or high < 0.5:
            return "too_early", more
    return "too_early", None


def _paired(right: int, wrong: int, confidence: float) -> Answer:
    n = right + wrong
    if n == 0:
        return insufficient("no override with a known right answer", "overrides that are judged", 0)
    low, high = share_sequence(right, n, confidence)
    return Estimate(
        right / n, low, high, confidence, n,
        "own choice against the advice on the same overridden cases; interval that holds at every look",
        "paired", k=right,
    )  # fmt: skip


def _share(well: pd.Series, confidence: float) -> Answer:
    n, k = len(well), int(well.sum())
    if n == 0:
        return insufficient("no decision of this kind with a known end", "outcomes", 0)
    low, high = share_sequence(k, n, confidence)
    return Estimate(
        k / n, low, high, confidence, n, "share that ended well; interval that holds at every look",
        "descriptive", k=k,
    )  # fmt: skip


def _difference(followed: pd.Series, overridden: pd.Series, confidence: float) -> Answer:
    """Overridden minus followed; each side's sequence at half the error, so both hold together."""
    n = len(followed) + len(overridden)
    if not len(followed) or not len(overridden):
        return insufficient("only one of the two has known ends", "both followed and overridden", n)
    half = 1 - (1 - confidence) / 2
    f_low, f_high = share_sequence(int(followed.sum()), len(followed), half)
    o_low, o_high = share_sequence(int(overridden.sum()), len(overridden), half)
    return Estimate(
        float(overridden.mean() - followed.mean()), o_low - f_high, o_high - f_low, confidence, n,
        "difference of shares as recorded; interval that holds at every look", "descriptive",
        unit="points",
    )  # fmt: skip


def _alike(frame: pd.DataFrame, others: Sequence[str], confidence: float) -> Answer:
    """Overridden minus followed within cells of certainty and the other kinds, weighted by the cell's
    cases (direct standardisation); cells need five known ends on both sides."""
    known = frame[frame["well"].notna() & frame["action"].isin(["followed", "overridden"])].copy()
    if known.empty:
        return insufficient("no known end", "outcomes", 0)
    by: list[pd.Series] = [known[o].astype(str) for o in others]
    if "confidence" in known:
        by.append(known["confidence"].map(lambda c: certainty_of(c) if pd.notna(c) else ""))
    if not by:
        return insufficient(
            "nothing is known to match on", "confidence or kinds of case", len(known)
        )
    cells = known.groupby([*by, known["action"]], observed=True)["well"].agg(["size", "mean"])
    wide = cells.unstack(-1)
    both = {(m, a) for m in ("size", "mean") for a in ("followed", "overridden")}
    if not both <= set(wide.columns):
        return insufficient(
            "no like cases on both sides", "both followed and overridden", len(known)
        )
    wide = wide[(wide["size"]["followed"] >= _CELL) & (wide["size"]["overridden"] >= _CELL)]
    if wide.empty:
        return insufficient("too few like cases on both sides", "more known ends", len(known))
    n_f, n_o = wide["size"]["followed"], wide["size"]["overridden"]
    weight = (n_f + n_o) / (n_f + n_o).sum()
    p_f, p_o = wide["mean"]["followed"], wide["mean"]["overridden"]
    value = float((weight * (p_o - p_f)).sum())
    smooth_f, smooth_o = (p_f * n_f + 0.5) / (n_f + 1), (p_o * n_o + 0.5) / (n_o + 1)
    variance = weight**2 * (
        smooth_f * (1 - smooth_f) / (n_f + 1) + smooth_o * (1 - smooth_o) / (n_o + 1)
    )
    half = 1.96 * float(np.sqrt(variance.sum()))
    covered = int((n_f + n_o).sum())
    return Estimate(
        value, value - half, value + half, confidence, covered,
        "directly standardised to certainty and kind of case; normal interval for a single look",
        "adjusted", unit="points", note=f"{covered} of {len(known)} cases have like ones on both sides",
    )  # fmt: skip


def _trust(frame: pd.DataFrame, confidence: float) -> tuple[OwnTrust, ...]:
    if not {"confidence", "advice_right"} <= set(frame.columns):
        return ()
    known = frame.dropna(subset=["confidence", "advice_right"])
    words = known["confidence"].map(certainty_of)
    found = []
    for word in CERTAINTY_WORDS:
        part = known[words == word]
        if len(part):
            right = _share(part["advice_right"].astype(float), confidence)
            found.append(OwnTrust(word, float(part["confidence"].mean()), right))
    return tuple(found)
