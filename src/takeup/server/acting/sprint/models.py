"""Sprints: what was planned, seen, signed and decided. Evidence is kept as it was seen; decisions of gates and signatures
are never changed (migration 0002)."""

from __future__ import annotations

from django.db import models

GATE_SAYS = ("go", "intervene", "hold")


class Sprint(models.Model):
    """Ninety days of one use case from `starts_on`. `remediation`: it is live already, and little used. `deciders`: by gate
    the handle of the one who decides; `owners`: by milestone, where not the holder of its role. `typed`: due days in
    place of the planned ones; `needs`: what milestones need besides. `ended_on`: given up, or over."""

    use_case = models.CharField(max_length=200)
    title = models.TextField()
    starts_on = models.DateField()
    remediation = models.BooleanField(default=False)
    owners = models.JSONField(default=dict)
    deciders = models.JSONField(default=dict)
    typed = models.JSONField(default=dict)
    needs = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    evaluated_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    ended_why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["use_case"], condition=models.Q(ended_on=None), name="one_running_sprint"
            )
        ]

    def __str__(self) -> str:
        return self.title


class MilestoneState(models.Model):
    """How one milestone stands: `seen` by item what its evidence said on `seen_on`; `done_on` the first day on which all
    of it held without a break since; `reopened` why it is open again."""

    sprint = models.ForeignKey(Sprint, on_delete=models.CASCADE, related_name="states")
    milestone = models.CharField(max_length=4)
    seen = models.JSONField(default=dict)
    seen_on = models.DateField(null=True)
    done_on = models.DateField(null=True)
    attested_only = models.BooleanField(default=False)
    reopened = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sprint", "milestone"], name="one_milestone_state")
        ]

    def __str__(self) -> str:
        return f"{self.sprint} {self.milestone}"


class Happened(models.Model):
    """What happened to a milestone or gate on a day: done, reopened, moved, owner; never changed."""

    sprint = models.ForeignKey(Sprint, on_delete=models.CASCADE, related_name="history")
    about = models.CharField(max_length=4)
    day = models.DateField()
    what = models.CharField(max_length=20)
    words = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.about} {self.what}"


class Signed(models.Model):
    """A statement of a milestone that somebody signed, with its document (SHA-256) or without one."""

    sprint = models.ForeignKey(Sprint, on_delete=models.CASCADE, related_name="signatures")
    milestone = models.CharField(max_length=4)
    item = models.CharField(max_length=20)
    statement = models.CharField(max_length=300)
    note = models.TextField(blank=True)
    signed_by = models.CharField(max_length=16)
    signed_at = models.DateTimeField()
    document = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.statement


class TechnicalDate(models.Model):
    """A date of the technical track as the plan beside this one has it; `source`: where it was read, `link` its page."""

    sprint = models.ForeignKey(Sprint, on_delete=models.CASCADE, related_name="technical")
    key = models.CharField(max_length=2)
    due = models.DateField()
    done_on = models.DateField(null=True)
    source = models.TextField(blank=True)
    link = models.URLField(max_length=500, blank=True)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sprint", "key"], name="one_technical_date")]

    def __str__(self) -> str:
        return f"{self.key} {self.due}"


class GateLook(models.Model):
    """What a gate says as of the last look: every clause with its evidence, and the hash of that."""

    sprint = models.ForeignKey(Sprint, on_delete=models.CASCADE, related_name="looks")
    gate = models.CharField(max_length=4)
    seen_on = models.DateField()
    evidence = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sprint", "gate"], name="one_gate_look")]

    def __str__(self) -> str:
        return f"{self.sprint} {self.gate}"


class GateTaken(models.Model):
    """What was decided at a gate, beside what its clauses said: for all, or for `populations` alone. `evidence` is every
    clause as it was, `sha256` its hash."""

    sprint = models.ForeignKey(Sprint, on_delete=models.CASCADE, related_name="gates")
    gate = models.CharField(max_length=4)
    said = models.CharField(max_length=10)
    decided = models.CharField(max_length=10)
    populations = models.JSONField(default=list)
    reason = models.TextField(blank=True)
    decided_by = models.CharField(max_length=16)
    decided_at = models.DateTimeField()
    evidence = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(said__in=GATE_SAYS), name="gate_said"),
            models.CheckConstraint(condition=models.Q(decided__in=GATE_SAYS), name="gate_decided"),
        ]

    def __str__(self) -> str:
        return f"{self.sprint} {self.gate}: {self.decided}"


class DayFacts(models.Model):
    """What the newest snapshot of a use case tells milestones and gates (`takeup.record.milestones`), as it may be shown."""

    use_case = models.CharField(max_length=200, unique=True)
    day = models.DateField()
    facts = models.JSONField()

    def __str__(self) -> str:
        return f"{self.use_case} {self.day}"


WRITTEN_ON_PAGES = {
    Sprint: ("title", "ended_why"),
    Happened: ("words",),
    Signed: ("note", "document"),
    TechnicalDate: ("source",),
    GateTaken: ("reason",),
}
