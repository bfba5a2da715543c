"""Reviews of thirty days: what was told is frozen when it is made, comments stand beside it, decisions are signed."""

from __future__ import annotations

from django.db import models

CHOICES = ("continue", "change", "stop")


class Review(models.Model):
    """The review of a use case that went live on `live_since`, from the snapshot of `day` (and the one of `before_day`).
    `populations` are those it tells of, `parts` is what every form of it tells, `sha256` its hash. `signed_by`: whoever signs its decisions."""

    use_case = models.CharField(max_length=200)
    live_since = models.DateField()
    day = models.DateField()
    before_day = models.DateField(null=True)
    populations = models.JSONField(default=list)
    parts = models.JSONField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=16)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["use_case"], condition=models.Q(signed_at=None), name="one_open_review"
            )
        ]

    def __str__(self) -> str:
        return f"{self.use_case} {self.day}"


class Comment(models.Model):
    """What somebody says beside a part; a later one of theirs takes its place."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="comments")
    part = models.IntegerField()
    text = models.TextField()
    at = models.DateTimeField()
    by = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "part", "by"], name="one_comment_each")
        ]

    def __str__(self) -> str:
        return self.text[:40]


class ReviewDecision(models.Model):
    """Continue, change or stop, for one population (empty: all), who does it and by when."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="decisions")
    population = models.CharField(max_length=200, blank=True)
    choice = models.CharField(max_length=10)
    text = models.TextField()
    owner = models.CharField(max_length=16)
    due = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "population"], name="one_decision_a_population"
            ),
            models.CheckConstraint(condition=models.Q(choice__in=CHOICES), name="review_choice"),
        ]

    def __str__(self) -> str:
        return f"{self.population or 'all'}: {self.choice}"


WRITTEN_ON_PAGES = {Comment: ("text",), ReviewDecision: ("text",)}
