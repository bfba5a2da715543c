"""Addresses of works-council mode."""

from __future__ import annotations

from django.urls import path

from takeup.server.foundation.agreement import pages

urlpatterns = [
    path("agreement", pages.agreement, name="agreement"),
    path("agreement/record", pages.agreement_record, name="agreement_record"),
    path("agreement/change", pages.change_announce, name="change_announce"),
    path("agreement/change/<int:number>", pages.change_answer, name="change_answer"),
]
