"""Addresses of what is for one person alone."""

from __future__ import annotations

from django.urls import path

from takeup.server.showing.practitioner import pages

urlpatterns = [
    path("my/practice", pages.practice, name="practice"),
    path("my/today", pages.my_today, name="my_today"),
    path("my/calibration", pages.my_calibration, name="my_calibration"),
    path("my/cases", pages.my_cases, name="my_cases"),
    path("my/data", pages.my_data, name="my_data"),
    path("my/data.json", pages.my_data_download, name="my_data_download"),
    path("my/objection", pages.my_objection, name="my_objection"),
    path("my/vault", pages.my_vault, name="my_vault"),
]
