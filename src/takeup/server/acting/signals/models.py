"""A signal that was seen and the response it asks for; what was answered, when."""

from __future__ import annotations

from django.db import models


class Response(models.Model):
    """One signal of one population (empty: the whole use case; or the sender `where`), first seen in
    the week or on the day `since`. It waits in a queue where two graver ones of its population are
    open; it is `over` once the signal is no longer seen, and closed once it is answered."""

    use_case = models.CharField(max_length=200)
    population = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=10)
    since = models.DateField()
    words = models.CharField(max_length=200)
    evidence = models.TextField()
    question = models.TextField()
    owner_role = models.CharField(max_length=60)
    owner = models.CharField(max_length=16, blank=True)
    gravity = models.IntegerField()
    opened_at = models.DateTimeField()
    due = models.DateField()
    over_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "population", "code", "since"], name="one_response"
            )
        ]

    def __str__(self) -> str:
        return f"{self.use_case} {self.population} {self.code}"


class Answer(models.Model):
    """What somebody found or did about a signal; one that `closes` it ends the response."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="answers")
    text = models.TextField()
    closes = models.BooleanField(default=False)
    answered_at = models.DateTimeField()
    answered_by = models.CharField(max_length=16)

    def __str__(self) -> str:
        return self.text[:60]


WRITTEN_ON_PAGES = {
    Answer: ("text",),
}
