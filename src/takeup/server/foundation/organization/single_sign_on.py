"""Single sign-on: the company's provider says who it is; the organization says whether they belong.

Nobody is made by signing in: who is not in the organization, or was deactivated by its import, stays
out. Groups that the settings map to roles give and take those roles at each sign-in.
"""

from __future__ import annotations

import logging
import secrets
from base64 import b32encode
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from takeup.server.deployment.roles import Role
from takeup.server.deployment.sealing import SealedKind, opens, seal, unseal
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization.membership import set_group_roles
from takeup.server.foundation.organization.models import Person

_logger = logging.getLogger(__name__)


class OnlyTheOrganization(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Lets in the active people of the organization, known by an address the provider verified."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never: people come by the organization's file."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find the person, refuse whoever is none of ours, and keep their roles as their groups say."""
        claims = _claims(sociallogin.account.extra_data)
        address = str(claims.get("email") or "")
        said = claims.get("email_verified")
        verified = said is True or str(said).lower() == "true"
        if said is None and settings.TAKEUP.oidc_trust_addresses:
            # Some providers (Entra ID) say nothing of an address; the operator vouches for theirs.
            verified = True
        person = Person.objects.filter(email__iexact=address, is_active=True).first()
        if not address or not verified or person is None:
            audit.record(
                "sign_in.refused", reason="unknown" if verified else "address not verified"
            )
            told = {"unverified": bool(address) and not verified}
            raise ImmediateHttpResponse(render(request, "account/not_known.html", told, status=403))
        if sociallogin.is_existing and sociallogin.user.pk != person.pk:
            # The provider's account was somebody else's before; the address of today decides.
            sociallogin.account.delete()
            sociallogin.account.pk = None
        sociallogin.user = person
        if not sociallogin.account.pk:
            sociallogin.connect(request, person)
        mapped = settings.TAKEUP.oidc_role_of
        if mapped:
            named = _groups(claims.get(settings.TAKEUP.oidc_groups_claim))
            if named is None:
                audit.record("sign_in.groups_unknown", subject=person.handle)
                return
            set_group_roles(
                person,
                {Role(role) for group, role in mapped if group in named},
                {Role(role) for _, role in mapped},
            )


def _groups(told: Any) -> set[str] | None:
    """The names of somebody's groups; None where the provider did not tell them (Entra ID leaves the claim
    out beyond 200 groups), which is not to be in none."""
    if isinstance(told, str):
        return {told}
    if not isinstance(told, list) or not all(isinstance(name, str) for name in told):
        return None
    return set(told)


def _claims(told: dict[str, Any]) -> dict[str, Any]:
    """What the identity token says, and the provider's user information over it."""
    return {**(told.get("id_token") or {}), **(told.get("userinfo") or {})} or told


class SealedSecrets(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors, their secrets sealed with the deployment's own: a copy of the database alone
    does not sign in."""

    def encrypt(self, text: str) -> str:
        """Seal."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open. Raises CannotOpenError where the deployment has another secret now; while a code is
        checked it is then a secret that no code fits, so that another factor of the person may."""
        try:
            return unseal(encrypted_text)
        except ValueError:
            if _checking.get():
                return b32encode(secrets.token_bytes(20)).decode()
            raise CannotOpenError from None


class CannotOpenError(Exception):
    """A second factor was sealed with another secret of the deployment."""


_checking: ContextVar[bool] = ContextVar("checking", default=False)


class _Told:
    """A code that fits nothing: whether that is the code's fault."""

    def clean_code(self) -> str:
        with _checked():
            try:
                code: str = super().clean_code()  # type: ignore[misc]
            except ValidationError:
                if any(not well for _number, well in _each(self.user)):  # type: ignore[attr-defined]
                    raise ValidationError(_cannot_open()) from None
                raise
        return code


class AskForCode(_Told, AuthenticateForm):  # type: ignore[misc]
    """The code at sign-in."""


class AskForCodeAgain(_Told, ReauthenticateForm):  # type: ignore[misc]
    """The code before something is changed."""


@contextmanager
def _checked() -> Iterator[None]:
    token = _checking.set(True)
    try:
        yield
    finally:
        _checking.reset(token)


def _cannot_open() -> str:
    return _(
        "Your code may be right: this server can no longer open the secret that it is checked against. An administrator can put the server’s secret back, or remove your second factor, so that you set up a new one."
    )


def where_it_opens(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page of second factors; a sentence where they do not open."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except CannotOpenError:
            messages.error(request, _cannot_open())
            return redirect("home")

    return shown


def remove_second_factor(person: Person, actor: str) -> int:
    """Let a person in by password alone, to set up another factor; how many were removed."""
    gone, _detail = Authenticator.objects.filter(user=person).delete()
    if gone:
        audit.record("sign_in.factor_removed", actor=actor, subject=person.handle)
    return int(gone)


def _each(person: Person | None = None) -> Iterator[tuple[int, bool]]:
    held = (
        Authenticator.objects.all() if person is None else Authenticator.objects.filter(user=person)
    )
    for one in held:
        sealed = [
            one.data.get("secret"),
            one.data.get("seed"),
            *(one.data.get("migrated_codes") or ()),
        ]
        yield one.pk, all(opens(text) for text in sealed if text)


def _forget(numbers: Collection[int]) -> None:
    Authenticator.objects.filter(pk__in=numbers).delete()


SECOND_FACTORS = SealedKind(
    20,
    "second factors",
    "the second factors of people, who then sign in with no code",
    _each,
    _forget,
)


def company_login(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Away to the company's provider."""
    return _reached(oidc.login, request, provider_id)


def company_callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Back from it."""
    return _reached(oidc.callback, request, provider_id)


def _reached(
    view: Callable[..., HttpResponseBase], request: HttpRequest, provider_id: str
) -> HttpResponseBase:
    try:
        return view(request, provider_id)
    except requests.RequestException as error:
        _logger.warning("the sign-in provider cannot be reached: %s", type(error).__name__)
        return render(request, "socialaccount/authentication_error.html", status=503)
