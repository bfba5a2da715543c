"""What the newest snapshot says of each population's reasons."""

from __future__ import annotations

from django.db import models


class ReasonsOf(models.Model):
    """One population in one use case. `verdict` is empty where nothing may be shown of it; `told` holds what stands
    beside the verdict; `card` is every term of evidence, drawn once."""

    use_case = models.CharField(max_length=200)
    population = models.CharField(max_length=200)
    day = models.DateField()
    place = models.IntegerField()
    verdict = models.CharField(max_length=30, blank=True)
    heading = models.CharField(max_length=300)
    told = models.JSONField(default=dict)
    card = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["use_case", "population"], name="reasons_once")
        ]

    def __str__(self) -> str:
        return self.heading


WRITTEN_ON_PAGES: dict[type[models.Model], tuple[str, ...]] = {}
