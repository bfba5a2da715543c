"""The own-feedback vault: what comes back to a person of their own decisions, sealed with their own key.

Rows carry no person: who has the database, without the deployment's secret, finds neither whose a row
is nor what it says.
"""

from __future__ import annotations

import secrets

from django.db import models


def _random() -> str:
    return secrets.token_hex(16)


class VaultKey(models.Model):
    """A person's key, itself sealed with the deployment's. Where it is gone, so is what it opened.
    `closed_at`: the person wants no vault; nothing is kept for them."""

    handle = models.CharField(max_length=16, unique=True)
    sealed = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return "a person's key"


class OwnRow(models.Model):
    """A decision or an outcome of it (`part`: the outcome's name, empty for the decision). `owner` and
    `mark` (of the decision) are keyed hashes."""

    owner = models.CharField(max_length=32)
    mark = models.CharField(max_length=32)
    part = models.CharField(max_length=100, blank=True)
    until = models.DateField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mark", "part"], name="own_row")]
        indexes = [
            models.Index(fields=["owner"], name="own_rows"),
            models.Index(fields=["until"], name="own_rows_until"),
        ]

    def __str__(self) -> str:
        return "a row of the vault"


class Objection(models.Model):
    """What a person objects to in what is recorded of them, in their own words; those who oversee were
    told."""

    handle = models.CharField(max_length=16)
    text = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return "an objection"


class Compared(models.Model):
    """Somebody opened their own comparison, last on that day: by whom is a keyed hash (`reader`), and only how
    many of a population did is ever told."""

    use_case = models.CharField(max_length=200)
    population = models.CharField(max_length=200)
    reader = models.CharField(max_length=64)
    last_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "population", "reader"], name="compared_once"
            )
        ]

    def __str__(self) -> str:
        return "a comparison"


class PracticeCase(models.Model):
    """A past case for practice: what was `known` beforehand, the advice, and what was right."""

    use_case = models.CharField(max_length=200, db_index=True)
    known = models.JSONField()
    advice = models.CharField(max_length=200)
    confidence = models.FloatField(null=True)
    right = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"a case of {self.use_case}"


WRITTEN_ON_PAGES = {
    Objection: ("text",),
}
