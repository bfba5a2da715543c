"""A rollout drawn by the server itself, recorded through its API and measured from its log: the effect
that was put in comes out, with the draw's own probabilities. How often, `calibration/through_server.py`
counts."""

from __future__ import annotations

import pytest
from calibration.through_server import EFFECT, RANDOMISED, randomised, staggered

from takeup.stats.answer import Estimate

pytestmark = pytest.mark.on("sqlite")


@pytest.mark.parametrize("name", RANDOMISED)
def test_the_effect_put_in_comes_out_whatever_was_drawn(key, log, name):
    share, blind = RANDOMISED[name]
    effect = randomised(1, share, blind, key, log)
    assert isinstance(effect, Estimate)
    assert effect.low < EFFECT < effect.high
    assert "person_id" in effect.method if share < 1 else "case" in effect.method


def test_the_effect_of_staggered_steps_comes_out(key, log):
    effect = staggered(1, key, log)
    assert isinstance(effect, Estimate)
    assert effect.low < 0.08 < effect.high
    assert effect.low > 0
