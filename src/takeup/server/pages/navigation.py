"""The bar at the top: what this person may open."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from takeup.server.notices.services import waiting_for
from takeup.server.organization.services import Role, roles_of
from takeup.server.permissions import may, name_of

_BAR = (
    ("my_today", _("Today"), ("my_today", "practice", "my_data")),
    ("my_cases", _("My cases"), ("my_cases",)),
    ("my_calibration", _("My calibration"), ("my_calibration",)),
    (
        "overview",
        _("Overview"),
        ("overview", "overview_of", "population", "diagnosis", "diagnosis_day"),
    ),
    (
        "use_cases",
        _("Use cases"),
        ("use_cases", "use_case", "rollout", "shadow_report", "shadow_report_of"),
    ),
    ("performance", _("The model"), ("performance", "performance_of", "performance_month")),
    ("queue", _("Queue"), ("queue", "queue_of")),
    ("signals", _("Signals"), ("signals", "deliveries")),
    ("organization", _("Organization"), ("organization", "organization_import", "person")),
    ("senders", _("Senders"), ("senders", "sender_key")),
    ("quarantine", _("Quarantine"), ("quarantine", "quarantine_row")),
    ("audit", _("Audit"), ("audit",)),
)

_OWN = ("my_today", "my_cases", "my_calibration")
"""For those who decide; others may open them and find them empty."""


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
            {"href": reverse(name), "words": words, "here": here in pages}
            for name, words, pages in _BAR
            if may(name, person, held()) and (name not in _OWN or Role.PRACTITIONER in held())
        ]

    def roles() -> list[Any]:
        return [role.label for role in Role if role in held()]

    return {
        "bar": SimpleLazyObject(bar),
        "roles": SimpleLazyObject(roles),
        "unseen": SimpleLazyObject(lambda: waiting_for(person.handle)),
    }
