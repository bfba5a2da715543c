"""Who may open what: the one place that says so.

Every address of the server has a name, and every name stands here; one that does not is
refused to everybody. The API's addresses are for keys.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final, Literal
from urllib.parse import quote

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import ResolverMatch, reverse

from takeup.server.organization.models import Person
from takeup.server.organization.roles import Role
from takeup.server.organization.services import roles_of

Open = Literal["anybody", "signed in", "key", "development"]
Allowed = Open | frozenset[Role]


def _only(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


_R = Role
_ADMINISTRATION = _only(_R.ADMINISTRATOR)
_PROGRAMME = _only(_R.PROGRAMME_LEAD)
# Whole reports compare populations and teams: those who may see every population's figures.
READS_EVERY_POPULATION = _only(
    _R.PROGRAMME_LEAD, _R.EXECUTIVE, _R.ROLE_OWNER, _R.WORKER_REPRESENTATIVE, _R.OVERSIGHT_OFFICER
)
READS_EVERY_COHORT = READS_EVERY_POPULATION | {_R.PRODUCT_TEAM}
"""The product team sees what concerns the model."""
_SEES_SIGNALS = READS_EVERY_POPULATION | {_R.PRODUCT_TEAM}
_OWN_COHORT = _only(_R.PRACTITIONER, _R.CHAMPION, _R.MANAGER)
_STOPS = _only(_R.PROGRAMME_LEAD, _R.EXECUTIVE, _R.PRODUCT_TEAM, _R.OVERSIGHT_OFFICER)

PAGES: Final[Mapping[str, Allowed]] = {
    "health": "anybody",
    "ready": "anybody",
    "metrics": "anybody",
    "account_login": "anybody",
    "account_logout": "signed in",
    "account_signup": "anybody",
    "account_inactive": "anybody",
    "account_reauthenticate": "signed in",
    "account_change_password": "signed in",
    "account_set_password": "signed in",
    "openid_connect_login": "anybody",
    "openid_connect_callback": "anybody",
    "socialaccount_login_cancelled": "anybody",
    "socialaccount_login_error": "anybody",
    "mfa_authenticate": "anybody",
    "mfa_index": "signed in",
    "mfa_reauthenticate": "signed in",
    "mfa_activate_totp": "signed in",
    "mfa_deactivate_totp": "signed in",
    "mfa_view_recovery_codes": "signed in",
    "mfa_generate_recovery_codes": "signed in",
    "mfa_download_recovery_codes": "signed in",
    "set_password": "anybody",
    "set_password_done": "anybody",
    "home": "signed in",
    "access_to_me": "signed in",
    "style": "development",
    "organization": _ADMINISTRATION,
    "organization_import": _ADMINISTRATION,
    "person": _ADMINISTRATION,
    "person_link": _ADMINISTRATION,
    "person_roles": _ADMINISTRATION,
    "senders": _ADMINISTRATION,
    "senders_counters": _ADMINISTRATION,
    "sender_key": _ADMINISTRATION,
    "sender_key_revoke": _ADMINISTRATION,
    "quarantine": _ADMINISTRATION,
    "quarantine_row": _ADMINISTRATION,
    "use_cases": _only(*set(Role)),
    "use_case": _only(*set(Role)),
    "use_case_declare": _PROGRAMME | _ADMINISTRATION,
    "use_case_refuse": _PROGRAMME | _ADMINISTRATION,
    "use_case_take_out": _PROGRAMME | _ADMINISTRATION,
    "rollout": _only(*set(Role)),
    "rollout_step": _PROGRAMME,
    "rollout_withdraw": _PROGRAMME,
    "rollout_draw": _PROGRAMME,
    # Whoever answers for harm can stop it (EU AI Act, Art. 14(4)(e)); starting again is planned.
    "rollout_stop": _STOPS,
    "rollout_lift": _PROGRAMME,
    # Besides those who see every cohort, everybody sees their own (`rollout.pages.reads_cohort`).
    "shadow_report": READS_EVERY_COHORT | _OWN_COHORT,
    "shadow_report_of": READS_EVERY_COHORT | _OWN_COHORT,
    "shadow_gate": _PROGRAMME,
    "shadow_attest": _STOPS,
    "shadow_decide": _only(_R.PROGRAMME_LEAD, _R.EXECUTIVE),
    "overview": READS_EVERY_POPULATION,
    "overview_of": READS_EVERY_POPULATION,
    # Besides, everybody sees their own (`overview.pages.population`).
    "population": READS_EVERY_POPULATION | _OWN_COHORT,
    "diagnosis": READS_EVERY_POPULATION,
    "diagnosis_day": READS_EVERY_POPULATION,
    "diagnosis_take": _PROGRAMME,
    "signals": _SEES_SIGNALS,
    "performance": _only(*set(Role)),
    "performance_of": _only(*set(Role)),
    "performance_month": _only(*set(Role)),
    "performance_draft": _only(_R.PRODUCT_TEAM),
    "performance_approve": _only(_R.PRODUCT_TEAM),
    "queue": _only(_R.PRODUCT_TEAM, _R.PROGRAMME_LEAD),
    "queue_of": _only(_R.PRODUCT_TEAM, _R.PROGRAMME_LEAD),
    "topic_act": _only(_R.PRODUCT_TEAM),
    "release_ship": _only(_R.PRODUCT_TEAM),
    "signal_answer": _only(_R.PROGRAMME_LEAD, _R.PRODUCT_TEAM, _R.EXECUTIVE),
    "notices": "signed in",
    "notices_wants": "signed in",
    "unsubscribe": "anybody",
    "deliveries": _PROGRAMME | _ADMINISTRATION,
    "agreement": _only(*set(Role)),
    "agreement_record": _only(_R.WORKER_REPRESENTATIVE),
    "change_announce": _PROGRAMME | _ADMINISTRATION,
    "change_answer": _only(_R.WORKER_REPRESENTATIVE),
    "my_today": "signed in",
    "practice": "signed in",
    "my_calibration": "signed in",
    "my_cases": "signed in",
    "my_data": "signed in",
    "my_data_download": "signed in",
    "my_vault": "signed in",
    "my_objection": "signed in",
    "audit": _only(_R.OVERSIGHT_OFFICER, _R.WORKER_REPRESENTATIVE),
    "api-1:openapi-json": "anybody",
    "api-1:api-root": "anybody",
    "api-1:decisions": "key",
    "api-1:outcomes": "key",
    "api-1:eligible": "key",
    "api-1:events": "key",
    "api-1:recommendations": "key",
    "api-1:cds_cards": "key",
    "api-1:cds_feedback": "key",
    "api-1:quarantine": "key",
    "api-1:correct": "key",
    "api-1:modes": "key",
    "api-1:component_events": "key",
    "api-1:component_context": "key",
    "api-1:preflight": "anybody",
    "api-1:people": "key",
}


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
    if allowed is None or allowed == "key" or isinstance(person, AnonymousUser):
        return False
    if not person.is_active:
        return False
    if allowed == "signed in":
        return True
    held = roles_of(person) if roles is None else roles
    return not frozenset(allowed).isdisjoint(held)


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
