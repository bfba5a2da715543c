"""Every address of the server: those of its capabilities, by place. Who may open which: `permissions.py`."""

from __future__ import annotations

from django.urls import include, path

from takeup.server.deployment.capability import capabilities
from takeup.server.recording.record_api.api import api

for one in capabilities():
    if (router := one.of_part("api", "router")) is not None:
        api.add_router(f"/{one.name}", router)

urlpatterns = [
    path("", include(f"{one.folder}.urls"))
    for one in capabilities()
    if one.part("urls") is not None
]
