"""Agreements with worker representatives, in the order in which they were recorded."""

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
