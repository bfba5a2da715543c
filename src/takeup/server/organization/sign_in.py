"""Signing in: nobody signs up; an administrator hands out a link to set one's password."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from takeup.server.audit import services as audit
from takeup.server.organization.models import Person


class NoSignup(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come from the organization only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False


def sign_in_link(person: Person, actor: str = audit.SYSTEM) -> str:
    """A link with which this person sets a password; it works once, for three days."""
    audit.record("sign_in.link_made", actor=actor, subject=person.handle)
    number = urlsafe_base64_encode(force_bytes(person.pk))
    path = reverse("set_password", args=[number, default_token_generator.make_token(person)])
    return f"{settings.TAKEUP.public_url}{path}"
