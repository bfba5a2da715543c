"""Where do choices differ from the advice, in which direction, and how did those cases go?

For tables that do not record who looked. What they can still tell: advice, choice, perhaps
a score and an outcome that is seen under one choice only. Reports agreement, never following. The outcome of cases
decided against the advice stands beside that of cases decided with it *in the same score
band*; what nobody saw is bounded, not guessed. Refuses without both advice and choice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from takeup.log import fetch
from takeup.questions.inquiry import Inquiry
from takeup.questions.shared.looks import interval_of
from takeup.questions.shared.whose import EVERYONE, person_of
from takeup.record.settings import Settings
from takeup.record.use_case import Better, UseCase
from takeup.record.vocabulary import ELIGIBLE_ACTIONS
from takeup.stats.answer import Answer, CannotSay, Estimate, insufficient, not_instrumented
from takeup.stats.clusters import Clustered, Sample, clustered_ratio
from takeup.stats.rates import share

FEWEST_OF_A_KIND = 30
FEWEST_BOTH_WAYS = 5
_ABOVE = "share that differs minus that of the same people's other cases"


@dataclass(frozen=True, slots=True)
class Direction:
    """Cases in which `choice` stood against `advice`; `rate` is their share of all cases so
    advised. `upgrade` where the use case declares choices in order (or choices are numbers):
    True where the person chose the later one. `people` chose so (None: persons unknown)."""

    advice: str
    choice: str
    cases: int | None
    rate: Answer
    upgrade: bool | None
    people: int | None = None


@dataclass(frozen=True, slots=True)
class KindOfCase:
    """One kind of case: how often choices differ there, and its part of all disagreement. `people` decided
    them (None: persons unknown); of those who differed there and those who agreed the fewer are `fewest` (None as before; in
    no document)."""

    kind: tuple[tuple[str, str], ...]
    cases: int
    differed: int | None
    rate: Answer
    part: float
    people: int | None = None
    fewest: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class BandOutcome:
    """One score band of `choice`: outcome with the advice and against it (means, counts). On the side of fewer people,
    where there are any, are `fewest` (None: persons unknown; in no document)."""

    band: str
    with_n: int
    with_mean: float | None
    against_n: int
    against_mean: float | None
    fewest: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class OneSidedOutcome:
    """Among cases decided `choice`: outcome of those against the advice minus those with it,
    in the same score band. `bounds`: what the outcome of *all* cases so advised against can
    be, the unseen at 0 and at 1. `fewest`: as of a band."""

    outcome: str
    label: str
    better: Better | None
    choice: str
    with_advice: Answer
    against_advice: Answer
    difference: Answer
    bounds: Answer
    bands: tuple[BandOutcome, ...]
    fewest: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """`half`: the fewest kinds of case that make half of all disagreement, largest first, each with an
    interval of its own; `kinds_tried` counts the kinds there are. `highest`: the kind on which people
    differ more often than on their other cases, by most; `above` by how many points, with an interval
    that holds for all kinds at once (None and why not, where no kind does). Counts are None where they
    are not shown. `people_elsewhere` decided cases of no kind of `half` (None: nobody did, or unknown). `one_sided`: outcomes seen under one choice."""

    compared: int
    differed: int | None
    rate: Answer
    directions: tuple[Direction, ...]
    half: tuple[KindOfCase, ...]
    kinds_tried: int
    highest: KindOfCase | None
    above: Answer
    one_sided: tuple[OneSidedOutcome, ...]
    people_elsewhere: int | None = field(default=None, compare=False, repr=False)


def measure_disagreement(
    decisions: ir.Table,
    use_case: UseCase,
    segments: Sequence[str],
    outcomes: Sequence[str],
    settings: Settings,
) -> Disagreement | CannotSay:
    """Disagreement over all decisions with advice and choice, seen or not.

    `decisions` has `agrees` (null where not comparable) and, where known, `score_band`,
    `person_id` and outcomes `y_NAME`.
    """
    rows = decisions.filter(
        decisions.action.isin([a.value for a in ELIGIBLE_ACTIONS]) & decisions.agrees.notnull()
    )
    if refusal := _consulting_known(decisions):
        return refusal
    counts = _by_person(rows)
    compared = int(counts["n"].sum())
    if compared == 0:
        return not_instrumented(
            "advice and choice are not both recorded",
            "the advice and the choice of each case (`recommendation`, `choice`)",
        )
    clustered = "person_id" in rows.columns and len(counts) > 1
    differed = counts["differed"].to_numpy(float)
    rate = share(differed, counts["n"].to_numpy(float), settings.confidence, clustered=clustered)
    cells = _cells(rows, segments)
    kinds = _kinds(cells, settings)
    half = _half(kinds)
    highest, above = _highest(cells, kinds, "person_id" in rows.columns, settings)
    return Disagreement(
        compared,
        int(differed.sum()),
        rate,
        _directions(rows, use_case, settings),
        half,
        len(kinds),
        highest,
        above,
        tuple(
            found
            for name in outcomes
            if f"y_{name}" in rows.columns
            for found in _one_sided(rows, use_case, name, settings)
        ),
        _people_elsewhere(cells, half),
    )


def _consulting_known(decisions: ir.Table) -> CannotSay | None:
    """Where it is recorded who looked, overrides tell more than disagreement."""
    unseen = decisions.action.isin(["agreed", "differed"])
    found = fetch(decisions.aggregate(n=unseen.cast("int64").sum()))["n"][0].as_py()
    if found:
        return None
    return not_instrumented(
        "who looked is recorded, so following and overriding are told apart instead",
        "nothing; read the adoption figures",
    )


def _by_person(rows: ir.Table, **by: ir.Value) -> pd.DataFrame:
    frame: pd.DataFrame = fetch(
        rows.group_by(person=person_of(rows), **by).aggregate(
            n=rows.count(), differed=(~rows.agrees).cast("int64").sum()
        )
    ).to_pandas()
    return frame


def _directions(rows: ir.Table, use_case: UseCase, settings: Settings) -> tuple[Direction, ...]:
    if {"recommendation", "choice"} <= set(rows.columns):
        advice, choice = rows.recommendation, rows.choice
    elif {"recommendation_value", "choice_value"} <= set(rows.columns):
        above = rows.choice_value > rows.recommendation_value
        advice = ibis.literal("the advice").cast("string")
        choice = ibis.ifelse(above, "higher", "lower")
        choice = ibis.ifelse(rows.agrees, "the advice", choice)
    else:
        return ()
    frame = _by_person(rows, advice=advice, choice=choice).dropna(subset=["advice", "choice"])
    totals = frame.groupby(["advice", "person"])["n"].sum()
    found = []
    for pair, part in frame.groupby(["advice", "choice"]):
        said, done = map(str, pair)
        against = part.set_index("person")["differed"]
        if not against.sum():
            continue
        of = totals[said]
        k = against.reindex(of.index, fill_value=0).to_numpy(float)
        rate = share(k, of.to_numpy(float), settings.confidence, clustered=len(of) > 1)
        up = _upgrade(said, done, use_case)
        people = _known_people(part.loc[part["differed"] > 0, "person"])
        found.append(Direction(said, done, int(against.sum()), rate, up, people))
    return tuple(sorted(found, key=lambda d: -(d.cases or 0)))


def _upgrade(advice: str, choice: str, use_case: UseCase) -> bool | None:
    if choice in ("higher", "lower") and advice == "the advice":
        return choice == "higher"
    order = use_case.choices
    if advice in order and choice in order:
        return order.index(choice) > order.index(advice)
    return None


Kind = tuple[tuple[str, str], ...]


def _cells(rows: ir.Table, segments: Sequence[str]) -> dict[Kind, pd.DataFrame]:
    """Cases and differences by person, of each kind of case by segments and score band."""
    names = [*segments, *(c for c in ("score_band",) if c in rows.columns)]
    if not names:
        return {}
    by = {name: rows[name].cast("string").fill_null("(blank)") for name in names}
    frame = _by_person(rows, **by)
    return {
        tuple(zip(names, map(str, key), strict=True)): part[["person", "n", "differed"]]
        for key, part in frame.groupby(names)
    }


def _kinds(cells: Mapping[Kind, pd.DataFrame], settings: Settings) -> list[KindOfCase]:
    """Kinds of case, those with most disagreement first."""
    total = float(sum(part["differed"].sum() for part in cells.values()))
    kinds = []
    for kind, part in cells.items():
        differed = int(part["differed"].sum())
        rate = share(
            part["differed"].to_numpy(float),
            part["n"].to_numpy(float),
            settings.confidence,
            clustered=len(part) > 1,
        )
        share_of_all = differed / total if total else 0.0
        cases, people = int(part["n"].sum()), _known_people(part["person"])
        fewest = people and _fewest(part)
        kinds.append(KindOfCase(kind, cases, differed, rate, share_of_all, people, fewest))
    return sorted(kinds, key=lambda k: -k.part)


def _fewest(part: pd.DataFrame) -> int:
    """Of the people who differed and those who agreed, where there are any, the fewer."""
    sides = (part["differed"] > 0, part["n"] > part["differed"])
    return min(int(side.sum()) for side in sides if side.any())


def _people_elsewhere(cells: Mapping[Kind, pd.DataFrame], half: Sequence[KindOfCase]) -> int | None:
    others = [part["person"] for kind, part in cells.items() if kind not in {k.kind for k in half}]
    return _known_people(pd.concat(others)) if others else None


def _known_people(persons: pd.Series) -> int | None:
    different = set(persons)
    return None if different == {EVERYONE} else len(different)


def _half(kinds: list[KindOfCase]) -> tuple[KindOfCase, ...]:
    """The fewest kinds that make half of all disagreement."""
    chosen: list[KindOfCase] = []
    for kind in kinds:
        if sum(k.part for k in chosen) >= 0.5 or not kind.part:
            break
        chosen.append(kind)
    return tuple(chosen)


def _highest(
    cells: Mapping[Kind, pd.DataFrame],
    kinds: Sequence[KindOfCase],
    by_person: bool,
    settings: Settings,
) -> tuple[KindOfCase | None, Answer]:
    """The kind on which people differ more often than on their other cases, by most of those that can
    be told when as many are tried."""
    tried = [k for k in kinds if k.cases >= FEWEST_OF_A_KIND]
    if len(cells) < 2 or not tried:
        needs = f"two kinds of case, one with {FEWEST_OF_A_KIND} decisions"
        return None, insufficient("there are no kinds of case to tell apart", needs)
    if not by_person:
        return None, not_instrumented(
            "persons are unknown, so kinds of case cannot be told from who decides them",
            "person_id",
        )
    whole = pd.concat(cells.values()).groupby("person")[["n", "differed"]].sum()
    gaps = {k.kind: _within_people(cells[k.kind], whole) for k in tried}
    known = [(k, gap) for k in tried if (gap := gaps[k.kind]) is not None]
    if not known:
        return None, insufficient(
            "people keep to kinds of case, so kinds cannot be told from who decides them",
            f"{FEWEST_BOTH_WAYS} people who decide both cases of a kind and others",
        )
    interval = interval_of(settings).of(len(known))
    found = [
        (k, Sample(k.cases, "points", True, interval).estimate(gap, _ABOVE, "descriptive"))
        for k, gap in known
    ]
    clear = [(k, above) for k, above in found if above.low > 0]
    if not clear:
        return None, insufficient(
            f"people differ on none of {len(known)} kinds of case more than on their others, beyond "
            "what chance does among so many",
            "more decisions, or fewer kinds of case",
        )
    best, above = max(clear, key=lambda pair: pair[1].low)
    note = f"the interval holds for all {len(known)} kinds of case at once"
    return best, replace(above, confidence=settings.confidence, note=note)


def _within_people(own: pd.DataFrame, whole: pd.DataFrame) -> Clustered | None:
    """Rate on cases of a kind minus rate on the others of the same person, each person weighted by
    n₁n₀/(n₁+n₀) (a fixed effect for each person); None where too few people have both.

    Errors by person, and never less than those of cases that are independent: of few people and rare
    differences the spread between people alone is sometimes nothing.
    """
    sums = whole.loc[own["person"]]
    n1, k1 = own["n"].to_numpy(float), own["differed"].to_numpy(float)
    n0, k0 = sums["n"].to_numpy(float) - n1, sums["differed"].to_numpy(float) - k1
    both = n0 > 0
    n1, k1, n0, k0 = n1[both], k1[both], n0[both], k0[both]
    if len(n1) < FEWEST_BOTH_WAYS:
        return None
    weight = n1 * n0 / (n1 + n0)
    found = clustered_ratio(weight * (k1 / n1 - k0 / n0), weight)
    own_rate = (k1 + k0 + 0.5) / (n1 + n0 + 1)
    by_case = float(np.sqrt((weight * own_rate * (1 - own_rate)).sum())) / float(weight.sum())
    return replace(found, se=max(found.se, by_case))


def _one_sided(
    rows: ir.Table, use_case: UseCase, name: str, settings: Settings
) -> list[OneSidedOutcome]:
    if "choice" not in rows.columns:
        return []
    y = rows[f"y_{name}"].cast("float64")
    rule = use_case.rule_for(name)
    found = fetch(rows.group_by("choice").aggregate(n=rows.count(), known=y.count())).to_pandas()
    rates = (found["known"] / found["n"]).to_numpy(float)
    seen = [str(c) for c, r in zip(found["choice"], rates, strict=True) if r > 0.01]
    if rule.one_sided:
        seen = [c for c in seen if c in rule.observed_when]
    if len(seen) == len(found) or not seen:
        return []
    return [_beside(rows, y, name, choice, use_case, settings) for choice in seen]


def _beside(
    rows: ir.Table,
    y: ir.FloatingValue,
    name: str,
    choice: str,
    use_case: UseCase,
    settings: Settings,
) -> OneSidedOutcome:
    rule = use_case.rule_for(name)
    band = (
        rows.score_band.cast("string").fill_null("(blank)")
        if "score_band" in rows.columns
        else ibis.literal("all")
    )
    t = rows.mutate(y__=y, band__=band)
    done = t.filter((t.choice == choice) & t.y__.notnull())
    frame: pd.DataFrame = fetch(
        done.group_by(person=person_of(done), band=done.band__, agrees=done.agrees).aggregate(
            n=done.count(), y=done.y__.sum(), low=done.y__.min(), high=done.y__.max()
        )
    ).to_pandas()
    with_, against = frame[frame["agrees"]], frame[~frame["agrees"]]
    binary = len(frame) > 0 and frame["low"].min() >= 0 and frame["high"].max() <= 1
    unit = "share" if binary else "outcome"
    by_person = "person_id" in rows.columns and frame["person"].nunique() > 1
    sample = Sample(int(frame["n"].sum()), unit, by_person, interval_of(settings))
    return OneSidedOutcome(
        name,
        rule.label or name.replace("_", " "),
        rule.better,
        choice,
        _mean(with_, sample),
        _mean(against, sample),
        _difference(frame, sample, settings),
        _unseen(t, choice, binary, settings),
        tuple(_bands(frame)),
        _fewest_on_a_side(frame),
    )


def _mean(part: pd.DataFrame, sample: Sample) -> Answer:
    n = int(part["n"].sum())
    if n < 2:
        return insufficient(f"{n} cases", "more cases", n)
    sums = part.groupby("person")[["y", "n"]].sum()
    if sample.unit == "share":
        return share(
            sums["y"].to_numpy(float),
            sums["n"].to_numpy(float),
            sample.interval.confidence,
            clustered=sample.by_person,
        )
    found = clustered_ratio(sums["y"].to_numpy(float), sums["n"].to_numpy(float))
    own = Sample(n, sample.unit, sample.by_person, sample.interval)
    return own.estimate(found, "mean", "descriptive")


def _difference(frame: pd.DataFrame, sample: Sample, settings: Settings) -> Answer:
    """Against minus with, within score bands, weighted by the cases against the advice."""
    sums = frame.groupby(["band", "agrees"])[["n", "y"]].sum().unstack(fill_value=0)
    least = settings.comparison.smallest_standard_cell
    if not {True, False} <= set(frame["agrees"]):
        return insufficient("no cases of both kinds", "decisions with and against the advice")
    n1, n0 = sums["n"][False], sums["n"][True]
    kept = sums.index[(n1 >= least) & (n0 >= least)]
    if not len(kept):
        return insufficient(
            f"no score band has {least} cases with and {least} against the advice",
            "more decisions against the advice",
            int(n1.sum()),
        )
    weight = n1[kept] / n1[kept].sum()
    m1, m0 = sums["y"][False][kept] / n1[kept], sums["y"][True][kept] / n0[kept]
    value = float((weight * (m1 - m0)).sum())
    rows = frame[frame["band"].isin(kept)]
    mean = np.where(rows["agrees"], rows["band"].map(m0), rows["band"].map(m1))
    size = np.where(rows["agrees"], rows["band"].map(n0), rows["band"].map(n1))
    sign = np.where(rows["agrees"], -1.0, 1.0)
    u = sign * rows["band"].map(weight) * (rows["y"] - mean * rows["n"]) / size
    if sample.by_person:
        u = u.groupby(rows["person"]).sum()
        shares = rows.groupby("person")["n"].sum() / rows["n"].sum()
    else:
        return _by_case(value, rows, weight, m1, m0, n1, n0, sample)
    effective = 1 / float((shares**2).sum())
    se = float(np.sqrt((u**2 / np.maximum(1 - shares, 1e-9) ** 2).sum()))
    return _estimate(value, se, effective - 1, effective, len(kept), sample, int(rows["n"].sum()))


def _by_case(
    value: float,
    rows: pd.DataFrame,
    weight: pd.Series,
    m1: pd.Series,
    m0: pd.Series,
    n1: pd.Series,
    n0: pd.Series,
    sample: Sample,
) -> Answer:
    if sample.unit != "share":
        return insufficient("persons are unknown", "person_id")
    kept = weight.index
    variance = weight**2 * (m1 * (1 - m1) / n1[kept] + m0 * (1 - m0) / n0[kept])
    n = int(rows["n"].sum())
    return _estimate(value, float(np.sqrt(variance.sum())), n - 1, n, len(kept), sample, n)


def _estimate(
    value: float, se: float, df: float, effective: float, bands: int, sample: Sample, n: int
) -> Estimate:
    own = Sample(
        n, "points" if sample.unit == "share" else sample.unit, sample.by_person, sample.interval
    )
    return own.estimate(
        Clustered(value, se, df, effective),
        f"difference within {bands} score band{'' if bands == 1 else 's'}, weighted by the cases "
        "against the advice",
        "descriptive",
        "one-sided: says nothing of the cases whose outcome nobody saw",
    )


def _unseen(t: ir.Table, choice: str, binary: bool, settings: Settings) -> Answer:
    """Bounds of the outcome of all cases that were advised otherwise (Manski 1990)."""
    if not binary or "recommendation" not in t.columns:
        return not_instrumented("bounds need an outcome between 0 and 1", "a yes/no outcome")
    otherwise = t.filter(t.recommendation != choice)
    row = fetch(
        otherwise.aggregate(
            n=otherwise.count(), known=otherwise.y__.count(), total=otherwise.y__.sum()
        )
    ).to_pylist()[0]
    n, known, total = int(row["n"]), int(row["known"] or 0), float(row["total"] or 0.0)
    if not n:
        return insufficient("no case was advised otherwise", "such cases", 0)
    low, high = total / n, (total + n - known) / n
    return Estimate(
        (low + high) / 2, low, high, settings.confidence, n,
        "worst-case bounds: every unseen outcome at 0, and at 1 (Manski 1990)", "bounds",
        note="bounds, not an interval: the value is only their middle",
    )  # fmt: skip


def _bands(frame: pd.DataFrame) -> list[BandOutcome]:
    found = []
    for band, part in frame.groupby("band"):
        one, other = part[part["agrees"]], part[~part["agrees"]]
        found.append(
            BandOutcome(
                str(band),
                int(one["n"].sum()),
                float(one["y"].sum() / one["n"].sum()) if len(one) else None,
                int(other["n"].sum()),
                float(other["y"].sum() / other["n"].sum()) if len(other) else None,
                _fewest_on_a_side(part),
            )
        )
    return found


def _fewest_on_a_side(frame: pd.DataFrame) -> int | None:
    """Of the people with the advice and those against it, where there are any, the fewer."""
    if _known_people(frame["person"]) is None:
        return None
    return min((int(n) for n in frame.groupby("agrees")["person"].nunique()), default=0)


def ask(inquiry: Inquiry) -> Disagreement | CannotSay:
    """The question, of one use case."""
    return measure_disagreement(
        inquiry.decisions, inquiry.use_case, inquiry.segments, inquiry.outcomes, inquiry.settings
    )
