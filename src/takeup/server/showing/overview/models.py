"""What was measured, once a day."""

from __future__ import annotations

from django.db import models


class Snapshot(models.Model):
    """The diagnosis of a use case as of one day, in `share` disclosure: the only figures of the
    log that pages show. `document` is the JSON, `body` the same as a page, `overview` what the
    overview says beside its rows, `cards` drawn cards by name. `basis` marks what the figures follow from:
    a day on which it is the same takes over what the day before says, with its `taken_at`."""

    use_case = models.CharField(max_length=200)
    day = models.DateField()
    taken_at = models.DateTimeField()
    basis = models.CharField(max_length=64, default="")
    document = models.JSONField()
    body = models.TextField()
    overview = models.JSONField(default=dict)
    cards = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["use_case", "day"], name="one_a_day")]

    def __str__(self) -> str:
        return f"{self.use_case} {self.day}"


class PopulationView(models.Model):
    """One population of a snapshot as pages show it (`report.overview.PopulationRow` as JSON), the
    gravest first; `all` is everybody."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="populations")
    key = models.CharField(max_length=200)
    place = models.IntegerField()
    row = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["snapshot", "key"], name="one_view")]
        indexes = [models.Index(fields=["snapshot", "place"], name="views_in_order")]

    def __str__(self) -> str:
        return self.key


class Released(models.Model):
    """What the figures of a use case hold so far: everything up to these batches, and `also` what was
    in no batch yet, but for what is `held` back because too few people would have added to a figure
    (keys of decisions and outcomes). `hidden_so_far`: the counts behind what was hidden, of which no page tells
    (`takeup.disclosure.release.earlier`)."""

    use_case = models.CharField(max_length=200, unique=True)
    batches = models.JSONField(default=dict)
    also = models.JSONField(default=dict)
    held = models.JSONField(default=dict)
    hidden_so_far = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.use_case
