"""What somebody is told, and each attempt to deliver it elsewhere."""

from __future__ import annotations

from django.db import models


class Notice(models.Model):
    """One thing one person is told; `key` says what about, once."""

    handle = models.CharField(max_length=16)
    key = models.CharField(max_length=120)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    path = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handle", "key"], name="told_once")]

    def __str__(self) -> str:
        return self.subject


class Delivery(models.Model):
    """One message to one address (a person's mail, or a webhook by its number in the settings).
    `key` says what about: it is sent once. Waiting until `sent_at`, or given up."""

    channel = models.CharField(max_length=10)
    address = models.CharField(max_length=254)
    key = models.CharField(max_length=120)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    path = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "address", "key"], name="sent_once")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.subject}"


class Wants(models.Model):
    """What a person wants by mail; without a row both."""

    handle = models.CharField(max_length=16, unique=True)
    signals = models.BooleanField(default=True)
    digest = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.handle


WRITTEN_ON_PAGES = {
    Notice: ("subject", "text"),
    Delivery: ("subject", "text"),
}
