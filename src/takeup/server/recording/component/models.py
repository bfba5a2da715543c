"""How good the advice has been, as whoever decides may be told."""

from __future__ import annotations

from django.db import models


class TrackRecord(models.Model):
    """`measure.advice_record` of a use case as of a day, in `share` disclosure."""

    use_case = models.CharField(max_length=200, unique=True)
    day = models.DateField()
    document = models.JSONField()

    def __str__(self) -> str:
        return f"{self.use_case} {self.day}"
