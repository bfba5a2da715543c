"""Populations in which every reason costs use alike: those who have one look less, all by as much on average,
and differ from the advice where theirs is touched; what is recorded of it goes by the seed."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from takeup.log import Engine
from takeup.questions.resistance.measure import measure_resistance
from takeup.record.evidence import Evidence
from takeup.record.population import Population
from takeup.record.questionnaire import ITEMS, REVERSED, TYPES
from takeup.record.settings import Settings
from takeup.record.vocabulary import OVERRIDE_REASONS
from takeup.stats.answer import CannotSay, not_instrumented

COST = 0.6
USE = 0.92
"""Of the use of somebody without a reason, what a reason takes away."""
_NONE = len(TYPES)
_WORDS = {
    0: ("procedure_or_policy", "not_validated_for_this"),
    2: ("model_wrong_before", "not_convinced"),
    3: ("too_slow_or_wrong_format",),
    4: ("professional_duty_ethics", "client_or_patient_interest"),
}
"""What people write who override for their reason; all others write whatever comes first."""


Answering = Literal["usual", "to all yes", "silent", "as is wanted"]
"""How people answer a survey: those with a reason somewhat less, and most lean to yes (usual); everybody much to yes; those
with the largest reason hardly at all; or half of those who have a reason as if they had none."""


def reasons_cost_alike(
    seed: int, engine: Engine, answering: Answering = "usual"
) -> dict[str, object]:
    """Beliefs beside each reason's true share of what is missing in use. Values are tagged in two of three
    populations."""
    draw = np.random.default_rng([seed, 59])
    people = int(draw.integers(25, 80))
    mix = draw.dirichlet(np.ones(len(TYPES) + 1))
    reason = draw.choice(len(TYPES) + 1, people, p=mix)
    tagged = seed % 3 != 0
    frame, used = _decisions(reason, draw)
    if not tagged:
        frame = frame.drop(columns="value_tagged")
    shares = np.bincount(reason, minlength=_NONE + 1) / people
    # Without a reason 92 % would be used: the rest of what is missing has no reason.
    missing = 1 - USE * (1 - COST * shares[:_NONE].sum())
    table = engine.load(pa.Table.from_pandas(frame, preserve_index=False))
    evidence = Evidence(_survey(reason, draw, answering), _interviews(reason, used, draw), None)
    found = measure_resistance(
        table, {"*": Population(people=people)}, not_instrumented("", ""), not_instrumented("", ""),
        evidence, Settings(),
    )  # fmt: skip
    assert not isinstance(found, CannotSay)
    scored = found.populations[0].scored
    assert not isinstance(scored, CannotSay)
    largest = TYPES[int(np.argmax(shares[:_NONE]))]
    return {
        "tagged": tagged,
        "verdict": scored.verdict,
        "named": list(scored.named),
        "p": scored.probability,
        "between": scored.between,
        "terms": {t: [x.prior, x.survey, x.interviews, x.behaviour] for t, x in scored.terms.items()},
        "truth": {t: float(USE * COST * shares[i] / missing) for i, t in enumerate(TYPES)},
        "blind": not tagged and "VM" in scored.probability,
        "dominant": scored.verdict == "dominant",
        "false": scored.verdict == "dominant" and scored.named[0] != largest,
    }  # fmt: skip


def _decisions(reason: np.ndarray, draw: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """40 to 120 cases of each person: half of what a reason costs falls on cases of its kind alone."""
    people, each = len(reason), int(draw.integers(40, 120))
    who = np.repeat(np.arange(people), each)
    z, n = reason[who], len(who)
    # A kind of case that touches the reason: replaceable work, being watched, load, values.
    share = draw.uniform(0.25, 0.5, 5)
    touched = draw.random((n, 5)) < share
    own = np.where(z < _NONE, touched[np.arange(n), np.minimum(z, 4)], False)
    typical = share[np.minimum(z, 4)]
    lost = np.where(z < _NONE, COST * (0.5 + 0.5 * own / typical), 0.0)
    # What a reason takes is lost by not looking, or by overriding right advice: distrust and values
    # half each, the others by not looking.
    override = np.isin(z, (2, 4))
    skill = np.clip(draw.normal(USE, 0.03, people), 0.6, 0.98)[who]
    uses = draw.random(n) < skill * (1 - np.minimum(lost, 1))
    right = draw.random(n) < 0.85
    looked = uses | (draw.random(n) < np.where(override, 0.5, 0.12))
    overridden = looked & ~uses
    words = np.array(
        [
            draw.choice(
                _WORDS.get(int(r), OVERRIDE_REASONS) if draw.random() < 0.7 else OVERRIDE_REASONS
            )
            for r in z
        ],
        object,
    )
    given = overridden & (draw.random(n) < 0.6)
    frame = pd.DataFrame({
        "population": "all", "person_id": [f"p{i}" for i in who],
        "action": np.where(uses, "followed", np.where(overridden, "overridden", "not_consulted")),
        "advice_right": right,
        "substitution": np.where(touched[:, 0], "high", "low"),
        "visible": touched[:, 1],
        "load": np.where(touched[:, 3], "high", "normal"),
        "value_tagged": touched[:, 4],
        "abandoned": ~looked & (draw.random(n) < np.where(z == 1, 0.35, 0.06)),
        "steps": 5.0 + draw.integers(0, 3, n) + np.where(looked, 2 * (np.mean(reason == 3) > 0.2), 0),
        "override_reason": np.where(given, words, None),
    })  # fmt: skip
    return frame, np.bincount(who, uses) / each


def _survey(
    reason: np.ndarray, draw: np.random.Generator, answering: Answering = "usual"
) -> pd.DataFrame:
    """Those with a reason answer less; people agree to whatever is asked, each in their way."""
    answers = np.where(reason < _NONE, 0.55, 0.7)
    if answering == "silent":
        answers[reason == np.bincount(reason[reason < _NONE], minlength=1).argmax()] = 0.2
    who = np.flatnonzero(draw.random(len(reason)) < answers)
    leaning = draw.normal(1.0 if answering == "to all yes" else 0.2, 0.4, len(who))
    if answering == "as is wanted":
        reason = np.where(draw.random(len(reason)) < 0.5, reason, _NONE)
    columns: dict[str, object] = {"population": ["all"] * len(who)}
    for item in ITEMS:
        own = reason[who] == TYPES.index(item[:2])
        felt = np.where(own, 4.0, 2.5) + draw.logistic(0, 0.5, len(who))
        felt = np.where(item in REVERSED, 6 - felt, felt) + leaning
        columns[item] = np.clip(np.rint(felt), 1, 5)
    return pd.DataFrame(columns)


def _interviews(reason: np.ndarray, used: np.ndarray, draw: np.random.Generator) -> pd.DataFrame:
    """Eight of the half that uses the advice least; one coder, who mistakes one in five."""
    asked = draw.permutation(np.argsort(used)[: max(len(used) // 2, 8)])[:8]
    told = [
        int(reason[i]) if reason[i] < _NONE and draw.random() < 0.8 else int(draw.integers(0, 5))
        for i in asked
    ]
    return pd.DataFrame({
        "population": "all", "interview_no": np.arange(len(told)), "coder": "first",
        "primary": [TYPES[t] for t in told], "secondary": None, "themes": None,
    })  # fmt: skip
