"""How often was the advice right: when it was this sure, and on this kind of case?

What the embedded recommendation tells whoever decides. Descriptive shares of judged advice, errors by
person, weights where truth is a sample; refuses where truth is known unevenly, or for too few cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from takeup.log import fetch
from takeup.questions.model_issue import SegmentError, segment_errors
from takeup.questions.shared.known_truth import PANEL, answered_rows, uneven_truth
from takeup.questions.shared.whose import ALL
from takeup.record.settings import Settings
from takeup.stats.answer import CannotSay, insufficient, not_instrumented

CERTAINTY = (0.6, 0.75, 0.9)
"""Confidence from which advice is called fairly sure, sure, very sure; below: not sure."""
CERTAINTY_WORDS = ("not sure", "fairly sure", "sure", "very sure")


@dataclass(frozen=True, slots=True)
class AdviceRecord:
    """`judged` cases with advice whose right answer is known; of those, the advice by each of
    CERTAINTY_WORDS and by each declared kind of case (`error` is the share that was wrong)."""

    judged: int
    certainty: tuple[SegmentError, ...]
    kinds: tuple[SegmentError, ...]


def certainty_of(confidence: float) -> str:
    """The word for a confidence of 0 to 1."""
    return CERTAINTY_WORDS[sum(confidence >= limit for limit in CERTAINTY)]


def measure_advice_record(
    decisions: ir.Table, segments: Sequence[str], settings: Settings
) -> AdviceRecord | CannotSay:
    """The record of the advice by certainty and by each of `segments`. `decisions` as for
    `measure_model_issue`, with `confidence` where it is known."""
    if "advice_right" not in decisions.columns:
        return not_instrumented("the table does not hold the right answer", PANEL)
    rows = answered_rows(decisions)
    if refusal := uneven_truth(rows, settings):
        return refusal
    judged = int(fetch(rows.aggregate(n=rows.advice_right.count()))["n"][0].as_py())
    if judged < settings.model_issue.smallest_resolved:
        return insufficient(f"only {judged} cases with a known right answer", PANEL, judged)
    certainty: list[SegmentError] = []
    if "confidence" in rows.columns:
        bands = zip(CERTAINTY, CERTAINTY_WORDS, strict=False)
        word = ibis.cases(
            *[(rows.confidence < limit, word) for limit, word in bands],
            (rows.confidence.notnull(), CERTAINTY_WORDS[-1]),
        )
        certainty = segment_errors(rows.mutate(certainty=word), "certainty", settings)
    kinds = [one for dimension in segments for one in segment_errors(rows, dimension, settings)]
    return AdviceRecord(
        judged,
        tuple(one for one in certainty if one.scope == ALL),
        tuple(one for one in kinds if one.scope == ALL),
    )
