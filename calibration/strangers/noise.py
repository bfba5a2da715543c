"""A programme in which nothing goes with anything: what does a whole report claim all the same?

Populations, regions, products, three outcomes, truth, a draw by coin; choices, outcomes and truth are coins,
whoever decides and whatever is advised. Every sentence that says something differs is false.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import takeup

DIFFERS = (
    "people_ahead", "model_ahead", "association", "reversal", "advice_taken", "outcome_effect",
    "team_ahead", "team_behind", "value_lost", "disagreement_concentrated", "overrides_better",
    "overriding_hurts", "blind_spot", "missing_input", "overrides_mostly_right", "late_advice",
    "not_looked_at", "after_error", "pilot_gap", "signal", "over_reliance",
)  # fmt: skip
"""Rules whose sentence says that something differs, rises or falls. Others count what is there."""
_MAPPING: dict[str, Any] = {
    "columns": {
        n: n
        for n in (
            "person_id", "population", "decided_at", "recommendation", "choice", "mode", "consulted",
            "correct_choice", "assist_probability", "x_region", "x_product",
        )
    },
    "outcomes": [{"name": f"outcome_{i}", "outcome": f"outcome_{i}"} for i in range(3)],
    "use_case": {"segment": ["x_region", "x_product"]},
}  # fmt: skip


def noise(draw: np.random.Generator, rows: int) -> pd.DataFrame:
    """Forty people of three populations over twelve weeks."""
    person = draw.integers(0, 40, rows)
    words = np.array(["decline", "approve"], object)
    assist = draw.random(rows) < 0.5
    seconds = draw.integers(0, 12 * 7 * 24 * 3600, rows)
    return pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in person], "population": [f"office {i % 3}" for i in person],
            "decided_at": pd.Timestamp("2026-01-05") + pd.to_timedelta(seconds, "s"),
            "recommendation": words[draw.integers(0, 2, rows)],
            "choice": words[draw.integers(0, 2, rows)],
            "correct_choice": words[draw.integers(0, 2, rows)],
            "mode": np.where(assist, "assist", "shadow"), "consulted": assist,
            "assist_probability": 0.5,
            "x_region": [f"region {i}" for i in draw.integers(0, 6, rows)],
            "x_product": [f"product {i}" for i in draw.integers(0, 8, rows)],
            **{f"outcome_{i}": draw.integers(0, 2, rows).astype(float) for i in range(3)},
        }
    )  # fmt: skip


def report_of_nothing(seed: int, rows: int | None = None) -> dict[str, Any]:
    """The rules that said something differs, in the report and in its verdict."""
    draw = np.random.default_rng([seed, 71])
    frame = noise(draw, rows or int(draw.choice([2_000, 8_000])))
    result = takeup.diagnose(frame, mapping=_MAPPING)
    findings = result.findings()
    said = sorted({f.rule for f in findings if f.rule in DIFFERS})
    verdict = result.diagnoses[0].verdict
    inside = any(f.sentence in verdict for f in findings if f.rule in DIFFERS)
    return {"said": said, "false": bool(said), "verdict": inside, "rows": len(frame)}
