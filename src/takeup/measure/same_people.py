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

from takeup.measure.adoption import PAIRS, Adoption
from takeup.measure.known_truth import answered_rows
from takeup.measure.model_issue import error_sums
from takeup.measure.paired import Paired
from takeup.measure.whose import ALL, EVERYONE, person_of, population_of
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
    decisions: ir.Table, adoption: Adoption, paired: Paired | CannotSay
) -> SamePeople | CannotSay:
    """The sums of every figure that a comparison with an earlier diagnosis shows, overall and by
    population of eight people or more; `adoption` and `paired` as measured on `decisions`."""
    if "person_id" not in decisions.columns:
        return not_instrumented("persons are unknown", "person_id")
    found: dict[str, dict[str, tuple[float, ...]]] = {}
    known: dict[str, bytes] = {}
    for figure, frame in _parts(decisions, adoption, paired):
        frame = frame[frame["person"].notna() & (frame["person"] != EVERYONE) & (frame["n"] > 0)]
        by_population = {
            str(key): part for key, part in frame.groupby("population") if key is not None
        }
        # A population's sums say something of the whole's people too: with several, each has half.
        share = 4 if len(by_population) > 1 else 2
        for population, part in {ALL: frame, **by_population}.items():
            people = part.groupby("person")[["k", "n"]].sum()
            if len(people) >= FEWEST_PEOPLE:
                found.setdefault(figure, {})[population] = sums_of(people, known, share)
    return SamePeople(found)


def _parts(
    decisions: ir.Table, adoption: Adoption, paired: Paired | CannotSay
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Numerator k and denominator n by person and population, of each figure."""
    counts = adoption.by_person
    if counts is not None:
        counts = counts.assign(population=counts.get("level", ALL))
        for figure, pair in _RATES.items():
            k, n = PAIRS[pair]
            yield figure, _named(counts, "person__", counts[k], counts[n])
    if "advice_right" in decisions.columns:
        rows = answered_rows(decisions)
        wrong = error_sums(rows, {"person": person_of(rows), "population": population_of(rows)})
        yield "advice_wrong", _named(wrong, "person", wrong["w_wrong"], wrong["w"])
    if isinstance(paired, Paired) and paired.by_person is not None:
        judged = paired.by_person
        ahead = judged["wp"] - judged["wm"]
        yield "person_minus_model", _named(judged, "person", ahead, judged["w"])


def _named(frame: pd.DataFrame, person: str, k: pd.Series, n: pd.Series) -> pd.DataFrame:
    columns = {"person": frame[person], "population": frame["population"], "k": k, "n": n}
    return pd.DataFrame(columns).astype({"k": float, "n": float})


def sums_of(
    people: pd.DataFrame, known: dict[str, bytes] | None = None, share: int = 2
) -> tuple[float, ...]:
    """The sums of one figure: each person's part in Σk/Σn (index: who), raised for its leverage, summed with
    every set of signs; one set for so many people (`share`)."""
    k, n = people["k"].to_numpy(float), people["n"].to_numpy(float)
    total = n.sum()
    part = (k - k.sum() / total * n) / total / np.maximum(1 - n / total, 1e-9)
    used = min(MOST_SUMS, (len(people) - 1) // share)
    return tuple(
        float(f"{value:.4g}")
        for value in part @ _signs(people.index.tolist(), used, {} if known is None else known)
    )


def _signs(people: list[str], sets: int, known: dict[str, bytes]) -> Array:
    """+1 or −1 for each person and set, the same in every diagnosis; `known`: bits of persons met before."""
    for person in set(people) - known.keys():
        known[person] = blake2b(str(person).encode(), digest_size=MOST_SUMS // 8).digest()
    bits = [known[person] for person in people]
    unpacked = np.unpackbits(np.frombuffer(b"".join(bits), np.uint8).reshape(len(bits), -1), axis=1)
    return np.asarray(2.0 * unpacked[:, :sets] - 1.0)


def error_of_change(before: tuple[float, ...], now: tuple[float, ...]) -> tuple[float, int]:
    """The standard error of a change between two diagnoses, and its degrees of freedom."""
    sets = min(len(before), len(now))
    apart = np.array(now[:sets]) - np.array(before[:sets])
    return float(np.sqrt(np.mean(apart**2))), sets
