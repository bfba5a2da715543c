"""Steps of a rollout, its draw, and stops. Facts are added, never changed: what holds is read from
them as of a moment."""

from __future__ import annotations

import secrets

from django.db import models


def _salt() -> str:
    return secrets.token_hex(16)


class Draw(models.Model):
    """How a use case draws: its `salt` for good, the share of cases that stays `blind`, and whether
    people give their own answer before a shadow case's advice is revealed."""

    use_case = models.CharField(max_length=200, unique=True)
    salt = models.CharField(max_length=32, default=_salt)
    blind = models.FloatField(default=0.0)
    ask_first = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(blind__gte=0) & models.Q(blind__lte=0.5), name="blind_share"
            )
        ]

    def __str__(self) -> str:
        return self.use_case


class Step(models.Model):
    """From `from_at` on a cohort is in this mode; in assist for `share` of its units. `cohort` is
    empty for everybody who is in none that has steps of its own. The latest step that has begun
    and was not withdrawn holds."""

    use_case = models.CharField(max_length=200)
    cohort = models.CharField(max_length=200, blank=True)
    mode = models.CharField(max_length=10)
    share = models.FloatField(default=1.0)
    unit = models.CharField(max_length=10, default="person")
    from_at = models.DateTimeField()
    reason = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(mode__in=("off", "shadow", "assist")), name="step_mode"
            ),
            models.CheckConstraint(
                condition=models.Q(unit__in=("case", "person", "team")), name="step_unit"
            ),
            models.CheckConstraint(
                condition=models.Q(share__gte=0) & models.Q(share__lte=1), name="step_share"
            ),
        ]
        indexes = [models.Index(fields=["use_case", "from_at"], name="steps_of")]

    def __str__(self) -> str:
        return f"{self.use_case} {self.cohort or 'everybody else'} {self.mode}"


class Stop(models.Model):
    """No advice, at once: on every case (`kind` empty), or on one kind of case (value by covariate),
    until it is lifted."""

    use_case = models.CharField(max_length=200)
    kind = models.JSONField(default=dict)
    reason = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=100, blank=True)
    cases = models.IntegerField(null=True)
    """Of the 28 days before it, those that it would have hit."""

    def __str__(self) -> str:
        return f"{self.use_case} {self.kind or 'everything'}"


class Heard(models.Model):
    """When the clients behind a sender's key last asked who sees advice, and the tag of the answer."""

    key = models.CharField(max_length=16, unique=True)
    sender = models.CharField(max_length=100)
    use_cases = models.JSONField(default=list)
    tag = models.CharField(max_length=200)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.sender} {self.at}"


class StopDrill(models.Model):
    """A stop that was rehearsed on a cohort (empty: everybody else; `everybody`: on every case) from `made_at` to
    `ends_at`: no advice in between, and advice again of itself. Passed where every client obeyed `within` seconds,
    both ways. `entered_at`: when what was measured went into the audit log."""

    use_case = models.CharField(max_length=200)
    cohort = models.CharField(max_length=200, blank=True)
    everybody = models.BooleanField(default=False)
    within = models.FloatField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    entered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("made_at")), name="drill_ends"
            )
        ]

    def __str__(self) -> str:
        return f"{self.use_case} {self.cohort or 'everybody'} {self.made_at}"


class DrilledClient(models.Model):
    """The clients behind a key that asked just before a drill: when they were first told of its stop, and when of its
    end."""

    drill = models.ForeignKey(StopDrill, on_delete=models.CASCADE, related_name="clients")
    key = models.CharField(max_length=16)
    sender = models.CharField(max_length=100)
    told_at = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["drill", "key"], name="drilled_once")]

    def __str__(self) -> str:
        return f"{self.drill} {self.sender}"


class GateVersion(models.Model):
    """A gate as declared (`gate.Gate` as JSON) for a cohort; a change is the next revision, with
    its reason. `decider` is the handle of the one person who decides."""

    use_case = models.CharField(max_length=200)
    cohort = models.CharField(max_length=200, blank=True)
    revision = models.IntegerField()
    declared = models.JSONField()
    decider = models.CharField(max_length=16)
    reason = models.TextField(blank=True)
    declared_at = models.DateTimeField()
    declared_by = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["use_case", "cohort", "revision"], name="one_gate")
        ]

    def __str__(self) -> str:
        return f"{self.use_case} {self.cohort} gate {self.revision}"


class Attestation(models.Model):
    """A statement of a gate that somebody signed: not measured."""

    use_case = models.CharField(max_length=200)
    cohort = models.CharField(max_length=200, blank=True)
    statement = models.CharField(max_length=300)
    note = models.TextField(blank=True)
    signed_at = models.DateTimeField()
    signed_by = models.CharField(max_length=16)

    def __str__(self) -> str:
        return self.statement


class GateDecision(models.Model):
    """What the decider decided on a look, beside what the gate said of it."""

    gate = models.ForeignKey(GateVersion, on_delete=models.PROTECT, related_name="decisions")
    look_day = models.DateField()
    said = models.CharField(max_length=10)
    decided = models.CharField(max_length=10)
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=16)

    def __str__(self) -> str:
        return f"{self.gate}: {self.decided}"


class Look(models.Model):
    """A shadow report of a cohort as it was shown from `day` on (`Shadow` in share disclosure, or
    why there is none). `cut`: the last decision in it; `gate_revision`: the gate it was judged by."""

    use_case = models.CharField(max_length=200)
    cohort = models.CharField(max_length=200, blank=True)
    day = models.DateField()
    cut = models.DateTimeField()
    gate_revision = models.IntegerField()
    document = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["use_case", "cohort", "day"], name="one_look")
        ]

    def __str__(self) -> str:
        return f"{self.use_case} {self.cohort} {self.day}"


class Opening(models.Model):
    """Somebody opened a shadow report: counted for the gate's clause, never listed."""

    use_case = models.CharField(max_length=200)
    cohort = models.CharField(max_length=200, blank=True)
    handle = models.CharField(max_length=16)
    first_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["use_case", "cohort", "handle"], name="opened_once")
        ]

    def __str__(self) -> str:
        return f"{self.use_case} {self.cohort}"


WRITTEN_ON_PAGES = {
    Step: ("reason",),
    Stop: ("reason",),
    GateVersion: ("reason",),
    Attestation: ("note",),
    GateDecision: ("reason",),
}
