"""The bar at the top: what this person may open."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from takeup.server.deployment.capability import capabilities
from takeup.server.foundation.notices.services import waiting_for
from takeup.server.foundation.organization.services import Role, roles_of
from takeup.server.foundation.permissions import may, name_of

_BAR = sorted((link for one in capabilities() for link in one.bar), key=lambda link: link.place)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`bar`: links with their words, the open one marked; `roles`: what this person is; `unseen`: how
    many notices wait for them; signed out, `company`: the name of the company's sign-in."""
    person = getattr(request, "user", None)
    if person is None or person.is_anonymous:
        company = settings.TAKEUP.oidc_name if settings.TAKEUP.oidc_url else ""
        return {"bar": [], "roles": [], "unseen": 0, "company": company}
    here = name_of(request.resolver_match)

    held = cache(lambda: roles_of(person))

    def bar() -> list[dict[str, Any]]:
        return [
            {
                "href": reverse(link.page),
                "words": link.words,
                "here": here in (link.page, *link.pages),
            }
            for link in _BAR
            if may(link.page, person, held()) and (not link.own or Role.PRACTITIONER in held())
        ]

    def roles() -> list[Any]:
        return [role.label for role in Role if role in held()]

    return {
        "bar": SimpleLazyObject(bar),
        "roles": SimpleLazyObject(roles),
        "unseen": SimpleLazyObject(lambda: waiting_for(person.handle)),
    }
