"""Same key again: a duplicate, a correction, or a conflict."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from takeup.record.canonical import ROW

KEEP, DUPLICATE, SUPERSEDED, CONFLICT = "keep", "duplicate", "superseded", "conflict"
KEY = "key__"


def key_columns(columns: tuple[str, ...] | list[str]) -> list[str]:
    """What identifies a decision: its own id, else case × person × mode × time where the
    table has cases and times, else nothing."""
    prefix = ["use_case"] if "use_case" in columns else []
    if "decision_id" in columns:
        return [*prefix, "decision_id"]
    if "case_id" in columns and "decided_at" in columns:
        return prefix + [c for c in ("case_id", "person_id", "mode", "decided_at") if c in columns]
    return []


def key_expression(table: ir.Table, columns: list[str]) -> ir.Value:
    """The key as one value."""
    if len(columns) == 1:
        return table[columns[0]]
    parts = [table[c].cast("string").fill_null("\x00") for c in columns]
    joined = parts[0]
    for part in parts[1:]:
        joined = joined + ibis.literal("\x1f") + part
    return joined


def fates(suspects: ir.Table) -> ir.Table:
    """`row__`, `key__` and `fate` of rows whose key stands more than once.

    Same key, revision and content: the first is kept. Same key and revision, other content:
    a conflict, none is kept. Among revisions (else update times) the latest is kept.
    """
    skip = {ROW, KEY}
    content_columns = [c for c in suspects.columns if c not in skip]
    text = [suspects[c].cast("string").fill_null("\x00") for c in content_columns]
    content = ibis.literal("")
    for part in text:
        content = content + ibis.literal("\x1f") + part
    order = _order(suspects)
    t = suspects.select(suspects[ROW], suspects[KEY].name(KEY), order__=order, content__=content)
    same = ibis.window(group_by=[t[KEY], t.order__])
    equal = ibis.window(group_by=[t[KEY], t.order__, t.content__])
    all_of_key = ibis.window(group_by=t[KEY])
    t = t.mutate(
        conflict=t.content__.min().over(same) != t.content__.max().over(same),
        first=t[ROW].min().over(equal),
        latest=t.order__.max().over(all_of_key),
    )
    fate = ibis.cases(
        (t.conflict, CONFLICT),
        (t[ROW] != t["first"], DUPLICATE),
        (t.order__ < t.latest, SUPERSEDED),
        else_=KEEP,
    )
    return t.select(t[ROW], t[KEY], fate=fate)


def _order(t: ir.Table) -> ir.Value:
    if "revision" in t.columns:
        return t.revision.fill_null(1).cast("int64")
    if "updated_at" in t.columns:
        return t.updated_at.epoch_seconds().fill_null(0).cast("int64")
    return ibis.literal(1).cast("int64")
