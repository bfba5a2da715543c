"""Rounds, who was invited, and what was answered: the last two with nothing in common.

What people answered lies in one box a round, as one list that is mixed anew with every answer: no answer has a
row, number, order, day or person of its own. Who has answered is a mark on an invitation, without a time, and
invitations go when the round ends. So nothing in the database joins one to the other.
"""

from __future__ import annotations

from django.db import models

ASKED, IMPORTED = "asked", "imported"


class Round(models.Model):
    """A survey of one population in one use case, from its first to its last day. `as_of`: whoever was in
    the population on that day (and still is) is asked. `people` were; `everybody` answered; `response` tells by
    trait who did. `withheld` says why nothing of it is shown. What was brought in by mistake is `taken_back`: why, by
    whom, when; of its answers `prints` remain for a while, by which another file is held against it."""

    use_case = models.CharField(max_length=200)
    population = models.CharField(max_length=200)
    version = models.IntegerField()
    source = models.CharField(max_length=10, default=ASKED)
    starts_on = models.DateField()
    ends_on = models.DateField()
    as_of = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=100)
    begun = models.BooleanField(default=False)
    reminded_on = models.DateField(null=True)
    people = models.IntegerField(default=0)
    closed = models.BooleanField(default=False)
    everybody = models.BooleanField(default=False)
    response = models.JSONField(default=dict)
    withheld = models.CharField(max_length=300, blank=True)
    taken_back = models.TextField(blank=True)
    taken_back_by = models.CharField(max_length=100, blank=True)
    taken_back_on = models.DateField(null=True)
    prints = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="round_ends_after"
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=(ASKED, IMPORTED)), name="round_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.use_case}, {self.population}, {self.starts_on}"


class Box(models.Model):
    """What was answered in a round: one list, mixed."""

    round = models.OneToOneField(Round, on_delete=models.CASCADE, related_name="box")
    answers = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"answers of round {self.round_id}"


class Invitation(models.Model):
    """Somebody may answer once. Gone when the round ends."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="invitations")
    handle = models.CharField(max_length=16)
    answered = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "handle"], name="one_invitation")
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"invitation to round {self.round_id}"


class AgreedText(models.Model):
    """Worker representatives agreed to the words of one version."""

    version = models.IntegerField(unique=True)
    agreed_at = models.DateTimeField()
    agreed_by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"version {self.version}"


WRITTEN_ON_PAGES = {Round: ("taken_back",)}
