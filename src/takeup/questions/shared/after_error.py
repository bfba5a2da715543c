"""Does looking drop after wrong advice that was looked at, and does it come back?

An episode is a decision with the advice in view whose advice was wrong. Looking in the
person's ten eligible cases before is set against the ten after, and the ten after those. The
same around right advice tells what would have happened anyway (people who just looked are
above their own mean). Descriptive; no cause is claimed. Refuses without persons, times, truth.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from takeup.log import fetch, keep
from takeup.questions.shared.looks import interval_of
from takeup.questions.shared.whose import population_of
from takeup.record.settings import Settings
from takeup.record.vocabulary import CONSULTED_ACTIONS
from takeup.stats.answer import Answer, CannotSay, insufficient, not_instrumented
from takeup.stats.clusters import Sample, clustered_difference, clustered_ratio

NEAR = 10
"""Cases before and after an episode."""
LATER = (0, 10, 20)
FEWEST = 15
MOST_PEOPLE = 2_000
"""Of more people an even sample is looked at: ordering every person's cases is dear."""


@dataclass(frozen=True, slots=True)
class AfterError:
    """Per population: `drop` in the consult rate from the ten cases before to the ten after
    wrong advice; `drop_after_right` around right advice; `beyond_usual` their difference;
    `recovery` the drop that is left 1–10, 11–20, 21–30 cases after. `episodes` and `people`
    stand behind the first."""

    population: str
    episodes: int
    people: int
    drop: Answer
    drop_after_right: Answer
    beyond_usual: Answer
    recovery: tuple[Answer, ...]


def measure_after_error(
    decisions: ir.Table, settings: Settings
) -> dict[str, AfterError] | CannotSay:
    """Episodes by population (`all` where there is none)."""
    needed = {"person_id", "decided_at", "advice_right"}
    if not needed <= set(decisions.columns):
        missing = ", ".join(sorted(needed - set(decisions.columns)))
        return not_instrumented(
            "people's cases cannot be put in order around wrong advice", missing
        )
    frame = _episodes(decisions)
    if frame.empty:
        return insufficient("no episode of wrong advice looked at", f"{FEWEST} episodes", 0)
    return {
        str(name): _population(str(name), part, settings)
        for name, part in frame.groupby("population")
    }


def _episodes(decisions: ir.Table) -> pd.DataFrame:
    """Sums over episodes by population, person and whether the advice was right."""
    seen = [a.value for a in CONSULTED_ACTIONS]
    t = decisions.filter(
        decisions.action.isin([*seen, "not_consulted"]) & decisions.person_id.notnull()
    )
    t = t.select(
        person=t.person_id,
        population=population_of(t).cast("string"),
        at=t.decided_at,
        looked=ibis.ifelse(t.action == "not_consulted", 0.0, 1.0),
        right=t.advice_right,
    )
    t = _fewer_people(t)
    one = ibis.window(group_by="person", order_by="at", preceding=(NEAR, 1))
    windows = {"n_before": t.count().over(one), "before": t.looked.mean().over(one)}
    for start in LATER:
        after = ibis.window(group_by="person", order_by="at", following=(start + 1, start + NEAR))
        windows |= {
            f"n_{start}": t.count().over(after),
            f"after_{start}": t.looked.mean().over(after),
        }
    w = t.mutate(**windows)
    w = w.filter((w.looked == 1) & w.right.notnull() & (w.n_before == NEAR) & (w.n_0 == NEAR))
    drops: dict[str, ir.Value] = {"n": w.count(), "d_0": (w.before - w.after_0).sum()}
    for start in LATER[1:]:
        whole = w[f"n_{start}"] == NEAR
        drops[f"n_{start}"] = whole.cast("int64").sum()
        drops[f"d_{start}"] = ibis.ifelse(whole, w.before - w[f"after_{start}"], 0.0).sum()
    frame: pd.DataFrame = fetch(
        w.group_by("population", "person", "right").aggregate(**drops)
    ).to_pandas()
    return frame


def _fewer_people(t: ir.Table) -> ir.Table:
    people = t.select(person=t.person.cast("string")).distinct()
    count = int(fetch(people.count().as_table())[0][0].as_py())
    step = -(-count // MOST_PEOPLE)
    if step <= 1:
        return t
    numbered = people.mutate(rank=ibis.row_number().over(order_by=people.person))
    chosen = keep(numbered.filter(numbered.rank % step == 0))
    return t.semi_join(chosen, t.person.cast("string") == chosen.person)


def _population(name: str, part: pd.DataFrame, settings: Settings) -> AfterError:
    wrong, right = part[~part["right"].astype(bool)], part[part["right"].astype(bool)]
    n = int(wrong["n"].sum())
    needs = f"{FEWEST} episodes of at least {NEAR} people"
    return AfterError(
        name,
        n,
        len(wrong),
        _mean(wrong, 0, settings, needs),
        _mean(right, 0, settings, needs),
        _beyond(wrong, right, settings, needs),
        tuple(_mean(wrong, start, settings, needs) for start in LATER),
    )


def _mean(part: pd.DataFrame, start: int, settings: Settings, needs: str) -> Answer:
    counts = part["n" if start == 0 else f"n_{start}"].to_numpy(float)
    n = int(counts.sum())
    if n < FEWEST or (counts > 0).sum() < 2:
        return insufficient(f"{n} episodes", needs, n)
    found = clustered_ratio(part[f"d_{start}"].to_numpy(float)[counts > 0], counts[counts > 0])
    return Sample(n, "points", True, interval_of(settings)).estimate(
        found, "mean over episodes", "descriptive"
    )


def _beyond(wrong: pd.DataFrame, right: pd.DataFrame, settings: Settings, needs: str) -> Answer:
    n = int(wrong["n"].sum())
    if n < FEWEST or right["n"].sum() < FEWEST:
        return insufficient(f"{n} episodes", needs, n)
    both = wrong.merge(right, on="person", how="outer", suffixes=("_w", "_r")).fillna(0.0)
    if len(both) < 2:
        return insufficient("one person's episodes", needs, n)
    columns = [both[c].to_numpy(float) for c in ("d_0_w", "n_w", "d_0_r", "n_r")]
    found = clustered_difference(*columns)
    if not np.isfinite(found.se):
        return insufficient(f"{n} episodes", needs, n)
    return Sample(n, "points", True, interval_of(settings)).estimate(
        found, "drop after wrong minus drop after right advice", "descriptive"
    )
