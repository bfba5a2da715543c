"""Sealed records of who decided what with which advice."""

from __future__ import annotations

from django.db import models


class OversightKey(models.Model):
    """The public half of a key; the private half is with the oversight officer, never here."""

    number = models.IntegerField(unique=True)
    public = models.CharField(max_length=64)
    made_at = models.DateTimeField()


class SealedBatch(models.Model):
    """Decisions as received, with the real person, compressed and sealed: the server can write
    them and cannot read them. `batch` is the drain's number; kept until the retention ends."""

    batch = models.BigIntegerField(unique=True)
    key = models.ForeignKey(OversightKey, on_delete=models.PROTECT)
    rows = models.IntegerField()
    first_decided_at = models.DateTimeField()
    last_decided_at = models.DateTimeField()
    sealed = models.BinaryField()
    sealed_at = models.DateTimeField()
