"""What people record and attest of conditions, how conditions stood night by night, and assessments of
readiness, in which nobody is named."""

from __future__ import annotations

import secrets

from django.db import models

SOURCES = ("record", "attestation", "claim")


class Record(models.Model):
    """One figure of one indicator (`k` of `n`, or a `value`), of a population (empty: all), as a document holds
    it whose SHA-256 is kept, not the document. It is never edited: the next revision takes its place."""

    use_case = models.CharField(max_length=200)
    indicator = models.CharField(max_length=8)
    population = models.CharField(max_length=200, blank=True)
    revision = models.IntegerField()
    source = models.CharField(max_length=12)
    k = models.FloatField(null=True)
    n = models.IntegerField(null=True)
    value = models.FloatField(null=True)
    beside = models.FloatField(null=True)
    statement = models.TextField(blank=True)
    document = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    role = models.CharField(max_length=100, blank=True)
    held_on = models.DateField()
    valid_until = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "indicator", "population", "revision"], name="condition_record"
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=SOURCES), name="condition_record_source"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.indicator} of {self.population or self.use_case}"


class ConditionsDay(models.Model):
    """The eight conditions of one population of one night, as they may be shown. `stood`: each status and the
    risk; `told`: all of it, of the newest night alone."""

    use_case = models.CharField(max_length=200)
    population = models.CharField(max_length=200)
    day = models.DateField()
    title = models.CharField(max_length=200, blank=True)
    stood = models.JSONField()
    told = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "population", "day"], name="one_conditions_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.population} on {self.day}"


def _key() -> str:
    return secrets.token_urlsafe(12)


class Assessment(models.Model):
    """Readiness of one population before go-live, asked until `closes_on`. `practitioners`: how many there are
    (None: unknown); `key` stands in the link to its result."""

    key = models.CharField(max_length=32, unique=True, default=_key)
    use_case = models.CharField(max_length=200, blank=True)
    population = models.CharField(max_length=200, blank=True)
    title = models.TextField()
    practitioners = models.IntegerField(null=True)
    closes_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=16)

    def __str__(self) -> str:
        return self.title


class Answers(models.Model):
    """What one respondent answered: by question the value (1 to 5) and whether evidence was named, which stands
    a line each in `evidence`. By which group they speak for, never who."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="answers")
    group = models.CharField(max_length=20)
    values = models.JSONField()
    evidence = models.TextField(blank=True)
    day = models.DateField()

    def __str__(self) -> str:
        return f"answers of a {self.group}"


class Ticket(models.Model):
    """A link that answers an assessment once, for one of a group: by the SHA-256 of what stands in it, so that nobody
    who reads the store can answer. Whom it was given to is nowhere; that it has `answered`, without a time."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="tickets")
    group = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64, unique=True)
    answered = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"a link for a {self.group}"


WRITTEN_ON_PAGES = {
    Record: ("statement", "document"),
    Assessment: ("title",),
    Answers: ("evidence",),
}
