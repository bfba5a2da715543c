"""Single sign-on against a real OpenID Connect provider on this machine, second factors, and
sessions that end with a role."""

from __future__ import annotations

from contextlib import contextmanager

import httpx
import pytest

from tests.server.people import PASSWORD, client_of, person, with_role


@contextmanager
def provider(**people):
    """A provider that knows these people: address → claims."""
    from oidc_provider_mock import User, run_server_in_thread

    users = [User(sub=sub, claims=claims) for sub, claims in people.items()]
    with run_server_in_thread(user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def company(store, monkeypatch):
    """Lets a test name a provider in the settings."""
    from django.conf import settings

    def named(url: str, **changes):
        chosen = settings.TAKEUP.model_copy(
            update={"oidc_url": url, "oidc_client_id": "takeup", "oidc_secret": "s", **changes}
        )
        monkeypatch.setattr(settings, "TAKEUP", chosen)
        monkeypatch.setattr(
            settings, "SOCIALACCOUNT_PROVIDERS",
            {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": chosen.oidc_apps()}},
        )  # fmt: skip

    return named


def sign_in(sub: str):
    """Through the provider as a browser goes; the client and the last answer."""
    client = client_of()
    away = client.get("/oidc/company/login/")
    assert away.status_code == 302, away.content
    back = httpx.post(away.url, data={"sub": sub}, follow_redirects=False)
    assert back.status_code in (302, 303), back.text
    url = httpx.URL(back.headers["Location"])
    return client, client.get(url.raw_path.decode())


KNOWN = {"email": "ruth@example.org", "email_verified": True}


def test_who_is_in_the_organization_comes_in_by_the_company(company):
    ruth = person("ruth")
    with provider(ruth=KNOWN) as url:
        company(url)
        assert "Sign in with company sign-in" in client_of().get("/sign-in").content.decode()
        client, answer = sign_in("ruth")
        assert (answer.status_code, answer.url) == (302, "/")
        assert "ruth" in client.get("/").content.decode()
        again, answer = sign_in("ruth")
        assert answer.status_code == 302
    from takeup.server.foundation.organization.models import Person

    assert Person.objects.count() == 1
    assert again.session["_auth_user_id"] == str(ruth.pk)


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "stranger@example.org", "email_verified": True},
        {"email": "ruth@example.org", "email_verified": False},
        {"email": "ruth@example.org"},
    ],
    ids=["nobody of ours", "address not verified", "nothing said of the address"],
)
def test_who_is_not_known_or_not_verified_stays_out_and_nobody_is_made(company, claims):
    from takeup.server.foundation.audit.models import AuditEntry
    from takeup.server.foundation.organization.models import Person

    person("ruth")
    before = AuditEntry.objects.count()
    with provider(x=claims) as url:
        company(url)
        client, answer = sign_in("x")
        assert answer.status_code == 403
        unverified = claims["email"].startswith("ruth")
        said = b"address is not confirmed" if unverified else b"not in the organization"
        assert said in answer.content
        assert client.get("/").status_code == 302
    assert Person.objects.count() == 1
    told = AuditEntry.objects.order_by("number")[before:]
    assert [(e.action, e.detail["reason"]) for e in told] == [
        ("sign_in.refused", "address not verified" if unverified else "unknown")
    ]


def test_who_was_deactivated_by_the_import_stays_out(company):
    from takeup.record.clock import now
    from takeup.server.foundation.organization.services import deactivate

    ruth = person("ruth")
    with provider(ruth=KNOWN) as url:
        company(url)
        client, answer = sign_in("ruth")
        assert client.get("/").status_code == 200
        deactivate(ruth, now().date(), "import")
        assert client.get("/").status_code == 302
        _, answer = sign_in("ruth")
        assert answer.status_code == 403


def test_groups_give_roles_and_take_them_and_what_was_given_by_hand_stays(company):
    from takeup.server.deployment.roles import Role
    from takeup.server.foundation.organization.services import roles_of, set_roles

    ruth = person("ruth")
    set_roles(ruth, {Role.EXECUTIVE}, "test")
    mapped = "ai-leads=programme_lead,ai-risk=oversight_officer"
    with provider(ruth=KNOWN | {"groups": ["ai-leads", "staff"]}) as url:
        company(url, oidc_roles=mapped)
        client, _ = sign_in("ruth")
        assert roles_of(ruth) == {Role.EXECUTIVE, Role.PROGRAMME_LEAD}
        assert client.get("/signals").status_code == 200
    with provider(ruth=KNOWN | {"groups": ["ai-risk"]}) as url:
        company(url, oidc_roles=mapped)
        new, _ = sign_in("ruth")
        assert roles_of(ruth) == {Role.EXECUTIVE, Role.OVERSIGHT_OFFICER}
        assert new.get("/audit").status_code == 200
        assert client.get("/").status_code == 302, (
            "the session with the role that is gone has ended"
        )


