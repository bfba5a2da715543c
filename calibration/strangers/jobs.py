"""The jobs of the second family: a seed and an engine in, what takeup said beside the truth out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from calibration.strangers import adjusted, daily, draws, few_people
from calibration.strangers.alone_first import alone_first
from calibration.strangers.caught import year_of_wrong_advice
from calibration.strangers.claims import claims
from calibration.strangers.facts import one_fact_less
from calibration.strangers.few_pairs import looks_of_a_small_kind
from calibration.strangers.kinds import kinds_alike, one_kind_apart
from calibration.strangers.many_kinds import small_kind
from calibration.strangers.months import two_months
from calibration.strangers.noise import report_of_nothing
from calibration.strangers.overriders import who_overrides_well
from calibration.strangers.reasons import reasons_cost_alike
from calibration.strangers.repeating import year_at_chance
from calibration.strangers.same_cases import same_for_all
from calibration.strangers.tells_apart import border
from calibration.strangers.unnamed_draw import unnamed
from calibration.strangers.worlds import WORLDS
from takeup.log import Engine

JOBS: dict[str, Callable[[int, Engine], dict[str, Any]]] = {
    "one-column": adjusted.one_column,
    "blanks": adjusted.with_blanks,
    "readiness": adjusted.readiness_with_skill,
    "few-overriders": adjusted.few_overriders,
    "one-sided": adjusted.never_overridden,
    "caught": lambda seed, _: year_of_wrong_advice(seed),
    "few-pairs": lambda seed, _: looks_of_a_small_kind(seed),
    "many-kinds": small_kind,
    "kinds-alike": kinds_alike,
    "one-kind": one_kind_apart,
    "overriders": who_overrides_well,
    "same-cases": same_for_all,
    "reasons": reasons_cost_alike,
    "reasons-yes": lambda seed, engine: reasons_cost_alike(seed, engine, "to all yes"),
    "reasons-silent": lambda seed, engine: reasons_cost_alike(seed, engine, "silent"),
    "reasons-wanted": lambda seed, engine: reasons_cost_alike(seed, engine, "as is wanted"),
    "own-record": lambda seed, _: year_at_chance(seed),
    "one-fact-less": one_fact_less,
    "j-border": border,
    "alone-first": alone_first,
    "unnamed-draw": unnamed,
    "daily-draw": lambda seed, _: daily.year_of_a_draw(seed),
    "daily-paired": lambda seed, _: daily.year_on_the_same_cases(seed),
    "draws": draws.rollout,
    "draws-teams": lambda seed, engine: draws.rollout(seed, engine, draws.TEAMS),
    "draws-covariates": lambda seed, engine: draws.rollout(seed, engine, draws.COVARIATES),
    "shares": lambda seed, _: few_people.share_of_people(seed),
    "rare": lambda seed, _: few_people.rare_differences(seed),
    "together": few_people.together,
    "branches": few_people.branches,
    "lucky": lambda seed, _: few_people.lucky_catches(seed),
    "nothing": lambda seed, _: report_of_nothing(seed),
    "two-months": lambda seed, _: two_months(seed),
    "daily-followed": lambda seed, _: daily.year_of_following(seed),
    **{f"claims-{w}": (lambda seed, _, w=w: claims(seed, w)) for w in WORLDS},  # type: ignore[misc]
}
