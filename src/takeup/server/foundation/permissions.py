"""Who may open what, as the capabilities declare it (`capability.py`).

Every address of the server has a name, and a capability that says who may open it; one that has none is
refused to everybody. The API's addresses are for keys.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final
from urllib.parse import quote, urlsplit

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve, reverse

from takeup.server.deployment.capability import Allowed, capabilities
from takeup.server.deployment.roles import Role
from takeup.server.foundation.organization.models import Person
from takeup.server.foundation.organization.services import roles_of

PAGES: Final[Mapping[str, Allowed]] = {
    name: allowed for one in capabilities() for name, allowed in one.opens.items()
}
"""Every address of every capability."""


_BEFORE_A_SECOND_FACTOR = ("anybody", "key")
_SETTING_UP = (
    "account_logout",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_reauthenticate",
)


def needs_second_factor(request: HttpRequest) -> bool:
    """Whether the settings ask this person for a second factor and there is none: who came through
    the company's sign-in has been asked there."""
    person = request.user
    if settings.TAKEUP.second_factor != "required" or person.is_anonymous:
        return False
    ways = get_authentication_records(request, person)
    if any(way.get("method") == "socialaccount" for way in ways):
        return False
    return not is_mfa_enabled(person)


def may(name: str, person: Person | AnonymousUser, roles: Collection[Role] | None = None) -> bool:
    """Whether `person` may open the page of this name; `roles`: what they are today, where that is
    known already."""
    allowed = PAGES.get(name)
    if allowed == "anybody":
        return True
    if allowed == "development":
        return bool(settings.TAKEUP.development)
    if allowed == "public readiness" and isinstance(person, AnonymousUser):
        return bool(settings.TAKEUP.public_readiness)
    if allowed is None or allowed == "key" or isinstance(person, AnonymousUser):
        return False
    if not person.is_active:
        return False
    if allowed in ("signed in", "public readiness"):
        return True
    held = roles_of(person) if roles is None else roles
    return not frozenset(allowed).isdisjoint(held)


def may_follow(path: str, person: Person, roles: Collection[Role] | None = None) -> bool:
    """Whether a link leads `person` to a page, and not to one that they may not open."""
    try:
        return may(resolve(urlsplit(path).path).view_name, person, roles)
    except Resolver404:
        return False


def name_of(match: ResolverMatch | None) -> str:
    """The name under which an address stands in the table."""
    return match.view_name if match else ""


def only_the_permitted(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Lets a request pass to its page where the table allows it, else says what is needed."""
    return _Permitted(get_response)


class _Permitted:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        name = name_of(request.resolver_match)
        if may(name, request.user):
            missing = PAGES[name] not in _BEFORE_A_SECOND_FACTOR and needs_second_factor(request)
            return HttpResponseRedirect(reverse("mfa_activate_totp")) if missing and name not in _SETTING_UP else None  # fmt: skip
        if request.user.is_anonymous and PAGES.get(name) != "development":
            return HttpResponseRedirect(
                f"{reverse('account_login')}?next={quote(request.get_full_path())}"
            )
        return render(request, "not_permitted.html", status=403)