@pytest.mark.parametrize(
    ("claims", "trusted", "status"),
    [
        ({"email": "ruth@example.org"}, True, 302),
        ({"email": "ruth@example.org", "email_verified": "true"}, False, 302),
        ({"email": "ruth@example.org", "email_verified": False}, True, 403),
    ],
    ids=["Entra ID says nothing and is trusted", "Cognito says it as text", "a no stays a no"],
)
def test_a_provider_that_says_nothing_of_addresses_can_be_trusted(company, claims, trusted, status):
    person("ruth")
    with provider(ruth=claims) as url:
        company(url, oidc_trust_addresses=trusted)
        _, answer = sign_in("ruth")
        assert answer.status_code == status


@pytest.mark.parametrize(
    "groups",
    [
        {},
        {"groups": None},
        {"groups": [{"name": "ai-leads"}]},
        {"_claim_names": {"groups": "src1"}},
    ],
    ids=["left out", "nothing", "objects", "too many to tell"],
)
def test_groups_that_are_not_told_take_no_role_away(company, groups):
    from takeup.server.deployment.roles import Role
    from takeup.server.foundation.audit.models import AuditEntry
    from takeup.server.foundation.organization.services import roles_of

    ruth = person("ruth")
    mapped = "ai-leads=programme_lead"
    with provider(ruth=KNOWN | {"groups": ["ai-leads"]}) as url:
        company(url, oidc_roles=mapped)
        sign_in("ruth")
    with provider(ruth=KNOWN | groups) as url:
        company(url, oidc_roles=mapped)
        _, answer = sign_in("ruth")
        assert answer.status_code == 302
    assert roles_of(ruth) == {Role.PROGRAMME_LEAD}
    said = AuditEntry.objects.filter(action="sign_in.groups_unknown", subject=ruth.handle)
    assert said.count() == 1


def test_a_provider_that_does_not_answer_is_said_without_a_traceback(company):
    from tests.server.running import free_port

    company(f"http://localhost:{free_port()}")
    answer = client_of().get("/oidc/company/login/")
    assert answer.status_code in (200, 401, 403, 503)
    assert b"did not work" in answer.content


def test_a_session_ends_when_a_role_is_taken_away(store):
    from takeup.server.deployment.roles import Role
    from takeup.server.foundation.organization.services import set_roles

    lead = with_role("programme_lead")
    client = client_of(lead)
    assert client.get("/signals").status_code == 200
    set_roles(lead, {Role.PROGRAMME_LEAD, Role.EXECUTIVE}, "test")
    assert client.get("/signals").status_code == 200
    set_roles(lead, {Role.EXECUTIVE}, "test")
    assert client.get("/signals").status_code == 302


def test_the_import_takes_a_role_and_the_session_with_it(store):
    from takeup.server.foundation.organization.models import Person
    from takeup.server.foundation.organization.services import import_people, read_people

    row = {"person_id": "ann", "email": "ann@example.org", "roles": "executive"}
    import_people(read_people([row], "test"), actor="test")
    client = client_of(Person.objects.get(person_id="ann"))
    assert client.get("/overview").status_code == 200
    import_people(read_people([row | {"roles": ""}], "test"), actor="test")
    assert client.get("/overview").status_code == 302


def code_of(secret: str) -> str:
    from allauth.mfa.totp.internal import auth

    before, now, after = auth.yield_hotp_counters_from_time()
    assert before < now < after
    return auth.format_hotp_value(auth.hotp_value(secret, now))


def signed_in_by_password(email: str):
    client = client_of()
    answer = client.post("/sign-in", {"login": email, "password": PASSWORD})
    return client, answer


def set_up(client) -> str:
    again = client.get("/second-factor/app")
    assert again.status_code == 302, "the password is asked for before a factor is changed"
    page = client.post(again.url, {"password": PASSWORD}, follow=True)
    assert b"<svg" in page.content
    secret = page.content.decode().split('class="secret">')[1].split("<")[0]
    assert client.post("/second-factor/app", {"code": code_of(secret)}).status_code == 302
    return secret


def test_a_second_factor_is_asked_for_once_it_is_set_up_and_its_secret_is_sealed(store):
    from allauth.mfa.models import Authenticator

    ruth = person("ruth")
    client, _ = signed_in_by_password(ruth.email)
    secret = set_up(client)
    totp = Authenticator.objects.get(type="totp")
    assert secret not in str(totp.data)
    other, answer = signed_in_by_password(ruth.email)
    assert answer.url == "/second-factor/code"
    assert other.get("/").status_code == 302
    assert other.post("/second-factor/code", {"code": "000000"}).status_code == 200
    assert other.get("/").status_code == 302
    from django.core.cache import cache

    cache.clear()
    assert other.post("/second-factor/code", {"code": code_of(secret)}).status_code == 302
    assert other.get("/").status_code == 200


def test_where_it_is_required_a_password_alone_opens_nothing(store, monkeypatch):
    from django.conf import settings

    monkeypatch.setattr(
        settings, "TAKEUP", settings.TAKEUP.model_copy(update={"second_factor": "required"})
    )
    lead = with_role("programme_lead")
    client, _ = signed_in_by_password(lead.email)
    answer = client.get("/signals")
    assert (answer.status_code, answer.url) == (302, "/second-factor/app")
    set_up(client)
    assert client.get("/signals").status_code == 200
