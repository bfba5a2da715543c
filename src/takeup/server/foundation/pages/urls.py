"""Addresses that are nobody's else: home, and the style page."""

from __future__ import annotations

from django.urls import path

from takeup.server.foundation.pages import views

urlpatterns = [
    path("", views.home, name="home"),
    path("style", views.style, name="style"),
]
