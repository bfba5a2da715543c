"""What was measured, once a day."""

from __future__ import annotations

from django.db import models


class Snapshot(models.Model):
    """The diagnosis of a use case as of one day, in `share` disclosure: the only figures of the
    log that pages show. `document` is the JSON, `body` the same as a page."""

    use_case = models.CharField(max_length=200)
    day = models.DateField()
    taken_at = models.DateTimeField()
    document = models.JSONField()
    body = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["use_case", "day"], name="one_a_day")]

    def __str__(self) -> str:
        return f"{self.use_case} {self.day}"
