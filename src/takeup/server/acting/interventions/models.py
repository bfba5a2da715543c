"""Actions on populations: declared, frozen by the database, and what came of them; the library as a company has it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

STATES = ("planned", "running", "checked", "withdrawn")
VERDICTS = ("", "moved", "not_moved", "cannot_tell")
OPEN = ("planned", "running")
DECLARED = (
    "use_case", "population", "action", "version", "library", "reason", "owner", "declared_at", "declared_by",
    "starts_on", "shows_on", "check_on", "indicator", "direction", "smallest", "comparison", "warnings", "finding",
)  # fmt: skip
"""What was declared before the start: the database refuses to change it (migration 0002), as it does the days of steps and
what came of a run. Texts that people wrote stand beside it: an erasure takes names out of them."""


class LibraryRevision(models.Model):
    """An action of the library as a company wrote it, from `made_at` on; what is shipped is revision 0. The newest of
    an action holds; a `retired` one is declared no more."""

    action = models.CharField(max_length=20)
    revision = models.IntegerField()
    entry = models.JSONField()
    retired = models.BooleanField(default=False)
    reason = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "revision"], name="one_revision_of_an_action")
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.revision}"


class ActionRun(models.Model):
    """One action on one population. What is declared (`DECLARED`) never changes; `library` is the action's entry as
    of then. `smallest` is None where somebody attests the indicator, in `words`. `result` is kept once, on the day of the
    check; `attested`: what somebody said of it then."""

    use_case = models.CharField(max_length=200)
    population = models.CharField(max_length=200)
    action = models.CharField(max_length=20)
    version = models.IntegerField()
    library = models.JSONField()
    reason = models.CharField(max_length=20)
    owner = models.CharField(max_length=16)
    declared_at = models.DateTimeField()
    declared_by = models.CharField(max_length=100)
    starts_on = models.DateField()
    shows_on = models.DateField()
    check_on = models.DateField()
    indicator = models.CharField(max_length=200, blank=True)
    words = models.TextField()
    direction = models.CharField(max_length=4, blank=True)
    smallest = models.FloatField(null=True)
    comparison = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    finding = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, default="planned")
    started_on = models.DateField(null=True)
    withdrawn_on = models.DateField(null=True)
    withdrawn_why = models.TextField(blank=True)
    checked_on = models.DateField(null=True)
    verdict = models.CharField(max_length=12, blank=True)
    result = models.JSONField(default=dict)
    attested = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "population", "action"],
                condition=Q(state__in=OPEN),
                name="one_open_run_of_an_action",
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="action_state"),
            models.CheckConstraint(condition=Q(verdict__in=VERDICTS), name="action_verdict"),
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("shows_on")) & Q(shows_on__lt=F("check_on")),
                name="action_days",
            ),
            models.CheckConstraint(
                condition=~Q(state="checked") | ~Q(verdict="") & Q(checked_on__gte=F("check_on")),
                name="action_checked_on_its_day",
            ),
        ]
        indexes = [models.Index(fields=["use_case", "population"], name="actions_of")]

    def __str__(self) -> str:
        return f"{self.action} {self.population}"


class ActionStep(models.Model):
    """One step of an action, what it is and by when; done once."""

    run = models.ForeignKey(ActionRun, on_delete=models.CASCADE, related_name="steps")
    place = models.IntegerField()
    text = models.TextField()
    due = models.DateField()
    done_on = models.DateField(null=True)
    done_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "place"], name="one_step")]

    def __str__(self) -> str:
        return self.text[:60]


class OpenModelIssue(models.Model):
    """A model issue of a population (empty: of all) as of the newest snapshot: until a model's action has a date,
    nothing about people is declared there."""

    use_case = models.CharField(max_length=200)
    population = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=40)
    seen_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "population", "kind"], name="one_model_issue"
            )
        ]

    def __str__(self) -> str:
        return f"{self.use_case} {self.population} {self.kind}"


WRITTEN_ON_PAGES = {
    ActionRun: ("words", "withdrawn_why", "attested"),
    ActionStep: ("text",),
    LibraryRevision: ("reason",),
}
