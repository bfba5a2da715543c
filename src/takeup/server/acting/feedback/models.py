"""Flags, clusters of overrides, answers, releases. Who is behind one is sealed: answers reach them, and
nobody reads who they are."""

from __future__ import annotations

from django.db import models

LABELS = (
    "confirmed_error", "data_gap", "threshold", "policy_limit", "user_misread", "correct_as_is",
    "cannot_tell",
)  # fmt: skip
SEVERITIES = ("harm", "blocking", "normal", "idea")
MEANWHILE = ("keep", "pause")


class OverrideTotal(models.Model):
    """All overrides of a use case as of the newest snapshot, beside which its topics stand."""

    use_case = models.CharField(max_length=200, unique=True)
    day = models.DateField()
    figures = models.JSONField()

    def __str__(self) -> str:
        return f"overrides of {self.use_case}"


class Topic(models.Model):
    """What the AI product team answers: a cluster of overrides (kind of case × reason × model version),
    or of flags (`flag_kind` in place of a reason). `figures` are the newest snapshot's, `members` the
    sealed handles of those behind it, `words` what some wrote of late, without names. How soon it is
    answered goes by `severity`; where harm is possible, whether advice is `meanwhile` kept or paused in
    such cases is decided too. `merged_into` another: that one is worked on."""

    use_case = models.CharField(max_length=200)
    dimension = models.CharField(max_length=200, blank=True)
    level = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=100, blank=True)
    flag_kind = models.CharField(max_length=40, blank=True)
    version = models.CharField(max_length=200, blank=True)
    figures = models.JSONField(default=dict)
    members = models.TextField(blank=True)
    words = models.JSONField(default=list)
    opened_on = models.DateField()
    severity = models.CharField(max_length=10, default="normal")
    meanwhile = models.CharField(max_length=10, blank=True)
    meanwhile_why = models.TextField(blank=True)
    label = models.CharField(max_length=20, blank=True)
    labelled_at = models.DateTimeField(null=True)
    labelled_by = models.CharField(max_length=100, blank=True)
    owner = models.CharField(max_length=100, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="merged"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "dimension", "level", "reason", "flag_kind", "version"],
                name="one_topic",
            ),
            models.CheckConstraint(
                condition=models.Q(label__in=("", *LABELS)), name="topic_label"
            ),
            models.CheckConstraint(
                condition=models.Q(severity__in=SEVERITIES), name="topic_severity"
            ),
            models.CheckConstraint(
                condition=models.Q(meanwhile__in=("", *MEANWHILE)), name="topic_meanwhile"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.level or self.use_case}: {self.reason or self.flag_kind}"


class Flag(models.Model):
    """One person marked one recommendation as wrong. `reporter` is their sealed handle."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="flags")
    mark = models.CharField(max_length=32, unique=True)
    case_id = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField()
    reporter = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"flag on {self.case_id}"


class Reply(models.Model):
    """An answer of the product team, to everybody behind a topic (`people` of them were told)."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="replies")
    text = models.TextField()
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    people = models.IntegerField()

    def __str__(self) -> str:
        return self.text[:40]


class Release(models.Model):
    """A model version that ships: what changed, which topics it answers, which export it learned
    from. `checks` are the newest figures of each topic's fix, by its number."""

    use_case = models.CharField(max_length=200)
    version = models.CharField(max_length=200)
    shipped_at = models.DateTimeField()
    words = models.TextField()
    export = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    topics = models.ManyToManyField(Topic, related_name="releases")
    checks = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["use_case", "version"], name="one_release")]

    def __str__(self) -> str:
        return f"{self.use_case} {self.version}"


class Export(models.Model):
    """Reviewed decisions that were given to retraining, by what its manifest says."""

    export_id = models.CharField(max_length=240, unique=True)
    use_case = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    manifest = models.JSONField()

    def __str__(self) -> str:
        return self.export_id


WRITTEN_ON_PAGES = {
    Topic: ("meanwhile_why",),
    Reply: ("text",),
    Release: ("words",),
}
