"""Who may open what: every page and endpoint, as every role.

The table here is written by hand from the access matrix, not taken from `permissions.py`.
"""

from __future__ import annotations

import pytest

from tests.server.people import PASSWORD, ROLES, client_of, with_role

EVERYBODY = frozenset(ROLES)
WHOLE_REPORTS = frozenset(
    {"programme_lead", "executive", "role_owner", "worker_representative", "oversight_officer"}
)
ADMINISTRATOR = frozenset({"administrator"})
NEUTRAL = frozenset({"role_owner", "worker_representative", "oversight_officer", "champion"})
LEAD = frozenset({"programme_lead"})

ANSWERS = frozenset(
    {"programme_lead", "product_team", "executive", "oversight_officer", "administrator"}
)
PAGES = {
    ("GET", "home"): EVERYBODY,
    ("GET", "access_to_me"): EVERYBODY,
    ("GET", "use_cases"): EVERYBODY,
    ("GET", "use_case"): EVERYBODY,
    ("GET", "account_change_password"): EVERYBODY,
    ("GET", "account_set_password"): EVERYBODY,
    ("GET", "account_reauthenticate"): EVERYBODY,
    ("GET", "account_logout"): EVERYBODY,
    ("GET", "mfa_index"): EVERYBODY,
    ("GET", "mfa_reauthenticate"): EVERYBODY,
    ("GET", "mfa_activate_totp"): EVERYBODY,
    ("GET", "mfa_deactivate_totp"): EVERYBODY,
    ("GET", "mfa_view_recovery_codes"): EVERYBODY,
    ("GET", "mfa_generate_recovery_codes"): EVERYBODY,
    ("GET", "mfa_download_recovery_codes"): EVERYBODY,
    ("POST", "use_case_declare"): LEAD | ADMINISTRATOR,
    ("POST", "use_case_refuse"): LEAD | ADMINISTRATOR,
    ("POST", "use_case_take_out"): LEAD | ADMINISTRATOR,
    ("GET", "rollout"): EVERYBODY,
    ("POST", "rollout_step"): LEAD,
    ("POST", "rollout_withdraw"): LEAD,
    ("POST", "rollout_draw"): LEAD,
    ("POST", "rollout_stop"): frozenset(
        {"programme_lead", "executive", "product_team", "oversight_officer"}
    ),
    ("POST", "rollout_drill"): frozenset(
        {"programme_lead", "executive", "product_team", "oversight_officer"}
    ),
    ("GET", "rollout_drills"): EVERYBODY,
    ("POST", "rollout_lift"): LEAD,
    # The one practitioner here is placed in no cohort, so "everybody else" is their own.
    ("GET", "shadow_report"): WHOLE_REPORTS | {"product_team", "practitioner"},
    ("GET", "shadow_report_of"): WHOLE_REPORTS | {"product_team"},
    ("POST", "shadow_gate"): LEAD,
    ("POST", "shadow_attest"): frozenset(
        {"programme_lead", "executive", "product_team", "oversight_officer"}
    ),
    ("POST", "shadow_decide"): frozenset({"programme_lead", "executive"}),
    ("GET", "surveys"): WHOLE_REPORTS,
    ("POST", "survey_open"): frozenset({"programme_lead", "role_owner"}),
    ("POST", "survey_remind"): frozenset({"programme_lead", "role_owner"}),
    ("POST", "survey_withdraw"): frozenset({"programme_lead", "role_owner"}),
    ("POST", "survey_take_over"): frozenset({"programme_lead", "role_owner"}),
    ("GET", "survey_text"): EVERYBODY,
    ("POST", "survey_agree"): frozenset({"worker_representative"}),
    ("GET", "overview"): WHOLE_REPORTS,
    ("GET", "overview_of"): WHOLE_REPORTS,
    # Managers: their own populations alone.
    ("GET", "weekly"): WHOLE_REPORTS | {"manager"},
    ("GET", "weekly_of"): WHOLE_REPORTS | {"manager"},
    ("GET", "weekly_reviews"): WHOLE_REPORTS | {"manager"},
    ("GET", "weekly_review"): WHOLE_REPORTS | {"manager"},
    ("POST", "weekly_open"): frozenset({"programme_lead", "executive"}),
    ("POST", "weekly_decide"): frozenset({"programme_lead", "executive"}),
    ("POST", "weekly_hand_over"): frozenset({"programme_lead", "executive"}),
    # The one who answers for it, or who may decide; where there is none, everybody is told so.
    ("POST", "weekly_done"): EVERYBODY,
    ("POST", "weekly_day"): LEAD,
    ("GET", "my_team"): frozenset({"manager"}),
    ("GET", "conversations"): WHOLE_REPORTS | {"champion"},
    ("POST", "conversation_draw"): frozenset({"programme_lead", "role_owner"}),
    # To whom the round does not name it is as if there were none (404).
    ("POST", "conversation_withdraw"): frozenset({"programme_lead", "role_owner"}),
    ("GET", "conversation_names"): NEUTRAL,
    ("GET", "conversation_write"): NEUTRAL,
    ("GET", "conversation_code"): NEUTRAL,
    ("POST", "conversation_agree"): NEUTRAL,
    ("POST", "conversation_publish"): NEUTRAL,
    ("GET", "conversation_told"): WHOLE_REPORTS | {"practitioner"},
    ("POST", "conversation_comment"): frozenset({"practitioner"}),
    ("GET", "reasons"): WHOLE_REPORTS,
    # The one practitioner here is an officer, and the population is theirs.
    ("GET", "reasons_of"): WHOLE_REPORTS | {"practitioner"},
    ("GET", "population"): WHOLE_REPORTS | {"practitioner"},
    ("GET", "diagnosis"): WHOLE_REPORTS,
    ("GET", "diagnosis_day"): WHOLE_REPORTS,
    ("POST", "diagnosis_take"): LEAD,
    # An administrator sees what is about senders alone.
    ("GET", "signals"): WHOLE_REPORTS | {"product_team"} | ADMINISTRATOR,
    ("POST", "signal_answer"): ANSWERS,
    ("POST", "signal_ask"): ANSWERS,
    ("POST", "signal_heard"): ANSWERS,
    ("POST", "signal_drill"): LEAD,
    ("GET", "interventions"): WHOLE_REPORTS
    | {"product_team", "practitioner", "champion", "manager"},
    ("GET", "intervention"): WHOLE_REPORTS
    | {"product_team", "practitioner", "champion", "manager"},
    ("GET", "intervention_declare"): LEAD,
    ("POST", "intervention_act"): LEAD,
    # The one who answers for it, or a programme lead; where there is none, everybody is told so.
    ("POST", "intervention_step"): EVERYBODY,
    ("GET", "action_library"): WHOLE_REPORTS | {"product_team"},
    ("POST", "action_revise"): LEAD,
    ("GET", "sprints"): WHOLE_REPORTS | {"product_team"},
    ("GET", "sprint"): WHOLE_REPORTS | {"product_team"},
    ("GET", "sprint_what_if"): WHOLE_REPORTS | {"product_team"},
    ("GET", "milestone"): WHOLE_REPORTS | {"product_team"},
    ("GET", "sprint_gate"): WHOLE_REPORTS,
    ("POST", "sprint_begin"): LEAD,
    ("POST", "sprint_act"): LEAD,
    ("POST", "milestone_act"): LEAD,
    ("POST", "milestone_sign"): WHOLE_REPORTS | {"product_team"},
    ("POST", "sprint_technical"): frozenset({"programme_lead", "product_team"}),
    ("POST", "sprint_gate_decide"): frozenset({"programme_lead", "executive"}),
    ("GET", "sprint_document"): WHOLE_REPORTS | {"product_team"},
    ("GET", "reviews"): WHOLE_REPORTS,
    ("GET", "review"): WHOLE_REPORTS,
    ("POST", "review_make"): LEAD,
    ("POST", "review_comment"): WHOLE_REPORTS,
    ("POST", "review_decide"): frozenset({"programme_lead", "executive"}),
    ("POST", "review_sign"): frozenset({"executive"}),
    ("GET", "notices"): EVERYBODY,
    ("POST", "notices_wants"): EVERYBODY,
    ("GET", "deliveries"): LEAD | ADMINISTRATOR,
    ("GET", "organization"): ADMINISTRATOR,
    ("GET", "organization_import"): ADMINISTRATOR,
    ("GET", "person"): ADMINISTRATOR,
    ("POST", "person_link"): ADMINISTRATOR,
    ("POST", "person_roles"): ADMINISTRATOR,
    ("GET", "senders"): ADMINISTRATOR,
    ("GET", "senders_counters"): ADMINISTRATOR,
    ("GET", "sender_key"): ADMINISTRATOR,
    ("POST", "sender_key_revoke"): ADMINISTRATOR,
    ("GET", "quarantine"): ADMINISTRATOR,
    ("GET", "quarantine_row"): ADMINISTRATOR,
    ("GET", "agreement"): EVERYBODY,
    ("POST", "agreement_record"): frozenset({"worker_representative"}),
    ("POST", "change_announce"): LEAD | ADMINISTRATOR,
    ("POST", "change_answer"): frozenset({"worker_representative"}),
    ("GET", "performance"): EVERYBODY,
    ("GET", "performance_of"): EVERYBODY,
    ("GET", "performance_month"): EVERYBODY,
    ("POST", "performance_draft"): frozenset({"product_team"}),
    ("POST", "performance_approve"): frozenset({"product_team"}),
    ("GET", "queue"): frozenset({"product_team", "programme_lead"}),
    ("GET", "queue_of"): frozenset({"product_team", "programme_lead"}),
    ("POST", "topic_act"): frozenset({"product_team"}),
    ("POST", "release_ship"): frozenset({"product_team"}),
    # Executives: counts. To whom one is somebody else's there is none (404).
    ("GET", "escalations"): frozenset({"champion", "product_team", "programme_lead", "executive"}),
    ("GET", "escalation"): frozenset({"champion", "product_team", "programme_lead"}),
    ("POST", "escalation_open"): frozenset({"champion"}),
    ("POST", "escalation_act"): frozenset({"product_team"}),
    # Whoever reads no population but their own sees that one.
    ("GET", "conditions"): WHOLE_REPORTS | {"product_team", "practitioner", "champion", "manager"},
    ("GET", "conditions_of"): WHOLE_REPORTS
    | {"product_team", "practitioner", "champion", "manager"},
    ("GET", "condition"): WHOLE_REPORTS | {"product_team", "practitioner", "champion", "manager"},
    ("POST", "condition_record"): frozenset(
        {"programme_lead", "role_owner", "product_team", "executive"}
    ),
    # Signed out too, where the deployment allows it (TAKEUP_PUBLIC_READINESS).
    ("GET", "readiness"): EVERYBODY,
    ("GET", "readiness_answer"): EVERYBODY,
    ("GET", "readiness_result"): EVERYBODY,
    ("POST", "readiness_open"): LEAD,
    ("GET", "readiness_of"): LEAD,
    ("POST", "readiness_links"): LEAD,
    ("GET", "my_today"): EVERYBODY,
    ("GET", "practice"): EVERYBODY,
    ("GET", "my_calibration"): EVERYBODY,
    ("GET", "my_cases"): EVERYBODY,
    ("GET", "my_data"): EVERYBODY,
    ("GET", "my_data_download"): EVERYBODY,
    ("POST", "my_vault"): EVERYBODY,
    ("POST", "my_objection"): EVERYBODY,
    ("GET", "audit"): frozenset({"oversight_officer", "worker_representative"}),
}
OPEN = {
    "survey_answer", "calendar",
    "health", "ready", "metrics", "account_login", "account_signup", "account_inactive", "set_password",
    "set_password_done", "style", "unsubscribe",
    "openid_connect_login", "openid_connect_callback", "socialaccount_login_cancelled",
    "socialaccount_login_error", "mfa_authenticate",
}  # fmt: skip
"""For anybody, signed in or not (`style` only in development)."""
KEYED = {
    "POST": ("decisions", "outcomes", "eligible", "events", "recommendations", "people",
             "cds-services/s/cards", "cds-services/s/feedback", "quarantine/1", "component/events"),
    "GET": ("quarantine", "modes", "component/context"),
}  # fmt: skip


