"""Senders, keys, the inbox, the batches it was drained in, and what could not be kept."""

from __future__ import annotations

from django.db import models


class Sender(models.Model):
    """A host application that sends records. Counters only ever grow: of the rows `sent`, some
    were `stored` (first or next revision), `unchanged` (sent before), in `conflict`, or
    `quarantined`."""

    name = models.CharField(max_length=100, unique=True)
    created_at = models.DateTimeField()
    sent = models.BigIntegerField(default=0)
    stored = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    conflict = models.BigIntegerField(default=0)
    quarantined = models.BigIntegerField(default=0)
    last_seen_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """A sender's key. Only its hash is kept, and sealed what its tokens for pages are signed with;
    `prefix` says which one it is. `use_cases` empty:
    all. `purpose`: `records`, or `organization` for what keeps people and places up to date. A key is rotated by making another and revoking this one."""

    sender = models.ForeignKey(Sender, on_delete=models.CASCADE, related_name="keys")
    prefix = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64)
    signing = models.CharField(max_length=200)
    purpose = models.CharField(max_length=20, default="records")
    use_cases = models.JSONField(default=list)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.sender} {self.prefix}…"


class Covariate(models.Model):
    """A column of the log that holds a covariate `x_…`, and its type."""

    name = models.CharField(max_length=80, primary_key=True)
    type = models.CharField(max_length=8)

    def __str__(self) -> str:
        return f"{self.name} ({self.type})"


class CovariateOf(models.Model):
    """The type under which a covariate `x_…` of a use case was first seen, and the log's column for
    it: of its own name, unless another use case's is there of another type."""

    use_case = models.CharField(max_length=200)
    name = models.CharField(max_length=64)
    type = models.CharField(max_length=8)
    column = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["use_case", "name"], name="one_covariate")]

    def __str__(self) -> str:
        return f"{self.use_case} {self.name} ({self.type})"


class PseudonymKey(models.Model):
    """The key under which people stand in the log; the newest is in force. Who has the log has
    no way back without it."""

    number = models.IntegerField(unique=True)
    secret = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"key {self.number}"


class Batch(models.Model):
    """One batch drained into the log: its number is the log's transaction version. `hash` is
    over its rows as received, in order; `digest` over what the log holds of them: nothing is lost
    or changed unseen beyond the inbox's retention."""

    kind = models.CharField(max_length=20)
    number = models.BigIntegerField()
    rows = models.IntegerField()
    hash = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, default="")
    made_at = models.DateTimeField()
    written_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="one_batch")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class ClusterKey(models.Model):
    """The secret of one quarter: under it the people of old rows become cluster numbers. It is
    destroyed when the quarter's last row has become one; no way leads back then."""

    quarter = models.CharField(max_length=6, unique=True)
    secret = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.quarter


class InboxRow(models.Model):
    """A record as received; after the inbox's retention only its key, revision and hash stay
    (`body` empty), so that sending it again still changes nothing. `batch` is null until it is drained; events are never drained,
    their `subject` is the decision that is their fold (`folded`); of an outcome, the decision it came of."""

    kind = models.CharField(max_length=20)
    use_case = models.CharField(max_length=200)
    key = models.CharField(max_length=600)
    revision = models.IntegerField()
    hash = models.CharField(max_length=32)
    body = models.TextField()
    subject = models.CharField(max_length=200, null=True)
    folded = models.BooleanField(default=False)
    # No index that nothing asks for, nor of what is not there yet: each costs every insert.
    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, related_name="+", db_index=False)
    received_at = models.DateTimeField()
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "use_case", "key", "revision"], name="one_row")
        ]
        indexes = [
            models.Index(
                fields=["kind", "id"], name="undrained", condition=models.Q(batch__isnull=True)
            ),
            models.Index(fields=["batch"], name="drained", condition=models.Q(batch__isnull=False)),
            models.Index(
                fields=["use_case", "subject"],
                name="rows_about",
                condition=models.Q(subject__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.use_case} {self.key} revision {self.revision}"


class Quarantined(models.Model):
    """A row that could not be kept, with every reason; `resolved_at` once its correction was. By its
    `content`, the hash of its body, it is known when it is sent again."""

    kind = models.CharField(max_length=20)
    body = models.TextField()
    reasons = models.JSONField()
    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    content = models.CharField(max_length=64, default="")

    class Meta:
        indexes = (models.Index(fields=["sender", "content"], name="quarantined_by_content"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Night(models.Model):
    """When the nightly work that takes away was last done."""

    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.at)


class Erasure(models.Model):
    """An erasure that has begun: by the person's newest pseudonym, the number that stands for them. It
    goes when the erasure is done, so that one that was cut off is finished under the same number."""

    mark = models.CharField(max_length=40, unique=True)
    number = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.number
