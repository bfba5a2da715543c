"""Weekly reviews and what was decided in them; what the day adds to the rows of the dashboard; who opened it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Review(models.Model):
    """The review of one use case in one ISO week, opened by somebody; it looked at the figures of `figures_of`."""

    use_case = models.CharField(max_length=200)
    year = models.IntegerField()
    week = models.IntegerField()
    figures_of = models.DateField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["use_case", "year", "week"], name="one_review_a_week"),
            models.CheckConstraint(condition=Q(week__gte=1, week__lte=53), name="review_week"),
        ]

    def __str__(self) -> str:
        return f"{self.year}-W{self.week:02d}"


class ReviewDecision(models.Model):
    """What was decided, of one population (empty: of the whole), who answers for it and by which day; `came_of_it`:
    what they said when it was done."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="decisions")
    population = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    owner = models.CharField(max_length=16)
    due = models.DateField()
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=16)
    done_on = models.DateField(null=True)
    done_by = models.CharField(max_length=16, blank=True)
    came_of_it = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "done_on"], name="decisions_of_owner")]

    def __str__(self) -> str:
        return self.text[:60]


class ReviewDay(models.Model):
    """The weekday of the review (1: Monday) from `set_at` on; the newest holds."""

    weekday = models.IntegerField()
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekday__gte=1, weekday__lte=7), name="a_weekday")
        ]

    def __str__(self) -> str:
        return str(self.weekday)


class WeekOpened(models.Model):
    """That a manager opened the dashboard of a use case in an ISO week: no day, no time, and nobody is shown it but
    the manager."""

    use_case = models.CharField(max_length=200)
    handle = models.CharField(max_length=16)
    year = models.IntegerField()
    week = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "handle", "year", "week"], name="opened_in_a_week"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}-W{self.week:02d}"


class Judgement(models.Model):
    """Whether one population keeps right advice and catches wrong advice (J), as it may be shown, as of its newest
    measured day. `answer`: the figure as documented JSON, `told` the same in words."""

    use_case = models.CharField(max_length=200)
    population = models.CharField(max_length=200)
    answer = models.JSONField()
    told = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["use_case", "population"], name="one_judgement")
        ]

    def __str__(self) -> str:
        return f"{self.population} {self.told}"


class TeamView(models.Model):
    """One team of a use case as it may be shown to who leads it, as of its newest measured day; empty `figures`
    where it may not."""

    use_case = models.CharField(max_length=200)
    team = models.CharField(max_length=200)
    day = models.DateField()
    figures = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["use_case", "team"], name="one_team_view")]

    def __str__(self) -> str:
        return self.team


WRITTEN_ON_PAGES = {
    ReviewDecision: ("text", "came_of_it"),
}