def addresses() -> dict[str, str]:
    """Every page's name with an address of it, from the server's own table of addresses."""
    from django.urls import get_resolver, reverse

    from takeup.server.recording.record_api.keys import make_key
    from takeup.server.recording.record_api.models import ApiKey, Quarantined

    make_key("s")
    key = ApiKey.objects.get()
    row = Quarantined.objects.create(
        kind="decisions", body="{}", reasons=["x"], sender=key.sender, received_at=key.created_at
    )
    values = {
        "name": "credit", "day": "2026-11-24", "handle": with_role_handle(), "prefix": key.prefix,
        "number": row.pk, "asking": 1, "cohort": "north", "key": "officers", "uidb64": "MQ", "token": "x-y",
        "provider_id": "company", "month": "2026-11", "milestone": "M05", "gate": "G30", "digest": "0" * 64,
    }  # fmt: skip
    found = {}
    for name, routes in get_resolver().reverse_dict.lists():
        if isinstance(name, str):
            parameters = routes[0][0][0][1]
            found[name] = reverse(name, kwargs={p: values[p] for p in parameters})
    return found


def with_role_handle() -> str:
    from tests.server.people import person

    return person("subject").handle


@pytest.fixture
def site(store):
    from takeup.record.clock import now
    from takeup.server.foundation.organization.services import use_case
    from takeup.server.showing.overview.models import PopulationView, Snapshot

    use_case("credit")
    row = {"key": "officers", "title": "Officers", "definition": "", "state": "hidden"}
    taken = Snapshot.objects.create(
        use_case="credit", day="2026-11-24", taken_at=now(), document={"diagnoses": []}, body="…",
        overview={"title": "Credit", "verdict": "Half.", "heading": "Half", "summary": "", "total": row, "not_yet": [], "changes": []},
    )  # fmt: skip
    PopulationView.objects.create(snapshot=taken, key="officers", place=1, row=row)
    found = addresses()
    from takeup.server.acting.conversations.models import Draw
    from takeup.server.showing.reasons.models import ReasonsOf

    Draw.objects.create(
        pk=found["conversation_told"].rsplit("/", 1)[1], use_case="credit", population="officers",
        facilitator="-", coder="-", state="ended", asked_at=now(), asked_by="x", ended_on="2026-11-24",
    )  # fmt: skip
    ReasonsOf.objects.create(use_case="credit", population="officers", day="2026-11-24", place=0)
    return found


