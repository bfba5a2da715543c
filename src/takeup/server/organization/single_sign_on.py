"""Single sign-on: the company's provider says who it is; the organization says whether they belong.

Nobody is made by signing in: who is not in the organization, or was deactivated by its import, stays
out. Groups that the settings map to roles give and take those roles at each sign-in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from takeup.server.audit import services as audit
from takeup.server.organization.membership import set_group_roles
from takeup.server.organization.models import Person
from takeup.server.organization.roles import Role
from takeup.server.sealing import seal, unseal

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
        """Open."""
        return unseal(encrypted_text)


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
