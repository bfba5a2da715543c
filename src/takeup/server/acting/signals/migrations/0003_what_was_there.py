"""Responses that were there: when they were first answered, by when they are to be closed, and which of them queue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import migrations

MOST_OPEN, CLOSES_AFTER = 2, timedelta(days=14)


def put_in(apps: Any, schema_editor: Any) -> None:
    from takeup.record.clock import now

    response = apps.get_model("signals", "Response")
    seen: dict[tuple[str, str], int] = {}
    for one in response.objects.order_by("-gravity", "id"):
        first = one.answers.order_by("answered_at").first()
        one.first_at = first.answered_at if first else None
        if one.closed_at is None:
            one.close_by = max(one.due, now().date()) + CLOSES_AFTER
            key = (one.use_case, one.population)
            seen[key] = seen.get(key, 0) + 1
            one.queued = seen[key] > MOST_OPEN
        one.save(update_fields=["first_at", "close_by", "queued"])


class Migration(migrations.Migration):
    dependencies = [("signals", "0002_rapid_response")]

    operations = [migrations.RunPython(put_in, migrations.RunPython.noop)]
