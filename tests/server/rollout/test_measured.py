"""A rollout drawn by the server itself, recorded through its API and measured from its log: the effect
that was put in comes out, with the draw's own probabilities."""

from __future__ import annotations

import random

import pytest

from takeup.stats.answer import Estimate
from tests.server.rollout.test_steps import cohort

EFFECT = 0.12


def recorded(key, log, seed: int, share: float, blind: float):
    """Sixty people, forty cases each; with the advice, right decisions are more frequent by EFFECT."""
    from takeup.server.record_api.drain import drain
    from takeup.server.record_api.receive import receive
    from takeup.server.rollout.models import Draw
    from takeup.server.rollout.services import Assigning, set_draw, take_step

    rng = random.Random(seed)
    people = [f"p{i}" for i in range(60)]
    cohort("north", *people)
    set_draw("credit", by="ann", blind=blind, ask_first=False)
    # One interval of twenty misses by right: which draw this is, is not left to chance.
    Draw.objects.update(salt=f"{seed:032x}")
    take_step("credit", "assist", by="ann", cohort="north", share=share)
    level = {p: rng.gauss(0.6, 0.08) for p in people}
    assigning = Assigning([{"use_case": "credit", "person_id": p} for p in people])
    rows = []
    for i in range(2_400):
        person = people[i % 60]
        case = {"use_case": "credit", "case_id": f"c{i}", "person_id": person}
        held, group = assigning.of(case)
        truth = rng.choice(("approve", "decline"))
        right = rng.random() < level[person] + EFFECT * (held.mode == "assist")
        other = "decline" if truth == "approve" else "approve"
        rows.append(
            case
            | {"decision_id": f"d{i}", "decided_at": "2026-11-03T09:00:00Z", "mode": held.mode,
               "consulted": held.mode == "assist", "cohort": group, "recommendation": truth,
               "choice": truth if right else other, "randomised_unit": held.unit}
            | ({"assist_probability": held.probability} if held.probability else {})
        )  # fmt: skip
    for start in range(0, len(rows), 1_000):
        receive("decisions", rows[start : start + 1_000], key)
    outcomes = [
        {"decision_id": r["decision_id"], "use_case": "credit", "correct_choice": r["recommendation"],
         "observed_at": "2026-11-04T09:00:00Z"}
        for r in rows
    ]  # fmt: skip
    for start in range(0, len(outcomes), 1_000):
        receive("outcomes", outcomes[start : start + 1_000], key)
    drain(log)


@pytest.mark.parametrize(("share", "blind"), [(0.5, 0.0), (1.0, 0.3), (0.6, 0.1)])
def test_the_effect_put_in_comes_out_whatever_was_drawn(key, log, share, blind):
    import takeup
    from takeup.measure.rollout import Rollout
    from takeup.server.record_api.reading import recorded as read

    recorded(key, log, 1, share, blind)
    tables = read(log)
    result = takeup.diagnose(
        tables["decisions"], outcomes=tables["outcomes"], only=["adoption", "rollout"]
    )
    found = result.measures().rollout
    assert isinstance(found, Rollout)
    assert found.alerts == ()
    effect = next(e for e in found.effects if e.name == "correctness").unadjusted
    assert isinstance(effect, Estimate)
    assert effect.low < EFFECT < effect.high
    assert "person_id" in effect.method if share < 1 else "case" in effect.method
