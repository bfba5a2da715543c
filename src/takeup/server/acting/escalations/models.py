"""What a champion raised: how grave, when an answer is due, what it was. Who raised it is sealed: answers reach them,
and nobody reads who they are."""

from __future__ import annotations

from django.db import models

PRIORITIES = ("P1", "P2", "P3")
PAUSES = ("keep", "pause")
DECISIONS = ("accepted", "declined")


class Escalation(models.Model):
    """A problem that a champion of a population raised to the product team, with how soon it is acknowledged and decided
    by its priority. Times are kept as they were due when it was raised. `kind`: of which kind of case it is (empty: of
    any); `raised_by`: the sealed handle of who raised it, empty once they were erased, and `text` with it.

    Where harm is possible (P1) the product owner decides on a `pause` first. An accepted one is `promised_on` a day and
    shipped with what `changed`; a declined one has a `reason`."""

    use_case = models.CharField(max_length=200)
    population = models.CharField(max_length=200)
    priority = models.CharField(max_length=2)
    kind = models.JSONField(default=dict)
    text = models.TextField()
    raised_by = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    acknowledge_by = models.DateTimeField()
    decide_by = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=16, blank=True)
    pause = models.CharField(max_length=5, blank=True)
    pause_why = models.TextField(blank=True)
    paused_at = models.DateTimeField(null=True)
    paused_by = models.CharField(max_length=16, blank=True)
    decision = models.CharField(max_length=8, blank=True)
    reason = models.TextField(blank=True)
    promised_on = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=16, blank=True)
    changed = models.TextField(blank=True)
    shipped_at = models.DateTimeField(null=True)
    shipped_by = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(priority__in=PRIORITIES), name="escalation_priority"
            ),
            models.CheckConstraint(
                condition=models.Q(pause__in=("", *PAUSES)), name="escalation_pause"
            ),
            models.CheckConstraint(
                condition=models.Q(decision="")
                | models.Q(decision="declined", promised_on=None) & ~models.Q(reason="")
                | models.Q(decision="accepted", promised_on__isnull=False),
                name="escalation_decision",
            ),
            models.CheckConstraint(
                condition=models.Q(decision="", decided_at=None)
                | ~models.Q(decision="") & models.Q(decided_at__isnull=False, acknowledged_at__isnull=False),
                name="escalation_decided_when",
            ),
            models.CheckConstraint(
                condition=models.Q(shipped_at=None) | models.Q(decision="accepted"),
                name="escalation_shipped",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.priority} {self.use_case} {self.population}"


WRITTEN_ON_PAGES = {Escalation: ("text", "pause_why", "reason", "changed")}
