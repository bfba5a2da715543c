"""What takeup says of followed against overridden in the strangers' programmes."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa

from calibration.strangers.concentrated import concentrated
from calibration.strangers.confounded import COLUMNS, EFFECT, confounded
from calibration.strangers.one_sided import SHAPES, one_sided
from takeup.log import Engine, keep
from takeup.questions.comparison.measure import Comparison, measure_comparison
from takeup.record.action import with_action
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.sources.decision_table import covariates_of, with_score_band
from takeup.stats.answer import Answer, Estimate

Record = dict[str, Any]
_FEW = [
    "person_id",
    "mode",
    "consulted",
    "recommendation",
    "choice",
    "x_region",
    "stakes",
    "outcome",
]
USE_CASE = UseCase.model_validate({"name": "strangers", "outcome": {"better": "higher"}})


def one_column(seed: int, engine: Engine) -> Record:
    """One recorded column decides who overrides and how cases end; which one goes by the seed."""
    column = COLUMNS[seed % len(COLUMNS)]
    return {**answers(confounded(column, seed), engine, EFFECT), "column": column}


def with_blanks(seed: int, engine: Engine) -> Record:
    """The one confounder is blank in 30 % of decisions, at random."""
    return answers(confounded("x_region", seed, blank=0.3)[_FEW], engine, EFFECT)


def readiness_with_skill(seed: int, engine: Engine) -> Record:
    """Who follows more readily judges better (or worse) too, and a recorded region decides the rest."""
    frame = confounded("x_region", seed, together=(3.0, -3.0)[seed % 2], people=40)[_FEW]
    return answers(frame, engine, EFFECT)


def few_overriders(seed: int, engine: Engine) -> Record:
    """Few people make most overrides; the rest goes by the seed."""
    return answers(concentrated(seed), engine, 0.0)


def never_overridden(seed: int, engine: Engine) -> Record:
    """Large amounts are never overridden: beyond a gap, or from the middle of a bin on, as the seed says."""
    frame = one_sided(SHAPES[seed % len(SHAPES)], seed)
    return {**answers(frame, engine, 0.0), "shape": SHAPES[seed % len(SHAPES)]}


def answers(frame: pd.DataFrame, engine: Engine, truth: float) -> Record:
    """Adjusted answers, and whether a sentence said aloud is false."""
    decisions = engine.load(
        pa.Table.from_pandas(frame.rename(columns={"outcome": "y_outcome"}), preserve_index=False)
    )
    table = with_score_band(keep(with_action(decisions, USE_CASE)))
    found = measure_comparison(
        table, USE_CASE, covariates_of(tuple(frame.columns)), ["outcome"], Settings()
    )
    assert isinstance(found, Comparison)
    one = found.first
    said = one.told
    record: Record = {
        "truth": {"adjusted": truth},
        "claimed": said is not None,
        "false": said is not None and not said.low <= truth <= said.high,
        "left_out": list(one.specification.left_out) if one.specification else [],
    }
    for name in ("adjusted", "with_readiness", "without_blanks", "raw"):
        record[name] = _told(getattr(one, name))
    return record


def _told(answer: Answer | None) -> Record:
    if not isinstance(answer, Estimate):
        return {}
    return {"value": answer.value, "low": answer.low, "high": answer.high}