def test_every_address_of_the_server_stands_in_the_table_and_here(site):
    from django.urls import get_resolver

    from takeup.server.foundation.permissions import PAGES as DECLARED

    named = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert named == {name for _, name in PAGES} | OPEN, (
        "add it to PAGES above, by hand, with who may open it as docs/reference/roles.md has it"
    )
    api = {name for name in DECLARED if name.startswith("api-1:")}
    assert set(DECLARED) - api == named


@pytest.mark.parametrize("role", [*ROLES, "no role", "left"])
def test_a_role_opens_its_pages_and_no_other(site, role):
    if role in ROLES:
        someone = with_role(role)
    else:
        from tests.server.people import person

        someone = person("nobody")
    client = client_of(someone)
    if role == "left":
        from takeup.record.clock import now
        from takeup.server.foundation.organization.services import deactivate

        deactivate(someone, now().date(), "test")
    for (method, name), allowed in PAGES.items():
        answer = client.generic(
            method, site[name], content_type="application/x-www-form-urlencoded"
        )
        if role == "left":
            assert answer.status_code == 302, name
            assert answer.url.startswith("/sign-in"), name
            continue
        signed_in = {"readiness", "readiness_answer", "readiness_result", "practice", "my_today", "my_calibration", "my_cases", "my_data", "my_data_download", "my_vault", "my_objection", "home", "survey_text", "access_to_me", "account_change_password", "account_reauthenticate",
                     "account_set_password", "account_logout", "notices", "notices_wants", "mfa_index",
                     "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
                     "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
                     "mfa_download_recovery_codes"}  # fmt: skip
        may = role in allowed or name in signed_in
        assert (answer.status_code != 403) == may, (role, name, answer.status_code)
        assert answer.status_code < 500, (role, name)


