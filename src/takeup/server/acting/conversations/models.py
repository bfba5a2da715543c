"""A round of conversations with one population. Who is invited is sealed for the one who invites; what was said is
numbered and names nobody."""

from __future__ import annotations

from django.db import models

from takeup.record.questionnaire import AGREED

WAITING, DRAWN, ENDED = "waiting", "drawn", "ended"


class Draw(models.Model):
    """Whom `facilitator` invites: drawn with a night's figures among the half of the population that relies least on the
    advice. `names` are sealed for the facilitator, and go when it ends; `mark` is their hash, to prove that nobody changed
    them. `coder` codes beside the facilitator, alone. `recoded`: they agreed too little the first time."""

    use_case = models.CharField(max_length=200)
    population = models.CharField(max_length=200)
    facilitator = models.CharField(max_length=16)
    coder = models.CharField(max_length=16)
    state = models.CharField(max_length=10, default=WAITING)
    why_not = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=100)
    drawn_on = models.DateField(null=True)
    invited = models.IntegerField(default=0)
    among = models.IntegerField(default=0)
    names = models.TextField(blank=True)
    mark = models.CharField(max_length=64, blank=True)
    first_kappa = models.FloatField(null=True)
    recoded = models.BooleanField(default=False)
    ended_on = models.DateField(null=True)
    told = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=(WAITING, DRAWN, ENDED)), name="draw_state"
            )
        ]

    def __str__(self) -> str:
        return f"{self.use_case}, {self.population}"


class Conversation(models.Model):
    """What one person said, by prompt, without names; `number` within its round."""

    draw = models.ForeignKey(Draw, on_delete=models.CASCADE, related_name="conversations")
    number = models.IntegerField()
    notes = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draw", "number"], name="one_conversation")
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"conversation {self.number}"


class Coding(models.Model):
    """One coder's codes of one conversation; `AGREED`: what both settled on."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="codings")
    coder = models.CharField(max_length=16)
    primary = models.CharField(max_length=2, blank=True)
    secondary = models.CharField(max_length=2, blank=True)
    themes = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "coder"], name="one_coding")
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.coder}: {self.primary}"

    @property
    def agreed(self) -> bool:
        """Whether both settled on it."""
        return self.coder == AGREED


class Comment(models.Model):
    """What somebody of the population says to what was read back; of whom is not kept."""

    draw = models.ForeignKey(Draw, on_delete=models.CASCADE, related_name="comments")
    text = models.TextField()
    day = models.DateField()

    def __str__(self) -> str:
        return self.text[:40]


WRITTEN_ON_PAGES = {Draw: ("told",), Comment: ("text",)}
