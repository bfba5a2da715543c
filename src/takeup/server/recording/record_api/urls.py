"""Addresses of what senders record, and of what waits for a person."""

from __future__ import annotations

from django.urls import path

from takeup.server.recording.record_api import (
    quarantine_pages,
    senders_pages,
    unknown_use_case_pages,
)
from takeup.server.recording.record_api.api import api

urlpatterns = [
    path(
        "use-cases/<path:name>/taken-out",
        unknown_use_case_pages.use_case_take_out,
        name="use_case_take_out",
    ),
    path("senders", senders_pages.senders, name="senders"),
    path("senders/counters", senders_pages.senders_counters, name="senders_counters"),
    path("senders/key", senders_pages.sender_key, name="sender_key"),
    path("senders/key/<prefix>/revoke", senders_pages.sender_key_revoke, name="sender_key_revoke"),
    path("quarantine", quarantine_pages.quarantine, name="quarantine"),
    path("quarantine/<int:number>", quarantine_pages.quarantine_row, name="quarantine_row"),
    path("api/v1/", api.urls),
]
