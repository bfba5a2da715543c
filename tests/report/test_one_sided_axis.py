"""An outcome that only one side has is drawn in the unit of that side."""

from __future__ import annotations

from takeup.questions.disagreement.card import _outcome
from takeup.questions.disagreement.measure import OneSidedOutcome
from takeup.stats.answer import Estimate, insufficient


def test_a_share_that_was_seen_against_the_advice_alone_stands_over_an_axis_in_percent():
    none = insufficient("no cases of both kinds", "more cases")
    against = Estimate(0.26, 0.1, 0.5, 0.95, 23, "share", "descriptive")
    one = OneSidedOutcome("outcome", "arrears", "lower", "ask", none, against, none, none, ())
    section = _outcome(one)
    assert "20 %" in str(section.axis)
