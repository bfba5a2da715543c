"""How many decisions fell on a weekday."""

from __future__ import annotations

from django.db import models


class Weekday(models.Model):
    """Of one use case: `day` from Monday (0), `decisions` on such days, by the clock of UTC."""

    use_case = models.CharField(max_length=200)
    day = models.PositiveSmallIntegerField()
    decisions = models.PositiveIntegerField()

    class Meta:
        """One row a use case and weekday."""

        constraints = [models.UniqueConstraint(fields=["use_case", "day"], name="one_a_weekday")]
