"""How much money hangs on one case? Used only to order findings, never as a return.

From the outcomes' own `value`, else from the use case's declared value per outcome; nothing
where neither is there.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from takeup.log import fetch
from takeup.questions.inquiry import Inquiry
from takeup.questions.shared.looks import interval_of
from takeup.record.settings import Settings
from takeup.record.use_case import UseCase
from takeup.stats.answer import Answer, Estimate, insufficient, not_instrumented
from takeup.stats.clusters import Sample, clustered_ratio

UNNAMED_VALUE = "units of value"
"""What money is told in where nobody declared its unit."""


def measure_value_per_case(decisions: ir.Table, use_case: UseCase, settings: Settings) -> Answer:
    """Mean absolute `value` of a case, in the use case's unit of value."""
    unit = use_case.value_unit or UNNAMED_VALUE
    if "value" not in decisions.columns:
        declared = use_case.value_per_outcome
        if declared is None:
            return not_instrumented(
                "outcomes carry no money", "what hangs on each case in money (`value`)"
            )
        method = "declared in the use case"
        return Estimate(
            declared, declared, declared, settings.confidence, 0, method, "descriptive", unit
        )
    known = decisions.filter(decisions.value.notnull())
    person = known.person_id if "person_id" in known.columns else ibis.row_number().cast("string")
    known = known.mutate(person__=person)
    sums = fetch(
        known.group_by("person__").aggregate(v=known.value.abs().sum(), n=known.count())
    ).to_pandas()
    if len(sums) < 2:
        return insufficient("too few values", "a value for each outcome", len(sums))
    found = clustered_ratio(sums["v"].to_numpy(float), sums["n"].to_numpy(float))
    sample = Sample(int(sums["n"].sum()), unit, "person_id" in known.columns, interval_of(settings))
    return sample.estimate(found, "mean absolute value", "descriptive")


def ask(inquiry: Inquiry) -> Answer:
    """The question, of one use case."""
    return measure_value_per_case(inquiry.decisions, inquiry.use_case, inquiry.settings)
