"""Django's settings, from the deployment's own."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from takeup.server.deployment.capability import capabilities
from takeup.server.deployment.log_lines import logging_config
from takeup.server.deployment.settings import read_server_settings

TAKEUP = read_server_settings()
_SERVER = Path(__file__).parents[1]

SECRET_KEY = TAKEUP.secret()
DEBUG = False
ALLOWED_HOSTS = TAKEUP.hosts
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    *(one.folder for one in capabilities()),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "takeup.server.foundation.pages.headers.no_store",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "takeup.server.foundation.pages.null_characters.no_null_characters",
    "takeup.server.foundation.permissions.only_the_permitted",
]
RECORD_MIDDLEWARE = ["takeup.server.foundation.pages.headers.api_headers"]
"""Of the record API: keys, not sessions; nothing between a batch and the store."""
ROOT_URLCONF = "takeup.server.running.urls"
ASGI_APPLICATION = "takeup.server.running.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_SERVER / "foundation" / "pages" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "takeup.server.foundation.pages.navigation.navigation",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "takeup.server.foundation.organization.called",
            ],
        },
    }
]
DATABASES = {"default": TAKEUP.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [_SERVER / "locale"]
# The look is one: pages take tokens, rules and fonts from the report's own folder.
STATIC_URL = "static/"
STATICFILES_DIRS = [("report", str(files("takeup.report") / "style"))]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

AUTH_USER_MODEL = "organization.Person"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name", "person_id")}),
    )
]
ACCOUNT_ADAPTER = "takeup.server.foundation.organization.sign_in.NoSignup"
# Mistakes are counted by person and address (organization/sign_in_limits.py); what is right, a whole
# office behind one address may do at once.
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip", "login_failed": None}
# Counters of mistakes: more of them than an attack can push out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}  # fmt: skip
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
# Behind a TLS proxy the proxy names who asks, so that guessing slows down the guesser alone.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if TAKEUP.secure else 0
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
SOCIALACCOUNT_ADAPTER = "takeup.server.foundation.organization.single_sign_on.OnlyTheOrganization"
SOCIALACCOUNT_STORE_TOKENS = False
# The way to the provider is a link: a form that leads there would need its address in form-action.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": TAKEUP.oidc_apps()}
}
MFA_ADAPTER = "takeup.server.foundation.organization.single_sign_on.SealedSecrets"
MFA_FORMS = {
    "authenticate": "takeup.server.foundation.organization.single_sign_on.AskForCode",
    "reauthenticate": "takeup.server.foundation.organization.single_sign_on.AskForCodeAgain",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "takeup"
# A code that changes while it is typed, or by a clock half a minute off, is good (RFC 6238, section 5.2).
MFA_TOTP_TOLERANCE = 1
# No mail leaves by itself: sign-in links are handed out by an administrator.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TAKEUP.secure
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "__Host-takeup" if TAKEUP.secure else "takeup"
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [TAKEUP.public_url]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if TAKEUP.secure else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TAKEUP.secure else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
# A batch of 1,000 rows of long text, and no more.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
LOGGING = logging_config(TAKEUP.log_format, TAKEUP.log_level)
