"""The application that a server such as uvicorn runs."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "takeup.server.django_settings")
application = get_asgi_application()
