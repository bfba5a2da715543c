"""Whether the number of rows that were read would count what few people did: rows beyond the figures that are shown."""

from __future__ import annotations

from collections.abc import Iterable

import ibis
import ibis.expr.types as ir
import pandas as pd

from takeup.log import fetch
from takeup.questions.adoption import QUESTION as ADOPTION
from takeup.questions.diagnosis import Diagnosis
from takeup.record.settings import DisclosureSettings
from takeup.record.vocabulary import ELIGIBLE_ACTIONS


def beyond_is_of_few(
    tables: Iterable[ir.Table], shared: Iterable[Diagnosis], rules: DisclosureSettings
) -> bool:
    """Whether rows of hidden use cases, or of no eligible decision, are of too few people or mostly of one. A few of the
    latter, of people most of whose rows are shown, are nobody's; so is what nobody is named in."""
    found = [_by_person(t, d) for t, d in zip(tables, shared, strict=True)]
    if not found:
        return False
    rows = pd.concat(found).groupby("person")[["beyond", "hidden", "n"]].sum()
    if not ((rows["hidden"] > 0) | (2 * rows["beyond"] > rows["n"])).any():
        return False
    beyond = rows["beyond"]
    few = int((beyond > 0).sum()) < rules.minimum_group
    return few or bool(beyond.max() > rules.largest_share_of_decisions * beyond.sum())


def _by_person(table: ir.Table, diagnosis: Diagnosis) -> pd.DataFrame:
    """How many rows of each person there are, how many of them are in no figure, and how many are of a use case that
    is hidden."""
    if "person_id" not in table.columns:
        return pd.DataFrame({"person": [], "beyond": [], "hidden": [], "n": []})
    hidden = diagnosis.measures[ADOPTION].overall.hidden
    eligible = table.action.isin([a.value for a in ELIGIBLE_ACTIONS]).fill_null(False)
    beyond = ibis.literal(True) if hidden else ~eligible
    named = table.mutate(beyond__=beyond).filter(table.person_id.notnull())
    frame: pd.DataFrame = fetch(
        named.group_by(person=named.person_id.cast("string")).aggregate(
            beyond=named.beyond__.cast("int64").sum(), n=named.count()
        )
    ).to_pandas()
    return frame.assign(hidden=frame["n"] if hidden else 0)
