"""Every address of the server."""

from __future__ import annotations

from django.urls import path

from takeup.server.health import health, ready
from takeup.server.record_api.api import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("health", health),
    path("ready", ready),
]
