"""How the model is doing, told to its users: one report per use case and month."""

from __future__ import annotations

from django.db import models


class Report(models.Model):
    """A draft made from the log (`figures`), with the `words` of whoever approves it; published once
    approved, and then never changed."""

    use_case = models.CharField(max_length=200)
    month = models.CharField(max_length=7)
    figures = models.JSONField()
    words = models.TextField(blank=True)
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=100)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["use_case", "month"], name="one_a_month")]

    def __str__(self) -> str:
        return f"{self.use_case} {self.month}"


class Reading(models.Model):
    """Somebody of the users has opened a report. Only how many is ever shown."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="readings")
    reader = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "reader"], name="read_once")]

    def __str__(self) -> str:
        return "a reading"


WRITTEN_ON_PAGES = {
    Report: ("words",),
}
