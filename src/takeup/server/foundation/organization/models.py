"""People and where they belong, as of any day; what use cases declare, in every version.

Days are half-open: `from_day` is the first day that holds, `until_day` the first that no longer
does (null: still so).
"""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from takeup.server.deployment.roles import Role


def _handle() -> str:
    return secrets.token_hex(8)


class People(BaseUserManager["Person"]):
    """Makes people; those without an address or a password cannot sign in."""

    def create_user(self, person_id: str, **fields: Any) -> Person:
        """A person who cannot sign in until a password is set by a link."""
        person = Person(person_id=person_id, **fields)
        person.set_unusable_password()
        person.save()
        return person


class Person(AbstractBaseUser):
    """Whoever works with the AI, leads, or runs the programme. `person_id` is what sending
    applications call them; `handle` is random and stands for them in the audit log. Those
    `imported` follow the organization's file; others were made by hand and stay."""

    person_id = models.CharField(max_length=200, unique=True)
    handle = models.CharField(max_length=16, unique=True, default=_handle)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(unique=True, null=True)
    is_active = models.BooleanField(default=True)
    imported = models.BooleanField(default=False)
    sessions_ended = models.IntegerField(default=0)
    deactivated_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    objects: ClassVar[People] = People()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.person_id

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """A session holds as long as the password and `sessions_ended` stay the same."""
        held = salted_hmac(
            "takeup.session", f"{self.password}:{self.sessions_ended}", secret=secret,
            algorithm="sha256",
        )  # fmt: skip
        return held.hexdigest()

    def get_session_auth_hash(self) -> str:
        """What the session of a signed-in person must match."""
        return self._get_session_auth_hash()

    @property
    def initials(self) -> str:
        """Two letters for a badge."""
        words = [word for word in str(self).replace(".", " ").split() if word]
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


class _Named(models.Model):
    key = models.CharField(max_length=200, unique=True)
    title = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title or self.key


class Population(_Named):
    """Practitioners affected alike: a role at a place."""


class Team(_Named):
    """Those with one direct manager."""


class Cohort(_Named):
    """Those who change mode together."""


class _AsOf(models.Model):
    from_day = models.DateField()
    until_day = models.DateField(null=True)

    class Meta:
        abstract = True


class Placement(_AsOf):
    """Where a person was: one placement at a time."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="placements")
    population = models.ForeignKey(Population, on_delete=models.PROTECT)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT)
    cohort = models.ForeignKey(Cohort, null=True, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(until_day__isnull=True), name="one_place"
            )
        ]


class Lead(_AsOf):
    """Who led a team: one direct manager at a time."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="leads")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="leads")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team"], condition=models.Q(until_day__isnull=True), name="one_manager"
            )
        ]


class Grant(_AsOf):
    """A role given to a person: by hand, by the organization's file (`imported`), or by a group of
    the company's sign-in (`from_group`)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=30, choices=Role.choices)
    imported = models.BooleanField(default=False)
    from_group = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role"],
                condition=models.Q(until_day__isnull=True),
                name="one_grant",
            )
        ]


class UseCase(models.Model):
    """One model in one workflow. `from_sender`: who sent its first decision, before anybody declared
    it; `refused_at`: nothing of it is taken in since."""

    name = models.CharField(max_length=200, unique=True)
    from_sender = models.CharField(max_length=100, blank=True)
    refused_at = models.DateTimeField(null=True)
    refused_by = models.CharField(max_length=16, blank=True)

    def __str__(self) -> str:
        return self.name


class Declaration(models.Model):
    """What a use case declares (`takeup.record.use_case.UseCase`), as the text it was written in;
    a change is the next revision."""

    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="declarations")
    revision = models.IntegerField()
    text = models.TextField()
    declared_at = models.DateTimeField()
    declared_by = models.CharField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["use_case", "revision"], name="one_text")]
