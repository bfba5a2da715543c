"""A blinded panel: two practitioners say whether they would have overridden the advice."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from takeup.simulate.population_spec import PopulationSpec

_SIZE = 120
_ERRS = 0.04


def panel(
    p: PopulationSpec, decisions: pa.Table, outcomes: pa.Table, rng: np.random.Generator
) -> pa.Table:
    """120 pieces of advice, the same number from each fifth of the model's confidence, each
    judged by two reviewers: `would_override`, `advice_right`, `knowable` (could the error be seen at the
    time) and `weight`, how many cases a judged one stands for."""
    judged = outcomes.filter(pc.is_valid(outcomes["truth_probability"]))
    known = decisions.filter(
        pc.is_in(decisions["decision_id"], value_set=judged["decision_id"].combine_chunks())
    )
    confidence = known["confidence"].to_numpy()
    wrong = _wrong(known, judged)
    band = np.searchsorted(np.quantile(confidence, [0.2, 0.4, 0.6, 0.8]), confidence)
    chosen = np.concatenate(
        [
            rng.permutation(np.flatnonzero(band == b))[: _SIZE // 5]
            for b in range(5)
            if (band == b).any()
        ]
    )
    knowable = wrong[chosen] & (rng.random(len(chosen)) < p.sens)
    would = np.where(wrong[chosen], knowable, rng.random(len(chosen)) < _ERRS)
    ids = known["decision_id"].take(pa.array(chosen)).to_pylist()
    bands = np.bincount(band, minlength=5) / np.maximum(np.bincount(band[chosen], minlength=5), 1)
    rows = []
    for i, (identity, says) in enumerate(zip(ids, would, strict=True)):
        for reviewer in ("first", "second"):
            view = says if rng.random() < 0.95 else not says
            rows.append(
                (
                    identity,
                    p.name,
                    reviewer,
                    view,
                    not wrong[chosen[i]],
                    bool(knowable[i]),
                    bands[band[chosen[i]]],
                )
            )
    names = (
        "decision_id",
        "population",
        "reviewer",
        "would_override",
        "advice_right",
        "knowable",
        "weight",
    )
    return pa.table({n: [r[k] for r in rows] for k, n in enumerate(names)})


def _wrong(decisions: pa.Table, judged: pa.Table) -> np.ndarray:
    """Whether the advice of each decision is wrong; all of them are judged."""
    place = pc.index_in(decisions["decision_id"], value_set=judged["decision_id"].combine_chunks())
    truth = judged[judged.column_names[3]].take(place)
    if "recommendation_value" in decisions.column_names:
        advice, right = decisions["recommendation_value"].to_numpy(), truth.to_numpy()
        return np.asarray(np.abs(advice - right) > 0.20 * np.abs(right))
    return np.asarray(pc.not_equal(decisions["recommendation"], truth).to_numpy())
