"""Signing in: nobody signs up; an administrator hands out a link to set one's password."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization import sign_in_limits
from takeup.server.foundation.organization.models import Person


class NoSignup(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come from the organization only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuses another try where there were too many (`sign_in_limits`)."""
        if not sign_in_limits.may_try(*self._who(request, credentials)):
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """The person with these credentials; counts what was right and what was not."""
        found: Person | None = super().authenticate(request, **credentials)
        count = sign_in_limits.failed if found is None else sign_in_limits.succeeded
        count(*self._who(request, credentials))
        return found

    def _who(self, request: HttpRequest, credentials: dict[str, Any]) -> tuple[str, str]:
        name = credentials.get("email") or credentials.get("username") or ""
        return str(name), str(self.get_client_ip(request))


def sign_in_link(person: Person, actor: str = audit.SYSTEM) -> str:
    """A link with which this person sets a password; it works once, for three days."""
    audit.record("sign_in.link_made", actor=actor, subject=person.handle)
    number = urlsafe_base64_encode(force_bytes(person.pk))
    path = reverse("set_password", args=[number, default_token_generator.make_token(person)])
    return f"{settings.TAKEUP.public_url}{path}"
