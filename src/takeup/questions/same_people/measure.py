"""What a later diagnosis needs to see that the same people decided, without a row of any of them.

How much a share moved can be told far better where the people are the same: what they differ in cancels.
That needs each person's part in the figure, and a diagnosis that travels holds no row of a person. So it
holds sums over all people, each time with other signs, drawn by the person's id (random signs as in Alon,
Matias & Szegedy 1999, J. Comput. Syst. Sci. 58, §2.2). The mean square of two diagnoses' differences is
the sum of squares of people's own changes, which is the variance that pairing needs. Half as many sums as
people, of the whole and of its populations together, leave everybody's own part undetermined.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from takeup.questions.adoption import PAIRS, Adoption
from takeup.questions.adoption import QUESTION as ADOPTION
from takeup.questions.inquiry import Inquiry
from takeup.questions.model_issue import QUESTION as MODEL_ISSUE
from takeup.questions.model_issue import ModelIssues
from takeup.questions.paired import QUESTION as PAIRED
from takeup.questions.paired import Paired
from takeup.questions.shared.whose import ALL, EVERYONE
from takeup.stats.answer import CannotSay, not_instrumented

Array = NDArray[np.float64]
MOST_SUMS = 24
FEWEST_PEOPLE = 8
_RATES = {
    "nominal_rate": "nominal", "consult_rate": "consult", "override_rate": "override",
    "effective_reliance": "reliance", "quality_gap": "gap",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SamePeople:
    """The sums by figure and population."""

    sums: dict[str, dict[str, tuple[float, ...]]]


def measure_same_people(
    decisions: ir.Table,
    adoption: Adoption,
    issues: ModelIssues | CannotSay,
    paired: Paired | CannotSay,
) -> SamePeople | CannotSay:
    """The sums of every figure that a comparison with an earlier diagnosis shows, overall and by
    population of eight people or more; the measures as taken of `decisions`."""
    if "person_id" not in decisions.columns:
        return not_instrumented("persons are unknown", "person_id")
    found: dict[str, dict[str, tuple[float, ...]]] = {}
    parts = {figure: _somebodys(frame) for figure, frame in _parts(adoption, issues, paired)}
    if not parts:
        return SamePeople(found)
    persons = pd.Index(pd.concat([frame["person"] for frame in parts.values()]).unique())
    signs = signs_of(persons)
    for figure, frame in parts.items():
        summed = frame.groupby(["population", "person"])[["k", "n"]].sum()
        by_population = {
            str(key): people.droplevel("population")
            for key, people in summed.groupby(level="population", sort=True)
        }
        # A population's sums say something of the whole's people too: with several, each has half.
        share = 4 if len(by_population) > 1 else 2
        whole = frame.groupby("person")[["k", "n"]].sum()
        for population, people in {ALL: whole, **by_population}.items():
            if len(people) >= FEWEST_PEOPLE:
                own = signs[persons.get_indexer(people.index)]
                found.setdefault(figure, {})[population] = sums_of(people, share, own)
    return SamePeople(found)


def _parts(
    adoption: Adoption, issues: ModelIssues | CannotSay, paired: Paired | CannotSay
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Numerator k and denominator n by person and population, of each figure."""
    counts = adoption.by_person
    if counts is not None:
        counts = counts.assign(population=counts.get("level", ALL))
        for figure, pair in _RATES.items():
            k, n = PAIRS[pair]
            yield figure, _named(counts, "person__", counts[k], counts[n])
    if isinstance(issues, ModelIssues) and issues.by_person is not None:
        wrong = issues.by_person
        yield "advice_wrong", _named(wrong, "person", wrong["w_wrong"], wrong["w"])
    if isinstance(paired, Paired) and paired.by_person is not None:
        judged = paired.by_person
        ahead = judged["wp"] - judged["wm"]
        yield "person_minus_model", _named(judged, "person", ahead, judged["w"])


def _named(frame: pd.DataFrame, person: str, k: pd.Series, n: pd.Series) -> pd.DataFrame:
    columns = {"person": frame[person], "population": frame["population"], "k": k, "n": n}
    return pd.DataFrame(columns).astype({"k": float, "n": float})


def _somebodys(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["person"].notna() & (frame["person"] != EVERYONE) & (frame["n"] > 0)]


def sums_of(people: pd.DataFrame, share: int = 2, signs: Array | None = None) -> tuple[float, ...]:
    """The sums of one figure: each person's part in Σk/Σn (index: who), raised for its leverage, summed with
    every set of their `signs`; one set for so many people (`share`)."""
    signs = signs_of(people.index) if signs is None else signs
    k, n = people["k"].to_numpy(float), people["n"].to_numpy(float)
    total = n.sum()
    part = (k - k.sum() / total * n) / total / np.maximum(1 - n / total, 1e-9)
    used = min(MOST_SUMS, (len(people) - 1) // share)
    return tuple(float(f"{value:.4g}") for value in part @ signs[:, :used])


def signs_of(persons: pd.Index) -> Array:
    """+1 or −1 for each person and set, the same in every diagnosis."""
    bits = b"".join(
        blake2b(str(person).encode(), digest_size=MOST_SUMS // 8).digest() for person in persons
    )
    unpacked = np.unpackbits(
        np.frombuffer(bits, np.uint8).reshape(len(persons), MOST_SUMS // 8), axis=1
    )
    return np.asarray(2.0 * unpacked - 1.0)


def error_of_change(before: tuple[float, ...], now: tuple[float, ...]) -> tuple[float, int]:
    """The standard error of a change between two diagnoses, and its degrees of freedom."""
    sets = min(len(before), len(now))
    apart = np.array(now[:sets]) - np.array(before[:sets])
    return float(np.sqrt(np.mean(apart**2))), sets


def ask(inquiry: Inquiry) -> SamePeople | CannotSay:
    """The question, of one use case."""
    return measure_same_people(
        inquiry.decisions,
        inquiry.measures[ADOPTION],
        inquiry.measures[MODEL_ISSUE],
        inquiry.measures[PAIRED],
    )
