"""Addresses of the organization and of signing in."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as spare
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as social
from django.contrib.auth import views as auth
from django.urls import path, reverse_lazy

from takeup.server.foundation.organization import pages
from takeup.server.foundation.organization.single_sign_on import (
    company_callback,
    company_login,
    where_it_opens,
)

urlpatterns = [
    path("sign-in", account.login, name="account_login"),
    path("sign-out", account.logout, name="account_logout"),
    path("sign-up", account.signup, name="account_signup"),
    path("inactive", account.account_inactive, name="account_inactive"),
    path("sign-in/again", account.reauthenticate, name="account_reauthenticate"),
    path("password", account.password_change, name="account_change_password"),
    path("password/first", account.password_set, name="account_set_password"),
    path(
        "password/<uidb64>/<token>",
        auth.PasswordResetConfirmView.as_view(
            template_name="organization/set_password.html",
            success_url=reverse_lazy("set_password_done"),
        ),
        name="set_password",
    ),
    path(
        "password/done",
        auth.PasswordResetCompleteView.as_view(template_name="organization/password_done.html"),
        name="set_password_done",
    ),
    path("oidc/<provider_id>/login/", company_login, name="openid_connect_login"),
    path("oidc/<provider_id>/login/callback/", company_callback, name="openid_connect_callback"),
    path("oidc/cancelled", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("oidc/error", social.login_error, name="socialaccount_login_error"),
    path("second-factor", where_it_opens(mfa.index), name="mfa_index"),
    path("second-factor/code", where_it_opens(mfa.authenticate), name="mfa_authenticate"),
    path("second-factor/code-again", where_it_opens(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("second-factor/app", where_it_opens(totp.activate_totp), name="mfa_activate_totp"),
    path(
        "second-factor/app/remove", where_it_opens(totp.deactivate_totp), name="mfa_deactivate_totp"
    ),
    path(
        "second-factor/spare",
        where_it_opens(spare.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "second-factor/spare/new",
        where_it_opens(spare.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "second-factor/spare/file",
        where_it_opens(spare.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("organization", pages.organization, name="organization"),
    path("organization/import", pages.organization_import, name="organization_import"),
    path("people/<handle>", pages.person, name="person"),
    path("people/<handle>/roles", pages.person_roles, name="person_roles"),
    path("people/<handle>/link", pages.person_link, name="person_link"),
    path("use-cases", pages.use_cases, name="use_cases"),
    path("use-cases/<path:name>/declaration", pages.use_case_declare, name="use_case_declare"),
    path("use-cases/<path:name>/refused", pages.use_case_refuse, name="use_case_refuse"),
    path("use-cases/<path:name>", pages.use_case, name="use_case"),
]
