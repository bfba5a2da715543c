"""The chain of entries."""

from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    """One thing that was done. `hash` covers the entry and the hash before it, so no entry can
    be changed, removed or slipped in without breaking every later one. The database refuses
    updates and deletions of entries (a trigger).

    `actor` and `subject` are handles (random, `Person.handle`), so that erasing a person needs no
    change here; the subject is whom it concerns."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True, db_index=True)
    detail = models.JSONField(default=dict)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number} {self.action}"
