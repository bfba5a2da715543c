"""What people wrote beside their overrides, for those who answer it: without who, and without what
names somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from takeup.disclosure.names import Names
from takeup.log import fetch
from takeup.record.clock import now
from takeup.server.acting.feedback.models import Topic
from takeup.server.foundation.organization.services import called, declared

DAYS = 91
MOST = 5
"""How far back texts are taken, and how many of the newest for a topic."""
_LONGEST = 500


def take_words(name: str, decisions: ir.Table) -> None:
    """Keep the newest texts of each topic of overrides, in place of those before. `decisions` as
    the log holds them; people of the organization, addresses and numbers are taken out."""
    topics = {
        (t.dimension, t.level, t.reason, t.version): t
        for t in Topic.objects.filter(use_case=name).exclude(reason="")
    }
    found: dict[int, list[str]] = {topic.pk: [] for topic in topics.values()}
    segments = [s for s in declared(name).segment if s in decisions.columns]
    for row in _written(decisions, segments):
        for dimension in ("", *segments):
            level = str(row.get(dimension) or "") if dimension else ""
            key = (dimension if level else "", level, row["override_reason"], row["version"])
            topic = topics.get(key)
            if topic is not None and (level or not dimension):
                found[topic.pk].append(row["override_comment"].strip())
    # The same said again is said once.
    found = {number: list(dict.fromkeys(texts))[:MOST] for number, texts in found.items()}
    names = Names(called() if any(found.values()) else ())
    for topic in topics.values():
        topic.words = [names.taken_out(text)[:_LONGEST] for text in found[topic.pk]]
    Topic.objects.bulk_update(topics.values(), ["words"])


def forget_words() -> None:
    """No text is kept until the next snapshot takes those that the log still holds."""
    Topic.objects.exclude(words=[]).update(words=[])


def _written(decisions: ir.Table, segments: Iterable[str]) -> list[Mapping[str, Any]]:
    """Overrides with a text, each as last corrected, the newest first."""
    if not {"override_comment", "override_reason"} <= set(decisions.columns):
        return []
    since = ibis.literal(now() - timedelta(days=DAYS))
    wanted = ["decision_id", "decided_at", "override_reason", "override_comment", *segments]
    more = [c for c in ("model_version", "revision") if c in decisions.columns]
    rows = fetch(
        decisions.filter(decisions.override_comment.notnull(), decisions.decided_at > since)
        .select(*wanted, *more)
        .order_by("decided_at")
    )
    last: dict[str, dict[str, Any]] = {}
    for row in rows.to_pylist():
        row["version"] = row.get("model_version") or ""
        held = last.get(row["decision_id"])
        if held is None or (row.get("revision") or 1) > (held.get("revision") or 1):
            last[row["decision_id"]] = row
    told = [
        row for row in last.values() if row["override_reason"] and row["override_comment"].strip()
    ]
    return sorted(told, key=lambda row: row["decided_at"], reverse=True)