def test_nobody_signed_out_opens_more_than_the_sign_in(site):
    client = client_of()
    for (method, name), _ in PAGES.items():
        answer = client.generic(method, site[name])
        assert answer.status_code == 302, name
        assert answer.url.startswith("/sign-in?next="), name
    for name in OPEN - {"style"}:
        # Without a provider, or a token for metrics, in the settings there is no such page.
        # A link that no invitation has opens no survey.
        nothing = (
            404
            if name.startswith(("openid_connect", "metrics", "survey_answer", "calendar"))
            else 200
        )
        assert client.get(site[name]).status_code in (nothing, 200, 302, 401), name


def test_a_session_opens_no_endpoint_and_a_key_opens_no_page(site):
    from takeup.server.recording.record_api.keys import make_key

    administrator = client_of(with_role("administrator"))
    cookies = {"takeup": administrator.cookies["takeup"].value}
    key = {"Authorization": f"Bearer {make_key('s2')}"}
    for method, paths in KEYED.items():
        for path in paths:
            assert asked(method, f"/api/v1/{path}", cookies=cookies) == 401, path
    for (method, name), _ in PAGES.items():
        refused = 302 if method == "GET" else 403
        assert asked(method, site[name], headers=key) == refused, name


def test_a_key_for_records_changes_no_organization_and_the_other_way_round(site):
    from takeup.server.recording.record_api.keys import make_key

    records = {"Authorization": f"Bearer {make_key('s3')}"}
    organization = {"Authorization": f"Bearer {make_key('hr', (), 'organization')}"}
    assert asked("POST", "/api/v1/people", headers=records, json=[]) == 403
    for method, paths in KEYED.items():
        for path in set(paths) - {"people", "component/events", "component/context"}:
            assert asked(method, f"/api/v1/{path}", headers=organization, json=[{}]) == 403, path


def asked(method: str, path: str, **options) -> int:
    """The status of an answer of the whole server, as uvicorn runs it."""
    import asyncio

    import httpx

    from takeup.server.running.asgi import application

    async def ask() -> int:
        transport = httpx.ASGITransport(app=application)
        cookies = options.pop("cookies", None)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8000", cookies=cookies
        ) as client:
            return (await client.request(method, path, **options)).status_code

    return asyncio.run(ask())


def test_a_page_that_is_not_in_the_table_is_refused_to_everybody(site, monkeypatch):
    from takeup.server.foundation import permissions

    monkeypatch.setattr(permissions, "PAGES", {})
    assert client_of(with_role("administrator")).get(site["home"]).status_code == 403


def test_every_form_needs_its_token(site):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(
        with_role("programme_lead"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert client.post(site["rollout_step"], {"mode": "assist"}).status_code == 403


def test_pages_carry_the_headers_that_keep_them_safe(site):
    answer = client_of(with_role("administrator")).get(site["organization"])
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store"
    someone = with_role("executive")
    signed_in = client_of().post("/sign-in", {"login": someone.email, "password": PASSWORD})
    cookie = signed_in.cookies["takeup"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
