"""A signal that was seen and the response it asks for; what was answered, when."""

from __future__ import annotations

from django.db import models

SAYS = ("moved", "not_moved", "cannot_tell")


class Response(models.Model):
    """One signal of one population (empty: the whole use case; or the sender `where`), first seen in
    the week or on the day `since`. It waits in a queue (`queued`) where two graver ones of its population are
    open; it is `over` once the signal is no longer seen, and closed once it is answered.

    `due`: the day of the first response, given `first_at`; `close_by`: that of its end. `about`: by which figure it is
    judged afterwards (`of`, `target`, and the figure as it was); `verdict`: what the log says then, with what was
    `judged`. `former`: the response to the same signal before. A `drill` is invented, and in no figure."""

    use_case = models.CharField(max_length=200)
    population = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=10)
    since = models.DateField()
    words = models.CharField(max_length=200)
    evidence = models.TextField()
    question = models.TextField()
    owner_role = models.CharField(max_length=60)
    owner = models.CharField(max_length=16, blank=True)
    gravity = models.IntegerField()
    opened_at = models.DateTimeField()
    due = models.DateField()
    close_by = models.DateField(null=True)
    queued = models.BooleanField(default=False)
    drill = models.BooleanField(default=False)
    former = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="later")
    about = models.JSONField(null=True)
    first_at = models.DateTimeField(null=True)
    not_asked = models.TextField(blank=True)
    learned = models.TextField(blank=True)
    over_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=12, blank=True)
    judged = models.JSONField(default=dict)
    judged_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "population", "code", "since", "drill"], name="one_response"
            ),
            models.CheckConstraint(
                condition=models.Q(verdict__in=("", *SAYS)), name="response_verdict"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.use_case} {self.population} {self.code}"


class Asking(models.Model):
    """The question was put to users: how, when and to how many, and what they said, in the asker's words without
    names. How many answered is shown from five on."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="askings")
    way = models.CharField(max_length=20)
    put_on = models.DateField()
    asked = models.IntegerField()
    answered = models.IntegerField(null=True)
    said = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(asked__gte=1)
                & (models.Q(answered=None) | models.Q(answered__lte=models.F("asked"))),
                name="asked_some",
            )
        ]

    def __str__(self) -> str:
        return f"{self.response}: {self.way}"


class Escalation(models.Model):
    """A response was late, and those of one level were told: once."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="escalations")
    level = models.IntegerField()
    people = models.IntegerField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response", "level"], name="escalated_once")]

    def __str__(self) -> str:
        return f"{self.response} {self.level}"


class Answer(models.Model):
    """What somebody found or did about a signal; one that `closes` it ends the response."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="answers")
    text = models.TextField()
    closes = models.BooleanField(default=False)
    answered_at = models.DateTimeField()
    answered_by = models.CharField(max_length=16)

    def __str__(self) -> str:
        return self.text[:60]


WRITTEN_ON_PAGES = {
    Answer: ("text",),
    Asking: ("said",),
    Response: ("learned", "not_asked"),
}
