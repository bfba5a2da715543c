"""People, teams, populations, use cases, and signing in."""

from django.utils.translation import gettext_lazy as _

from takeup.server.deployment.capability import (
    ADMINISTRATION,
    EVERYBODY,
    PROGRAMME,
    Capability,
    InBar,
)

CAPABILITY = Capability(
    "organization",
    __name__.removesuffix(".capability"),
    place=40,
    opens={
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
        "organization": ADMINISTRATION,
        "organization_import": ADMINISTRATION,
        "person": ADMINISTRATION,
        "person_link": ADMINISTRATION,
        "person_roles": ADMINISTRATION,
        "use_cases": EVERYBODY,
        "use_case": EVERYBODY,
        "use_case_declare": PROGRAMME | ADMINISTRATION,
    },
    bar=(
        InBar("use_cases", _("Use cases"), 50, ("use_case",)),
        InBar("organization", _("Organization"), 90, ("organization_import", "person")),
    ),
)
