"""Agreements with worker representatives, and changes of configuration put before them."""

from __future__ import annotations

from django.db import models


class Agreement(models.Model):
    """An agreement by its own number, the version of the list of data it covers, and its last day."""

    number = models.CharField(max_length=100)
    data_list = models.CharField(max_length=100)
    valid_until = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=16)

    def __str__(self) -> str:
        return self.number


class Change(models.Model):
    """A change of configuration of one use case, announced to the representatives, who consent or
    object; unanswered it stands once their time to object has passed."""

    use_case = models.CharField(max_length=200)
    words = models.TextField()
    announced_at = models.DateTimeField()
    announced_by = models.CharField(max_length=100)
    consents = models.BooleanField(null=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return f"{self.use_case}: {self.words}"


WRITTEN_ON_PAGES = {
    Change: ("words", "answer"),
}
