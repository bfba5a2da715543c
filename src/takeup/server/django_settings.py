"""Django's settings, from the deployment's own."""

from __future__ import annotations

from takeup.server.settings import read_server_settings

TAKEUP = read_server_settings()

SECRET_KEY = TAKEUP.secret()
DEBUG = False
ALLOWED_HOSTS = [host.strip() for host in TAKEUP.allowed_hosts.split(",") if host.strip()]
INSTALLED_APPS = ["takeup.server.record_api"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
]
ROOT_URLCONF = "takeup.server.urls"
ASGI_APPLICATION = "takeup.server.asgi.application"
DATABASES = {"default": TAKEUP.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
# A batch of 1,000 rows of long text, and no more.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
