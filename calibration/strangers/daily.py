"""A page that is looked at every week for a year, where nothing differs: is a difference ever told?

What the page says at a look is made of sums over all cases so far, as the engine would hand them over,
by the same functions: arms of a draw, persons on judged cases, persons within cells of one covariate.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from takeup.questions.claim import FALSE_DISCOVERY
from takeup.questions.paired.measure import person_against_model
from takeup.questions.shared.looks import interval_of
from takeup.record.settings import LookSettings, Settings
from takeup.stats.answer import Estimate
from takeup.stats.clusters import arms_ratio
from takeup.stats.interval import Interval
from takeup.stats.linear import ArmMoments, difference_in_means
from takeup.stats.many import discoveries_in_families

Array = NDArray[np.float64]
WEEKS, WEEKLY, QUANTITIES = 52, 60, 8
PAGES = Settings(looks=LookSettings(again=True))
ONCE = Interval(PAGES.confidence)


def year_of_a_draw(seed: int) -> dict[str, Any]:
    """Cases, or 24 people, drawn to have the advice, which changes none of eight quantities: whether the
    first is ever told, any is told by the heading, and both with the interval of one look."""
    draw = np.random.default_rng([seed, 23])
    people = 24 if seed % 2 else None
    n = WEEKS * WEEKLY
    person = draw.integers(0, 24, n)
    arm = draw.permutation(np.arange(24) % 2)[person] if people else draw.integers(0, 2, n)
    lean = draw.normal(0, 0.08, (24, QUANTITIES))[person]
    # Some say nearly the same, as choices, outcomes and risks of one case do.
    common = draw.normal(0, 1, (n, 1))
    noise = 0.7 * common + draw.normal(0, 0.7, (n, QUANTITIES))
    y = (noise + 3 * lean > np.linspace(-0.8, 0.8, QUANTITIES)).astype(float)
    ever = {"one": False, "heading": False, "one_fixed": False, "heading_fixed": False}
    rule = interval_of(PAGES)
    for look in range(1, WEEKS + 1):
        told, fixed = [], []
        for q in range(QUANTITIES):
            to = slice(0, look * WEEKLY)
            sides = [_moments(y[to, q], person[to], arm[to] == side, people) for side in (1, 0)]
            d = difference_in_means(*sides)
            cases = look * WEEKLY
            told.append(rule.chance(d.value, d.se, d.df, cases))
            fixed.append(abs(d.value) > ONCE.half(d.se, d.df, cases))
            if q == 0:
                ever["one"] |= abs(d.value) > rule.half(d.se, d.df, cases)
        said = discoveries_in_families({"drawn at random": np.array(told)}, FALSE_DISCOVERY)
        ever["heading"] |= bool(said["drawn at random"].any())
        ever["one_fixed"] |= fixed[0]
        ever["heading_fixed"] |= any(fixed)
    return {"by": "person" if people else "case", **{k: bool(v) for k, v in ever.items()}}


def _moments(y: Array, person: Array, inside: Array, people: int | None) -> ArmMoments:
    own = 2.0 * y[inside]
    count = float(len(own))
    cross = np.array([[2 * count, own.sum()], [own.sum(), (own * y[inside]).sum()]])
    units = None
    if people:
        who = person[inside]
        units = np.stack(
            [2.0 * np.bincount(who, minlength=people), np.bincount(who, own, people)], 1
        )
        units = units[units[:, 0] > 0]
    return ArmMoments(cross, 4 * count, int(count), units)


def year_on_the_same_cases(seed: int) -> dict[str, Any]:
    """Twelve to forty people who are right as often as the model, on other cases."""
    draw = np.random.default_rng([seed, 29])
    people = int(draw.integers(12, 41))
    busy = draw.gamma(2.0, 1.0, people)
    lean = draw.normal(0, 0.03, people)
    sums = np.zeros((people, 3))
    ever = {"told": False, "fixed": False}
    for _ in range(WEEKS):
        n = draw.poisson(WEEKLY / 2 * busy / busy.sum())
        only_person = draw.binomial(n, np.clip(0.10 + lean, 0, 1))
        only_model = draw.binomial(n - only_person, np.clip((0.10 - lean) / (0.90 - lean), 0, 1))
        sums += np.stack([n, only_person, only_model], 1)
        if sums[:, 0].sum() < PAGES.paired.smallest_sample:
            continue
        for name, settings in (("told", PAGES), ("fixed", Settings())):
            answer = person_against_model(_paired(sums), settings)
            ever[name] |= isinstance(answer, Estimate) and answer.excludes()
    return ever


def _paired(sums: Array) -> pd.DataFrame:
    n, person, model = sums[sums[:, 0] > 0].T
    apart = person + model
    return pd.DataFrame(
        {
            "person": np.arange(len(n)).astype(str), "population": "all", "n": n, "w": n,
            "wp": person, "wm": model, "w2": n, "w2d": person - model, "w2dd": apart,
            "person_only": person, "model_only": model,
        }
    )  # fmt: skip


def year_of_following(seed: int) -> dict[str, Any]:
    """Twenty people of whom each has a rate of overriding, and cases of three kinds that end unlike and
    are overridden unlike often; following changes nothing."""
    draw = np.random.default_rng([seed, 31])
    people, kinds = 20, 3
    readiness = np.clip(draw.normal(0.3, 0.08, people), 0.05, 0.9)
    skill = draw.normal(0, 0.05, people)
    hard = np.array([0.5, 1.0, 1.6])
    cells = np.zeros((people, kinds, 2, 2))
    ever = {"told": False, "fixed": False}
    rule = interval_of(PAGES)
    for _ in range(WEEKS):
        person, kind = draw.integers(0, people, 2 * WEEKLY), draw.integers(0, kinds, 2 * WEEKLY)
        followed = (draw.random(2 * WEEKLY) > readiness[person] * hard[kind]).astype(int)
        good = draw.random(2 * WEEKLY) < 0.8 - 0.15 * kind + skill[person]
        np.add.at(cells, (person, kind, followed, 0), 1.0)
        np.add.at(cells, (person, kind, followed, 1), good.astype(float))
        n, y = cells[..., 0], cells[..., 1]
        if min(n[:, :, 0].sum(), n[:, :, 1].sum()) < PAGES.comparison.smallest_arm:
            continue
        d = overlap_difference(n, y)
        if d.effective < PAGES.comparison.smallest_effective_people:
            continue
        cases = float(n.sum())
        ever["told"] |= abs(d.value) > rule.half(d.se, d.df, cases)
        ever["fixed"] |= abs(d.value) > ONCE.half(d.se, d.df, cases)
    return {k: bool(v) for k, v in ever.items()}


def overlap_difference(n: Array, y: Array) -> Any:
    """Followed minus overridden in the overlap population over kinds of case, from counts and sums of the
    outcome by person, kind and (0, 1) followed: what the engine's pass hands to `arms_ratio`."""
    whole_n, whole_y = n.sum(0), y.sum(0)
    e = whole_n[:, 1] / whole_n.sum(1)
    mean = whole_y / np.maximum(whole_n, 1)
    h = e * (1 - e)
    s = (n.sum(2) * h).sum(1)
    p1 = ((y[..., 1] - mean[:, 1] * n[..., 1]) * (1 - e) + n.sum(2) * h * mean[:, 1]).sum(1)
    p0 = ((y[..., 0] - mean[:, 0] * n[..., 0]) * e + n.sum(2) * h * mean[:, 0]).sum(1)
    arms = (n[..., 1] * (1 - e)).sum(1), (n[..., 0] * e).sum(1)
    return arms_ratio(p1 - p0, s, arms)
